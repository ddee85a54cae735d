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

// Run works jobs until the context ends, cancels those that run, and waits for them. Jobs that an
// earlier process left running run again at once.
func (s *Store) Run(ctx context.Context) error {
	if err := s.adopt(ctx); err != nil {
		return err
	}
	client, err := river.NewClient(s.driver(), s.works())
	if err != nil {
		return fmt.Errorf("set up jobs: %w", err)
	}
	// River learns of the end from StopAndCancel alone: only so it tells an interrupted job from a failed one.
	detached := context.WithoutCancel(ctx)
	if err := client.Start(detached); err != nil {
		return fmt.Errorf("start jobs: %w", err)
	}
	<-ctx.Done()
	if err := client.StopAndCancel(detached); err != nil {
		return fmt.Errorf("stop jobs: %w", err)
	}
	return nil
}

// Wake looks for jobs that have become due now, and not a second later. It is for whoever moves a clock.
func (s *Store) Wake() { s.bell.ring() }

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

// adopt makes every job available that a process took and did not finish. River would wait for an
// hour first; we know that no other process lives.
func (s *Store) adopt(ctx context.Context) error {
	_, err := s.writer.ExecContext(ctx,
		`UPDATE river_job SET state = 'available' WHERE state IN ('running', 'retryable', 'scheduled')`)
	if err != nil {
		return fmt.Errorf("adopt jobs: %w", err)
	}
	return nil
}

// inserts configures River for Enqueue alone.
func (s *Store) inserts() *river.Config {
	return &river.Config{
		MaxAttempts: math.MaxInt16,
		Logger:      s.riverLog(),
		Test:        river.TestConfig{Time: clock(s.now)},
	}
}

// works configures River to fetch and to run jobs, and nothing else: outcomes are recorded by worker and
// due times by release, so there is nothing to maintain and no leader to elect.
func (s *Store) works() *river.Config {
	config := s.inserts()
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

func (s *Store) driver() *driver { return &driver{riversqlite.New(s.writer), s.bell} }

func (s *Store) riverLog() *slog.Logger { return slog.New(atLeastWarn{s.log.Handler()}) }
