package meta

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// ErrNotDamaged says that a row which is to be given up is sound, or not there.
var ErrNotDamaged = errors.New("no such row is damaged")

// Name is what an operator calls the row by.
func (d Damage) Name() string {
	name := d.Kind + "/" + d.Account + "/" + d.Region + "/" + d.ID
	if d.Entry != nil {
		name += "?" + d.Entry.Name + "=" + d.Entry.Value
	}
	return name
}

// GiveUp removes the damaged row of this name, and answers what was in it. An index entry that every record has is not removed but written
// anew; a record keeps what it says when another of its entries is given up, and is only not found by it. It is for a store that does
// nothing else.
func (s *Store) GiveUp(ctx context.Context, name string) (body []byte, err error) {
	found, err := s.Damages(ctx)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(found, func(d Damage) bool { return d.Name() == name })
	if at < 0 {
		return nil, fmt.Errorf("give up %q: %w", name, ErrNotDamaged)
	}
	return s.giveUp(ctx, found[at])
}

func (d *database) giveUp(ctx context.Context, damage Damage) (body []byte, err error) {
	if err := d.turn.take(ctx); err != nil {
		return nil, err
	}
	defer d.turn.give()
	tx, err := d.writer.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	const row = ` WHERE kind = $1 AND account = $2 AND region = $3 AND id = $4`
	key := []any{damage.Kind, damage.Account, damage.Region, damage.ID}
	if err := tx.QueryRowContext(ctx, `SELECT body FROM record`+row, key...).Scan(&body); err != nil {
		return nil, err
	}
	entry := damage.Entry
	switch {
	case entry == nil:
		_, err = tx.ExecContext(ctx, `DELETE FROM entry`+row, key...)
		if err == nil {
			_, err = tx.ExecContext(ctx, `DELETE FROM record`+row, key...)
		}
	case *entry == Entry{}:
		_, err = tx.ExecContext(ctx, `UPDATE entry SET code = $5`+row+` AND name = '' AND value = ''`, append(key, d.codes.entryCode(damage.Kind, damage.Key, *entry))...)
	default:
		_, err = tx.ExecContext(ctx, `DELETE FROM entry`+row+` AND name = $5 AND value = $6`, append(key, entry.Name, entry.Value)...)
	}
	if err != nil {
		return nil, err
	}
	return body, tx.Commit()
}
