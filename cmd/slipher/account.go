package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
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

// accountRequest and accountCreated are the admin socket's one question and answer so far. The secret goes to the credentials file only.
type accountRequest struct {
	Account, Profile string
	ReplaceKey       bool
}

type accountCreated struct{ File string }

// askAdmin sends one request over the admin socket of a running slipher.
func askAdmin(ctx context.Context, r running, path string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://admin"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", r.Admin)
	}}}
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("slipher does not answer on its admin socket (is process %d still running? if not, start slipher serve again): %w", r.PID, err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return errors.New(strings.TrimSpace(string(answer)))
	}
	return json.Unmarshal(answer, out)
}
