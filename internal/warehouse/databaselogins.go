package warehouse

import (
	"context"
	"errors"
	"time"

	"slipher/internal/fleet"
	"slipher/internal/meta"
	"slipher/internal/nodeapi"
	"slipher/internal/warehouse/state"
)

// loginExpiry deletes the logins that have expired. There is one such job, and it waits for the earliest of them.
type loginExpiry struct{}

func (loginExpiry) Kind() string { return "login-expiry" }

// keepLogin keeps the login until it expires, for nodes that are opened meanwhile.
func (w *Warehouse) keepLogin(tx *meta.Tx, of state.ClusterRecord, login nodeapi.Login) error {
	key := meta.Key{Account: of.Account, Region: of.Region, ID: w.Clock.OrderedID()}
	if _, err := state.DatabaseLogins.Insert(tx, key, state.DatabaseLogin{ClusterKey: of.Body.Key, Login: login}); err != nil {
		return err
	}
	return expireLoginLater(tx, login)
}

func expireLoginLater(tx *meta.Tx, login nodeapi.Login) error {
	return tx.Enqueue(loginExpiry{}, meta.EnqueueOptions{Unique: true, At: time.UnixMilli(login.ExpiresUnixMS)})
}

func (w *Warehouse) workLoginExpiry(ctx context.Context, _ loginExpiry) error {
	for more := true; more; {
		err := w.config.Store.Update(ctx, func(tx *meta.Tx) error {
			expired, err := state.DatabaseLogins.InOrder(tx, meta.Span{Name: state.LoginExpires, UpTo: state.IDAt(w.Clock.Now().UnixNano()), Limit: expiredAtOnce})
			if err != nil {
				return err
			}
			for _, record := range expired {
				if err := state.DatabaseLogins.Delete(tx, record.Key); err != nil {
					return err
				}
			}
			if more = len(expired) > 0; more {
				return nil
			}
			next, err := state.DatabaseLogins.InOrder(tx, meta.Span{Name: state.LoginExpires, Limit: 1})
			if err != nil || len(next) == 0 {
				return err
			}
			return expireLoginLater(tx, next[0].Body.Login)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// loginsOf are the logins of a cluster that are good still.
func (w *Warehouse) loginsOf(ctx context.Context, key string) (logins []nodeapi.Login, err error) {
	err = w.config.Store.View(ctx, func(tx *meta.Tx) error {
		records, err := state.DatabaseLogins.List(tx, meta.Query{Index: state.OfClusterKey(key)})
		for _, record := range records {
			logins = append(logins, record.Body.Login)
		}
		return err
	})
	return nodeapi.MergeLogins(nil, logins, w.Clock.Now()), err
}

// forgetLogins goes with the cluster.
func forgetLogins(tx *meta.Tx, of state.ClusterRecord) error {
	all, err := state.DatabaseLogins.List(tx, meta.Query{Account: of.Account, Region: of.Region, Index: state.OfClusterKey(of.Body.Key)})
	if err != nil {
		return err
	}
	for _, record := range all {
		if err := state.DatabaseLogins.Delete(tx, record.Key); err != nil {
			return err
		}
	}
	return nil
}

// tellLogin has the cluster's node accept the login. A node that does not run will be opened with it.
func (w *Warehouse) tellLogin(ctx context.Context, key string, login nodeapi.Login) error {
	err := w.config.Nodes.AddLogin(ctx, key, login)
	if errors.Is(err, fleet.ErrNotRunning) {
		return nil
	}
	return err
}
