package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"slipher/internal/api/redshift"
	"slipher/internal/installation"
	"slipher/internal/server"
	"slipher/internal/service/redshift/snapshot"
)

type snapshotCreateCommand struct {
	Cluster string `arg:"" help:"The cluster's identifier."`
	ID      string `arg:"" help:"The new snapshot's identifier."`
	Account string `default:"${firstAccount}" placeholder:"ACCOUNT" help:"The cluster's account (${default})."`
	Region  string `default:"us-east-1" placeholder:"REGION" help:"The cluster's region (${default})."`
	Data    string `required:"" type:"path" placeholder:"DIR" help:"The data directory of the running slipher."`
}

// Run shows how far the snapshot has come until it is available.
func (c snapshotCreateCommand) Run(ctx context.Context) error {
	r, err := installation.Folder(c.Data).Running()
	if err != nil {
		return err
	}
	request := server.SnapshotRequest{Account: c.Account, Region: c.Region, Cluster: c.Cluster, Snapshot: c.ID}
	var last server.SnapshotEvent
	err = installation.Stream(ctx, r, "/snapshots/create", request, func(event server.SnapshotEvent) error {
		if event.Error != "" {
			return errors.New(event.Error)
		}
		if last = event; terminal(os.Stderr) {
			fmt.Fprintf(os.Stderr, "\r\x1b[K%s", progressLine(last))
		}
		return nil
	})
	endProgress()
	switch {
	case ctx.Err() != nil && last.Snapshot != nil:
		return fmt.Errorf("interrupted; snapshot %s is still being taken: slipher snapshot list --data %s", c.ID, c.Data)
	case err != nil:
		return err
	case last.Snapshot == nil:
		return errors.New("slipher stopped answering")
	case last.Snapshot.Status != "available":
		return fmt.Errorf("snapshot %s is %s: %s", c.ID, last.Snapshot.Status, cmp.Or(last.Failure, "slipher's log says why"))
	}
	taken := last.Snapshot
	fmt.Printf("snapshot %s is available: %.1f MB to restore, %.1f MB new in the store, %d s\n", c.ID,
		taken.TotalBackupSizeInMegaBytes, taken.ActualIncrementalBackupSizeInMegaBytes, taken.ElapsedTimeInSeconds)
	return nil
}

// progressLine says of a snapshot that has not begun what it waits for.
func progressLine(event server.SnapshotEvent) string {
	if event.WaitsFor != "" {
		return fmt.Sprintf("%s waits for %s", event.Snapshot.SnapshotIdentifier, event.WaitsFor)
	}
	return progressBar(*event.Snapshot)
}

const barWidth = 30

// progressBar says in one line what DescribeClusterSnapshots says of a running save.
func progressBar(s redshift.Snapshot) string {
	done, rate, left := s.BackupProgressInMegaBytes, s.CurrentBackupRateInMegaBytesPerSecond, s.EstimatedSecondsToCompletion
	share, remaining := 0.0, "?"
	if left >= 0 {
		remaining = (time.Duration(left) * time.Second).String()
		if total := done + rate*float64(left); total > 0 {
			share = done / total
		}
	}
	filled := int(math.Round(share * barWidth))
	return fmt.Sprintf("%s [%s%s] %.1f MB, %.1f MB/s, %s left", s.SnapshotIdentifier,
		strings.Repeat("#", filled), strings.Repeat(".", barWidth-filled), done, rate, remaining)
}

type snapshotListCommand struct {
	Account string `placeholder:"ACCOUNT" help:"Only of this account."`
	Region  string `placeholder:"REGION" help:"Only of this region."`
	Data    string `required:"" type:"path" placeholder:"DIR" help:"The data directory of the running slipher."`
}

// Run prints a line for each snapshot.
func (c snapshotListCommand) Run(ctx context.Context) error {
	r, err := installation.Folder(c.Data).Running()
	if err != nil {
		return err
	}
	var listed []snapshot.Listed
	if err := r.Ask(ctx, "/snapshots/list", server.SnapshotRequest{Account: c.Account, Region: c.Region}, &listed); err != nil {
		return err
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ACCOUNT\tREGION\tSNAPSHOT\tCLUSTER\tCREATED\tSTATUS\tMB\tNEW MB\tSHARED WITH")
	for _, each := range listed {
		s := each.Snapshot
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", each.Account, each.Region, s.SnapshotIdentifier, s.ClusterIdentifier,
			s.SnapshotCreateTime.UTC().Format(time.DateTime), s.Status, size(s.TotalBackupSizeInMegaBytes), size(s.ActualIncrementalBackupSizeInMegaBytes), sharedWith(s))
	}
	return table.Flush()
}

func size(megabytes float64) string {
	if megabytes < 0 {
		return "-" // not known yet
	}
	return fmt.Sprintf("%.1f", megabytes)
}

func sharedWith(s redshift.Snapshot) string {
	names := make([]string, 0, len(s.AccountsWithRestoreAccess))
	for _, account := range s.AccountsWithRestoreAccess {
		names = append(names, account.AccountId+account.AccountAlias)
	}
	return strings.Join(names, " ")
}
