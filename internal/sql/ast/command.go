package ast

// Begin is BEGIN or START TRANSACTION.
type Begin struct {
	Start   bool // START TRANSACTION was written
	Options TransactionOptions
}

// TransactionOptions are the modes of a transaction.
type TransactionOptions struct {
	Isolation string // "", or such as "serializable", "read committed"
	Access    string // "", "read only" or "read write"
}

// Commit is COMMIT or END.
type Commit struct{}

// Rollback is ROLLBACK or ABORT.
type Rollback struct{}

// Set is SET name TO value. The values of a list are joined by ", ". Default is SET name TO DEFAULT.
type Set struct {
	Name    string
	Value   string
	Local   bool
	Default bool
}

// Reset is RESET name; the name "all" stands for every setting.
type Reset struct{ Name string }

// Show is SHOW name.
type Show struct{ Name string }

// Explain is EXPLAIN [VERBOSE] statement.
type Explain struct {
	Verbose   bool
	Statement Statement
}

// Analyze is ANALYZE [table [(columns)]].
type Analyze struct {
	Table   Name
	Columns []string
}

// Vacuum is VACUUM; Mode is "", "full", "sort only", "delete only", "reindex" or "recluster".
type Vacuum struct {
	Mode    string
	Table   Name
	Percent string
	Boost   bool
}

// CopyStdio is COPY … FROM STDIN or COPY … TO STDOUT over the connection.
type CopyStdio struct {
	Table   Name
	Columns []string
	Query   *Query // COPY (query) TO STDOUT
	Out     bool
	Options CopyOptions
}

// CopyOptions are COPY's options as given; nil where not given.
type CopyOptions struct {
	Format    string // "", "text", "csv" or "binary"
	Header    bool
	Delimiter *string
	Null      *string
	Quote     *string
	Escape    *string
}

// Prepare is PREPARE name (types) AS statement.
type Prepare struct {
	Name      string
	Types     []Type
	Statement Statement
}

// Execute is EXECUTE name (arguments).
type Execute struct {
	Name string
	Args []Expr
}

// Deallocate is DEALLOCATE name; the empty name stands for ALL.
type Deallocate struct{ Name string }

// Declare is DECLARE name CURSOR FOR query.
type Declare struct {
	Name  string
	Query *Query
}

// Fetch is FETCH from a cursor; a negative Count is ALL.
type Fetch struct {
	Name  string
	Count int
}

// CloseCursor is CLOSE name; the empty name stands for ALL.
type CloseCursor struct{ Name string }

// Lock is LOCK TABLE.
type Lock struct{ Tables []Name }

// Unsupported is a statement of Redshift's that is recognised by its first words and read no further.
type Unsupported struct {
	Feature string // such as "GRANT" or "COPY from Amazon S3"
	Text    string // the statement as written
}

func (*Begin) statement()       {}
func (*Commit) statement()      {}
func (*Rollback) statement()    {}
func (*Set) statement()         {}
func (*Reset) statement()       {}
func (*Show) statement()        {}
func (*Explain) statement()     {}
func (*Analyze) statement()     {}
func (*Vacuum) statement()      {}
func (*CopyStdio) statement()   {}
func (*Prepare) statement()     {}
func (*Execute) statement()     {}
func (*Deallocate) statement()  {}
func (*Declare) statement()     {}
func (*Fetch) statement()       {}
func (*CloseCursor) statement() {}
func (*Lock) statement()        {}
func (*Unsupported) statement() {}

// Text is where the value of a text option is kept.
func (o *CopyOptions) Text(option string) **string {
	switch option {
	case "delimiter":
		return &o.Delimiter
	case "null":
		return &o.Null
	case "quote":
		return &o.Quote
	}
	return &o.Escape
}
