package catalog

import (
	"context"
	"fmt"
	"time"

	"slipher/internal/pgwire"
)

// AdminID is the number of the admin user, the first of a cluster. Its name and password are the parent's to say.
const AdminID = 100

// User is who a session acts as.
type User struct {
	ID        int32
	Name      string
	Superuser bool    // as it was when the session became this user; what counts is looked up again with every statement
	Joined    []int32 // groups joined for the session only
}

// Record is what the catalogue keeps of a user.
type Record struct {
	User
	Verifier   string // empty for a user without a password
	validUntil time.Time
	Limit      int // of connections; negative is none
}

// Expired says whether the user's password is not good any more.
func (r Record) Expired(now time.Time) bool {
	return !r.validUntil.IsZero() && !now.Before(r.validUntil)
}

// FindUser looks a user up by name; found is false where there is none.
func (cat *Catalog) FindUser(ctx context.Context, name string) (r Record, found bool, err error) {
	if admin := cat.admin(); name == admin.Name {
		return Record{User: admin, Limit: -1}, true, nil
	}
	rows, err := cat.Rows(ctx, cat.Own("SELECT id, verifier, superuser, epoch_ms(valid_until), connection_limit FROM catalog.users WHERE name = $1"), name)
	if err != nil || len(rows) == 0 {
		return Record{}, false, err
	}
	row := rows[0]
	r = Record{User: User{ID: row[0].(int32), Name: name, Superuser: row[2].(bool)}, Limit: int(row[4].(int32))}
	r.Verifier, _ = row[1].(string)
	if until, set := row[3].(int64); set {
		r.validUntil = time.UnixMilli(until)
	}
	return r, true, nil
}

// UnknownUser refuses a name that no user has (SQLSTATE undefined_object).
func UnknownUser(name string) error {
	return &pgwire.Error{Code: "42704", Message: fmt.Sprintf("user %q does not exist", name)}
}
