package ast

// ColumnRef is a column, perhaps qualified, or a path into a SUPER column: which of them only the catalogue can tell.
type ColumnRef struct {
	Name Name
	Pos  int
}

// Star is * or t.*, perhaps without some columns.
type Star struct {
	Table   Name
	Exclude []string
}

type (
	// Number is a literal as it is written, so that no digit of a decimal is lost.
	Number struct{ Text string }
	// String is a literal without its quotes and escapes.
	String struct{ Value string }
	// Boolean is TRUE or FALSE.
	Boolean struct{ Value bool }
	// Null is NULL.
	Null struct{}
	// Param is $1 and so on, counted from 1.
	Param struct{ Number int }
)

// Interval is an INTERVAL literal; Unit is what follows the string, such as "day" or "year to month", or empty.
type Interval struct{ Value, Unit string }

// Default is DEFAULT where a value is expected: in VALUES and in UPDATE … SET.
type Default struct{}

// Unary is a prefix operator; Op is "not", "-", "+", "~", "@", "|/" or "||/".
type Unary struct {
	Op string
	X  Expr
}

// Binary is an infix operator; OPERATOR(schema.op) is kept as op.
type Binary struct {
	Op   string
	L, R Expr
}

// Logic is a chain of AND or of OR, kept flat because programs write very long ones.
type Logic struct {
	Op    string
	Terms []Expr
}

// Is is IS [NOT] NULL, TRUE, FALSE or UNKNOWN.
type Is struct {
	X    Expr
	Not  bool
	What string
}

// IsDistinct is IS [NOT] DISTINCT FROM.
type IsDistinct struct {
	L, R Expr
	Not  bool
}

// Between is [NOT] BETWEEN.
type Between struct {
	X, Low, High Expr
	Not          bool
}

// In is [NOT] IN with a list or a query.
type In struct {
	X     Expr
	Not   bool
	List  []Expr
	Query *Query
}

// Like is [NOT] LIKE, ILIKE or SIMILAR TO; Op is "like", "ilike" or "similar to".
type Like struct {
	Op         string
	X, Pattern Expr
	Escape     Expr
	Not        bool
}

// Quantified is x op ANY (…) or ALL (…), over a query or an array.
type Quantified struct {
	X     Expr
	Op    string
	All   bool
	Query *Query
	Array Expr
}

type (
	// Exists is EXISTS (query).
	Exists struct{ Query *Query }
	// ArrayQuery is ARRAY(query), as psql asks for.
	ArrayQuery struct{ Query *Query }
	// Subquery is a query that stands for one value.
	Subquery struct{ Query *Query }
)

// Case is CASE; Operand is nil in the searched form.
type Case struct {
	Operand Expr
	Whens   []When
	Else    Expr
}

// When is one branch of a Case.
type When struct{ Condition, Result Expr }

// Cast is CAST(x AS type), x::type, CONVERT(type, x) or a typed literal.
type Cast struct {
	X    Expr
	Type Type
	Try  bool // TRY_CAST: NULL for what cannot be cast
	// native casts were made by the translation and mean the engine's own cast.
	Native bool
}

// Row is a row value.
type Row struct{ Items []Expr }

// Array is ARRAY[…].
type Array struct{ Items []Expr }

// Index is x[i], or x[low:high] when Slice is set, where either bound may be nil.
type Index struct {
	X, Low, High Expr
	Slice        bool
}

// Field is a step into a SUPER value that is not a plain column: (x).name.
type Field struct {
	X    Expr
	Name string
}

// Call is a function call with everything that may go with one.
type Call struct {
	Name        Name
	Args        []Expr
	Star        bool // count(*)
	Distinct    bool
	Approximate bool
	OrderBy     []SortTerm
	WithinGroup []SortTerm
	Filter      Expr
	Nulls       string // "", "ignore nulls" or "respect nulls"
	Over        *Window
	Pos         int
	// native calls were made by the translation and mean the engine's own function.
	Native bool
}

// BareCall is a function without parentheses, such as CURRENT_USER or SYSDATE.
type BareCall struct {
	Name string
	Pos  int
}

// Extract is EXTRACT(part FROM x).
type Extract struct {
	Part string
	X    Expr
	Pos  int
}

// AtTimeZone is x AT TIME ZONE zone.
type AtTimeZone struct{ X, Zone Expr }

// Collate is x COLLATE collation.
type Collate struct {
	X         Expr
	Collation Name
}

// GroupingSets is the GROUPING SETS (…) of a GROUP BY. Without sets it is (), the group of all rows.
type GroupingSets struct{ Sets []Expr }

// Window is what follows OVER. Reference is a window's name: alone (OVER w) when Bare is set, else as the start of
// a new one (OVER (w ORDER BY …)).
type Window struct {
	Reference   string
	Bare        bool
	PartitionBy []Expr
	OrderBy     []SortTerm
	Frame       *Frame
}

// Frame is a window's frame; Unit is "rows" or "range".
type Frame struct {
	Unit       string
	Start, End *Bound // End is nil in the short form
}

// Bound is one end of a Frame: "unbounded preceding", "current row", …; Offset goes before a plain "preceding".
type Bound struct {
	Offset Expr
	Kind   string
}

// Rewritten is an expression in whose place another makes the engine compute what the first means. Package bind makes it; in
// Redshift's dialect it is the first.
type Rewritten struct{ Original, Engine Expr }

// Verbatim is engine SQL made by the translation, printed as it is.
type Verbatim struct{ Text string }

func (*ColumnRef) expr()    {}
func (*Star) expr()         {}
func (*Number) expr()       {}
func (*String) expr()       {}
func (*Boolean) expr()      {}
func (*Null) expr()         {}
func (*Param) expr()        {}
func (*Interval) expr()     {}
func (*Default) expr()      {}
func (*Unary) expr()        {}
func (*Binary) expr()       {}
func (*Logic) expr()        {}
func (*Is) expr()           {}
func (*IsDistinct) expr()   {}
func (*Between) expr()      {}
func (*In) expr()           {}
func (*Like) expr()         {}
func (*Quantified) expr()   {}
func (*Exists) expr()       {}
func (*ArrayQuery) expr()   {}
func (*Subquery) expr()     {}
func (*Case) expr()         {}
func (*Cast) expr()         {}
func (*Row) expr()          {}
func (*Array) expr()        {}
func (*Index) expr()        {}
func (*Field) expr()        {}
func (*Call) expr()         {}
func (*BareCall) expr()     {}
func (*Extract) expr()      {}
func (*AtTimeZone) expr()   {}
func (*Collate) expr()      {}
func (*GroupingSets) expr() {}
func (*Rewritten) expr()    {}
func (*Verbatim) expr()     {}
