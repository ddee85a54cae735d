package warehouse

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"time"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/nodeapi"
	"slipher/internal/scram"
	"slipher/internal/warehouse/state"
)

// HandedOut is what the caller gets to see of a login, once.
type HandedOut struct {
	Name, Password string
	Expires        time.Time
}

// HandOut makes the login's password, keeps its verifier and has the node accept it before the caller has it.
func (w *Warehouse) HandOut(ctx context.Context, caller api.Caller, identifier string, login nodeapi.Login, seconds int) (HandedOut, error) {
	password, err := w.newDatabasePassword()
	if err != nil {
		return HandedOut{}, err
	}
	expires := w.Clock.Now().Add(time.Duration(seconds) * time.Second).Truncate(time.Millisecond)
	login.ExpiresUnixMS = expires.UnixMilli()
	var of state.ClusterRecord
	err = w.config.Store.Update(ctx, func(tx *meta.Tx) (err error) {
		if of, err = state.FindCluster(tx, caller, identifier); err != nil {
			return err
		}
		if login.Verifier, err = scram.SaltedVerifier(password, loginSalt(of.Body.Key, login.Name)); err != nil {
			return fmt.Errorf("derive the password's verifier: %w", err)
		}
		return w.keepLogin(tx, of, login)
	})
	if err != nil {
		return HandedOut{}, err
	}
	return HandedOut{login.Name, password, expires}, w.tellLogin(ctx, of.Body.Key, login)
}

// newDatabasePassword is 48 random bytes in letters and digits that no client has to quote.
func (w *Warehouse) newDatabasePassword() (string, error) {
	random := make([]byte, 48)
	if _, err := io.ReadFull(w.config.Random, random); err != nil {
		return "", fmt.Errorf("make a password: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(random), nil
}

// loginSalt is one for all passwords of a name in a cluster, so that a node can hold one proof against all of them.
func loginSalt(cluster, name string) []byte {
	sum := sha256.Sum256([]byte(cluster + "\x00" + name))
	return sum[:16]
}
