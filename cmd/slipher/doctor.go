package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"slipher/internal/doctor"
	"slipher/internal/installation"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/rootkey"
	"slipher/internal/server"
)

type doctorCommand struct {
	Data        string            `required:"" type:"path" placeholder:"DIR" help:"The data directory."`
	Snapshots   string            `placeholder:"URL" help:"Where snapshots are kept, as for slipher serve (default: where the running slipher keeps them, or DIR/snapshots)."`
	SnapshotsIn map[string]string `mapsep:"none" placeholder:"REGION=URL" help:"Where a region's own snapshots are kept, as for slipher serve; may be repeated."`
	RootKey     string            `placeholder:"URL" help:"What wraps the key of all keys, as for slipher serve (default: the file that the first start made)."`
	GiveUp      []string          `sep:"none" placeholder:"ROW" help:"Remove this damaged row of the metadata, by the name that the doctor gives it; slipher must be stopped. What was in it is kept in a file beside the metadata. May be repeated."`
	AcceptLoss  bool              `help:"Give up what was changed behind a damaged place in the log of the metadata; slipher must be stopped. The damaged log is kept beside it."`
}

// Run prints a line for each thing that it looked at, and fails when one of them is a problem.
func (c doctorCommand) Run(ctx context.Context) error {
	if err := os.Setenv(server.IgnoreEndpointsVariable, "true"); err != nil {
		return err
	}
	data := installation.Folder(c.Data)
	if c.AcceptLoss {
		if err := acceptLoss(data); err != nil {
			return err
		}
	}
	if len(c.GiveUp) > 0 {
		if err := c.giveUp(ctx, data); err != nil {
			return err
		}
	}
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find slipher's own program: %w", err)
	}
	found, err := doctor.Examine(ctx, doctor.Config{
		Data: data, Snapshots: c.Snapshots, SnapshotsIn: c.SnapshotsIn,
		OpenKeys: func(ctx context.Context, config keys.Config) (*keys.Ring, error) {
			return rootkey.Open(ctx, keys.Look, config, c.RootKey)
		},
		Program: program, Out: os.Stdout, Now: time.Now,
	})
	if err != nil {
		return err
	}
	if found.Problems > 0 {
		return errors.New(found.String())
	}
	_, err = fmt.Println(found)
	return err
}

func acceptLoss(data installation.Folder) error {
	kept, err := meta.AcceptLoss(data.Path("meta.db"), time.Now())
	switch {
	case err != nil:
		return fmt.Errorf("accept the loss: %w", err)
	case kept == "":
		fmt.Println("the log of the metadata has no damage: nothing was given up")
	default:
		fmt.Printf("what was changed behind the damage is given up; the log as it was is %s\n", kept)
	}
	return nil
}

// giveUp removes rows that are damaged, and nothing else; the doctor has named them.
func (c doctorCommand) giveUp(ctx context.Context, data installation.Folder) (err error) {
	store, err := meta.Open(ctx, meta.Config{Path: data.Path("meta.db"), Now: time.Now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if _, err := rootkey.Open(ctx, keys.Open, keys.Config{Store: store, RootKeyFile: data.RootKeyFile(), Now: time.Now}, c.RootKey); err != nil {
		return err
	}
	for _, row := range c.GiveUp {
		body, err := store.GiveUp(ctx, row)
		if err != nil {
			return err
		}
		kept := data.Path("meta.db.given-up-" + time.Now().UTC().Format("20060102T150405.000000000Z"))
		if err := installation.WriteFile(kept, append([]byte(row+"\n"), body...)); err != nil {
			return fmt.Errorf("%s is given up, and what was in it cannot be kept: %w", row, err)
		}
		fmt.Printf("given up: %s; what was in it is in %s\n", row, kept)
	}
	return nil
}

type (
	tryLimitCommand struct {
		Dir string `arg:"" type:"path"`
	}
	tryMountCommand struct {
		Dir string `arg:"" type:"path"`
	}
)

func (c tryLimitCommand) Run() error { return doctor.TryLimit(c.Dir) }

func (c tryMountCommand) Run() error { return doctor.TryMount(c.Dir) }
