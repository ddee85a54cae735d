package state

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"slipher/internal/api"
	"slipher/internal/warehouse/refusal"
)

// Tag is a word on a resource, and what it is there.
type Tag struct{ Key, Value string }

var tagForm = regexp.MustCompile(`^[\p{L}\p{N}\p{Zs}_.:/=+\-@]*$`)

func checkTag(tag Tag) error {
	return api.First(func() error { return checkTagKey(tag.Key) }, func() error { return checkTagValue(tag.Value) })
}

func checkTagKey(key string) error {
	switch length := utf8.RuneCountInString(key); {
	case length < 1 || length > 128:
		return refusal.InvalidTag.Because("A tag key has 1 to 128 characters, not %d.", length)
	case strings.HasPrefix(strings.ToLower(key), "aws:"):
		return refusal.InvalidTag.Because("The tag key %q begins with aws:, which is reserved.", key)
	case !tagForm.MatchString(key):
		return refusal.InvalidTag.Because("The tag key %q holds a character other than letters, digits, spaces and _ . : / = + - @.", key)
	}
	return nil
}

func checkTagValue(value string) error {
	switch length := utf8.RuneCountInString(value); {
	case length > 256:
		return refusal.InvalidTag.Because("A tag value has at most 256 characters, not %d.", length)
	case !tagForm.MatchString(value):
		return refusal.InvalidTag.Because("The tag value %q holds a character other than letters, digits, spaces and _ . : / = + - @.", value)
	}
	return nil
}

// CheckTagFilter refuses keys and values that no tag can have.
func CheckTagFilter(keys, values []string) error {
	for _, key := range keys {
		if err := checkTagKey(key); err != nil {
			return err
		}
	}
	for _, value := range values {
		if err := checkTagValue(value); err != nil {
			return err
		}
	}
	return nil
}

// Tagged says whether any tag has one of the keys, or one of the values. No keys and no values match everything.
func Tagged(tags []Tag, keys, values []string) bool {
	if len(keys)+len(values) == 0 {
		return true
	}
	return slices.ContainsFunc(tags, func(tag Tag) bool { return TagMatches(tag, keys, values) })
}

// WithTags adds tags; a key that is there already gets the new value.
func WithTags(present, added []Tag) []Tag {
	merged := slices.Clone(present)
	for _, tag := range added {
		if at := slices.IndexFunc(merged, func(t Tag) bool { return t.Key == tag.Key }); at >= 0 {
			merged[at] = tag
		} else {
			merged = append(merged, tag)
		}
	}
	return merged
}

// TagMatches is the rule of all lists with TagKeys and TagValues: one of either is enough, and none at all is enough for everything.
func TagMatches(tag Tag, keys, values []string) bool {
	return len(keys)+len(values) == 0 || slices.Contains(keys, tag.Key) || slices.Contains(values, tag.Value)
}

// CheckTags refuses tags that no resource can have, and more than a resource may have.
func CheckTags(tags []Tag, most int) error {
	if len(tags) > most {
		return refusal.TagLimitExceeded.Because("A resource can have %d tags, not %d.", most, len(tags))
	}
	seen := map[string]bool{}
	for _, tag := range tags {
		if err := checkTag(tag); err != nil {
			return err
		}
		if seen[tag.Key] {
			return refusal.InvalidTag.Because("The tag key %q is given twice.", tag.Key)
		}
		seen[tag.Key] = true
	}
	return nil
}
