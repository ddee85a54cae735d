package state

import (
	"time"

	"slipher/internal/meta"
)

// Scrubs has one record: the last day that was scrubbed.
var Scrubs = meta.Records[Scrubbed]{Kind: "scrub"}

// Scrubbed says that the stores were read and compared up to a day, which is counted in whole days.
type Scrubbed struct{ Day int } // since 1970

// ScrubKey is the place of the one record.
var ScrubKey = meta.Key{ID: "last"}

// Day is what scrubs go by, in UTC, where all are as long.
const Day = 24 * time.Hour
