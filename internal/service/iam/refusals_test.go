package iam_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// requests has one for each operation that asks for something, about what furnish makes.
var requests = map[string]string{
	"CreateUser":                    `{"UserName":"new"}`,
	"GetUser":                       `{"UserName":"ada"}`,
	"ListUsers":                     `{}`,
	"DeleteUser":                    `{"UserName":"idle"}`,
	"CreateAccessKey":               `{"UserName":"ada"}`,
	"ListAccessKeys":                `{"UserName":"ada"}`,
	"UpdateAccessKey":               `{"UserName":"ada","AccessKeyId":"KEY","Status":"Inactive"}`,
	"DeleteAccessKey":               `{"UserName":"ada","AccessKeyId":"KEY"}`,
	"PutUserPolicy":                 `{"UserName":"ada","PolicyName":"more","PolicyDocument":` + anything + `}`,
	"GetUserPolicy":                 `{"UserName":"ada","PolicyName":"own"}`,
	"ListUserPolicies":              `{"UserName":"ada"}`,
	"DeleteUserPolicy":              `{"UserName":"ada","PolicyName":"own"}`,
	"AttachUserPolicy":              `{"UserName":"ada","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}`,
	"DetachUserPolicy":              `{"UserName":"ada","PolicyArn":"arn:aws:iam::111111111111:policy/look"}`,
	"ListAttachedUserPolicies":      `{"UserName":"ada"}`,
	"PutUserPermissionsBoundary":    `{"UserName":"ada","PermissionsBoundary":"arn:aws:iam::aws:policy/AdministratorAccess"}`,
	"DeleteUserPermissionsBoundary": `{"UserName":"ada"}`,
	"TagUser":                       `{"UserName":"ada","Tags":[{"Key":"stage","Value":"test"}]}`,
	"UntagUser":                     `{"UserName":"ada","TagKeys":["stage"]}`,
	"ListUserTags":                  `{"UserName":"ada"}`,
	"CreateGroup":                   `{"GroupName":"new"}`,
	"GetGroup":                      `{"GroupName":"all"}`,
	"ListGroups":                    `{}`,
	"DeleteGroup":                   `{"GroupName":"empty"}`,
	"AddUserToGroup":                `{"GroupName":"empty","UserName":"ada"}`,
	"RemoveUserFromGroup":           `{"GroupName":"all","UserName":"ada"}`,
	"ListGroupsForUser":             `{"UserName":"ada"}`,
	"PutGroupPolicy":                `{"GroupName":"all","PolicyName":"more","PolicyDocument":` + anything + `}`,
	"GetGroupPolicy":                `{"GroupName":"all","PolicyName":"own"}`,
	"ListGroupPolicies":             `{"GroupName":"all"}`,
	"DeleteGroupPolicy":             `{"GroupName":"all","PolicyName":"own"}`,
	"AttachGroupPolicy":             `{"GroupName":"all","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}`,
	"DetachGroupPolicy":             `{"GroupName":"all","PolicyArn":"arn:aws:iam::111111111111:policy/look"}`,
	"ListAttachedGroupPolicies":     `{"GroupName":"all"}`,
	"CreateRole":                    `{"RoleName":"new","AssumeRolePolicyDocument":` + trusting + `}`,
	"GetRole":                       `{"RoleName":"reader"}`,
	"ListRoles":                     `{}`,
	"UpdateRole":                    `{"RoleName":"reader","MaxSessionDuration":7200}`,
	"UpdateAssumeRolePolicy":        `{"RoleName":"reader","PolicyDocument":'{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"sts:*"}}'}`,
	"DeleteRole":                    `{"RoleName":"idle"}`,
	"PutRolePolicy":                 `{"RoleName":"reader","PolicyName":"more","PolicyDocument":` + anything + `}`,
	"GetRolePolicy":                 `{"RoleName":"reader","PolicyName":"own"}`,
	"ListRolePolicies":              `{"RoleName":"reader"}`,
	"DeleteRolePolicy":              `{"RoleName":"reader","PolicyName":"own"}`,
	"AttachRolePolicy":              `{"RoleName":"reader","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}`,
	"DetachRolePolicy":              `{"RoleName":"reader","PolicyArn":"arn:aws:iam::111111111111:policy/look"}`,
	"ListAttachedRolePolicies":      `{"RoleName":"reader"}`,
	"PutRolePermissionsBoundary":    `{"RoleName":"reader","PermissionsBoundary":"arn:aws:iam::aws:policy/AdministratorAccess"}`,
	"DeleteRolePermissionsBoundary": `{"RoleName":"reader"}`,
	"TagRole":                       `{"RoleName":"reader","Tags":[{"Key":"stage","Value":"test"}]}`,
	"UntagRole":                     `{"RoleName":"reader","TagKeys":["stage"]}`,
	"ListRoleTags":                  `{"RoleName":"reader"}`,
	"ListInstanceProfilesForRole":   `{"RoleName":"reader"}`,
	"CreatePolicy":                  `{"PolicyName":"new","PolicyDocument":` + anything + `}`,
	"GetPolicy":                     `{"PolicyArn":"arn:aws:iam::111111111111:policy/look"}`,
	"ListPolicies":                  `{}`,
	"DeletePolicy":                  `{"PolicyArn":"arn:aws:iam::111111111111:policy/idle"}`,
	"CreatePolicyVersion":           `{"PolicyArn":"arn:aws:iam::111111111111:policy/look","SetAsDefault":true,"PolicyDocument":` + anything + `}`,
	"GetPolicyVersion":              `{"PolicyArn":"arn:aws:iam::111111111111:policy/look","VersionId":"v1"}`,
	"ListPolicyVersions":            `{"PolicyArn":"arn:aws:iam::111111111111:policy/look"}`,
	"DeletePolicyVersion":           `{"PolicyArn":"arn:aws:iam::111111111111:policy/look","VersionId":"v2"}`,
	"SetDefaultPolicyVersion":       `{"PolicyArn":"arn:aws:iam::111111111111:policy/look","VersionId":"v2"}`,
	"ListEntitiesForPolicy":         `{"PolicyArn":"arn:aws:iam::111111111111:policy/look"}`,
	"SimulatePrincipalPolicy":       `{"PolicySourceArn":"arn:aws:iam::111111111111:user/ada","ActionNames":["iam:GetUser"]}`,
	"GetAccessKeyInfo":              `{"AccessKeyId":"KEY"}`,
	"AssumeRole":                    `{"RoleArn":"arn:aws:iam::111111111111:role/reader","RoleSessionName":"monday"}`,
}

// furnish makes what requests are about, and who sends them.
func furnish(t *testing.T) (s *script, ofAda string) {
	s = newScript(t)
	const prod = `"Tags":[{"Key":"stage","Value":"prod"}]`
	s.must(
		`CreatePolicy {"PolicyName":"look",`+prod+`,"PolicyDocument":`+anything+`}`,
		`CreatePolicyVersion {"PolicyArn":"arn:aws:iam::111111111111:policy/look","PolicyDocument":`+anything+`}`,
		`CreatePolicy {"PolicyName":"idle",`+prod+`,"PolicyDocument":`+anything+`}`,
		`CreateUser {"UserName":"ada","PermissionsBoundary":"arn:aws:iam::aws:policy/ReadOnlyAccess",`+prod+`}`,
		`CreateUser {"UserName":"idle",`+prod+`}`,
		`CreateAccessKey {"UserName":"ada"}`,
		`PutUserPolicy {"UserName":"ada","PolicyName":"own","PolicyDocument":`+anything+`}`,
		`AttachUserPolicy {"UserName":"ada","PolicyArn":"arn:aws:iam::111111111111:policy/look"}`,
		`CreateGroup {"GroupName":"all"}`, `CreateGroup {"GroupName":"empty"}`,
		`AddUserToGroup {"GroupName":"all","UserName":"ada"}`,
		`PutGroupPolicy {"GroupName":"all","PolicyName":"own","PolicyDocument":`+anything+`}`,
		`AttachGroupPolicy {"GroupName":"all","PolicyArn":"arn:aws:iam::111111111111:policy/look"}`,
		`CreateRole {"RoleName":"reader","PermissionsBoundary":"arn:aws:iam::aws:policy/ReadOnlyAccess",`+prod+`,"AssumeRolePolicyDocument":`+trusting+`}`,
		`CreateRole {"RoleName":"idle",`+prod+`,"AssumeRolePolicyDocument":`+trusting+`}`,
		`PutRolePolicy {"RoleName":"reader","PolicyName":"own","PolicyDocument":`+anything+`}`,
		`AttachRolePolicy {"RoleName":"reader","PolicyArn":"arn:aws:iam::111111111111:policy/look"}`,
	)
	denials := map[string]string{
		"by-resource":  `"Resource":["arn:aws:iam::111111111111:user/ada","arn:aws:iam::111111111111:user/idle","arn:aws:iam::111111111111:user/new","arn:aws:iam::111111111111:group/*","arn:aws:iam::111111111111:role/*","arn:aws:iam::111111111111:policy/*"]`,
		"by-tag":       `"Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/stage":"prod"}}`,
		"by-condition": `"Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"2026-02-01T00:00:00Z"}}`,
	}
	for name, denial := range denials {
		s.must(`CreateUser {"UserName":"`+name+`"}`, `CreateAccessKey {"UserName":"`+name+`"}`,
			`AttachUserPolicy {"UserName":"`+name+`","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}`,
			`PutUserPolicy {"UserName":"`+name+`","PolicyName":"deny","PolicyDocument":'{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*",`+denial+`}}'}`)
	}
	s.must(`CreateUser {"UserName":"unprivileged"}`, `CreateAccessKey {"UserName":"unprivileged"}`)
	ofAda = s.signs["ada"].key
	s.as = "222222222222"
	s.must(`CreateUser {"UserName":"stranger"}`, `CreateAccessKey {"UserName":"stranger"}`, `CreateUser {"UserName":"admin"}`, `CreateAccessKey {"UserName":"admin"}`,
		`AttachUserPolicy {"UserName":"admin","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}`)
	return s, ofAda
}

// state is all that the account 111111111111 shows of itself.
func (s *script) state() string {
	s.t.Helper()
	s.as = "111111111111"
	var all strings.Builder
	for _, request := range []string{
		`ListUsers {}`, `ListGroups {}`, `ListRoles {}`, `ListPolicies {"Scope":"Local"}`, `GetUser {"UserName":"ada"}`, `ListAccessKeys {"UserName":"ada"}`,
		`ListUserPolicies {"UserName":"ada"}`, `ListAttachedUserPolicies {"UserName":"ada"}`, `ListGroupsForUser {"UserName":"ada"}`,
		`ListGroupPolicies {"GroupName":"all"}`, `ListAttachedGroupPolicies {"GroupName":"all"}`, `GetRole {"RoleName":"reader"}`,
		`ListRolePolicies {"RoleName":"reader"}`, `ListAttachedRolePolicies {"RoleName":"reader"}`,
		`ListPolicyVersions {"PolicyArn":"arn:aws:iam::111111111111:policy/look"}`,
	} {
		all.WriteString(request + "\n" + s.run(request))
	}
	return all.String()
}

// Nobody does anything without leave, and nothing of what was refused has happened.
func TestRefusals(t *testing.T) {
	t.Parallel()
	s, key := furnish(t)
	before := s.state()
	for name, operation := range s.operations {
		if name == "GetCallerIdentity" || name == "GetSessionToken" {
			continue // ask for nothing
		}
		input, listed := requests[name]
		if !listed {
			t.Errorf("there is no request for %s", name)
			continue
		}
		request := name + " " + strings.ReplaceAll(input, "KEY", key)
		for _, caller := range []string{"unprivileged", "stranger", "by-condition", "by-resource", "by-tag", "admin"} {
			if skips(caller, name) {
				continue
			}
			s.as = caller
			if answer := s.run(request); !strings.HasPrefix(answer, "AccessDenied (403)") {
				t.Errorf("%s: %s: got %s", caller, operation.Name, answer)
			}
		}
	}
	if after := s.state(); after != before {
		t.Errorf("something changed: %s\n%s", before, after)
	}
	s.as = "111111111111"
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(requests))) { // what is deleted comes after what is read
		answer := s.run(name + " " + strings.ReplaceAll(requests[name], "KEY", key))
		if strings.Contains(answer, "ValidationError") || strings.Contains(answer, "Denied") && name != "AssumeRole" {
			t.Errorf("%s is no request to be refused for the caller's sake: %s", name, answer)
		}
	}
}

// skips says where a caller has nothing to be refused by: lists have no resource and no tags, nor has what is still to be made; groups have
// no tags; and names are of one's own account, so that only an ARN leads into another one.
func skips(caller, operation string) bool {
	list := slices.Contains([]string{"ListUsers", "ListGroups", "ListRoles", "ListPolicies", "GetAccessKeyInfo"}, operation)
	switch caller {
	case "by-resource":
		return list
	case "by-tag":
		return list || strings.Contains(operation, "Group") && operation != "ListGroupsForUser" || slices.Contains([]string{"CreateUser", "CreateRole", "CreatePolicy", "SimulatePrincipalPolicy"}, operation)
	case "admin":
		return !strings.Contains(requests[operation], `arn:aws:iam::111111111111:`) || strings.Contains(operation, "Detach")
	}
	return false
}
