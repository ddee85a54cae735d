// Command slipher is a self-hosted Amazon Redshift: the management API, a SQL endpoint for each cluster, and snapshots that hold real data and can be shared
// between accounts. This package wires the others together; what they do is theirs.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slipher/internal/installation"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set by the linker.
var version = "unreleased"

type commands struct {
	ShowVersion kong.VersionFlag `name:"version" short:"v" help:"Print the version."`

	Serve        serveCommand        `cmd:"" help:"Run slipher: the AWS API, and one SQL endpoint for each cluster."`
	Account      accountCommand      `cmd:"" help:"Manage the accounts of a running slipher."`
	Cluster      clusterCommand      `cmd:"" help:"Go on with a cluster whose database is damaged."`
	Snapshot     snapshotCommand     `cmd:"" help:"Check the snapshots of a running slipher."`
	Doctor       doctorCommand       `cmd:"" help:"Check a whole installation, running or stopped, and change nothing."`
	RootKey      rootKeyCommand      `cmd:"" help:"Say where the key of all keys lies."`
	Version      versionCommand      `cmd:"" help:"Print the version."`
	Node         nodeCommand         `cmd:"" hidden:"" help:"Run one cluster's process (slipher starts it itself)."`
	Fill         fillCommand         `cmd:"" hidden:"" help:"Fill the files of one restore (a node starts it itself)."`
	StartFillers startFillersCommand `cmd:"" hidden:"" help:"Start fillers for a node (a node starts it itself)."`
	TryLimit     tryLimitCommand     `cmd:"" hidden:"" help:"Try whether a node's files are limited here (slipher doctor starts it itself)."`
	TryMount     tryMountCommand     `cmd:"" hidden:"" help:"Try whether restores can be lazy here (slipher doctor starts it itself)."`
}

type versionCommand struct{}

func (versionCommand) Run() error {
	fmt.Println("slipher", version)
	return nil
}

func main() { os.Exit(run(os.Args[1:])) }

// run answers the program's exit status: 2 for a command line that says nothing, 1 for a command that failed.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parser := kong.Must(&commands{},
		kong.Name("slipher"),
		kong.Description("A self-hosted Amazon Redshift whose snapshots hold real data."),
		kong.DefaultEnvars("SLIPHER"),
		kong.Vars{"firstAccount": installation.FirstAccount, "version": "slipher " + version},
		kong.BindTo(ctx, (*context.Context)(nil)))
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "slipher:", err)
		fmt.Fprintln(os.Stderr, "slipher --help and slipher COMMAND --help say what there is")
		return 2
	}
	if err := command.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "slipher:", err)
		return 1
	}
	return 0
}
