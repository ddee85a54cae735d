package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/control"
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
	r, err := folder(c.Data).running()
	if err != nil {
		return err
	}
	request := takeRequest{Account: c.Account, Region: c.Region, Cluster: c.Cluster, Snapshot: c.ID}
	var last redshift.Snapshot
	err = streamAdmin(ctx, r, "/snapshots/create", request, func(event takeEvent) error {
		if event.Error != "" {
			return errors.New(event.Error)
		}
		if last = *event.Snapshot; terminal(os.Stderr) {
			fmt.Fprintf(os.Stderr, "\r\x1b[K%s", progressBar(last))
		}
		return nil
	})
	endProgress()
	switch {
	case err != nil:
		return err
	case last.Status != "available":
		return fmt.Errorf("snapshot %s is %s: slipher's log says why", c.ID, last.Status)
	}
	fmt.Printf("snapshot %s is available: %.1f MB to restore, %.1f MB new in the store, %d s\n", c.ID,
		last.TotalBackupSizeInMegaBytes, last.ActualIncrementalBackupSizeInMegaBytes, last.ElapsedTimeInSeconds)
	return nil
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

type takeRequest struct{ Account, Region, Cluster, Snapshot string }

// takeEvent is one line of the admin socket's answer.
type takeEvent struct {
	Snapshot *redshift.Snapshot `json:",omitempty"`
	Error    string             `json:",omitempty"`
}

const reportEvery = 100 * time.Millisecond

func (s *slipher) takeSnapshot(w http.ResponseWriter, r *http.Request) {
	var request takeRequest
	if !readAdmin(w, r, &request) {
		return
	}
	send, begun := sendEvents[takeEvent](w)
	if !begun {
		return
	}
	tick := time.NewTicker(reportEvery)
	defer tick.Stop()
	caller := api.RootCaller(request.Account, request.Region)
	err := s.control.TakeSnapshot(r.Context(), caller, request.Cluster, request.Snapshot,
		func(snapshot redshift.Snapshot) { send(takeEvent{Snapshot: &snapshot}) },
		func() bool {
			select {
			case <-tick.C:
				return true
			case <-r.Context().Done():
				return false
			}
		})
	if err != nil {
		send(takeEvent{Error: err.Error()})
	}
}

type snapshotListCommand struct {
	Account string `placeholder:"ACCOUNT" help:"Only of this account."`
	Region  string `placeholder:"REGION" help:"Only of this region."`
	Data    string `required:"" type:"path" placeholder:"DIR" help:"The data directory of the running slipher."`
}

// Run prints a line for each snapshot.
func (c snapshotListCommand) Run(ctx context.Context) error {
	r, err := folder(c.Data).running()
	if err != nil {
		return err
	}
	var listed []control.ListedSnapshot
	if err := askAdmin(ctx, r, "/snapshots/list", takeRequest{Account: c.Account, Region: c.Region}, &listed); err != nil {
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
	var names []string
	for _, account := range s.AccountsWithRestoreAccess {
		names = append(names, account.AccountId+account.AccountAlias)
	}
	return strings.Join(names, " ")
}

func (s *slipher) listSnapshots(w http.ResponseWriter, r *http.Request) {
	var request takeRequest
	if !readAdmin(w, r, &request) {
		return
	}
	listed, err := s.control.ListSnapshots(r.Context(), request.Account, request.Region)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	json.NewEncoder(w).Encode(listed)
}
