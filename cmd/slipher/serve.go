package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"time"

	"slipher/internal/confine"
	"slipher/internal/installation"
	"slipher/internal/keys"
	"slipher/internal/rootkey"
	"slipher/internal/server"
)

type serveCommand struct {
	Data          string            `required:"" type:"path" placeholder:"DIR" help:"Where everything is kept; made if missing."`
	Listen        string            `default:"127.0.0.1:8480" help:"Address of the AWS API."`
	Snapshots     string            `placeholder:"URL" help:"Where snapshots are kept: file:///folder, s3://bucket, gs://bucket or azblob://container (default: DIR/snapshots)."`
	SnapshotsIn   map[string]string `mapsep:"none" placeholder:"REGION=URL" help:"Where a region's own snapshots are kept, if not with the others; may be repeated."`
	RootKey       string            `placeholder:"URL" help:"What wraps the key of all keys: file:///folder/name.key, or a key of a KMS: awskms://, gcpkms://, azurekeyvault:// or hashivault:// (default: a file in your configuration folder, made by the first start)."`
	Bandwidth     byteRate          `default:"0" placeholder:"RATE" help:"Cap on all save and restore traffic together, like 20MB/s (0: none)."`
	ManualQuota   int               `name:"manual-snapshots" default:"20" placeholder:"NUMBER" help:"How many manual snapshots an account may have in a region, final ones and copies included."`
	AuditDays     int               `name:"audit-days" default:"90" placeholder:"DAYS" help:"How long the record of API calls is kept (0: for ever)."`
	LogBuckets    string            `name:"log-buckets" placeholder:"URL" help:"Where the buckets of EnableLogging are: a URL with {bucket} in the place of the name, like s3://{bucket}?region=eu-central-1, or a place in which each is a folder (default: DIR/buckets)."`
	AdvertiseHost string            `placeholder:"HOST" help:"Put every SQL endpoint on this one host, with a port each, instead of a loopback address each."`

	TLS     string `default:"auto" enum:"auto,on,off" help:"TLS of the AWS API: auto has it unless --listen is a loopback address; off sends what is asked and answered in clear."`
	TLSCert string `name:"tls-cert" type:"existingfile" placeholder:"FILE" help:"Certificate chain of the endpoints, PEM (default: one of an authority that the first start makes; clients trust DIR/tls/ca.crt)."`
	TLSKey  string `name:"tls-key" type:"existingfile" placeholder:"FILE" help:"The key of --tls-cert, PEM."`

	Rate           float64 `default:"10000" placeholder:"NUMBER" help:"API requests a second of one account, twice that at once; beyond it they are told Throttling (0: no limit)."`
	APIConnections int     `name:"api-connections" default:"1000" placeholder:"NUMBER" help:"API connections at the same time; more of them wait."`
	SQLConnections int     `name:"sql-connections" default:"500" placeholder:"NUMBER" help:"SQL sessions of one cluster at the same time; more are refused with 53300."`

	LogLevel slog.Level `default:"INFO" help:"DEBUG, INFO, WARN or ERROR."`
}

// Run starts everything from the bottom floor up, says that it is ready, and stops it in the opposite order when ctx ends.
func (c serveCommand) Run(ctx context.Context) error {
	if err := confine.Hide(); err != nil {
		return err
	}
	if c.ManualQuota < 1 {
		return fmt.Errorf("--manual-snapshots is %d: an account needs room for at least one", c.ManualQuota)
	}
	if err := os.Setenv(server.IgnoreEndpointsVariable, "true"); err != nil {
		return err
	}
	config, err := c.config()
	if err != nil {
		return err
	}
	defer runtime.KeepAlive(roomToAllocate())
	s, err := server.New(ctx, config)
	if err != nil {
		return err
	}
	return errors.Join(s.Run(ctx), s.Close())
}

// roomToAllocate is memory that is counted and never touched, so it costs no RAM. The collector runs when the heap has doubled; what serve keeps is a few
// megabytes, so without this it would run for every few megabytes of answers, which took a tenth of their rate (make bench-api).
func roomToAllocate() []byte { return make([]byte, 16<<20) }

func (c serveCommand) config() (server.Config, error) {
	program, err := os.Executable()
	if err != nil {
		return server.Config{}, fmt.Errorf("find slipher's own program: %w", err)
	}
	data := installation.Folder(c.Data)
	_, none := os.Stat(data.RootKeyFile())
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: c.LogLevel}))
	return server.Config{
		Data: data, Listen: c.Listen,
		Snapshots: c.Snapshots, SnapshotsIn: c.SnapshotsIn, LogBuckets: c.LogBuckets,
		Bandwidth: int64(c.Bandwidth), ManualSnapshots: c.ManualQuota, AuditDays: c.AuditDays, AdvertiseHost: c.AdvertiseHost,
		TLS:  server.TLS{Mode: c.TLS, Cert: c.TLSCert, Key: c.TLSKey},
		Door: server.Door{Rate: c.Rate, APIConnections: c.APIConnections, SQLConnections: c.SQLConnections},

		Program: program, LogLevel: c.LogLevel.String(), NodeLog: os.Stderr, Environ: os.Environ(),
		OpenKeys: func(ctx context.Context, config keys.Config) (*keys.Ring, error) {
			return rootkey.Open(ctx, keys.Open, config, c.RootKey)
		},
		Ready: func(url string) {
			fmt.Printf("slipher ready at %s (credentials: %s)\n", url, data.Path("credentials"))
			sayRootKey(data, none != nil, log)
		},
		Now: time.Now,
		Log: log,
	}, nil
}

// sayRootKey tells at the first start where the key is without which the folder opens no more, and warns at each one where that place is not as lasting as
// the folder.
func sayRootKey(data installation.Folder, first bool, log *slog.Logger) {
	file := rootkey.Place(data.RootKeyFile())
	if file == "" {
		return
	}
	if first {
		fmt.Printf("root key: %s (back it up in another place than the data: without it %s cannot be opened)\n", file, data)
	}
	if on := rootkey.Fleeting(file, string(data)); on != "" {
		log.Warn("the root key's file lies on "+on+": move it with slipher root-key move, or start with --root-key file:///lasting/place", "file", file)
	}
}
