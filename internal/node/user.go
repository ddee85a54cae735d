package node

import (
	"context"
	"fmt"
	"time"

	"slipher/internal/pgwire"
)

// adminID is the number of the admin user, the first of a cluster. Its name and password are the parent's to say.
const adminID = 100

// user is who a session acts as.
type user struct {
	id        int32
	name      string
	superuser bool    // as it was when the session became this user; what counts is looked up again with every statement
	joined    []int32 // groups joined for the session only
}

// record is what the catalogue keeps of a user.
type record struct {
	user
	verifier   string // empty for a user without a password
	validUntil time.Time
	limit      int // of connections; negative is none
}

// expired says whether the user's password is not good any more.
func (r record) expired(now time.Time) bool {
	return !r.validUntil.IsZero() && !now.Before(r.validUntil)
}

// findUser looks a user up by name; found is false where there is none.
func (cat *catalog) findUser(ctx context.Context, name string) (r record, found bool, err error) {
	if admin := cat.admin(); name == admin.name {
		return record{user: admin, limit: -1}, true, nil
	}
	rows, err := cat.rows(ctx, cat.own("SELECT id, verifier, superuser, epoch_ms(valid_until), connection_limit FROM catalog.users WHERE name = $1"), name)
	if err != nil || len(rows) == 0 {
		return record{}, false, err
	}
	row := rows[0]
	r = record{user: user{id: row[0].(int32), name: name, superuser: row[2].(bool)}, limit: int(row[4].(int32))}
	r.verifier, _ = row[1].(string)
	if until, set := row[3].(int64); set {
		r.validUntil = time.UnixMilli(until)
	}
	return r, true, nil
}

func unknownUser(name string) error {
	return &pgwire.Error{Code: "42704", Message: fmt.Sprintf("user %q does not exist", name)}
}
