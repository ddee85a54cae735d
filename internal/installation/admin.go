package installation

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// The commands that need the running slipher ask it over its admin socket, in JSON: one question, and one answer or a stream of events.

var errInterrupted = errors.New("interrupted")

// Ask sends one request and takes the answer.
func (r Running) Ask(ctx context.Context, path string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	answer, err := r.post(ctx, path, in)
	if err != nil {
		return err
	}
	defer answer.Close()
	return json.NewDecoder(io.LimitReader(answer, 1<<20)).Decode(out)
}

// Stream sends one request and takes the events of its answer as they come.
func Stream[Event any](ctx context.Context, r Running, path string, in any, take func(Event) error) error {
	answer, err := r.post(ctx, path, in)
	if err != nil {
		return err
	}
	defer answer.Close()
	for lines := json.NewDecoder(answer); ; {
		var event Event
		if err := lines.Decode(&event); errors.Is(err, io.EOF) {
			return nil
		} else if ctx.Err() != nil {
			return errInterrupted
		} else if err != nil {
			return fmt.Errorf("slipher stopped answering: %w", err)
		}
		if err := take(event); err != nil {
			return err
		}
	}
}

// post answers the body of a successful answer; that of another is the error.
func (r Running) post(ctx context.Context, path string, in any) (io.ReadCloser, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://admin"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Close = true
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", r.Admin)
	}}}
	response, err := client.Do(request)
	if errors.Is(ctx.Err(), context.Canceled) {
		return nil, errInterrupted
	}
	if err != nil {
		return nil, fmt.Errorf("slipher does not answer on its admin socket (is process %d still running? if not, start slipher serve again): %w", r.PID, err)
	}
	if response.StatusCode != http.StatusOK {
		defer response.Body.Close()
		message, err := io.ReadAll(io.LimitReader(response.Body, 1<<16))
		return nil, errors.Join(errors.New(strings.TrimSpace(string(message))), err)
	}
	return response.Body, nil
}
