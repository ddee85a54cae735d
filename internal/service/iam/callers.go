package iam

import (
	"strings"

	"slipher/internal/api"
	"slipher/internal/policy"
)

func isRoot(caller api.Caller) bool { return caller.Principal.Type == policy.Root }

// nameOr is the caller's own name where a request names no user. Only users and root users have one.
func nameOr(name string, caller api.Caller) string {
	if name == "" && caller.Principal.Type == policy.User {
		return caller.ARN[strings.LastIndexByte(caller.ARN, '/')+1:]
	}
	return name
}
