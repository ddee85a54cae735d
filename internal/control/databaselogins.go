package control

import (
	"context"
	"errors"
	"time"

	"slipher/internal/fleet"
	"slipher/internal/meta"
	"slipher/internal/nodeapi"
)

// databaseLogin is a password for a cluster's database that was handed out, as its verifier, for as long as it is good.
type databaseLogin struct {
	ClusterKey string
	Login      nodeapi.Login
}

var databaseLogins = meta.Records[databaseLogin]{Kind: "database login", Index: func(l databaseLogin) []meta.Entry {
	return []meta.Entry{ofClusterKey(l.ClusterKey), {Name: loginExpires, Value: idAt(l.Login.ExpiresUnixMS * int64(time.Millisecond))}}
}}

// loginExpires orders the logins by when they expire.
const loginExpires = "login expires"

// loginExpiry deletes the logins that have expired. There is one such job, and it waits for the earliest of them.
type loginExpiry struct{}

func (loginExpiry) Kind() string { return "login-expiry" }

// keepLogin keeps the login until it expires, for nodes that are opened meanwhile.
func (c *Control) keepLogin(tx *meta.Tx, of clusterRecord, login nodeapi.Login) error {
	key := meta.Key{Account: of.Account, Region: of.Region, ID: c.orderedID()}
	if _, err := databaseLogins.Insert(tx, key, databaseLogin{ClusterKey: of.Body.Key, Login: login}); err != nil {
		return err
	}
	return expireLoginLater(tx, login)
}

func expireLoginLater(tx *meta.Tx, login nodeapi.Login) error {
	return tx.Enqueue(loginExpiry{}, meta.EnqueueOptions{Unique: true, At: time.UnixMilli(login.ExpiresUnixMS)})
}

func (c *Control) workLoginExpiry(ctx context.Context, _ loginExpiry) error {
	for more := true; more; {
		err := c.config.Store.Update(ctx, func(tx *meta.Tx) error {
			expired, err := databaseLogins.InOrder(tx, meta.Span{Name: loginExpires, UpTo: idAt(c.now().UnixNano()), Limit: expiredAtOnce})
			if err != nil {
				return err
			}
			for _, record := range expired {
				if err := databaseLogins.Delete(tx, record.Key); err != nil {
					return err
				}
			}
			if more = len(expired) > 0; more {
				return nil
			}
			next, err := databaseLogins.InOrder(tx, meta.Span{Name: loginExpires, Limit: 1})
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
func (c *Control) loginsOf(ctx context.Context, key string) (logins []nodeapi.Login, err error) {
	err = c.config.Store.View(ctx, func(tx *meta.Tx) error {
		records, err := databaseLogins.List(tx, meta.Query{Index: ofClusterKey(key)})
		for _, record := range records {
			logins = append(logins, record.Body.Login)
		}
		return err
	})
	return nodeapi.MergeLogins(nil, logins, c.now()), err
}

// forgetLogins goes with the cluster.
func forgetLogins(tx *meta.Tx, of clusterRecord) error {
	all, err := databaseLogins.List(tx, meta.Query{Account: of.Account, Region: of.Region, Index: ofClusterKey(of.Body.Key)})
	if err != nil {
		return err
	}
	for _, record := range all {
		if err := databaseLogins.Delete(tx, record.Key); err != nil {
			return err
		}
	}
	return nil
}

// tellLogin has the cluster's node accept the login. A node that does not run will be opened with it.
func (c *Control) tellLogin(ctx context.Context, key string, login nodeapi.Login) error {
	err := c.config.Nodes.AddLogin(ctx, key, login)
	if errors.Is(err, fleet.ErrNotRunning) {
		return nil
	}
	return err
}
