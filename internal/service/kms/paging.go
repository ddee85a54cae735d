package kms

import (
	"encoding/base64"

	"slipher/internal/api/kms"
)

func pageSize(limit *int, usual, most int) (int, error) {
	if limit == nil {
		return usual, nil
	}
	if *limit < 1 || *limit > most {
		return 0, validation("Limit must be between 1 and %d, not %d.", most, *limit)
	}
	return *limit, nil
}

// A marker is what the page before ended with.
func marker(last string) string { return base64.RawURLEncoding.EncodeToString([]byte(last)) }

func readMarker(marker string) (after string, err error) {
	decoded, err := base64.RawURLEncoding.DecodeString(marker)
	if err != nil {
		return "", kms.InvalidMarker("%q is not a marker of this list: use the one that the page before ended with.", marker)
	}
	return string(decoded), nil
}
