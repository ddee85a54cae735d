package kms

import (
	"context"
	"strconv"

	"slipher/internal/api"
	"slipher/internal/api/kms"
	"slipher/internal/keys"
	"slipher/internal/meta"
)

// EnableKey lets a key be used again.
func (s *Service) EnableKey(ctx context.Context, caller api.Caller, in *kms.EnableKeyRequest) (*api.None, error) {
	_, err := s.changeKey(ctx, caller, in.KeyId, to("kms:EnableKey"), func(tx *meta.Tx, key keys.Key) error {
		if err := mustNotEnd(key); err != nil {
			return err
		}
		if err := s.config.Keys.Enable(tx, key.ARN); err != nil {
			return err
		}
		return s.rotateEnabled(tx, key)
	})
	return &api.None{}, err
}

// DisableKey keeps everybody from using a key: clusters under it take no more snapshots, and its snapshots are not restored.
func (s *Service) DisableKey(ctx context.Context, caller api.Caller, in *kms.DisableKeyRequest) (*api.None, error) {
	_, err := s.changeKey(ctx, caller, in.KeyId, to("kms:DisableKey"), func(tx *meta.Tx, key keys.Key) error {
		if err := mustNotEnd(key); err != nil {
			return err
		}
		return s.config.Keys.Disable(tx, key.ARN)
	})
	return &api.None{}, err
}

// The waiting period of a deletion, in days.
const (
	shortestWindow = 7
	longestWindow  = 30
)

// ScheduleKeyDeletion disables a key, and has it destroyed at the end of the waiting period.
func (s *Service) ScheduleKeyDeletion(ctx context.Context, caller api.Caller, in *kms.ScheduleKeyDeletionRequest) (*kms.ScheduleKeyDeletionResponse, error) {
	days := longestWindow
	if in.PendingWindowInDays != nil {
		days = *in.PendingWindowInDays
	}
	if days < shortestWindow || days > longestWindow {
		return nil, validation("PendingWindowInDays must be between %d and %d, not %d.", shortestWindow, longestWindow, days)
	}
	at := s.config.Now().UTC().AddDate(0, 0, days)
	key, err := s.changeKey(ctx, caller, in.KeyId, to("kms:ScheduleKeyDeletion").where("kms:ScheduleKeyDeletionPendingWindowInDays", strconv.Itoa(days)), func(tx *meta.Tx, key keys.Key) error {
		if err := mustNotEnd(key); err != nil {
			return err
		}
		if err := s.config.Keys.ScheduleDeletion(tx, key.ARN, at); err != nil {
			return err
		}
		return tx.Enqueue(destroyKey{key.ARN}, meta.EnqueueOptions{At: at})
	})
	if err != nil {
		return nil, err
	}
	return &kms.ScheduleKeyDeletionResponse{KeyId: key.ARN, DeletionDate: at, KeyState: kms.KeyStatePendingDeletion, PendingWindowInDays: &days}, nil
}

// CancelKeyDeletion keeps a key, which stays disabled.
func (s *Service) CancelKeyDeletion(ctx context.Context, caller api.Caller, in *kms.CancelKeyDeletionRequest) (*kms.CancelKeyDeletionResponse, error) {
	key, err := s.changeKey(ctx, caller, in.KeyId, to("kms:CancelKeyDeletion"), func(tx *meta.Tx, key keys.Key) error {
		if key.Deletion.IsZero() {
			return kms.KMSInvalidState("%s is not pending deletion.", key.ARN)
		}
		return s.config.Keys.CancelDeletion(tx, key.ARN)
	})
	if err != nil {
		return nil, err
	}
	return &kms.CancelKeyDeletionResponse{KeyId: key.ARN}, nil
}
