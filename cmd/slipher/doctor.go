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
