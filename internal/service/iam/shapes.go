package iam

import (
	"net/url"
	"strings"

	"slipher/internal/accounts"
	"slipher/internal/api/iam"
	"slipher/internal/meta"
)

func userShape(record meta.Record[accounts.Identity]) *iam.User {
	user := record.Body
	return &iam.User{
		Path: user.Path, UserName: user.Name, UserId: user.ID, Arn: accounts.Users.ARNOf(record), CreateDate: user.Created,
		PermissionsBoundary: boundaryShape(user.Boundary), Tags: tagShapes(user.Tags),
	}
}

func groupShape(record meta.Record[accounts.Identity]) *iam.Group {
	group := record.Body
	return &iam.Group{Path: group.Path, GroupName: group.Name, GroupId: group.ID, Arn: accounts.Groups.ARNOf(record), CreateDate: group.Created}
}

func roleShape(record meta.Record[accounts.Identity]) *iam.Role {
	role := record.Body
	return &iam.Role{
		Path: role.Path, RoleName: role.Name, RoleId: role.ID, Arn: accounts.Roles.ARNOf(record), CreateDate: role.Created,
		AssumeRolePolicyDocument: escaped(role.Role.Trust), Description: role.Role.Description, MaxSessionDuration: new(role.Role.MaxSession),
		PermissionsBoundary: boundaryShape(role.Boundary), Tags: tagShapes(role.Tags),
	}
}

func boundaryShape(arn string) *iam.AttachedPermissionsBoundary {
	if arn == "" {
		return nil
	}
	return &iam.AttachedPermissionsBoundary{PermissionsBoundaryType: "Policy", PermissionsBoundaryArn: arn}
}

func tagShapes(tags []accounts.Tag) []iam.Tag {
	var shown []iam.Tag //nolint:prealloc // none are nil, which answers leave out
	for _, tag := range tags {
		shown = append(shown, iam.Tag(tag))
	}
	return shown
}

// escaped is how IAM answers documents: URL-encoded after RFC 3986.
func escaped(document string) string {
	return strings.ReplaceAll(url.QueryEscape(document), "+", "%20")
}
