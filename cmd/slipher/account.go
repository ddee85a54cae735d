package main

import (
	"context"
	"fmt"
)

type accountCommand struct {
	Create accountCreateCommand `cmd:"" help:"Create an account and append its root credentials to DIR/credentials."`
}

type accountCreateCommand struct {
	ID      string `arg:"" help:"The account's 12 digits."`
	Profile string `required:"" help:"The profile to append to DIR/credentials."`
	Data    string `required:"" type:"path" placeholder:"DIR" help:"The data directory of the running slipher."`

	ReplaceKey bool `help:"If the account exists, give its root user a new access key and end the one it had."`
}

func (c accountCreateCommand) Run(ctx context.Context) error {
	r, err := folder(c.Data).running()
	if err != nil {
		return err
	}
	var created accountCreated
	if err := askAdmin(ctx, r, "/accounts", accountRequest{Account: c.ID, Profile: c.Profile, ReplaceKey: c.ReplaceKey}, &created); err != nil {
		return err
	}
	fmt.Printf("account %s created; its root credentials are profile %q in %s\n", c.ID, c.Profile, created.File)
	return nil
}

// accountRequest and accountCreated pass over the admin socket. The secret goes to the credentials file only.
type accountRequest struct {
	Account, Profile string
	ReplaceKey       bool
}

type accountCreated struct{ File string }
