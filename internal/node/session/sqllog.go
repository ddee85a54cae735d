package session

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"slipher/internal/pgwire"
	"slipher/internal/sql/parse"
	"slipher/internal/sqllog"
)

// sqlLogs are Redshift's connection log, user log and user-activity log of this node.
type sqlLogs struct {
	spool        *sqllog.Spool // nil records nothing
	refused      *refusals
	activity     atomic.Bool // whether statements are recorded
	transactions atomic.Int64
}

func openLogs(config Config) (logs *sqlLogs, err error) {
	logs = &sqlLogs{refused: newRefusals(config.Now)}
	logs.transactions.Store(config.Now().Unix()) // so that numbers do not come again after a restart
	if config.LogDir == "" {
		return logs, nil
	}
	logs.spool, err = sqllog.OpenSpool(sqllog.SpoolConfig{Dir: config.LogDir, Cluster: config.Cluster, Now: config.Now, Log: config.Log})
	return logs, err
}

// run writes the logs until end is called, which waits for what is on its way.
func (l *sqlLogs) run() (end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { l.spool.Run(ctx) })
	running.Go(func() {
		minutes := time.NewTicker(leftOutEvery)
		defer minutes.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-minutes.C:
				l.tellLeftOut()
			}
		}
	})
	return func() {
		l.tellLeftOut()
		cancel()
		running.Wait()
	}
}

// sighted records what becomes of a connection.
func (l *sqlLogs) sighted(seen pgwire.Sighted) {
	record := connectionRecord(seen.Startup, seen.TLS)
	record.Duration = seen.Lasted.Microseconds()
	switch seen.Sighting {
	case pgwire.Failed:
		record.Event, record.Reason = sqllog.AuthenticationFailure, reasonOf(seen.Reason)
		if !l.refused.take(record.RemoteHost) {
			return
		}
	case pgwire.Authenticated:
		record.Event, record.Duration = sqllog.Authenticated, 0
	case pgwire.Began:
		record.Event, record.Duration = sqllog.InitiatingSession, 0
	case pgwire.Ended:
		record.Event, record.Reason = sqllog.DisconnectingSession, refusalOf(seen.Reason)
	}
	l.spool.Add(record)
	if seen.Sighting == pgwire.Began && record.ApplicationName != "" {
		record.Event = sqllog.ApplicationName
		l.spool.Add(record)
	}
}

// reasonOf says why a login failed, as far as clients may know it.
func reasonOf(reason error) string {
	if refused := refusalOf(reason); refused != "" {
		return refused
	}
	return "the client left, or did not speak the protocol"
}

// refusalOf is what the client was told.
func refusalOf(reason error) string {
	if refused, ok := errors.AsType[*pgwire.Error](reason); ok {
		return refused.Code + " " + refused.Message
	}
	return ""
}

// connectionRecord fills in what is the same for all that happens on a connection. Drivers of Redshift tell of themselves in the start-up message.
func connectionRecord(startup pgwire.Startup, state *tls.ConnectionState) sqllog.Record {
	record := sqllog.Record{
		Log: sqllog.Connections, PID: startup.ProcessID, DBName: startup.Database, UserName: startup.User,
		ApplicationName: startup.Parameters["application_name"], OSVersion: startup.Parameters["os_version"], DriverVersion: startup.Parameters["driver_version"],
		PluginName: startup.Parameters["plugin_name"], ProtocolVersion: startup.Parameters["client_protocol_version"],
	}
	if startup.User != "" {
		record.AuthMethod = "password"
	}
	record.RemoteHost, record.RemotePort = addressOf(startup.Remote)
	if state != nil {
		record.SSLVersion = strings.ReplaceAll(tls.VersionName(state.Version), "TLS ", "TLSv")
		record.SSLCipher = tls.CipherSuiteName(state.CipherSuite)
	}
	return record
}

func addressOf(remote net.Addr) (host, port string) {
	if remote == nil {
		return "", ""
	}
	host, port, err := net.SplitHostPort(remote.String())
	if err != nil {
		return remote.String(), ""
	}
	return host, port
}

// logApplication records that a session has taken another name.
func (s *session) logApplication(name string) {
	record := connectionRecord(s.startup, nil)
	record.Event, record.ApplicationName = sqllog.ApplicationName, name
	s.server.logs.spool.Add(record)
}

// logged is a statement that is recorded each time before it runs.
type logged struct {
	pgwire.Statement
	session *session
	text    string
}

// logged has a statement recorded if the cluster's statements are.
func (s *session) logged(statement pgwire.Statement, text string) pgwire.Statement {
	if !s.server.logs.activity.Load() {
		return statement
	}
	return logged{Statement: statement, session: s, text: text}
}

func (l logged) Run(ctx context.Context, args []any) (pgwire.Result, error) {
	l.session.logActivity(l.text)
	return l.Statement.Run(ctx, args)
}

func (l logged) CopyIn(ctx context.Context, src io.Reader) (string, error) {
	l.session.logActivity(l.text)
	return l.Statement.CopyIn(ctx, src)
}

func (l logged) CopyOut(ctx context.Context, dst io.Writer) (string, error) {
	l.session.logActivity(l.text)
	return l.Statement.CopyOut(ctx, dst)
}

// CopyBinary is the statement's own answer.
func (l logged) CopyBinary() bool {
	copier, ok := l.Statement.(pgwire.BinaryCopy)
	return ok && copier.CopyBinary()
}

// logActivity records a statement, also one that could not be made ready, if the cluster's statements are recorded.
func (s *session) logActivity(text string) {
	if !s.server.logs.activity.Load() {
		return
	}
	s.server.logs.spool.Add(sqllog.Record{
		Log: sqllog.Activity, DBName: s.startup.Database, UserName: s.user.Name, UserID: int64(s.user.ID), PID: s.startup.ProcessID, XID: s.xid(),
		Query: strings.Trim(parse.Redacted(text), "; \t\r\n\f"),
	})
}

// xid numbers the open transaction, or the one that the statement under way opens.
func (s *session) xid() int64 {
	if s.transaction == 0 {
		s.transaction = s.server.logs.transactions.Add(1)
	}
	return s.transaction
}
