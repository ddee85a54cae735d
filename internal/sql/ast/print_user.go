package ast

import (
	"strconv"
	"strings"
)

// hiddenPassword stands for a password wherever a statement is written.
const hiddenPassword = "'********'"

func (s *CreateUser) String() string {
	return Render(func(p *Printer) {
		p.Put("CREATE USER ", QuoteName(s.Name))
		p.userOptions(&s.Options)
	})
}

func (s *AlterUser) String() string {
	return Render(func(p *Printer) {
		p.Put("ALTER USER ", QuoteName(s.Name))
		p.userOptions(&s.Options)
		p.When(s.NewName != "", " RENAME TO "+QuoteName(s.NewName))
		if s.Set != nil {
			p.Put(" ", s.Set.String())
		}
		if s.Reset != "" {
			p.Put(" RESET ", settingName(s.Reset))
		}
	})
}

func (p *Printer) userOptions(o *UserOptions) {
	if o.Password != nil {
		text := hiddenPassword
		if o.Password.Disable {
			text = "DISABLE"
		}
		p.Put(" PASSWORD ", text)
	}
	p.eitherWord(o.CreateDB, " CREATEDB", " NOCREATEDB")
	p.eitherWord(o.CreateUser, " CREATEUSER", " NOCREATEUSER")
	p.When(o.SyslogAccess != "", " SYSLOG ACCESS "+strings.ToUpper(o.SyslogAccess))
	if o.ValidUntil != nil {
		p.Put(" VALID UNTIL ", p.Dialect.Text(*o.ValidUntil))
	}
	if o.ConnectionLimit != nil {
		limit := "UNLIMITED"
		if *o.ConnectionLimit >= 0 {
			limit = strconv.Itoa(*o.ConnectionLimit)
		}
		p.Put(" CONNECTION LIMIT ", limit)
	}
	if o.SessionTimeout != nil {
		p.Put(" SESSION TIMEOUT ", strconv.Itoa(*o.SessionTimeout))
	}
	if o.InGroups != nil {
		p.Put(" IN GROUP ")
		p.names(o.InGroups)
	}
}

func (p *Printer) eitherWord(given *bool, yes, no string) {
	if given != nil {
		p.When(*given, yes)
		p.When(!*given, no)
	}
}

func (s *DropUser) String() string {
	return Render(func(p *Printer) {
		p.Put("DROP USER ")
		p.When(s.IfExists, "IF EXISTS ")
		p.names(s.Names)
	})
}

func (s *CreateGroup) String() string {
	return Render(func(p *Printer) {
		p.Put("CREATE GROUP ", QuoteName(s.Name))
		if s.Users != nil {
			p.Put(" WITH USER ")
			p.names(s.Users)
		}
	})
}

func (s *AlterGroup) String() string {
	return Render(func(p *Printer) {
		p.Put("ALTER GROUP ", QuoteName(s.Name))
		switch {
		case s.Add != nil:
			p.Put(" ADD USER ")
			p.names(s.Add)
		case s.Drop != nil:
			p.Put(" DROP USER ")
			p.names(s.Drop)
		default:
			p.Put(" RENAME TO ", QuoteName(s.NewName))
		}
	})
}

func (s *DropGroup) String() string { return "DROP GROUP " + QuoteName(s.Name) }

func (s *AlterSchema) String() string {
	return Render(func(p *Printer) {
		p.Put("ALTER SCHEMA ")
		p.Table(s.Name)
		p.When(s.NewName != "", " RENAME TO "+QuoteName(s.NewName))
		p.When(s.Owner != "", " OWNER TO "+QuoteName(s.Owner))
		p.When(s.Quota != "", " QUOTA "+strings.ToUpper(s.Quota))
	})
}

func (s *Grant) String() string {
	return Render(func(p *Printer) {
		p.Put("GRANT ")
		p.rights(&s.Rights)
		p.Put(" TO ")
		p.grantees(s.Rights.Grantees)
	})
}

func (s *Revoke) String() string {
	return Render(func(p *Printer) {
		p.Put("REVOKE ")
		p.When(s.OptionOnly, "GRANT OPTION FOR ")
		p.rights(&s.Rights)
		p.Put(" FROM ")
		p.grantees(s.Rights.Grantees)
		p.behaviour(s.Behaviour)
	})
}

func (s *DefaultPrivileges) String() string {
	return Render(func(p *Printer) {
		p.Put("ALTER DEFAULT PRIVILEGES ")
		if s.Users != nil {
			p.Put("FOR USER ")
			p.names(s.Users)
			p.Put(" ")
		}
		if s.Schemas != nil {
			p.Put("IN SCHEMA ")
			p.names(s.Schemas)
			p.Put(" ")
		}
		p.Put(s.Change.String())
	})
}

func (p *Printer) rights(r *Rights) {
	privileges := "ALL"
	if r.Privileges != nil {
		privileges = strings.ToUpper(strings.Join(r.Privileges, ", "))
	}
	p.Put(privileges, " ON ")
	if r.Kind == "all tables" {
		p.Put("ALL TABLES IN SCHEMA ")
	} else {
		p.Put(strings.ToUpper(r.Kind))
		p.When(r.On != nil, " ")
	}
	p.List(len(r.On), func(i int) { p.Table(r.On[i]) })
}

func (p *Printer) grantees(list []Grantee) {
	p.List(len(list), func(i int) {
		switch grantee := list[i]; grantee.Kind {
		case "public":
			p.Put("PUBLIC")
			return
		case "group":
			p.Put("GROUP ")
		}
		p.Put(QuoteName(list[i].Name))
		p.When(list[i].Option, " WITH GRANT OPTION")
	})
}
