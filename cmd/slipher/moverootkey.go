package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"slipher/internal/installation"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/rootkey"
)

type rootKeyCommand struct {
	Move rootKeyMoveCommand `cmd:"" help:"Have another file or KMS wrap the root key, or keep it in DIR/keys in clear; slipher must be stopped."`
}

type rootKeyMoveCommand struct {
	RootKey string `placeholder:"URL" help:"What wraps it now, as for slipher serve (default: the file that the first start made)."`
	To      string `required:"" placeholder:"URL" help:"The file or the key of a KMS that is to wrap it from now on, as for slipher serve, or the word clear."`
	Data    string `required:"" type:"path" placeholder:"DIR" help:"The data directory of the stopped slipher."`
}

const inClear = "clear"

// Run opens everything that is needed before it writes anything: what fails leaves the key where it was.
func (c rootKeyMoveCommand) Run(ctx context.Context) (err error) {
	data := installation.Folder(c.Data)
	if _, err := os.Stat(data.Path("meta.db")); err != nil {
		return fmt.Errorf("%s is no data directory of slipher: %w", c.Data, err)
	}
	store, err := meta.Open(ctx, meta.Config{Path: data.Path("meta.db"), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	ctx, cancel := context.WithTimeout(ctx, rootkey.Patience)
	defer cancel()
	var to keys.Keeper
	if c.To != inClear {
		keeper, err := rootkey.OpenKeeper(ctx, data.RootKeyFile(), c.To)
		if err != nil {
			return fmt.Errorf("--to: %w", err)
		}
		defer keeper.Close()
		to = keeper
	}
	move := func(ctx context.Context, config keys.Config) (struct{}, error) {
		return struct{}{}, keys.MoveRootKey(ctx, config, to)
	}
	_, err = rootkey.Open(ctx, move, keys.Config{Store: store, RootKeyFile: data.RootKeyFile(), Now: time.Now}, c.RootKey)
	if err != nil {
		return err
	}
	if to == nil {
		fmt.Println("the root key lies in clear in " + data.Path("keys") + "; start slipher without --root-key from now on")
		return nil
	}
	if _, isFile := to.(rootkey.FileKeeper); isFile {
		fmt.Println("the root key is wrapped by " + to.Name() + "; start slipher without --root-key from now on, as long as the file stays there")
		return nil
	}
	fmt.Println("the root key is wrapped by " + to.Name() + "; start slipher with that --root-key from now on")
	return nil
}
