package redshiftsql

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
	return text + redshift{}.text(s.Value)
}

func (s *Reset) String() string { return "RESET " + settingName(s.Name) }
func (s *Show) String() string  { return "SHOW " + settingName(s.Name) }

// settingName writes a setting's name, whose dots part words rather than qualify anything. ALL is a setting too.
func settingName(name string) string {
	if name == "all" {
		return "ALL"
	}
	return Name(strings.Split(name, ".")).quoted()
}

func (s *Explain) String() string {
	if s.Verbose {
		return "EXPLAIN VERBOSE " + s.Statement.String()
	}
	return "EXPLAIN " + s.Statement.String()
}

func (s *Analyze) String() string {
	return render(func(p *printer) {
		p.write("ANALYZE")
		if s.Table != nil {
			p.write(" ")
			p.table(s.Table)
			p.bracketed(s.Columns)
		}
	})
}

func (s *Vacuum) String() string {
	return render(func(p *printer) {
		p.write("VACUUM")
		p.when(s.Mode != "", " "+strings.ToUpper(s.Mode))
		if s.Table != nil {
			p.write(" ")
			p.table(s.Table)
		}
		p.when(s.Percent != "", " TO "+s.Percent+" PERCENT")
		p.when(s.Boost, " BOOST")
	})
}

func (s *CopyStdio) String() string {
	return render(func(p *printer) {
		p.write("COPY ")
		if s.Query != nil {
			p.subquery(s.Query, true)
		} else {
			p.table(s.Table)
			p.bracketed(s.Columns)
		}
		if s.Out {
			p.write(" TO STDOUT")
		} else {
			p.write(" FROM STDIN")
		}
		p.copyOptions(&s.Options)
	})
}

func (p *printer) copyOptions(o *CopyOptions) {
	p.when(o.Format != "", " "+strings.ToUpper(o.Format))
	p.when(o.Header, " HEADER")
	for _, word := range []string{"delimiter", "null", "quote", "escape"} {
		if value := *o.text(word); value != nil {
			p.write(" ", strings.ToUpper(word), " ", p.dialect.text(*value))
		}
	}
}

func (s *Prepare) String() string {
	return render(func(p *printer) {
		p.write("PREPARE ", quoteName(s.Name))
		if len(s.Types) > 0 {
			p.write(" (")
			p.list(len(s.Types), func(i int) { p.write(p.dialect.typeName(s.Types[i])) })
			p.write(")")
		}
		p.write(" AS ", s.Statement.String())
	})
}

func (s *Execute) String() string { return render(func(p *printer) { p.execute(s) }) }

func (p *printer) execute(s *Execute) {
	p.write("EXECUTE ", quoteName(s.Name))
	if len(s.Args) > 0 {
		p.write("(")
		p.exprs(s.Args)
		p.write(")")
	}
}

func (s *Deallocate) String() string {
	if s.Name == "" {
		return "DEALLOCATE ALL"
	}
	return "DEALLOCATE " + quoteName(s.Name)
}

func (s *Declare) String() string {
	return "DECLARE " + quoteName(s.Name) + " CURSOR FOR " + s.Query.String()
}

func (s *Fetch) String() string {
	count := "ALL"
	if s.Count >= 0 {
		count = strconv.Itoa(s.Count)
	}
	return "FETCH FORWARD " + count + " FROM " + quoteName(s.Name)
}

func (s *CloseCursor) String() string {
	if s.Name == "" {
		return "CLOSE ALL"
	}
	return "CLOSE " + quoteName(s.Name)
}

func (s *Lock) String() string {
	return render(func(p *printer) {
		p.write("LOCK ")
		p.list(len(s.Tables), func(i int) { p.table(s.Tables[i]) })
	})
}

func (s *Unsupported) String() string { return s.Text }
