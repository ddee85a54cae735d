package iam

import (
	"slipher/internal/accounts"
	"slipher/internal/api/iam"
	"slipher/internal/api/sts"
	"slipher/internal/service"
)

// The permissions of the operations are those of the Service Authorization Reference, "Actions, resources, and condition keys for AWS Identity and
// Access Management".

type required = []service.Permission

func (s *Service) userFamily() service.Family {
	return service.Family{Name: "users", Operations: []service.Operation{
		service.Offer(iam.CreateUserOperation, s.CreateUser, func(in *iam.CreateUserRequest) required {
			return onNew(accounts.Users, in.UserName, in.Path).bounded(in.PermissionsBoundary).made("iam:TagUser", in.Tags).required()
		}),
		service.Offer(iam.GetUserOperation, s.GetUser, func(in *iam.GetUserRequest) required { return onOwnUser(in.UserName).required() }),
		service.Offer(iam.ListUsersOperation, s.ListUsers, onEverything),
		service.Offer(iam.DeleteUserOperation, s.DeleteUser, func(in *iam.DeleteUserRequest) required { return onUser(in.UserName).required() }),
		service.Offer(iam.CreateAccessKeyOperation, s.CreateAccessKey, func(in *iam.CreateAccessKeyRequest) required { return onOwnUser(in.UserName).required() }),
		service.Offer(iam.ListAccessKeysOperation, s.ListAccessKeys, func(in *iam.ListAccessKeysRequest) required { return onOwnUser(in.UserName).required() }),
		service.Offer(iam.UpdateAccessKeyOperation, s.UpdateAccessKey, func(in *iam.UpdateAccessKeyRequest) required { return onOwnUser(in.UserName).required() }),
		service.Offer(iam.DeleteAccessKeyOperation, s.DeleteAccessKey, func(in *iam.DeleteAccessKeyRequest) required { return onOwnUser(in.UserName).required() }),
		service.Offer(iam.PutUserPolicyOperation, s.PutUserPolicy, func(in *iam.PutUserPolicyRequest) required { return onUser(in.UserName).required() }),
		service.Offer(iam.GetUserPolicyOperation, s.GetUserPolicy, func(in *iam.GetUserPolicyRequest) required { return onUser(in.UserName).required() }),
		service.Offer(iam.ListUserPoliciesOperation, s.ListUserPolicies, func(in *iam.ListUserPoliciesRequest) required { return onUser(in.UserName).required() }),
		service.Offer(iam.DeleteUserPolicyOperation, s.DeleteUserPolicy, func(in *iam.DeleteUserPolicyRequest) required { return onUser(in.UserName).required() }),
		service.Offer(iam.AttachUserPolicyOperation, s.AttachUserPolicy, func(in *iam.AttachUserPolicyRequest) required {
			return onUser(in.UserName).attaching(in.PolicyArn).required()
		}),
		service.Offer(iam.DetachUserPolicyOperation, s.DetachUserPolicy, func(in *iam.DetachUserPolicyRequest) required {
			return onUser(in.UserName).attaching(in.PolicyArn).required()
		}),
		service.Offer(iam.ListAttachedUserPoliciesOperation, s.ListAttachedUserPolicies, func(in *iam.ListAttachedUserPoliciesRequest) required { return onUser(in.UserName).required() }),
		service.Offer(iam.PutUserPermissionsBoundaryOperation, s.PutUserPermissionsBoundary, func(in *iam.PutUserPermissionsBoundaryRequest) required {
			return onUser(in.UserName).bounded(in.PermissionsBoundary).required()
		}),
		service.Offer(iam.DeleteUserPermissionsBoundaryOperation, s.DeleteUserPermissionsBoundary, func(in *iam.DeleteUserPermissionsBoundaryRequest) required { return onUser(in.UserName).required() }),
		service.Offer(iam.TagUserOperation, s.TagUser, func(in *iam.TagUserRequest) required { return onUser(in.UserName).tagged(in.Tags).required() }),
		service.Offer(iam.UntagUserOperation, s.UntagUser, func(in *iam.UntagUserRequest) required { return onUser(in.UserName).untagging(in.TagKeys).required() }),
		service.Offer(iam.ListUserTagsOperation, s.ListUserTags, func(in *iam.ListUserTagsRequest) required { return onUser(in.UserName).required() }),
	}}
}

func (s *Service) groupFamily() service.Family {
	return service.Family{Name: "groups", Operations: []service.Operation{
		service.Offer(iam.CreateGroupOperation, s.CreateGroup, func(in *iam.CreateGroupRequest) required {
			return onNew(accounts.Groups, in.GroupName, in.Path).required()
		}),
		service.Offer(iam.GetGroupOperation, s.GetGroup, func(in *iam.GetGroupRequest) required { return onGroup(in.GroupName).required() }),
		service.Offer(iam.ListGroupsOperation, s.ListGroups, onEverything),
		service.Offer(iam.DeleteGroupOperation, s.DeleteGroup, func(in *iam.DeleteGroupRequest) required { return onGroup(in.GroupName).required() }),
		service.Offer(iam.AddUserToGroupOperation, s.AddUserToGroup, func(in *iam.AddUserToGroupRequest) required { return onGroup(in.GroupName).required() }),
		service.Offer(iam.RemoveUserFromGroupOperation, s.RemoveUserFromGroup, func(in *iam.RemoveUserFromGroupRequest) required { return onGroup(in.GroupName).required() }),
		service.Offer(iam.ListGroupsForUserOperation, s.ListGroupsForUser, func(in *iam.ListGroupsForUserRequest) required { return onUser(in.UserName).required() }),
		service.Offer(iam.PutGroupPolicyOperation, s.PutGroupPolicy, func(in *iam.PutGroupPolicyRequest) required { return onGroup(in.GroupName).required() }),
		service.Offer(iam.GetGroupPolicyOperation, s.GetGroupPolicy, func(in *iam.GetGroupPolicyRequest) required { return onGroup(in.GroupName).required() }),
		service.Offer(iam.ListGroupPoliciesOperation, s.ListGroupPolicies, func(in *iam.ListGroupPoliciesRequest) required { return onGroup(in.GroupName).required() }),
		service.Offer(iam.DeleteGroupPolicyOperation, s.DeleteGroupPolicy, func(in *iam.DeleteGroupPolicyRequest) required { return onGroup(in.GroupName).required() }),
		service.Offer(iam.AttachGroupPolicyOperation, s.AttachGroupPolicy, func(in *iam.AttachGroupPolicyRequest) required {
			return onGroup(in.GroupName).attaching(in.PolicyArn).required()
		}),
		service.Offer(iam.DetachGroupPolicyOperation, s.DetachGroupPolicy, func(in *iam.DetachGroupPolicyRequest) required {
			return onGroup(in.GroupName).attaching(in.PolicyArn).required()
		}),
		service.Offer(iam.ListAttachedGroupPoliciesOperation, s.ListAttachedGroupPolicies, func(in *iam.ListAttachedGroupPoliciesRequest) required { return onGroup(in.GroupName).required() }),
	}}
}

func (s *Service) roleFamily() service.Family {
	return service.Family{Name: "roles", Operations: []service.Operation{
		service.Offer(iam.CreateRoleOperation, s.CreateRole, func(in *iam.CreateRoleRequest) required {
			return onNew(accounts.Roles, in.RoleName, in.Path).bounded(in.PermissionsBoundary).made("iam:TagRole", in.Tags).required()
		}),
		service.Offer(iam.GetRoleOperation, s.GetRole, func(in *iam.GetRoleRequest) required { return onRole(in.RoleName).required() }),
		service.Offer(iam.ListRolesOperation, s.ListRoles, onEverything),
		service.Offer(iam.UpdateRoleOperation, s.UpdateRole, func(in *iam.UpdateRoleRequest) required { return onRole(in.RoleName).required() }),
		service.Offer(iam.UpdateAssumeRolePolicyOperation, s.UpdateAssumeRolePolicy, func(in *iam.UpdateAssumeRolePolicyRequest) required { return onRole(in.RoleName).required() }),
		service.Offer(iam.DeleteRoleOperation, s.DeleteRole, func(in *iam.DeleteRoleRequest) required { return onRole(in.RoleName).required() }),
		service.Offer(iam.PutRolePolicyOperation, s.PutRolePolicy, func(in *iam.PutRolePolicyRequest) required { return onRole(in.RoleName).required() }),
		service.Offer(iam.GetRolePolicyOperation, s.GetRolePolicy, func(in *iam.GetRolePolicyRequest) required { return onRole(in.RoleName).required() }),
		service.Offer(iam.ListRolePoliciesOperation, s.ListRolePolicies, func(in *iam.ListRolePoliciesRequest) required { return onRole(in.RoleName).required() }),
		service.Offer(iam.DeleteRolePolicyOperation, s.DeleteRolePolicy, func(in *iam.DeleteRolePolicyRequest) required { return onRole(in.RoleName).required() }),
		service.Offer(iam.AttachRolePolicyOperation, s.AttachRolePolicy, func(in *iam.AttachRolePolicyRequest) required {
			return onRole(in.RoleName).attaching(in.PolicyArn).required()
		}),
		service.Offer(iam.DetachRolePolicyOperation, s.DetachRolePolicy, func(in *iam.DetachRolePolicyRequest) required {
			return onRole(in.RoleName).attaching(in.PolicyArn).required()
		}),
		service.Offer(iam.ListAttachedRolePoliciesOperation, s.ListAttachedRolePolicies, func(in *iam.ListAttachedRolePoliciesRequest) required { return onRole(in.RoleName).required() }),
		service.Offer(iam.PutRolePermissionsBoundaryOperation, s.PutRolePermissionsBoundary, func(in *iam.PutRolePermissionsBoundaryRequest) required {
			return onRole(in.RoleName).bounded(in.PermissionsBoundary).required()
		}),
		service.Offer(iam.DeleteRolePermissionsBoundaryOperation, s.DeleteRolePermissionsBoundary, func(in *iam.DeleteRolePermissionsBoundaryRequest) required { return onRole(in.RoleName).required() }),
		service.Offer(iam.TagRoleOperation, s.TagRole, func(in *iam.TagRoleRequest) required { return onRole(in.RoleName).tagged(in.Tags).required() }),
		service.Offer(iam.UntagRoleOperation, s.UntagRole, func(in *iam.UntagRoleRequest) required { return onRole(in.RoleName).untagging(in.TagKeys).required() }),
		service.Offer(iam.ListRoleTagsOperation, s.ListRoleTags, func(in *iam.ListRoleTagsRequest) required { return onRole(in.RoleName).required() }),
		service.Offer(iam.ListInstanceProfilesForRoleOperation, s.ListInstanceProfilesForRole, func(in *iam.ListInstanceProfilesForRoleRequest) required { return onRole(in.RoleName).required() }),
	}}
}

func (s *Service) policyFamily() service.Family {
	return service.Family{Name: "policies", Operations: []service.Operation{
		service.Offer(iam.CreatePolicyOperation, s.CreatePolicy, func(in *iam.CreatePolicyRequest) required {
			return onNewPolicy(in.PolicyName, in.Path).made("iam:TagPolicy", in.Tags).required()
		}),
		service.Offer(iam.GetPolicyOperation, s.GetPolicy, func(in *iam.GetPolicyRequest) required { return onPolicy(in.PolicyArn).required() }),
		service.Offer(iam.ListPoliciesOperation, s.ListPolicies, onEverything),
		service.Offer(iam.DeletePolicyOperation, s.DeletePolicy, func(in *iam.DeletePolicyRequest) required { return onPolicy(in.PolicyArn).required() }),
		service.Offer(iam.CreatePolicyVersionOperation, s.CreatePolicyVersion, func(in *iam.CreatePolicyVersionRequest) required { return onPolicy(in.PolicyArn).required() }),
		service.Offer(iam.GetPolicyVersionOperation, s.GetPolicyVersion, func(in *iam.GetPolicyVersionRequest) required { return onPolicy(in.PolicyArn).required() }),
		service.Offer(iam.ListPolicyVersionsOperation, s.ListPolicyVersions, func(in *iam.ListPolicyVersionsRequest) required { return onPolicy(in.PolicyArn).required() }),
		service.Offer(iam.DeletePolicyVersionOperation, s.DeletePolicyVersion, func(in *iam.DeletePolicyVersionRequest) required { return onPolicy(in.PolicyArn).required() }),
		service.Offer(iam.SetDefaultPolicyVersionOperation, s.SetDefaultPolicyVersion, func(in *iam.SetDefaultPolicyVersionRequest) required { return onPolicy(in.PolicyArn).required() }),
		service.Offer(iam.ListEntitiesForPolicyOperation, s.ListEntitiesForPolicy, func(in *iam.ListEntitiesForPolicyRequest) required { return onPolicy(in.PolicyArn).required() }),
		service.Offer(iam.SimulatePrincipalPolicyOperation, s.SimulatePrincipalPolicy, func(in *iam.SimulatePrincipalPolicyRequest) required { return onSource(in.PolicySourceArn).required() }),
	}}
}

// sessionFamily is STS. What AssumeRole requires depends on the role's trust policy. The credentials of GetSessionToken are for AssumeRole and
// GetCallerIdentity alone.
func (s *Service) sessionFamily() service.Family {
	return service.Family{Name: "sessions", Operations: []service.Operation{
		service.Offer(sts.AssumeRoleOperation, s.AssumeRole, service.HandlerDecides),
		service.Offer(sts.GetCallerIdentityOperation, s.GetCallerIdentity, service.Anybody),
		service.Offer(sts.GetSessionTokenOperation, s.GetSessionToken, func(*sts.GetSessionTokenRequest) required { return required{lastingCredentials} }),
		service.Offer(sts.GetAccessKeyInfoOperation, s.GetAccessKeyInfo, func(in *sts.GetAccessKeyInfoRequest) required {
			return append(required{noSessionToken}, service.Everything(in)...)
		}),
	}}
}
