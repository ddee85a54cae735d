package meta

import (
	"context"
	"errors"
	"fmt"
	"maps"
)

// group is the changes that are committed together, so that many writers share one wait for the disk. Its fields belong to who has
// the turn, but for err, which can be read when ended is closed.
type group struct {
	*session
	members int              // changes that were made and wait for the commit
	raised  map[string]int64 // generations
	ended   chan struct{}
	err     error
}

// turn is held by the one goroutine that may write. Who waits for it is served in the order of arrival.
type turn chan struct{}

func (t turn) take(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t turn) give() { <-t }

// join makes the change in the open group, or in a new one, and answers the group if the caller has to wait for it: also one whose
// change failed has, when it may have seen what others did in the group. It gives the turn that the caller took.
func (d *database) join(ctx context.Context, tx *Tx, change func(tx *Tx) error) (*group, error) {
	defer d.turn.give()
	if d.group == nil {
		// Not under the caller's context, as the transaction is others' too.
		begun, err := d.writer.BeginTx(context.WithoutCancel(ctx), nil)
		if err != nil {
			return nil, fmt.Errorf("begin writing: %w", err)
		}
		d.group = &group{session: d.writes.session(begun), raised: map[string]int64{}, ended: make(chan struct{})}
	}
	joined := d.group
	tx.session = joined.session
	first := joined.members == 0
	err := d.attempt(ctx, joined, tx, change)
	switch {
	case err != nil && first:
		return nil, err
	case err != nil:
		return joined, err
	}
	maps.Copy(joined.raised, tx.raised)
	joined.members++
	return joined, nil
}

// attempt makes a change as a whole or not at all, also when it panics. The first of a group is undone with its transaction.
func (d *database) attempt(ctx context.Context, g *group, tx *Tx, change func(tx *Tx) error) (err error) {
	first := g.members == 0
	if !first {
		if err := d.savepoint(g, "SAVEPOINT change"); err != nil {
			return err
		}
	}
	done := false
	defer func() {
		switch {
		case done:
		case first:
			d.abandon(g, errRolledBack) // nobody waits for it
		default:
			err = errors.Join(err, d.savepoint(g, "ROLLBACK TO change"), d.savepoint(g, "RELEASE change"))
		}
	}()
	if err := d.alone(tx, change); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if !first {
		if err := d.savepoint(g, "RELEASE change"); err != nil {
			return err
		}
	}
	done = true
	return nil
}

// alone notes who is at work, so that an Update inside an Update is noticed.
func (d *database) alone(tx *Tx, change func(tx *Tx) error) error {
	d.writing.Store(goroutine())
	defer d.writing.Store(0)
	return change(tx)
}

// savepoint ends the group when the statement fails: then SQLite has rolled back the whole transaction, as on a full disk.
func (d *database) savepoint(g *group, statement string) error {
	if d.group != g {
		return nil // it has ended already
	}
	_, err := g.exec(statement)
	if err != nil {
		err = fmt.Errorf("%s: %w", statement, err)
		d.abandon(g, err)
	}
	return err
}

// settle waits until the group is committed. The first of its members whose turn comes again commits: all who waited for theirs
// before it have joined by then. Its context does not matter any more: the change is made and others' commit carries it.
func (d *database) settle(g *group) error {
	select {
	case d.turn <- struct{}{}:
		defer d.turn.give()
		if d.group == g {
			d.commit(g)
		}
	case <-g.ended:
	}
	<-g.ended
	if g.err != nil {
		return fmt.Errorf("commit: %w", g.err)
	}
	return nil
}

func (d *database) commit(g *group) {
	err := g.Commit()
	if err != nil {
		// Some failures leave the transaction open in the connection, which is the only one.
		_, _ = d.writer.ExecContext(context.Background(), "ROLLBACK")
	} else {
		d.generations.publish(g.raised)
		d.house.later(d.emptyLog)
	}
	d.end(g, err)
	d.news.tell()
}

var errRolledBack = errors.New("rolled back")

// abandon undoes whatever the group has done.
func (d *database) abandon(g *group, cause error) {
	g.Rollback() // fails when SQLite has done so already
	d.end(g, cause)
}

// end tells the members what became of the group.
func (d *database) end(g *group, outcome error) {
	g.err = outcome
	d.group = nil
	close(g.ended)
	d.writes.prepare()
}
