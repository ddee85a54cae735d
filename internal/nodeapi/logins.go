package nodeapi

import (
	"slices"
	"time"
)

// Expired says whether the password is not good any more.
func (l Login) Expired(now time.Time) bool { return now.UnixMilli() >= l.ExpiresUnixMS }

// MergeLogins adds those logins that are not there yet, and leaves out what has expired.
func MergeLogins(logins, more []Login, now time.Time) []Login {
	merged := slices.DeleteFunc(slices.Clone(logins), func(l Login) bool { return l.Expired(now) })
	for _, login := range more {
		known := slices.ContainsFunc(merged, func(other Login) bool { return other.Verifier == login.Verifier })
		if !known && !login.Expired(now) {
			merged = append(merged, login)
		}
	}
	return merged
}
