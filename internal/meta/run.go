package meta

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"math"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

const (
	// longestRest is the time between two looks for jobs that have become due. New jobs, and those due
	// before the next look, ring the bell.
	longestRest = time.Second
	mostRunning = 1000
)

// Run works jobs until the context ends, cancels those that run, and waits for them. Jobs that an earlier process left running run again at once,
// and those of another control plane when it has not been heard of for a while.
//
// While there is nothing to do it only looks each second whether there is: River looks up twenty times a second for what has been completed, which took
// most of what an idle slipher takes.
func (s *Store) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := s.runAs(ctx, fmt.Sprintf("%s.%d", s.name, s.runs.Add(1))); err != nil {
			return err
		}
		s.awaitWork(ctx)
	}
	return nil
}

// awaitWork returns when a job runs, which may be a dead control plane's, or is due soon.
func (s *Store) awaitWork(ctx context.Context) {
	look := time.NewTicker(s.rest)
	defer look.Stop()
	for s.workless(ctx, s.rest) {
		select {
		case <-ctx.Done():
			return
		case <-s.bell: // which the end of the last run has rung too
		case <-s.beats:
		case <-look.C:
		}
	}
}

// workless says that no job runs, and that none is due within a time. What cannot be read counts as work, whose own look at it tells what is wrong.
func (s *Store) workless(ctx context.Context, within time.Duration) bool {
	running, next, err := s.Jobs(ctx)
	return err == nil && running == 0 && (next.IsZero() || next.Sub(s.now()) > within)
}

// runAs works jobs as one replica, until the context ends, there has been nothing to do for a while, or others take it for dead.
func (s *Store) runAs(ctx context.Context, replica string) error {
	if err := s.signOn(ctx, replica); err != nil {
		return nil // asked to stop
	}
	// River learns of the end from StopAndCancel alone: only so it tells an interrupted job from a failed one.
	detached := context.WithoutCancel(ctx)
	defer s.signOff(detached, replica)
	client, err := river.NewClient(s.driver(replica), s.works(replica))
	if err != nil {
		return fmt.Errorf("set up jobs: %w", err)
	}
	if err := client.Start(detached); err != nil {
		return fmt.Errorf("start jobs: %w", err)
	}
	s.beat(ctx, replica)
	if err := client.StopAndCancel(detached); err != nil {
		return fmt.Errorf("stop jobs: %w", err)
	}
	return nil
}

// Wake looks for jobs that have become due now, and for control planes that were not heard of, and not a second later. It is for whoever moves a
// clock.
func (s *Store) Wake() {
	s.bells.ring()
	s.beats.ring()
}

// Jobs says how many jobs run, and for when the earliest of the others waits; zero if none does. It is for whoever moves a clock.
func (s *Store) Jobs(ctx context.Context) (running int, next time.Time, err error) {
	var earliest sql.NullString
	err = s.readers.QueryRowContext(ctx, `SELECT count(CASE WHEN state = 'running' THEN 1 END), min(CASE WHEN state = 'available' THEN scheduled_at END) FROM river_job`).
		Scan(&running, &earliest)
	if err != nil || !earliest.Valid {
		return running, next, err
	}
	next, err = time.Parse("2006-01-02 15:04:05.999", earliest.String) // River's form
	return running, next, err
}

// inserts configures River for Enqueue alone.
func (s *Store) inserts() *river.Config {
	return &river.Config{
		MaxAttempts: math.MaxInt16,
		Logger:      riverLog(s.log),
		Test:        river.TestConfig{Time: clock(s.now)},
	}
}

// works configures River to fetch and to run jobs, and nothing else: outcomes are recorded by worker and
// due times by release, so there is nothing to maintain and no leader to elect.
func (s *Store) works(replica string) *river.Config {
	config := s.inserts()
	config.ID = replica
	config.Queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: mostRunning}}
	config.Workers = s.workers
	config.JobTimeout = -1
	config.RetryPolicy = soon{s.now}
	config.FetchCooldown = time.Millisecond
	config.FetchPollInterval = s.rest
	config.FetchOnlyKnownKinds = true
	config.LeaderElectionDisabled = true
	return config
}

func (s *Store) driver(replica string) *driver {
	return &driver{Driver: riversqlite.New(s.writer), bell: s.bell, replica: replica}
}

func riverLog(log *slog.Logger) *slog.Logger { return slog.New(atLeastWarn{log.Handler()}) }
