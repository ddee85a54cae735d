package node

import (
	"context"
	"fmt"
	"strings"
	"time"

	"slipher/internal/engine"
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
func (s *session) findUser(ctx context.Context, name string) (r record, found bool, err error) {
	if admin := s.node.admin(); name == admin.name {
		return record{user: admin, limit: -1}, true, nil
	}
	rows, err := s.rows(ctx, s.own("SELECT id, verifier, superuser, epoch_ms(valid_until), connection_limit FROM catalog.users WHERE name = $1"), name)
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

// own names the catalogue in full, whatever the session's search path is.
func (s *session) own(sql string) string { return strings.ReplaceAll(sql, "catalog.", s.store+".") }

func (n *node) admin() user {
	n.mu.Lock()
	defer n.mu.Unlock()
	return user{id: adminID, name: n.credentials.AdminUser, superuser: true}
}

// become has the session act as another user from here on.
func (s *session) become(ctx context.Context, as user) error {
	s.user = as
	s.epoch++
	for _, statement := range []string{
		fmt.Sprintf("SET VARIABLE %s = %s", userVariable, engine.QuoteText(as.name)),
		fmt.Sprintf("SET VARIABLE %s_id = %d", userVariable, as.id),
		fmt.Sprintf("SET VARIABLE %s_groups = %s", userVariable, engine.QuoteText(listed32(as.joined))),
	} {
		if err := s.engine.Exec(ctx, statement); err != nil {
			return err
		}
	}
	s.showUser()
	value, _ := s.settings.get("search_path")
	return s.applySearchPath(ctx, searchPath(value))
}

func (s *session) showUser() {
	s.settings.set("session_authorization", s.user.name)
	s.settings.set("is_superuser", onOff(s.user.superuser))
}

// userVariable is the engine's variable that says who the session's user is, for views and macros.
const userVariable = "slipher_user"

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// listed32 writes numbers between commas, one at either end too, so that each is found as ",n,".
func listed32(numbers []int32) string {
	list := ","
	for _, n := range numbers {
		list += fmt.Sprint(n) + ","
	}
	return list
}

// authorize is SET SESSION AUTHORIZATION, which only who logged in as a superuser may do.
func (s *session) authorize(ctx context.Context, name string) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	login, err := s.rightsOf(ctx, s.login)
	if err != nil {
		return err
	}
	if name != s.login.name && !login.superuser {
		return &pgwire.Error{Code: "42501", Message: "permission denied to set session authorization"}
	}
	if name == s.login.name {
		return s.become(ctx, s.login)
	}
	found, exists, err := s.findUser(ctx, name)
	if err != nil {
		return err
	}
	if !exists {
		return &pgwire.Error{Code: "42704", Message: "the user of the session authorization does not exist"}
	}
	return s.become(ctx, found.user)
}

func unknownUser(name string) error {
	return &pgwire.Error{Code: "42704", Message: fmt.Sprintf("user %q does not exist", name)}
}
