package sdkclient

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// lateConn answers to each write only when the server has long answered: what a busy machine does now and then.
type lateConn struct {
	net.Conn
	answered <-chan struct{}
}

func (c lateConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if strings.HasSuffix(string(p), "the end") {
		<-c.answered
	}
	return n, err
}

// TestAnswerBeforeTheWriteReturns reads an answer that came, and whose request the SDK has closed, while net/http was still about the request's body.
func TestAnswerBeforeTheWriteReturns(t *testing.T) {
	t.Parallel()
	rest := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, "the first part")
		_ = http.NewResponseController(w).Flush()
		<-rest
		_, _ = io.WriteString(w, " and the second")
	}))
	t.Cleanup(server.Close)

	answered := make(chan struct{})
	sdk := Wrap(awshttp.NewBuildableClient().WithTransportOptions(func(transport *http.Transport) {
		transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
			return lateConn{conn, answered}, err
		}
	}))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	sent, err := (&smithyhttp.Request{Request: request}).SetStream(strings.NewReader("from the beginning to the end"))
	if err != nil {
		t.Fatal(err)
	}
	out, _, err := smithyhttp.NewClientHandlerWithOptions(sdk).Handle(t.Context(), sent)
	if err != nil {
		t.Fatal(err)
	}
	close(answered)
	time.AfterFunc(100*time.Millisecond, func() { close(rest) })
	response := out.(*smithyhttp.Response)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || string(body) != "the first part and the second" {
		t.Errorf("the answer is %q, %v", body, err)
	}
}
