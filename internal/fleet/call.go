package fleet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"slipher/internal/nodeapi"
)

// NodeError is a refusal or failure that the node itself reported.
type NodeError struct {
	Message string
	Damaged bool   // a restore found blocks missing, altered or sealed with another key; a retry will not help
	Code    string // the SQLSTATE of a refusal by the database; Message is for the client's eyes then

	NoRoom          bool // a save found the store's disk full
	DatabaseDamaged bool // the cluster's own database has lost something that was committed, and was not opened
}

func (e *NodeError) Error() string { return e.Message }

// call sends one request of the control protocol; in nil means GET, out nil ignores the answer's body.
func (n *node) call(ctx context.Context, path string, in, out any) error {
	response, err := n.send(ctx, path, in)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if out == nil {
		_, err = io.Copy(io.Discard, response.Body)
		return err
	}
	return json.NewDecoder(response.Body).Decode(out)
}

// transfer sends a save or restore and follows its events to the last.
func (n *node) transfer(ctx context.Context, path string, in any, progress func(nodeapi.Progress)) (nodeapi.Event, error) {
	response, err := n.send(ctx, path, in)
	if err != nil {
		return nodeapi.Event{}, err
	}
	defer response.Body.Close()
	events := json.NewDecoder(response.Body)
	for {
		var event nodeapi.Event
		if err := events.Decode(&event); err != nil {
			return nodeapi.Event{}, fmt.Errorf("the node went away in the middle of %s: %w", strings.TrimPrefix(path, "/"), errors.Join(ErrNotRunning, ErrLost, err))
		}
		switch {
		case event.Error != "":
			return nodeapi.Event{}, &NodeError{Message: event.Error, Damaged: event.Damaged, NoRoom: event.NoRoom, Code: event.Code}
		case event.Done:
			if event.Progress != nil && progress != nil {
				progress(*event.Progress)
			}
			return event, nil
		case event.Progress != nil && progress != nil:
			progress(*event.Progress)
		}
	}
}

func (n *node) send(ctx context.Context, path string, in any) (*http.Response, error) {
	n.mu.Lock()
	p := n.process
	n.mu.Unlock()
	if p == nil || p.gone() {
		return nil, ErrNotRunning
	}
	request, err := newRequest(ctx, path, in)
	if err != nil {
		return nil, err
	}
	response, err := p.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("call the node: %w", errors.Join(ErrNotRunning, err))
	}
	if response.StatusCode == http.StatusOK {
		return response, nil
	}
	defer response.Body.Close()
	message, _ := io.ReadAll(io.LimitReader(response.Body, 4096))
	if response.StatusCode == nodeapi.StatusNotOpen {
		return nil, errors.Join(ErrNotRunning, errors.New(strings.TrimSpace(string(message))))
	}
	return nil, &NodeError{Message: strings.TrimSpace(string(message)), DatabaseDamaged: response.StatusCode == nodeapi.StatusDamaged}
}

func newRequest(ctx context.Context, path string, in any) (*http.Request, error) {
	const host = "http://node"
	if in == nil {
		return http.NewRequestWithContext(ctx, http.MethodGet, host+path, nil)
	}
	body, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", path, err)
	}
	return http.NewRequestWithContext(ctx, http.MethodPost, host+path, bytes.NewReader(body))
}
