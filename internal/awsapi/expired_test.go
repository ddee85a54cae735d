package awsapi

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"slipher/internal/accounts"
)

// over has credentials that are no longer valid.
type over struct{}

func (over) Credentials(context.Context, string, string) (*accounts.Credentials, error) {
	return nil, accounts.ErrExpired
}

func TestExpiredToken(t *testing.T) {
	t.Parallel()
	d := openDoor(t, describing, withKMS(), func(c *Config) { c.Keys = over{} })
	if a := d.post(t, owner, "redshift", describeForm); a.status != http.StatusForbidden || a.code() != "ExpiredToken" {
		t.Errorf("Query: got %d %s", a.status, a.text)
	}
	r := d.request(t, http.MethodPost, "/", "{}")
	r.Header.Set("Content-Type", jsonContentType)
	r.Header.Set("X-Amz-Target", "TrentService.ListKeys")
	signFor(t, r, owner, "kms", "{}")
	response, err := d.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	var refusal struct {
		Type string `json:"__type"`
	}
	if err := json.Unmarshal(text, &refusal); err != nil || response.StatusCode != http.StatusBadRequest || refusal.Type != "ExpiredTokenException" {
		t.Errorf("JSON: got %d %s", response.StatusCode, text)
	}
}
