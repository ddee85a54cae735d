package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"slipher/internal/installation"
	"slipher/internal/server"
	"slipher/internal/vault"
	"slipher/internal/warehouse/scrub"
)

type snapshotCommand struct {
	Create snapshotCreateCommand `cmd:"" help:"Take a snapshot and show how far it has come."`
	List   snapshotListCommand   `cmd:"" help:"List the snapshots."`
	Verify snapshotVerifyCommand `cmd:"" help:"Read back and check every block of snapshots."`
}

type snapshotVerifyCommand struct {
	ID      string `arg:"" optional:"" help:"The snapshot's identifier."`
	All     bool   `help:"Every snapshot."`
	Account string `placeholder:"ACCOUNT" help:"Only of this account."`
	Region  string `placeholder:"REGION" help:"Only of this region."`
	Data    string `required:"" type:"path" placeholder:"DIR" help:"The data directory of the running slipher."`
}

// Run prints a line for each snapshot and fails when one is damaged.
func (c snapshotVerifyCommand) Run(ctx context.Context) error {
	if (c.ID == "") != c.All {
		return errors.New("name one snapshot, or say --all")
	}
	r, err := installation.Folder(c.Data).Running()
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ACCOUNT\tREGION\tSNAPSHOT\tBYTES\tRESULT")
	damaged := 0
	request := scrub.Request{Account: c.Account, Region: c.Region, Snapshot: c.ID}
	err = installation.Stream(ctx, r, "/snapshots/verify", request, func(event server.VerifyEvent) error {
		switch {
		case event.Error != "":
			return errors.New(event.Error)
		case event.Progress != nil:
			showProgress(event.Snapshot, *event.Progress)
		case event.Verified != nil:
			result := "ok"
			if event.Verified.Mended > 0 {
				result = fmt.Sprintf("ok; of its packs' index objects %d were missing or damaged and are written anew", event.Verified.Mended)
			}
			if event.Verified.Damage != "" {
				result = event.Verified.Damage
				damaged++
			}
			v := event.Verified
			fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\n", v.Account, v.Region, v.Snapshot, v.Bytes, result)
		}
		return nil
	})
	endProgress()
	if err := errors.Join(err, table.Flush()); err != nil {
		return err
	}
	if damaged > 0 {
		return fmt.Errorf("%d snapshots are damaged", damaged)
	}
	return nil
}

// showProgress rewrites one line on a terminal, and is silent elsewhere.
func showProgress(snapshot string, p vault.Progress) {
	if !terminal(os.Stderr) {
		return
	}
	left := "?"
	if p.BytesPerSecond > 0 {
		left = time.Duration(float64(p.TotalBytes-p.DoneBytes) / p.BytesPerSecond * float64(time.Second)).Round(time.Second).String()
	}
	fmt.Fprintf(os.Stderr, "\r\x1b[K%s  %d of %d MB, %.0f MB/s, %s left", snapshot, p.DoneBytes/1e6, p.TotalBytes/1e6, p.BytesPerSecond/1e6, left)
}

func endProgress() {
	if terminal(os.Stderr) {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
}

func terminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
