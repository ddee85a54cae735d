package print

import "slipher/internal/sql/ast"

// Session is what a statement may ask about the session it runs in.
type Session struct {
	User     string // CURRENT_USER
	UserID   int32  // CURRENT_USER_ID
	Database string // CURRENT_DATABASE(); a name qualified with it loses that qualifier
	Schema   string // CURRENT_SCHEMA(), and where the sequences of unqualified tables go
	Version  string // VERSION()
	Backend  int32  // PG_BACKEND_PID()
	// Settings answers CURRENT_SETTING('name'); names are in lower case. The engine answers for what is missing here.
	Settings map[string]string
	// Hidden are schemas that no statement may name.
	Hidden []string
	// Catalog is asked what names mean. Without one they stay as they are, and nothing is known of what the statement needs.
	Catalog Catalog
	// Admin is the user who may do everything.
	Admin int32
	// System says what the engine calls one of the system's relations that a name in pg_catalog or information_schema means.
	System func(ast.Name) ast.Name
	// Columns are those that an INSERT fills which names none.
	Columns []string
	// Params are the types of parameters that the engine does not see where they stand; those without a name are left to it.
	Params []ast.Type
	// UserVariable is the engine's variable that holds CURRENT_USER, for views and defaults, which outlive the session; without one they keep User.
	UserVariable string
	// Unique tells the sequences behind IDENTITY columns apart: with a different value for every statement, tables that
	// are dropped and renamed around one another never come to share one. Empty is fine where that cannot happen.
	Unique string
}

// Unknown is the type of a parameter that nothing tells: it is text, unless what stands beside it says otherwise.
const Unknown = "unknown"

// Kind says what is to be done with a Plan.
type Kind int

// The kinds, with what is done or with what the plan holds beside its text.
const (
	KindNothing     Kind = iota // accepted, and there is nothing to do: ALTER TABLE … OWNER TO, LOCK
	KindQuery                   // run and return rows
	KindInsert                  // run and report the number of rows
	KindUpdate                  //
	KindDelete                  //
	KindSelectInto              // CREATE TABLE AS and SELECT INTO: run, report the number of rows
	KindDDL                     // run, and tell the catalog
	KindBegin                   // Begin holds the options
	KindCommit                  //
	KindRollback                //
	KindSet                     // Set holds name and value
	KindReset                   // Set holds the name; "all" is every setting
	KindShow                    // Show holds the name; "all" is every setting
	KindShowObjects             // Objects holds the statement
	KindCopyIn                  // Copy holds everything
	KindCopyOut                 // Copy holds everything
	KindVacuum                  // Target holds the table, or nothing for all
	KindAnalyze                 // Target holds the table, or nothing for all
	KindExplain                 // run and return the plan
	KindPrepare                 // Prepared holds the statement
	KindExecute                 // Prepared holds the arguments; whether rows come back only the prepared statement tells
	KindDeallocate              // Prepared holds the name; "" is all
	KindDeclare                 // Cursor holds the name, Runs the query
	KindFetch                   // Cursor holds the name and how many rows
	KindClose                   // Cursor holds the name; "" is all
	KindSecurity                // Security holds the statement, which is about users, groups or privileges
)

// Plan is a statement as one value: what it needs of the user's rights, what the engine runs, and what the catalog keeps.
type Plan struct {
	Kind Kind
	// Needs are the privileges without which the statement is refused.
	Needs []Need
	// Runs is the engine's SQL, to be run in order in one transaction. The result is that of the last; the others
	// prepare it. None is left for what is not the engine's to do.
	Runs []string
	// Keeps is what the catalog is told when that has been run.
	Keeps Keeps
	// Tag is the head of the command tag: "SELECT", "INSERT 0", "CREATE TABLE". Where Counts is set, a space and the
	// number of rows follow it.
	Tag    string
	Counts bool
	// Commits tells that the statement commits the transaction that it runs in.
	Commits bool
	// Rows tells that rows come back.
	Rows bool
	// Params is the highest number of a parameter, $1 being 1.
	Params int
	// Echoes holds the number of the parameter that a column of the result is, for columns that are no more than that.
	Echoes map[int]int

	Set      *Setting
	Show     string
	Objects  *ast.ShowObjects
	Begin    ast.TransactionOptions
	Copy     *Copy
	Target   ast.Name // the one table that INSERT, UPDATE, DELETE, TRUNCATE, VACUUM, ANALYZE or COPY is about
	Unnamed  bool     // the INSERT names no columns: it is for the first ones, as many as there are values
	Prepared *Prepared
	Cursor   *Cursor
	Security ast.Statement
}

// Cursor is about DECLARE, FETCH and CLOSE.
type Cursor struct {
	Name  string
	Count int // FETCH: how many rows at most; negative is all
}

// Setting is what SET and RESET change.
type Setting struct {
	Name, Value string
	Local       bool // for this transaction only
	Default     bool // back to the default; Value is empty
}

// Copy is COPY over the connection. Its options are complete: what was not given has PostgreSQL's default.
type Copy struct {
	Table     ast.Name
	Columns   []string
	Query     string // engine SQL of the rows to send, for COPY … TO STDOUT
	Format    string // "text", "csv" or "binary"
	Header    bool
	Delimiter string
	Null      string
	Quote     string
	Escape    string
}

// Prepared is about PREPARE, EXECUTE and DEALLOCATE.
type Prepared struct {
	Name      string
	Types     []ast.Type    // PREPARE: the declared types of the parameters
	Statement ast.Statement // PREPARE: what EXECUTE runs
	Args      []string      // EXECUTE: the arguments as engine SQL expressions
}
