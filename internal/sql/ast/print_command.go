package ast

import (
	"strconv"
	"strings"
)

func (s *Begin) String() string {
	text := "BEGIN"
	if s.Start {
		text = "START TRANSACTION"
	}
	if s.Options.Isolation != "" {
		text += " ISOLATION LEVEL " + strings.ToUpper(s.Options.Isolation)
	}
	if s.Options.Access != "" {
		text += " " + strings.ToUpper(s.Options.Access)
	}
	return text
}

func (*Commit) String() string   { return "COMMIT" }
func (*Rollback) String() string { return "ROLLBACK" }

func (s *Set) String() string {
	text := "SET "
	if s.Local {
		text += "LOCAL "
	}
	text += settingName(s.Name) + " TO "
	if s.Default {
		return text + "DEFAULT"
	}
	return text + redshift{}.Text(s.Value)
}

func (s *Reset) String() string { return "RESET " + settingName(s.Name) }
func (s *Show) String() string  { return "SHOW " + settingName(s.Name) }

// settingName writes a setting's name, whose dots part words rather than qualify anything. ALL is a setting too.
func settingName(name string) string {
	if name == "all" {
		return "ALL"
	}
	return Name(strings.Split(name, ".")).Quoted()
}

func (s *Explain) String() string {
	if s.Verbose {
		return "EXPLAIN VERBOSE " + s.Statement.String()
	}
	return "EXPLAIN " + s.Statement.String()
}

func (s *Analyze) String() string {
	return Render(func(p *Printer) {
		p.Put("ANALYZE")
		if s.Table != nil {
			p.Put(" ")
			p.Table(s.Table)
			p.bracketed(s.Columns)
		}
	})
}

func (s *Vacuum) String() string {
	return Render(func(p *Printer) {
		p.Put("VACUUM")
		p.When(s.Mode != "", " "+strings.ToUpper(s.Mode))
		if s.Table != nil {
			p.Put(" ")
			p.Table(s.Table)
		}
		p.When(s.Percent != "", " TO "+s.Percent+" PERCENT")
		p.When(s.Boost, " BOOST")
	})
}

func (s *CopyStdio) String() string {
	return Render(func(p *Printer) {
		p.Put("COPY ")
		if s.Query != nil {
			p.subquery(s.Query, true)
		} else {
			p.Table(s.Table)
			p.bracketed(s.Columns)
		}
		if s.Out {
			p.Put(" TO STDOUT")
		} else {
			p.Put(" FROM STDIN")
		}
		p.copyOptions(&s.Options)
	})
}

func (p *Printer) copyOptions(o *CopyOptions) {
	p.When(o.Format != "", " "+strings.ToUpper(o.Format))
	p.When(o.Header, " HEADER")
	for _, word := range []string{"delimiter", "null", "quote", "escape"} {
		if value := *o.Text(word); value != nil {
			p.Put(" ", strings.ToUpper(word), " ", p.Dialect.Text(*value))
		}
	}
}

func (s *Prepare) String() string {
	return Render(func(p *Printer) {
		p.Put("PREPARE ", QuoteName(s.Name))
		if len(s.Types) > 0 {
			p.Put(" (")
			p.List(len(s.Types), func(i int) { p.Put(p.Dialect.TypeName(s.Types[i])) })
			p.Put(")")
		}
		p.Put(" AS ", s.Statement.String())
	})
}

func (s *Execute) String() string { return Render(func(p *Printer) { p.execute(s) }) }

func (p *Printer) execute(s *Execute) {
	p.Put("EXECUTE ", QuoteName(s.Name))
	if len(s.Args) > 0 {
		p.Put("(")
		p.exprs(s.Args)
		p.Put(")")
	}
}

func (s *Deallocate) String() string {
	if s.Name == "" {
		return "DEALLOCATE ALL"
	}
	return "DEALLOCATE " + QuoteName(s.Name)
}

func (s *Declare) String() string {
	return "DECLARE " + QuoteName(s.Name) + " CURSOR FOR " + s.Query.String()
}

func (s *Fetch) String() string {
	count := "ALL"
	if s.Count >= 0 {
		count = strconv.Itoa(s.Count)
	}
	return "FETCH FORWARD " + count + " FROM " + QuoteName(s.Name)
}

func (s *CloseCursor) String() string {
	if s.Name == "" {
		return "CLOSE ALL"
	}
	return "CLOSE " + QuoteName(s.Name)
}

func (s *Lock) String() string {
	return Render(func(p *Printer) {
		p.Put("LOCK ")
		p.List(len(s.Tables), func(i int) { p.Table(s.Tables[i]) })
	})
}

func (s *Unsupported) String() string { return s.Text }
