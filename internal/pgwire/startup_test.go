package pgwire_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"slipher/internal/pgwire"
)

func TestConnect(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	secure := startServer(t, withTLS(t))
	for _, test := range []struct {
		name   string
		server *server
		url    string
		code   string // "" when the connection is good
	}{
		{"right_password", s, s.url("sslmode=disable"), ""},
		{"wrong_password", s, strings.Replace(s.url("sslmode=disable"), "%201", "2", 1), "28P01"},
		{"unknown_user", s, strings.Replace(s.url("sslmode=disable"), "dev:", "nobody:", 1), "28P01"},
		{"one_of_several_passwords", s, strings.Replace(s.url("sslmode=disable"), "dev:", "several:", 1), ""},
		{"one_of_several_passwords_bound", secure, strings.Replace(secure.url("sslmode=require&channel_binding=require"), "dev:", "several:", 1), ""},
		{"none_of_several_passwords", s, strings.Replace(strings.Replace(s.url("sslmode=disable"), "dev:", "several:", 1), "%201", "2", 1), "28P01"},
		{"broken_verifier", s, strings.Replace(s.url("sslmode=disable"), "dev:", "broken:", 1), "XX000"},
		{"verifier_refuses", s, strings.Replace(s.url("sslmode=disable"), "dev:", "early:", 1), "57P03"},
		{"missing_database", s, strings.Replace(s.url("sslmode=disable"), "/dev?", "/missing?", 1), "3D000"},
		{"failing_connect", s, strings.Replace(s.url("sslmode=disable"), "/dev?", "/unlucky?", 1), "XX000"},
		{"prefers_tls_without_any", s, s.url("sslmode=prefer"), ""},
		{"tls", secure, secure.url("sslmode=require"), ""},
		{"tls_with_channel_binding", secure, secure.url("sslmode=require&channel_binding=require"), ""},
		{"tls_wrong_password", secure, strings.Replace(secure.url("sslmode=require"), "%201", "2", 1), "28P01"},
		{"no_tls_where_there_is_some", secure, secure.url("sslmode=disable"), ""},
		{"protocol_3_2", s, s.url("sslmode=disable&max_protocol_version=3.2"), ""},
		{"driver_parameters", s, s.url("sslmode=disable&client_protocol_version=2&driver_version=Redshift+Python+Driver&os_version=Linux"), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			conn, err := pgconn.Connect(deadline(t), test.url)
			if err == nil {
				defer conn.Close(context.Background())
			}
			var refused *pgconn.PgError
			switch {
			case test.code == "" && err != nil:
				t.Fatal(err)
			case test.code == "":
				if got := conn.ParameterStatus("server_version"); got != "8.0.2" {
					t.Errorf("got server_version %q", got)
				}
			case !errors.As(err, &refused):
				t.Fatalf("got %v, want SQLSTATE %s", err, test.code)
			case refused.Code != test.code || refused.Severity != "FATAL":
				t.Errorf("got %s %s, want FATAL %s", refused.Severity, refused.Code, test.code)
			case strings.Contains(refused.Message, "secret"):
				t.Errorf("the message tells too much: %s", refused.Message)
			}
		})
	}
}

func TestConnectTLSRequired(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	if _, err := pgconn.Connect(deadline(t), s.url("sslmode=require")); err == nil || !strings.Contains(err.Error(), "refused TLS") {
		t.Errorf("got %v, want a refusal of TLS", err)
	}
}

// hello is a start-up message of any version.
func hello(version uint32, parameters ...string) []byte {
	body := binary.BigEndian.AppendUint32(nil, version)
	for _, parameter := range parameters {
		body = append(append(body, parameter...), 0)
	}
	return packet(append(body, 0))
}

func packet(body []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(4+len(body))), body...)
}

var sslRequest = []byte{0, 0, 0, 8, 4, 210, 22, 47}

func TestHostileStartup(t *testing.T) {
	t.Parallel()
	s := startServer(t, withTLS(t))
	login := hello(3<<16, "user", "dev", "database", "dev")
	sasl := append([]byte{'p'}, packet(append([]byte("SCRAM-SHA-256\x00"), 0, 0, 0, 3, 'n', ',', ','))...)
	for _, test := range []struct {
		name string
		sent []byte
		want string // SQLSTATE, "" when the connection is closed without a word
	}{
		{"nothing", nil, ""},
		{"half_a_length", []byte{0, 0}, ""},
		{"length_without_body", []byte{0, 0, 0, 50}, ""},
		{"half_a_body", login[:20], ""},
		{"huge_length", []byte{0x7f, 0xff, 0xff, 0xff, 0, 3, 0, 0}, ""},
		{"negative_length", []byte{0xff, 0xff, 0xff, 0xff, 0, 3, 0, 0}, ""},
		{"length_zero", make([]byte, 64), ""},
		{"http", []byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), ""},
		{"tls_without_asking", []byte{22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3}, ""},
		{"tls_truncated", append(append([]byte(nil), sslRequest...), 22, 3, 1, 2, 0, 1, 0), ""},
		{"tls_garbage", append(append([]byte(nil), sslRequest...), login...), ""},
		{"tls_only_asked", sslRequest, ""},
		{"protocol_2", hello(2<<16, "user", "dev"), "0A000"},
		{"protocol_4", hello(4<<16, "user", "dev"), "0A000"},
		{"no_terminator", packet([]byte{0, 3, 0, 0, 'u', 's', 'e', 'r', 0, 'd'}), "08P01"},
		{"no_parameters", packet([]byte{0, 3, 0, 0, 0}), "08P01"},
		{"no_user", hello(3<<16, "database", "dev"), "28000"},
		{"cancel_too_short", packet([]byte{4, 210, 22, 46, 0}), ""},
		{"cancel_of_nobody", packet([]byte{4, 210, 22, 46, 0, 0, 0, 1, 0, 0, 0, 2}), ""},
		{"password_huge", append(append([]byte(nil), login...), 'p', 0x7f, 0, 0, 0), "08P01"},
		{"password_not_asked_for", append(append([]byte(nil), login...), 'Q', 0, 0, 0, 5, 0), "08P01"},
		{"password_unknown_mechanism", append(append([]byte(nil), login...), 'p', 0, 0, 0, 11, 'm', 'd', '5', 0, 0, 0, 0), "08P01"},
		{"scram_malformed", append(append([]byte(nil), login...), sasl...), "08P01"},
		{"unknown_message", append(append([]byte(nil), login...), '!', 0, 0, 0, 4), "08P01"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", s.address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(patience))
			if _, err := conn.Write(test.sent); err != nil {
				t.Fatal(err)
			}
			if test.want == "" { // the server may be waiting for more
				conn.(*net.TCPConn).CloseWrite()
			}
			answer, err := io.ReadAll(conn)
			if errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatalf("the server neither answered nor closed: %v", err)
			}
			if test.want != "" && !bytes.Contains(answer, []byte("VFATAL\x00C"+test.want+"\x00")) {
				t.Errorf("got %q, want FATAL %s", answer, test.want)
			}
			if test.want == "" && bytes.Contains(answer, []byte("FATAL")) {
				t.Errorf("got %q, want silence", answer)
			}
		})
	}
}

func TestStartupDeadline(t *testing.T) {
	t.Parallel()
	for name, sent := range map[string][]byte{
		"silent":                   nil,
		"half_a_packet":            hello(3<<16, "user", "dev")[:10],
		"silent_when_asked_for_it": hello(3<<16, "user", "dev"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, conn := net.Pipe()
				started := time.Now()
				served := serve(t, conn, fakeConfig(t, &server{events: &events{}}))
				client.Write(sent)
				answer, err := io.ReadAll(client)
				if err != nil {
					t.Fatal(err)
				}
				<-served
				if took := time.Since(started); took != time.Minute {
					t.Errorf("it took %s, want a minute", took)
				}
				if told := bytes.Contains(answer, []byte("canceling authentication due to timeout")); told != (name == "silent_when_asked_for_it") {
					t.Errorf("got %q", answer)
				}
			})
		})
	}
}

// TestEndedWithWords ends a login that was asked for its password, for a reason that the caller gives.
func TestEndedWithWords(t *testing.T) {
	t.Parallel()
	client, conn := net.Pipe()
	ctx, end := context.WithCancelCause(t.Context())
	served := make(chan struct{})
	go func() {
		defer close(served)
		pgwire.Serve(ctx, conn, fakeConfig(t, &server{events: &events{}}))
	}()
	client.Write(hello(3<<16, "user", "dev"))
	asked := make([]byte, 1)
	if _, err := io.ReadFull(client, asked); err != nil || asked[0] != 'R' {
		t.Fatalf("got %q (%v), want a request for the password", asked, err)
	}
	end(&pgwire.Error{Code: "53300", Message: "others need the place", Fatal: true})
	if answer, err := io.ReadAll(client); err != nil || !bytes.Contains(answer, []byte("VFATAL\x00C53300\x00Mothers need the place\x00")) {
		t.Errorf("got %q, %v", answer, err)
	}
	<-served
}

func TestEncryptionByGSSAPI(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	conn.Write([]byte{0, 0, 0, 8, 4, 210, 22, 48})
	answer := make([]byte, 1)
	if _, err := io.ReadFull(conn, answer); err != nil || answer[0] != 'N' {
		t.Fatalf("got %q (%v), want N", answer, err)
	}
	client := &rawClient{conn: conn, frontend: pgproto3.NewFrontend(conn, conn)}
	client.login(t, pgproto3.ProtocolVersion30)
}

func TestNegotiation(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	for _, test := range []struct {
		name    string
		hello   []byte
		version uint32 // 0 when nothing has to be negotiated
		options string
	}{
		{"3.0", hello(3<<16, "user", "dev"), 0, ""},
		{"3.2", hello(3<<16|2, "user", "dev"), 0, ""},
		{"3.9999", hello(3<<16|9999, "user", "dev"), 3<<16 | 2, ""},
		{"unknown_options", hello(3<<16, "user", "dev", "_pq_.b", "1", "_pq_.a", "1"), 3 << 16, "_pq_.a _pq_.b"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", s.address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(patience))
			conn.Write(test.hello)
			frontend := pgproto3.NewFrontend(conn, conn)
			message, err := frontend.Receive()
			if err != nil {
				t.Fatal(err)
			}
			if negotiated, ok := message.(*pgproto3.NegotiateProtocolVersion); ok != (test.version != 0) {
				t.Fatalf("got %#v", message)
			} else if ok {
				if negotiated.NewestMinorProtocol != test.version || strings.Join(negotiated.UnrecognizedOptions, " ") != test.options {
					t.Errorf("got %#v", negotiated)
				}
				message, err = frontend.Receive()
			}
			if _, ok := message.(*pgproto3.AuthenticationSASL); !ok || err != nil {
				t.Errorf("got %#v and %v, want the password to be asked for", message, err)
			}
		})
	}
}
