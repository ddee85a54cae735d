// Package sqllog has the records of Redshift's connection log, user log and user-activity log: what they say, how Redshift's log files write them, the
// spool into which a node writes them, and the gathering of spools into audit records.
//
// It promises that a client never waits for a record, that what a spool has taken is gathered once, and that neither a full disk nor a flood fills
// memory or disk: what is left out is counted, and a record says so. It knows neither accounts nor buckets.
package sqllog

import "time"

// Kind is one of Redshift's logs, by the name that it has in LogExports and in the names of files.
type Kind string

// The logs that can be delivered, and notices.
const (
	Connections Kind = "connectionlog"
	Users       Kind = "userlog"
	Activity    Kind = "useractivitylog"

	notices Kind = "slipher" // what slipher itself has to say; not delivered
)

// Kinds are those that are delivered.
var Kinds = []Kind{Connections, Users, Activity}

// The events of the connection log.
const (
	AuthenticationFailure = "authentication failure"
	Authenticated         = "authenticated"
	InitiatingSession     = "initiating session"
	ApplicationName       = "set application_name"
	DisconnectingSession  = "disconnecting session"
)

// The actions of the user log.
const (
	Create = "create"
	Alter  = "alter"
	Rename = "rename"
	Drop   = "drop"
)

// Record is a line of one of the logs. Its names are those of Redshift's columns; what does not belong to its kind is absent.
type Record struct {
	ID         string    `json:"id,omitempty"` // given by the spool
	Log        Kind      `json:"log"`
	RecordTime time.Time `json:"recordtime"`
	Cluster    string    `json:"cluster,omitempty"` // the key that the cluster keeps when it is renamed
	DBName     string    `json:"dbname,omitempty"`
	UserName   string    `json:"username,omitempty"`
	UserID     int64     `json:"userid,omitempty"`
	PID        uint32    `json:"pid,omitempty"`
	XID        int64     `json:"xid,omitempty"`

	// of the connection log
	Event           string `json:"event,omitempty"`
	RemoteHost      string `json:"remotehost,omitempty"`
	RemotePort      string `json:"remoteport,omitempty"`
	AuthMethod      string `json:"authmethod,omitempty"`
	Duration        int64  `json:"duration,omitempty"` // of the connection, in microseconds
	SSLVersion      string `json:"sslversion,omitempty"`
	SSLCipher       string `json:"sslcipher,omitempty"`
	ApplicationName string `json:"application_name,omitempty"`
	OSVersion       string `json:"os_version,omitempty"`
	DriverVersion   string `json:"driver_version,omitempty"`
	PluginName      string `json:"plugin_name,omitempty"`
	ProtocolVersion string `json:"protocol_version,omitempty"`
	SessionID       string `json:"global_session_id,omitempty"`
	Reason          string `json:"reason,omitempty"` // why a login failed, in the words that the client got; not in Redshift's files

	// of the user log
	OldUserName string `json:"oldusername,omitempty"`
	Action      string `json:"action,omitempty"`
	CreateDB    bool   `json:"usecreatedb,omitempty"`
	Super       bool   `json:"usesuper,omitempty"`
	UpdatesCat  bool   `json:"usecatupd,omitempty"`
	ValidUntil  string `json:"valuntil,omitempty"`

	// of the user-activity log
	Query string `json:"query,omitempty"` // without passwords
}

// maxText bounds what a client can put into a field; a query has maxQuery.
const (
	maxText  = 256
	maxQuery = 64 << 10
)

// bounded cuts what is longer than a field may be.
func (r Record) bounded() Record {
	for _, field := range []*string{
		&r.DBName, &r.UserName, &r.OldUserName, &r.RemoteHost, &r.AuthMethod, &r.ApplicationName, &r.OSVersion, &r.DriverVersion, &r.PluginName,
		&r.ProtocolVersion, &r.SessionID, &r.Reason, &r.ValidUntil,
	} {
		*field = cut(*field, maxText)
	}
	r.Query = cut(r.Query, maxQuery)
	return r
}
