package pgwire_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"slipher/internal/pgwire"
)

func TestPgx(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	ctx := deadline(t)
	conn, err := pgx.Connect(ctx, s.url("sslmode=disable"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)

	t.Run("reads_rows", func(t *testing.T) {
		rows, err := conn.Query(ctx, "rows 3")
		if err != nil {
			t.Fatal(err)
		}
		pairs, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct{ I, Ten int32 }])
		if err != nil || len(pairs) != 3 || pairs[2].Ten != 30 {
			t.Errorf("got %v (%v)", pairs, err)
		}
	})
	t.Run("pipelines_a_batch", func(t *testing.T) {
		var batch pgx.Batch
		for _, text := range []string{"insert a", "echo int8", "rows 1000", "insert b"} {
			if text == "echo int8" {
				batch.Queue(text, int64(7))
			} else {
				batch.Queue(text)
			}
		}
		if err := conn.SendBatch(ctx, &batch).Close(); err != nil {
			t.Fatal(err)
		}
		rows, _ := conn.Query(ctx, "list")
		if words, err := pgx.CollectRows(rows, pgx.RowTo[string]); err != nil || !slices.Equal(words, []string{"a", "b"}) {
			t.Errorf("got %v (%v)", words, err)
		}
	})
	t.Run("stops_a_batch_at_an_error", func(t *testing.T) {
		var batch pgx.Batch
		batch.Queue("insert c")
		batch.Queue("fail 22012 division by zero")
		batch.Queue("insert d")
		if code := codeOf(conn.SendBatch(ctx, &batch).Close()); code != "22012" {
			t.Errorf("got %q", code)
		}
		if conn.PgConn().TxStatus() != 'I' {
			t.Errorf("got status %c", conn.PgConn().TxStatus())
		}
	})
	t.Run("is_told_of_parameters", func(t *testing.T) {
		if _, err := conn.Exec(ctx, "set DateStyle German"); err != nil {
			t.Fatal(err)
		}
		if got := conn.PgConn().ParameterStatus("DateStyle"); got != "German" {
			t.Errorf("got %q", got)
		}
	})
}

// TestPgxModes runs each way that pgx has to send a query.
func TestPgxModes(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	for _, mode := range []pgx.QueryExecMode{
		pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec, pgx.QueryExecModeExec,
	} {
		t.Run(strings.ReplaceAll(mode.String(), " ", "_"), func(t *testing.T) {
			t.Parallel()
			ctx := deadline(t)
			conn, err := pgx.Connect(ctx, s.url("sslmode=disable"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close(ctx)
			for range 3 {
				var text string
				var flag bool
				if err := conn.QueryRow(ctx, "echo text bool", mode, "hello", true).Scan(&text, &flag); err != nil || text != "hello" || !flag {
					t.Errorf("got %q and %v (%v)", text, flag, err)
				}
			}
			var number int16
			if err := conn.QueryRow(ctx, "echo int2", mode, "100000").Scan(&number); err == nil {
				t.Errorf("an int2 took 100000 and became %d", number)
			}
		})
	}
}

func TestPsql(t *testing.T) {
	t.Parallel()
	psql, err := exec.LookPath("psql")
	if err != nil {
		t.Skip("psql is not installed")
	}
	s := startServer(t, withTLS(t))
	command := exec.CommandContext(deadline(t), psql, "-X", "-A", "-t", s.url("sslmode=require&channel_binding=require"))
	command.Env = append(os.Environ(), "PGPASSWORD=")
	command.Stdin = strings.NewReader("rows 2;\ncopy in;\nalpha\nbeta\n\\.\nlist;\nnotice hello;\n\\copy in from stdin\n\\q\n")
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{"1|10\n2|20\n", "COPY 2\n", "alpha\nbeta\n", "NOTICE:  hello"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("got %s, want %q in it", out, want)
		}
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		version   uint32
		statement string
		stranger  bool // the request has a wrong secret
	}{
		{"statement", pgproto3.ProtocolVersion30, "wait", false},
		{"statement_with_a_long_secret", pgproto3.ProtocolVersion32, "wait", false},
		{"copy_that_waits_for_data", pgproto3.ProtocolVersion30, "copy in wait", false},
		{"refuses_a_wrong_secret", pgproto3.ProtocolVersion30, "wait", true},
		{"refuses_a_wrong_long_secret", pgproto3.ProtocolVersion32, "wait", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := startServer(t)
			client := s.loginAs(t, test.version)
			if want := map[uint32]int{pgproto3.ProtocolVersion30: 4, pgproto3.ProtocolVersion32: 32}[test.version]; len(client.key.SecretKey) != want {
				t.Fatalf("got a secret of %d bytes, want %d", len(client.key.SecretKey), want)
			}
			client.send(t, &pgproto3.Query{String: test.statement})
			<-s.waiting
			if test.stranger {
				client.key.SecretKey[0]++
			}
			s.requestCancel(t, client.key)
			if test.stranger {
				s.release <- struct{}{}
				client.expect(t, "CommandComplete WAIT")
			} else {
				client.expect(t, "ErrorResponse ERROR/ERROR 57014 canceling statement due to user request")
			}
			client.expect(t, "ReadyForQuery I")
			client.send(t, &pgproto3.Query{String: "insert a"})
			client.expect(t, "CommandComplete INSERT 0 1")
		})
	}
}

func TestCancelWithNothingUnderWay(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	client := s.login(t)
	s.requestCancel(t, client.key)
	client.send(t, &pgproto3.Query{String: "insert a"})
	client.expect(t, "CommandComplete INSERT 0 1")
}

// TestCancelPortal: the context of a portal's first rows is that of all of them, and a request ends it at any time.
func TestCancelPortal(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	client := s.login(t)
	client.send(t, &pgproto3.Parse{Query: "endless"}, &pgproto3.Bind{}, &pgproto3.Execute{MaxRows: 1}, &pgproto3.Flush{})
	client.expect(t, "PortalSuspended")
	client.send(t, &pgproto3.Execute{}, &pgproto3.Sync{})
	client.expect(t, "DataRow 2 20")
	s.requestCancel(t, client.key)
	client.expect(t, "ErrorResponse ERROR/ERROR 57014 canceling statement due to user request")
	client.expect(t, "ReadyForQuery I")
}

// requestCancel returns when the server has done what it does about it.
func (s *server) requestCancel(t *testing.T, key pgproto3.BackendKeyData) {
	t.Helper()
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	request, err := (&pgproto3.CancelRequest{ProcessID: key.ProcessID, SecretKey: key.SecretKey}).Encode(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write(request); err != nil {
		t.Fatal(err)
	}
	if answer, err := io.ReadAll(conn); len(answer) != 0 || err != nil {
		t.Fatalf("got %q (%v), want the connection closed without a word", answer, err)
	}
}

func TestClientGone(t *testing.T) {
	t.Parallel()
	for _, statement := range []string{"wait", "copy in wait"} {
		t.Run(strings.ReplaceAll(statement, " ", "_"), func(t *testing.T) {
			t.Parallel()
			s := startServer(t)
			client := s.login(t)
			client.send(t, &pgproto3.Query{String: statement})
			<-s.waiting
			client.conn.Close()
			s.stopListening()
			within(t, s.served, "the session to end with its client")
			if got := s.events.all(); !slices.ContainsFunc(got, func(event string) bool { return strings.HasSuffix(event, "ended: connection to client lost") }) || got[len(got)-1] != "closed" {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestClientThatDoesNotRead(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	client := s.login(t)
	client.send(t, &pgproto3.Query{String: "endless"})
	client.expect(t, "DataRow 1 10")
	client.conn.Close()
	s.stopListening()
	within(t, s.served, "the session to end with its client")
}

func TestShutdown(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{"idle": "", "in_a_statement": "wait", "in_a_copy": "copy in wait"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startServer(t)
			client := s.login(t)
			if statement != "" {
				client.send(t, &pgproto3.Query{String: statement})
				<-s.waiting
			}
			s.stop()
			client.expect(t, "ErrorResponse FATAL/FATAL 57P01 terminating connection due to administrator command")
			if _, err := client.frontend.Receive(); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("got %v, want the connection closed", err)
			}
			s.stopListening()
			within(t, s.served, "the session to end")
			if got := s.events.all(); got[len(got)-1] != "closed" {
				t.Errorf("got %q, want the executor closed at the end", got)
			}
		})
	}
}

// TestShutdownOfDeafClient: a client that takes no more data cannot hold up the shutdown.
func TestShutdownOfDeafClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, conn := net.Pipe()
		ctx, cancel := context.WithCancel(t.Context())
		served := make(chan struct{})
		config := fakeConfig(t, &server{events: &events{}})
		go func() {
			defer close(served)
			pgwire.Serve(ctx, conn, config)
		}()
		c := &rawClient{conn: client, frontend: pgproto3.NewFrontend(client, client)}
		c.login(t, pgproto3.ProtocolVersion30)
		c.send(t, &pgproto3.Query{String: "endless"})
		synctest.Wait() // the server is stuck in a write
		stopped := time.Now()
		cancel()
		<-served
		if took := time.Since(stopped); took > 5*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

// A panic is an error of its statement, and the session goes on.
func TestPanic(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	other := s.login(t)
	client := s.login(t)
	client.send(t, &pgproto3.Query{String: "panic"})
	client.expect(t, "ErrorResponse ERROR/ERROR XX000 internal error")
	client.expect(t, "ReadyForQuery I")
	client.send(t, &pgproto3.Parse{Query: "panic"}, &pgproto3.Bind{}, &pgproto3.Execute{}, &pgproto3.Sync{})
	client.expect(t, "ErrorResponse ERROR/ERROR XX000 internal error")
	client.expect(t, "ReadyForQuery I")
	client.send(t, &pgproto3.Query{String: "begin"})
	client.expect(t, "ReadyForQuery T")
	client.send(t, &pgproto3.Query{String: "panic"})
	client.expect(t, "ReadyForQuery E")
	other.send(t, &pgproto3.Query{String: "insert a"})
	other.expect(t, "CommandComplete INSERT 0 1")
}

func TestMessageTooLong(t *testing.T) {
	t.Parallel()
	s := startServer(t, func(config *pgwire.Config) { config.MaxMessage = 1000 })
	client := s.login(t)
	client.send(t, &pgproto3.Query{String: "insert " + strings.Repeat("a", 900)})
	client.expect(t, "ReadyForQuery I")
	client.send(t, &pgproto3.Query{String: "insert " + strings.Repeat("a", 1000)})
	client.expect(t, "ErrorResponse FATAL/FATAL 08P01 invalid message: invalid body length: expected at most 1000, but got 1008")
}

// TestCopyStreams moves more than any buffer holds, in both directions.
func TestCopyStreams(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	conn := s.connect(t, "")
	tag, err := conn.CopyFrom(deadline(t), strings.NewReader(strings.Repeat("a line of text\n", 200_000)), "copy in")
	if err != nil || tag.RowsAffected() != 200_000 {
		t.Errorf("got %v (%v)", tag, err)
	}
	var lines bytes.Buffer
	tag, err = conn.CopyTo(deadline(t), &lines, "copy out 200000")
	if err != nil || tag.RowsAffected() != 200_000 || !strings.HasSuffix(lines.String(), "line 200000\n") {
		t.Errorf("got %v (%v)", tag, err)
	}
	_, err = conn.CopyFrom(deadline(t), io.MultiReader(strings.NewReader("one\n"), failingReader{}), "copy in")
	if code := codeOf(err); code != "57014" {
		t.Errorf("got %v, want SQLSTATE 57014", err)
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, errors.New("the disk broke") }

func codeOf(err error) string {
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok {
		return refused.Code
	}
	return ""
}
