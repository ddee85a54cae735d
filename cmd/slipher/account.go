package main

import (
	"context"
	"fmt"
	"slipher/internal/installation"
	"slipher/internal/server"
)

type accountCommand struct {
	Create accountCreateCommand `cmd:"" help:"Create an account and append its root credentials to DIR/credentials."`
}

type accountCreateCommand struct {
	ID      string `arg:"" help:"The account's 12 digits."`
	Profile string `required:"" help:"The profile of DIR/credentials that gets the key."`
	Data    string `required:"" type:"path" placeholder:"DIR" help:"The data directory of the running slipher."`

	ReplaceKey bool `help:"If the account exists, give its root user a new access key and end the one it had."`
}

func (c accountCreateCommand) Run(ctx context.Context) error {
	r, err := installation.Folder(c.Data).Running()
	if err != nil {
		return err
	}
	var created server.AccountCreated
	if err := r.Ask(ctx, "/accounts", server.AccountRequest{Account: c.ID, Profile: c.Profile, ReplaceKey: c.ReplaceKey}, &created); err != nil {
		return err
	}
	if created.Replaced {
		fmt.Printf("account %s has a new access key, the old one is ended; its root credentials are profile %q in %s\n", c.ID, c.Profile, created.File)
		return nil
	}
	fmt.Printf("account %s created; its root credentials are profile %q in %s\n", c.ID, c.Profile, created.File)
	return nil
}
