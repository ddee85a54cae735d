package meta

import (
	"context"
	"errors"
	"slices"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

// fence is River's access to jobs for one replica. River takes whatever is available and ends a job by "does it run", so a replica that stood still
// could take jobs after it was declared dead, and end its successor's run of a job. The fence asks in the same transaction.
type fence struct {
	riverdriver.Executor
	replica string
}

// JobGetAvailable answers nothing to a replica that was declared dead.
func (f *fence) JobGetAvailable(ctx context.Context, params *riverdriver.JobGetAvailableParams) (got *riverdriver.JobGetAvailableResult, err error) {
	got = &riverdriver.JobGetAvailableResult{}
	err = f.within(ctx, func(tx riverdriver.ExecutorTx) error {
		var known int
		err := tx.QueryRow(ctx, `SELECT count(*) FROM record WHERE kind = 'replica' AND account = '' AND region = '' AND id = $1`, f.replica).Scan(&known)
		if err == nil && known > 0 {
			got, err = tx.JobGetAvailable(ctx, params)
		}
		return err
	})
	return got, err
}

// JobSetStateIfRunningMany leaves jobs alone that somebody else has taken meanwhile.
func (f *fence) JobSetStateIfRunningMany(ctx context.Context, params *riverdriver.JobSetStateIfRunningManyParams) (rows []*rivertype.JobRow, err error) {
	err = f.within(ctx, func(tx riverdriver.ExecutorTx) error {
		ours := *params
		for i := len(params.ID) - 1; i >= 0; i-- {
			mine, err := takenBy(ctx, tx, params.ID[i], f.replica)
			if err != nil {
				return err
			}
			if !mine {
				ours = without(ours, i)
			}
		}
		rows, err = tx.JobSetStateIfRunningMany(ctx, &ours)
		return err
	})
	return rows, err
}

func takenBy(ctx context.Context, tx riverdriver.ExecutorTx, job int64, replica string) (mine bool, err error) {
	err = tx.QueryRow(ctx, `SELECT count(*) > 0 FROM river_job WHERE id = $1 AND attempted_by ->> '$[#-1]' = $2`, job, replica).Scan(&mine)
	return mine, err
}

// without leaves the given slices as they are.
func without(p riverdriver.JobSetStateIfRunningManyParams, i int) riverdriver.JobSetStateIfRunningManyParams {
	p.ID = dropAt(p.ID, i)
	p.Attempt = dropAt(p.Attempt, i)
	p.ErrData = dropAt(p.ErrData, i)
	p.FinalizedAt = dropAt(p.FinalizedAt, i)
	p.MetadataDoMerge = dropAt(p.MetadataDoMerge, i)
	p.MetadataUpdates = dropAt(p.MetadataUpdates, i)
	p.ScheduledAt = dropAt(p.ScheduledAt, i)
	p.State = dropAt(p.State, i)
	return p
}

func dropAt[T any](all []T, i int) []T { return slices.Delete(slices.Clone(all), i, i+1) }

func (f *fence) within(ctx context.Context, do func(tx riverdriver.ExecutorTx) error) error {
	tx, err := f.Begin(ctx)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback(ctx))
	}
	return tx.Commit(ctx)
}
