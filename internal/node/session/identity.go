package session

import (
	"context"
	"fmt"

	"slipher/internal/engine"
	"slipher/internal/node/catalog"
	"slipher/internal/pgwire"
)

// become has the session act as another user from here on.
func (s *session) become(ctx context.Context, as catalog.User) error {
	s.user = as
	s.authorized = nil
	for _, statement := range []string{
		fmt.Sprintf("SET VARIABLE %s = %s", userVariable, engine.QuoteText(as.Name)),
		fmt.Sprintf("SET VARIABLE %s_id = %d", userVariable, as.ID),
		fmt.Sprintf("SET VARIABLE %s_groups = %s", userVariable, engine.QuoteText(listed32(as.Joined))),
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
	s.settings.set("session_authorization", s.user.Name)
	s.settings.set("is_superuser", onOff(s.user.Superuser))
}

// authorize is SET SESSION AUTHORIZATION, which only who logged in as a superuser may do.
func (s *session) authorize(ctx context.Context, name string) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	login, err := s.RightsOf(ctx, s.Login)
	if err != nil {
		return err
	}
	if name != s.Login.Name && !login.Superuser {
		return &pgwire.Error{Code: "42501", Message: "permission denied to set session authorization"}
	}
	if name == s.Login.Name {
		return s.become(ctx, s.Login)
	}
	found, exists, err := s.FindUser(ctx, name)
	if err != nil {
		return err
	}
	if !exists {
		return &pgwire.Error{Code: "42704", Message: "the user of the session authorization does not exist"}
	}
	return s.become(ctx, found.User)
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
