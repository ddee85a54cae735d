package iam

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"slipher/internal/api"
	"slipher/internal/api/iam"
	"slipher/internal/policy"
)

// validation is the common error of IAM and STS for values that the model does not allow.
func validation(format string, args ...any) error {
	return api.NewFault("ValidationError", 400, format, args...)
}

var nameForm = regexp.MustCompile(`^[\w+=,.@-]+$`)

// longest are how many characters names have at most ("IAM and STS quotas" in the IAM user guide).
var longest = map[string]int{"UserName": 64, "GroupName": 128, "RoleName": 64, "PolicyName": 128}

// checkName refuses what no new user, group, role or policy can be called.
func checkName(member, name string) error {
	switch limit := longest[member]; {
	case name == "" || len(name) > limit:
		return validation("%s has from 1 to %d characters.", member, limit)
	case !nameForm.MatchString(name):
		return validation("%s has letters, digits and +=,.@_- only.", member)
	}
	return nil
}

var (
	pathForm       = regexp.MustCompile(`^(/|/[\x21-\x7e]+/)$`)
	policyPathForm = regexp.MustCompile(`^(/[A-Za-z0-9.,+@=_-]+)*/$`)
)

func checkPath(path string, form *regexp.Regexp) error {
	if len(path) > 512 || !form.MatchString(path) {
		return validation("Path begins and ends with a slash and has at most 512 visible characters: /office/berlin/.")
	}
	return nil
}

// pathOr is / where a request has no path.
func pathOr(path string) string {
	if path == "" {
		return "/"
	}
	return path
}

func checkDescription(text string) error {
	if utf8.RuneCountInString(text) > 1000 {
		return validation("Description has at most 1000 characters.")
	}
	return nil
}

// tagForm leaves lengths to be counted: a regular expression that counts to 256 takes 50 ms to be made ready, in every process.
var tagForm = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

// checkTag refuses what no tag of IAM or STS can be.
func checkTag(key, value string) error {
	switch {
	case key == "" || utf8.RuneCountInString(key) > 128 || !tagForm.MatchString(key):
		return validation("The key of a tag has from 1 to 128 letters, digits, spaces and _.:/=+-@.")
	case strings.HasPrefix(strings.ToLower(key), "aws:"):
		return validation("The key of a tag cannot begin with aws:.")
	case utf8.RuneCountInString(value) > 256 || !tagForm.MatchString(value):
		return validation("The value of the tag %s has at most 256 letters, digits, spaces and _.:/=+-@.", key)
	}
	return nil
}

// readPolicy refuses a document that is no policy of its kind.
func readPolicy(kind policy.Kind, document string) error {
	_, err := policy.Parse(kind, "", document)
	return policyFault(err)
}

// policyFault is the fault for what policy.Parse refuses.
func policyFault(err error) error {
	if long, ok := errors.AsType[*policy.SizeError](err); ok {
		return iam.LimitExceeded("%s.", sentence(long))
	}
	if bad, ok := errors.AsType[*policy.MalformedError](err); ok {
		return iam.MalformedPolicyDocument("%s.", sentence(bad))
	}
	return err
}

func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:]
}
