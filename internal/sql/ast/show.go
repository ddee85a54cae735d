package ast

import (
	"strconv"
	"strings"
)

// ShowObjects is one of the SHOW statements about what there is, such as SHOW TABLES FROM SCHEMA.
type ShowObjects struct {
	What  string   // in lower case: "tables", "grants", "foreign keys exported"; for SHOW TABLE "table"
	Of    string   // what the path names: "database", "schema", "table", "view", "function" or "procedure"
	Path  []Word   // without Of the database of SHOW GRANTS FOR … FROM DATABASE
	Args  []Word   // the types of a function's arguments
	For   *Grantee // whose grants; Kind may be "role"
	Like  *Word
	Limit *Word // a whole number
}

// Word is a name or a text, or the parameter that stands for it.
type Word struct {
	Text  string
	Param int // its number; 0 where there is a text
}

func (*ShowObjects) statement() {}

// Params is how many parameters stand in the statement.
func (s *ShowObjects) Params() int {
	count := 0
	for _, words := range [][]Word{s.Path, s.Args} {
		for _, word := range words {
			count = max(count, word.Param)
		}
	}
	for _, word := range []*Word{s.Like, s.Limit} {
		if word != nil {
			count = max(count, word.Param)
		}
	}
	return count
}

func (s *ShowObjects) String() string {
	text := "SHOW " + s.head()
	if s.Of != "" {
		text += s.path()
	}
	if s.Of == "function" || s.Of == "procedure" {
		text += "(" + s.arguments() + ")"
	}
	if s.For != nil {
		text += s.For.asked()
	}
	if s.Of == "" && s.Path != nil {
		text += " FROM DATABASE " + s.path()
	}
	if s.Like != nil {
		text += " LIKE " + s.Like.written(redshift{}.Text)
	}
	if s.Limit != nil {
		text += " LIMIT " + s.Limit.written(func(number string) string { return number })
	}
	return text
}

// head is what stands before the path.
func (s *ShowObjects) head() string {
	what, of := strings.ToUpper(s.What), strings.ToUpper(s.Of)
	switch {
	case s.What == "primary keys", s.What == "foreign keys", s.What == "foreign keys exported":
		return "CONSTRAINTS " + what + " FROM TABLE "
	case s.What == "parameters":
		return what + " OF " + of + " "
	case s.What == "table", s.What == "view":
		return what + " "
	case s.Of == "":
		return what
	case s.What == "grants", s.What == "column grants":
		return what + " ON " + of + " "
	}
	return what + " FROM " + of + " "
}

func (s *ShowObjects) path() string {
	parts := make([]string, len(s.Path))
	for i, part := range s.Path {
		parts[i] = part.written(QuoteName)
	}
	return strings.Join(parts, ".")
}

func (s *ShowObjects) arguments() string {
	args := make([]string, len(s.Args))
	for i, arg := range s.Args {
		args[i] = arg.written(func(name string) string { return name })
	}
	return strings.Join(args, ", ")
}

func (g *Grantee) asked() string {
	switch g.Kind {
	case "public":
		return " FOR PUBLIC"
	case "role":
		return " FOR ROLE " + QuoteName(g.Name)
	}
	return " FOR " + QuoteName(g.Name)
}

func (w Word) written(quote func(string) string) string {
	if w.Param > 0 {
		return "$" + strconv.Itoa(w.Param)
	}
	return quote(w.Text)
}
