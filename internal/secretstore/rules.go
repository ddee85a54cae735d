package secretstore

import "time"

// Rules say when a secret is rotated by itself: so many hours after the last rotation.
type Rules struct {
	Hours      int
	Expression string `json:",omitempty"` // as it was given
	Duration   string `json:",omitempty"` // of the window, as it was given; a rotation takes place at the window's beginning
}

// managedRules are those of an admin password that Redshift manages.
var managedRules = Rules{Hours: 30 * 24}

// Next is when a secret is rotated that was rotated at a time.
func (r Rules) Next(after time.Time) time.Time { return after.Add(time.Duration(r.Hours) * time.Hour) }
