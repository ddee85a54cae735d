package kms

import (
	"context"
	"fmt"
	"strconv"

	"slipher/internal/api"
	"slipher/internal/api/kms"
	"slipher/internal/keys"
	"slipher/internal/meta"
)

// The period of a rotation, in days.
const (
	usualPeriod    = 365
	shortestPeriod = 90
	longestPeriod  = 2560
)

// EnableKeyRotation gives a key new material at the end of every period. What was encrypted before opens as ever.
func (s *Service) EnableKeyRotation(ctx context.Context, caller api.Caller, in *kms.EnableKeyRotationRequest) (*api.None, error) {
	days := usualPeriod
	if in.RotationPeriodInDays != nil {
		days = *in.RotationPeriodInDays
	}
	if days < shortestPeriod || days > longestPeriod {
		return nil, validation("RotationPeriodInDays must be between %d and %d, not %d.", shortestPeriod, longestPeriod, days)
	}
	u := to("kms:EnableKeyRotation").where("kms:RotationPeriodInDays", strconv.Itoa(days))
	_, err := s.changeKey(ctx, caller, in.KeyId, u, func(tx *meta.Tx, key keys.Key) error {
		if err := mustBeUsable(key); err != nil {
			return err
		}
		next, err := s.config.Keys.EnableRotation(tx, key.ARN, days)
		if err != nil {
			return err
		}
		return tx.Enqueue(rotateKey{key.ARN}, meta.EnqueueOptions{At: next})
	})
	return &api.None{}, err
}

// GetKeyRotationStatus says whether and when a key gets new material.
func (s *Service) GetKeyRotationStatus(ctx context.Context, caller api.Caller, in *kms.GetKeyRotationStatusRequest) (*kms.GetKeyRotationStatusResponse, error) {
	out := &kms.GetKeyRotationStatusResponse{KeyRotationEnabled: new(false)}
	return out, s.readKey(ctx, caller, in.KeyId, to("kms:GetKeyRotationStatus"), func(_ *meta.Tx, key keys.Key) error {
		out.KeyId = idOf(key)
		if key.RotationDays > 0 {
			*out.KeyRotationEnabled, out.RotationPeriodInDays, out.NextRotationDate = true, &key.RotationDays, key.NextRotation
		}
		return mustNotEnd(key)
	})
}

// rotateKey is a job at the time of a key's rotation.
type rotateKey struct{ ARN string }

func (rotateKey) Kind() string { return "key-rotation" }

// rotate does nothing for a key whose time has not come, which has another job then, nor for one that is disabled.
func (s *Service) rotate(ctx context.Context, job rotateKey) error {
	err := s.config.Store.Update(ctx, func(tx *meta.Tx) error {
		next, err := s.config.Keys.RotateDue(tx, job.ARN)
		if err != nil || next.IsZero() {
			return err
		}
		s.config.Log.Info("key rotated", "key", job.ARN)
		return tx.Enqueue(job, meta.EnqueueOptions{At: next})
	})
	if err != nil {
		return fmt.Errorf("rotate key %s: %w", job.ARN, err)
	}
	return nil
}

// rotateEnabled makes up for a rotation that was due while the key was disabled.
func (s *Service) rotateEnabled(tx *meta.Tx, key keys.Key) error {
	if key.RotationDays == 0 || key.NextRotation.After(s.config.Now()) {
		return nil
	}
	return tx.Enqueue(rotateKey{key.ARN}, meta.EnqueueOptions{})
}
