package state

import (
	"time"

	"slipher/internal/meta"
	"slipher/internal/nodeapi"
)

// DatabaseLogin is a password for a cluster's database that was handed out, as its verifier, for as long as it is good.
type DatabaseLogin struct {
	ClusterKey string
	Login      nodeapi.Login
}

// DatabaseLogins are found by their cluster, and in the order in which they expire.
var DatabaseLogins = meta.Records[DatabaseLogin]{Kind: "database login", Index: func(l DatabaseLogin) []meta.Entry {
	return []meta.Entry{OfClusterKey(l.ClusterKey), {Name: LoginExpires, Value: IDAt(l.Login.ExpiresUnixMS * int64(time.Millisecond))}}
}}

// LoginExpires orders the logins by when they expire.
const LoginExpires = "login expires"
