#!/usr/bin/env bash
# smithy-go 1.28.8 (AWS SDK for Go v2) under net/http: a request that has been answered can still break its own answer.
#
# The SDK closes the request's body once the answer's head is there, so that a retry may use the stream again; a closed body is to say "nothing left".
# Guessed: reading what is closed is an io.EOF, which every copy of net/http takes for the end. Seen: the closed body also has WriteTo, and WriteTo
# answers io.EOF too, where io.WriterTo wants nil at the end. net/http asks a body of known length once more, by io.Copy to io.Discard, after its last
# byte went out; io.Copy prefers WriteTo, hands the io.EOF on, and the transport takes it for a failed write and closes the connection. So a server that
# answers before the client's write has returned (the same machine, a busy processor) gives the caller half an answer and
# "use of closed network connection". The same body without WriteTo gives the whole answer.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
cat >go.mod <<'MOD'
module finding
go 1.25
require github.com/aws/smithy-go v1.28.8
MOD
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// slow is a connection whose last write returns after the answer's head has come.
type slow struct {
	net.Conn
	head chan struct{}
}

func (c slow) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if strings.HasSuffix(string(p), "body") {
		<-c.head
	}
	return n, err
}

// plain is a client that hides WriteTo of the body.
type plain struct{ *http.Client }

func (c plain) Do(r *http.Request) (*http.Response, error) {
	sent := *r
	sent.Body = struct{ io.ReadCloser }{r.Body}
	return c.Client.Do(&sent)
}

func answer(hide bool) string {
	rest, head := make(chan struct{}), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, "one ")
		w.(http.Flusher).Flush()
		<-rest
		io.WriteString(w, "two")
	}))
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return slow{conn, head}, err
	}}}
	r, _ := http.NewRequest("POST", server.URL, nil)
	request, err := (&smithyhttp.Request{Request: r}).SetStream(strings.NewReader("a body"))
	if err != nil {
		return err.Error()
	}
	var doer smithyhttp.ClientDo = client
	if hide {
		doer = plain{client}
	}
	out, _, err := smithyhttp.NewClientHandlerWithOptions(doer).Handle(context.Background(), request)
	if err != nil {
		return err.Error()
	}
	close(head)
	time.AfterFunc(200*time.Millisecond, func() { close(rest) })
	got, err := io.ReadAll(out.(*smithyhttp.Response).Body)
	words := fmt.Sprint(err)
	return fmt.Sprintf("%q, %s", got, words[max(0, strings.LastIndex(words, ": ")+1):])
}

func main() {
	r, _ := http.NewRequest("POST", "http://localhost", nil)
	request, _ := (&smithyhttp.Request{Request: r}).SetStream(strings.NewReader("a body"))
	body := request.Build(context.Background()).Body
	body.Close()
	_, read := body.Read(make([]byte, 1))
	_, copied := io.Copy(io.Discard, body)
	seen := fmt.Sprintf("closed body: Read says %v, io.Copy says %v\nas it is:        %s\nwithout WriteTo: %s\n", read, copied, answer(false), answer(true))
	fmt.Print(seen)
	if seen != "closed body: Read says EOF, io.Copy says EOF\nas it is:        \"one \",  use of closed network connection\nwithout WriteTo: \"one two\", <nil>\n" {
		fmt.Println("the behaviour has changed")
		os.Exit(1)
	}
}
GO
go mod tidy >/dev/null 2>&1
go run .
