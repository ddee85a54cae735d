package pgwire_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"

	"slipher/internal/pgwire"
)

// FuzzStartup feeds Serve what no client would send. It must return, and without a panic; checkLeaks sees to the goroutines.
// (Coverage depends on timing here, so fuzz with -fuzzminimizetime 5x, or the fuzzer spends its time on making inputs shorter.)
func FuzzStartup(f *testing.F) {
	login := hello(3<<16, "user", "dev", "database", "dev")
	f.Add(login)
	f.Add(append(append([]byte(nil), sslRequest...), login...))
	f.Add(append(append([]byte(nil), login...), 'p', 0, 0, 0, 40))
	f.Add(append(append([]byte(nil), login...), append([]byte{'p'}, packet([]byte("SCRAM-SHA-256\x00\x00\x00\x00\x08n,,n=,r=a"))...)...))
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	f.Add(packet([]byte{4, 210, 22, 46, 0, 0, 0, 1, 0, 0, 0, 2}))
	s := &server{events: &events{}}
	config := fakeConfig(f, s)
	withTLS(f)(&config)
	f.Fuzz(func(t *testing.T, sent []byte) {
		client, conn := net.Pipe()
		go drain(client)
		served := serve(t, conn, config)
		client.Write(sent)
		client.Close()
		within(t, served, "Serve to return")
	})
}

// FuzzSession sends arbitrary bytes after a good login.
func FuzzSession(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(sentBy(f, string(text)))
	}
	s := &server{events: &events{}, waiting: make(chan struct{}, 1), release: make(chan struct{})}
	config := fakeConfig(f, s)
	config.MaxMessage = 1 << 20
	close(s.release)
	f.Fuzz(func(t *testing.T, sent []byte) {
		if toldTooMuch.Match(sent) {
			return
		}
		client, conn := net.Pipe()
		served := serve(t, conn, config)
		c := &rawClient{conn: client, frontend: pgproto3.NewFrontend(client, client)}
		c.login(t, pgproto3.ProtocolVersion30)
		go drain(client)
		client.Write(sent)
		client.Close()
		within(t, served, "Serve to return")
	})
}

// toldTooMuch is what the fake had better not be told: it would do it.
var toldTooMuch = regexp.MustCompile(`endless|panic|[0-9]{6}`)

// sentBy is everything that a transcript sends.
func sentBy(f *testing.F, text string) (sent []byte) {
	for block := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		question, _, _ := strings.Cut(block, "\n----")
		for line := range strings.SplitSeq(question, "\n") {
			if word, rest, _ := strings.Cut(line, " "); word != "#" && word != "until" {
				sent = append(sent, encodeLine(f, word, rest)...)
			}
		}
	}
	return sent
}

// serve runs Serve on its own and fails the test if it panics.
func serve(t testing.TB, conn net.Conn, config pgwire.Config) (served chan struct{}) {
	var log bytes.Buffer
	config.Log = slog.New(slog.NewTextHandler(&log, nil))
	served = make(chan struct{})
	go func() {
		defer close(served)
		pgwire.Serve(context.Background(), conn, config)
		if strings.Contains(log.String(), "panicked") {
			t.Error(log.String())
		}
	}()
	return served
}

func drain(conn net.Conn) { io.Copy(io.Discard, conn) }
