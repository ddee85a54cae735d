// Package iam is Identity and Access Management and the Security Token Service, as far as Redshift's users and their tools need
// them: users, groups, roles, access keys and policies, and the sessions of roles and users.
//
// It promises that each change is one decision, refused as a whole or made as a whole, and that it counts from the next request on. It
// does not verify signatures, and decides nothing by itself: what an operation needs is asked of the caller's policies.
package iam

import (
	"context"
	"errors"
	"time"

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/api/iam"
	"slipher/internal/api/sts"
	"slipher/internal/meta"
	"slipher/internal/service"
)

// Service answers the operations of both.
type Service struct{ directory *accounts.Directory }

// New is for the principals of a directory.
func New(directory *accounts.Directory) *Service { return &Service{directory} }

// IAM is the table of its operations.
func (s *Service) IAM() (api.Service, error) {
	return service.Join(iam.Table(), service.Lookup{Store: s.directory.Store}, s.userFamily(), s.groupFamily(), s.roleFamily(), s.policyFamily())
}

// STS is the table of its operations.
func (s *Service) STS() (api.Service, error) {
	return service.Join(sts.Table(), service.Lookup{Store: s.directory.Store}, s.sessionFamily())
}

// now has whole seconds, as all times of IAM.
func (s *Service) now() time.Time { return s.directory.Now().UTC().Truncate(time.Second) }

// view reads in one transaction.
func (s *Service) view(ctx context.Context, read func(tx *meta.Tx) error) error {
	return s.directory.Store.View(ctx, read)
}

// find answers the identity of a kind in the caller's account, or NoSuchEntity.
func find(tx *meta.Tx, caller api.Caller, kind accounts.Kind, name string) (meta.Record[accounts.Identity], error) {
	record, err := kind.Find(tx, caller.Account, name)
	if errors.Is(err, accounts.ErrNotFound) {
		err = iam.NoSuchEntity("There is no %s with the name %s.", kind.Name, name)
	}
	return record, err
}

// read finds an identity and lets something be read from it.
func (s *Service) read(ctx context.Context, caller api.Caller, kind accounts.Kind, name string, read func(tx *meta.Tx, record meta.Record[accounts.Identity]) error) error {
	return s.view(ctx, func(tx *meta.Tx) error {
		record, err := find(tx, caller, kind, name)
		if err != nil {
			return err
		}
		return read(tx, record)
	})
}

// change finds an identity, lets a decision alter it, and keeps it, in one transaction.
func (s *Service) change(ctx context.Context, caller api.Caller, kind accounts.Kind, name string, decide func(tx *meta.Tx, identity *accounts.Identity) error) (*api.None, error) {
	err := s.directory.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err := find(tx, caller, kind, name)
		if err != nil {
			return err
		}
		if err := decide(tx, &record.Body); err != nil {
			return err
		}
		return kind.Put(tx, record)
	})
	return &api.None{}, err
}
