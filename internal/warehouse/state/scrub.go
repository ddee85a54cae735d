package state

import (
	"time"

	"slipher/internal/meta"
)

// Scrubs has one record: the last day that was scrubbed.
var Scrubs = meta.Records[Scrubbed]{Kind: "scrub"}

type Scrubbed struct{ Day int } // since 1970

var ScrubKey = meta.Key{ID: "last"}

const Day = 24 * time.Hour
