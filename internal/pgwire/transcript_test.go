package pgwire_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/xdg-go/scram"
)

// TestTranscript replays testdata/*.txt: blocks of a client's messages, sent in one piece, and under ---- what the server
// answers. A block waits for one ReadyForQuery for each Query and Sync, or, headed "until X", for a message X. The comments of a
// file stand behind #. With -update the answers are rewritten.
func TestTranscript(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("got %d transcripts (%v)", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			t.Parallel()
			replay(t, path)
		})
	}
}

func replay(t *testing.T, path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	server := startServer(t)
	client := server.login(t)
	var actual []string
	for block := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
		question, _, _ := strings.Cut(block, "\n----")
		answers := client.play(t, question)
		actual = append(actual, question+"\n----\n"+strings.Join(answers, "\n"))
	}
	got := strings.Join(actual, "\n\n") + "\n"
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if got != string(text) {
		t.Errorf("%s (-want +got, rewrite it with -update):\n%s", path, cmp.Diff(strings.Split(string(text), "\n"), strings.Split(got, "\n")))
	}
}

// rawClient speaks the protocol message by message.
type rawClient struct {
	conn     net.Conn
	frontend *pgproto3.Frontend
	key      pgproto3.BackendKeyData
}

// login brings a raw connection of the user dev to its first ReadyForQuery.
func (s *server) login(t testing.TB) *rawClient {
	t.Helper()
	return s.loginAs(t, pgproto3.ProtocolVersion30)
}

func (s *server) loginAs(t testing.TB, version uint32) *rawClient {
	t.Helper()
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	c := &rawClient{conn: conn, frontend: pgproto3.NewFrontend(conn, conn)}
	c.login(t, version)
	return c
}

func (c *rawClient) login(t testing.TB, version uint32) {
	t.Helper()
	client, err := scram.SHA256.NewClient("", password, "")
	if err != nil {
		t.Fatal(err)
	}
	conversation := client.NewConversation()
	first, _ := conversation.Step("")
	c.send(t, &pgproto3.StartupMessage{ProtocolVersion: version, Parameters: map[string]string{"user": "dev"}})
	for {
		switch message := c.receive(t).(type) {
		case *pgproto3.AuthenticationSASL:
			c.send(t, &pgproto3.SASLInitialResponse{AuthMechanism: "SCRAM-SHA-256", Data: []byte(first)})
		case *pgproto3.AuthenticationSASLContinue:
			final, err := conversation.Step(string(message.Data))
			if err != nil {
				t.Fatal(err)
			}
			c.send(t, &pgproto3.SASLResponse{Data: []byte(final)})
		case *pgproto3.AuthenticationSASLFinal:
			if _, err := conversation.Step(string(message.Data)); err != nil {
				t.Fatalf("the server does not know the password: %v", err)
			}
		case *pgproto3.BackendKeyData:
			c.key = *message
		case *pgproto3.ErrorResponse:
			t.Fatalf("login refused: %s", message.Message)
		case *pgproto3.ReadyForQuery:
			return
		}
	}
}

func (c *rawClient) send(t testing.TB, messages ...pgproto3.FrontendMessage) {
	t.Helper()
	for _, message := range messages {
		c.frontend.Send(message)
	}
	if err := c.frontend.Flush(); err != nil {
		t.Fatal(err)
	}
}

func (c *rawClient) receive(t testing.TB) pgproto3.BackendMessage {
	t.Helper()
	message, err := c.frontend.Receive()
	if err != nil {
		t.Fatal(err)
	}
	return message
}

// expect reads on until it gets this message.
func (c *rawClient) expect(t testing.TB, want string) {
	t.Helper()
	var got string
	for got != want {
		message, err := c.frontend.Receive()
		if err != nil {
			t.Fatalf("waited for %q: %v; the last message was %q", want, err, got)
		}
		got = describeMessage(message)
	}
}

// play sends a block and returns what is answered.
func (c *rawClient) play(t *testing.T, block string) (answers []string) {
	t.Helper()
	until, times := "ReadyForQuery", 0
	counting := true
	var sent []byte
	for line := range strings.SplitSeq(block, "\n") {
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "#":
			continue
		case "until":
			until, times, counting = rest, 1, false
			continue
		case "Query", "Sync", "FunctionCall":
			if counting {
				times++
			}
		}
		sent = append(sent, encodeLine(t, word, rest)...)
	}
	if _, err := c.conn.Write(sent); err != nil {
		t.Fatal(err)
	}
	for times > 0 {
		message, err := c.frontend.Receive()
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return append(answers, "closed")
		}
		if err != nil {
			t.Fatalf("%v, after\n%s", err, strings.Join(answers, "\n"))
		}
		answer := describeMessage(message)
		answers = append(answers, answer)
		if strings.HasPrefix(answer, until) {
			times--
		}
	}
	return answers
}

// encodeLine makes a message of one line of a transcript. An unquoted - stands for an empty name.
func encodeLine(t testing.TB, word, rest string) []byte {
	t.Helper()
	fields := strings.Fields(rest)
	name := func(i int) string {
		if i >= len(fields) || fields[i] == "-" {
			return ""
		}
		return fields[i]
	}
	var message pgproto3.FrontendMessage
	switch word {
	case "Query":
		message = &pgproto3.Query{String: rest}
	case "Parse": // name sql
		_, sql, _ := strings.Cut(rest, " ")
		message = &pgproto3.Parse{Name: name(0), Query: sql}
	case "Bind": // portal statement argument…; ~ is null
		bind := &pgproto3.Bind{DestinationPortal: name(0), PreparedStatement: name(1)}
		for _, field := range fields[2:] {
			if field == "~" {
				bind.Parameters = append(bind.Parameters, nil)
			} else {
				bind.Parameters = append(bind.Parameters, []byte(field))
			}
		}
		message = bind
	case "Binary": // portal statement argument in hex…, results in binary too
		bind := &pgproto3.Bind{DestinationPortal: name(0), PreparedStatement: name(1), ParameterFormatCodes: []int16{1}, ResultFormatCodes: []int16{1}}
		for _, field := range fields[2:] {
			argument, err := hex.DecodeString(field)
			if err != nil {
				t.Fatal(err)
			}
			bind.Parameters = append(bind.Parameters, argument)
		}
		message = bind
	case "Describe":
		message = &pgproto3.Describe{ObjectType: rest[0], Name: name(1)}
	case "Execute":
		rows, _ := strconv.ParseUint(name(1), 10, 32)
		message = &pgproto3.Execute{Portal: name(0), MaxRows: uint32(rows)}
	case "Close":
		message = &pgproto3.Close{ObjectType: rest[0], Name: name(1)}
	case "Sync":
		message = &pgproto3.Sync{}
	case "Flush":
		message = &pgproto3.Flush{}
	case "Terminate":
		message = &pgproto3.Terminate{}
	case "FunctionCall":
		message = &pgproto3.FunctionCall{}
	case "CopyData":
		message = &pgproto3.CopyData{Data: []byte(strings.ReplaceAll(rest, `\n`, "\n"))}
	case "CopyDone":
		message = &pgproto3.CopyDone{}
	case "CopyFail":
		message = &pgproto3.CopyFail{Message: rest}
	case "Raw":
		raw, err := hex.DecodeString(strings.Join(fields, ""))
		if err != nil {
			t.Fatal(err)
		}
		return raw
	default:
		t.Fatalf("unknown line %q", word)
	}
	encoded, err := message.Encode(nil)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

func describeMessage(message pgproto3.BackendMessage) string {
	switch m := message.(type) {
	case *pgproto3.ReadyForQuery:
		return fmt.Sprintf("ReadyForQuery %c", m.TxStatus)
	case *pgproto3.CommandComplete:
		return fmt.Sprintf("CommandComplete %s", m.CommandTag)
	case *pgproto3.DataRow:
		return "DataRow" + describeValues(m.Values)
	case *pgproto3.RowDescription:
		out := "RowDescription"
		for _, field := range m.Fields {
			out += fmt.Sprintf(" %s:%d/%d/%d/%d", field.Name, field.DataTypeOID, field.DataTypeSize, field.TypeModifier, field.Format)
		}
		return out
	case *pgproto3.ParameterDescription:
		return fmt.Sprintf("ParameterDescription %d", m.ParameterOIDs)
	case *pgproto3.ParameterStatus:
		return fmt.Sprintf("ParameterStatus %s=%s", m.Name, m.Value)
	case *pgproto3.CopyInResponse:
		return fmt.Sprintf("CopyInResponse %d %d", m.OverallFormat, m.ColumnFormatCodes)
	case *pgproto3.CopyOutResponse:
		return fmt.Sprintf("CopyOutResponse %d %d", m.OverallFormat, m.ColumnFormatCodes)
	case *pgproto3.CopyData:
		return fmt.Sprintf("CopyData %q", m.Data)
	case *pgproto3.NoticeResponse:
		return fmt.Sprintf("NoticeResponse %s %s %s", m.Severity, m.Code, m.Message)
	case *pgproto3.ErrorResponse:
		return describeError(m)
	}
	return strings.TrimPrefix(fmt.Sprintf("%T", message), "*pgproto3.")
}

func describeValues(values [][]byte) string {
	var out strings.Builder
	for _, value := range values {
		switch {
		case value == nil:
			out.WriteString(" ~")
		case len(bytes.TrimFunc(value, func(r rune) bool { return r > ' ' && r < 127 })) > 0:
			fmt.Fprintf(&out, " 0x%x", value)
		default:
			fmt.Fprintf(&out, " %s", value)
		}
	}
	return out.String()
}

func describeError(m *pgproto3.ErrorResponse) string {
	out := fmt.Sprintf("ErrorResponse %s/%s %s %s", m.Severity, m.SeverityUnlocalized, m.Code, m.Message)
	for _, extra := range []struct{ name, text string }{{"detail", m.Detail}, {"hint", m.Hint}, {"where", m.Where}} {
		if extra.text != "" {
			out += fmt.Sprintf(" [%s: %s]", extra.name, extra.text)
		}
	}
	if m.Position != 0 {
		out += fmt.Sprintf(" [position %d]", m.Position)
	}
	return out
}
