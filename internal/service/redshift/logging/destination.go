package logging

import (
	"regexp"
	"strings"

	"slipher/internal/api/redshift"
)

// bucketForm is that of S3's general purpose buckets.
var bucketForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]|\.[a-z0-9])*[a-z0-9]$`)

func checkBucketName(name string) error {
	if name == "" {
		return redshift.InvalidS3BucketName("BucketName is missing: name the bucket for the logs.")
	}
	if len(name) < 3 || len(name) > 63 || !bucketForm.MatchString(name) {
		return redshift.InvalidS3BucketName("%q is not the name of a bucket: it has 3 to 63 small letters, digits, hyphens and dots, and begins and ends with a letter or digit.", name)
	}
	return nil
}

const maxKeyPrefix = 512

// prefixForm has the characters that the guide to audit logging leaves.
var prefixForm = regexp.MustCompile(`^[\x21\x23-\x26\x28-\x5b\x5d-\x7e]*$`)

func checkKeyPrefix(prefix string) error {
	if len(prefix) > maxKeyPrefix || !prefixForm.MatchString(prefix) {
		return redshift.InvalidS3KeyPrefix("S3KeyPrefix may have %d characters, and no blanks, quotation marks, backslashes or characters beyond ASCII.", maxKeyPrefix)
	}
	for _, part := range strings.Split(strings.TrimSuffix(prefix, "/"), "/") {
		if prefix != "" && (part == "" || part == "." || part == "..") {
			return redshift.InvalidS3KeyPrefix("S3KeyPrefix has an empty part, or one that is . or .., between its slashes.")
		}
	}
	return nil
}
