package keys

import (
	"strings"

	"slipher/internal/meta"
)

func arnOf(key meta.Key) string {
	return "arn:aws:kms:" + key.Region + ":" + key.Account + ":key/" + key.ID
}

// parseARN is the inverse of arnOf, and takes nothing else.
func parseARN(arn string) (meta.Key, bool) {
	parts := strings.Split(arn, ":")
	if len(parts) != 6 {
		return meta.Key{}, false
	}
	id, _ := strings.CutPrefix(parts[5], "key/")
	key := meta.Key{Region: parts[3], Account: parts[4], ID: id}
	return key, key.ID != "" && arnOf(key) == arn
}
