// Package nodeapi is the contract between the control plane and a cluster's process: the paths, requests and answers of the
// control protocol, and what the child inherits. Both sides import it, and it imports neither. It holds no behaviour beyond what
// both must agree on, such as when a password has expired.
package nodeapi

// The control protocol: HTTP over a unix socket that the parent listens on and hands to the child. Requests and answers are
// JSON; /restore, /table and /save answer with a stream of Event lines, the last of which has Done or Error set.
const (
	PathStatus      = "/status"      // GET  → Status
	PathRestore     = "/restore"     // POST RestoreRequest → Events: begins a restore, unless it has begun, and follows it until all blocks are there
	PathTable       = "/table"       // POST TableRequest → Events: copies one table of a snapshot into the open database
	PathOpen        = "/open"        // POST OpenRequest: opens (or creates) the database and starts to serve SQL
	PathSave        = "/save"        // POST SaveRequest → Events
	PathCredentials = "/credentials" // POST Credentials: replaces the admin user's password verifier
	PathLogin       = "/login"       // POST Login: one more password, for as long as it is good
	PathCertificate = "/certificate" // POST Certificate: what the SQL endpoint shows from now on
	PathBandwidth   = "/bandwidth"   // POST Bandwidth: what the transfer under way may use from now on
	PathShutdown    = "/shutdown"    // POST: checkpoint, close, exit 0
)

// The file descriptors that the child inherits.
const (
	FDControl = 3 // listening unix socket of the control protocol
	FDSQL     = 4 // listening TCP socket of the SQL endpoint
	FDParent  = 5 // read end of a pipe whose write end the parent holds: end of file means that the parent is gone
)

// StatusDamaged answers an OpenRequest whose database has lost something that was committed; the text says what.
const StatusDamaged = 410

// StatusNotOpen answers a SaveRequest or a TableRequest that came before the database was open, or when the node was ending: ask again.
const StatusNotOpen = 503

// Config is what the child is started with, as JSON on its standard input.
type Config struct {
	Cluster     string // the cluster's immutable key
	Dir         string // the cluster's folder, in which are the next four; empty leaves the node's files unlimited
	DataDir     string // holds the database files; made by the child when missing
	TempDir     string // spill and staging files; emptied at start
	LogDir      string // where the SQL logs are spooled; empty keeps none
	NoteFile    string // where is noted what was committed, outside of DataDir; empty notes nothing
	ViewDir     string // where the node may mount what it restores, seen by no other process; empty when it has no mounts of its own
	MemoryLimit string // the engine's memory limit, e.g. "2GB"
	Threads     int
	Stores      []string    // folders of snapshot stores; with Dir they are all the files that the node reaches
	ReadAll     bool        // there is a store in a cloud, whose client reads its credentials wherever they are
	MaxSessions int         // at the same time; 0 means Redshift's 500
	Certificate Certificate // of the SQL endpoint; the empty one offers no TLS
	LogLevel    string
}

// OpenRequest opens the cluster's database, or makes it.
type OpenRequest struct {
	Database   string // the name of the cluster's first database, e.g. "dev"
	Create     bool   `json:",omitempty"` // the cluster never had a database: make one, unless there is one
	AdminUser  string
	Verifier   string            // SCRAM-SHA-256 verifier in PostgreSQL's form
	Parameters map[string]string `json:",omitempty"` // the defaults of new sessions in the words of SHOW; with require_ssl on, clients need TLS; with enable_user_activity_logging on, statements are logged
	SingleNode bool              `json:",omitempty"` // the cluster has one node, which bounds what one FETCH returns
	Logins     []Login           `json:",omitempty"` // passwords of database users that are good for a while
	Restore    *RestoreRequest   `json:",omitempty"` // begins this restore, or goes on with it, unless all its data is there; the database opens as soon as it can
}

// Credentials names the admin user's present verifier. Sessions that are already open stay.
type Credentials struct {
	AdminUser string
	Verifier  string
}

// Login is a password that lets somebody in as a user of the database until it expires. It wants TLS.
type Login struct {
	Name          string   // as the client gives it, e.g. "IAMA:bob:readers"
	Verifier      string   // SCRAM-SHA-256 verifier; those of one name have one salt
	User          string   // the database user that it lets in
	Create        bool     // makes the user, without a password, at the first login
	Groups        []string `json:",omitempty"` // that the session joins
	Database      string   `json:",omitempty"` // the only one it is good for; empty is any
	ExpiresUnixMS int64
}

// Certificate is a certificate chain and its key, PEM.
type Certificate struct{ Chain, Key string }

// Store says where snapshot blocks are and how they are sealed.
type Store struct {
	URL   string // a gocloud.dev/blob URL
	Scope string // prefix of everything sealed under this data key
	Key   []byte // the data key, 32 bytes
}

// SaveRequest asks for a snapshot of everything that is committed when it arrives.
type SaveRequest struct {
	Store          Store
	Manifest       string // the id under which the manifest is written; saving twice under one id is idempotent
	Parent         string // manifest of the cluster's previous snapshot in the same scope, or empty
	BytesPerSecond int64  // 0 is unlimited
}

// RestoreRequest asks for the files of a manifest in the (empty or half-filled) data directory. The node carries the restore on by itself, also when
// nobody follows it.
type RestoreRequest struct {
	Store          Store
	Manifest       string
	BytesPerSecond int64
}

// TableRequest asks for one table of a manifest under a new name in the open database. No more of the snapshot is fetched than the table needs.
type TableRequest struct {
	Store          Store
	Manifest       string
	Request        string // names the copy: what was committed under this name is not copied again
	Database       string // the name that the database had when the manifest was saved
	Source, Target TableName
	BytesPerSecond int64
}

// TableName names a table of a database.
type TableName struct{ Schema, Table string }

// TableRestored is what a finished copy of a table is made of.
type TableRestored struct {
	Rows         int64
	FetchedBytes int64 // of the snapshot's files
}

// Bandwidth caps the transfers under way; 0 lifts the cap.
type Bandwidth struct {
	BytesPerSecond int64
}

// Event is one line of a /save or /restore answer.
type Event struct {
	Progress *Progress      `json:",omitempty"`
	Saved    *Saved         `json:",omitempty"` // with Done, for a save
	Table    *TableRestored `json:",omitempty"` // with Done, for a table
	Done     bool           `json:",omitempty"`
	Error    string         `json:",omitempty"`
	NoRoom   bool           `json:",omitempty"` // with Error, of a save: the store's disk is full
	Damaged  bool           `json:",omitempty"` // with Error: the snapshot's blocks are missing, altered or sealed with another key; a retry will not help
	Code     string         `json:",omitempty"` // with Error, of a table: the SQLSTATE with which a database refused, if one did; then Error is for the client's eyes
}

// Progress is how far a transfer has come.
type Progress struct {
	TotalBytes     int64   // to look at in all (save) or to write in all (restore)
	DoneBytes      int64   // of TotalBytes
	StoredBytes    int64   // save: new bytes written to the store so far
	BytesPerSecond float64 // recent rate of DoneBytes
	Seconds        float64 // since the transfer began
}

// Saved is what a finished save is made of.
type Saved struct {
	Manifest    string
	TotalBytes  int64 // bytes of the cluster's files, which a restore writes
	StoredBytes int64 // bytes that this save added to the store
	NewBlocks   int
	Blocks      int
	Seconds     float64
	BeganUnixMS int64 // the point in time that the snapshot holds, Unix milliseconds
}

// The states of a node.
const (
	StateEmpty     = "empty"
	StateRestoring = "restoring"
	StateOpen      = "open"
)

// Status is what a node says of itself.
type Status struct {
	State         string // StateEmpty, StateRestoring or StateOpen
	Limited       bool   // the node reaches no files but its own
	Sessions      int
	DatabaseBytes int64
	WrittenBytes  int64 // about how many bytes of changes the database has taken since it was opened
}
