package redshiftsql

import (
	"strconv"
	"strings"
)

// hiddenPassword stands for a password wherever a statement is written.
const hiddenPassword = "'********'"

func (s *CreateUser) String() string {
	return render(func(p *printer) {
		p.write("CREATE USER ", quoteName(s.Name))
		p.userOptions(&s.Options)
	})
}

func (s *AlterUser) String() string {
	return render(func(p *printer) {
		p.write("ALTER USER ", quoteName(s.Name))
		p.userOptions(&s.Options)
		p.when(s.NewName != "", " RENAME TO "+quoteName(s.NewName))
		if s.Set != nil {
			p.write(" ", s.Set.String())
		}
		if s.Reset != "" {
			p.write(" RESET ", settingName(s.Reset))
		}
	})
}

func (p *printer) userOptions(o *UserOptions) {
	if o.Password != nil {
		text := hiddenPassword
		if o.Password.Disable {
			text = "DISABLE"
		}
		p.write(" PASSWORD ", text)
	}
	p.eitherWord(o.CreateDB, " CREATEDB", " NOCREATEDB")
	p.eitherWord(o.CreateUser, " CREATEUSER", " NOCREATEUSER")
	p.when(o.SyslogAccess != "", " SYSLOG ACCESS "+strings.ToUpper(o.SyslogAccess))
	if o.ValidUntil != nil {
		p.write(" VALID UNTIL ", p.dialect.text(*o.ValidUntil))
	}
	if o.ConnectionLimit != nil {
		limit := "UNLIMITED"
		if *o.ConnectionLimit >= 0 {
			limit = strconv.Itoa(*o.ConnectionLimit)
		}
		p.write(" CONNECTION LIMIT ", limit)
	}
	if o.SessionTimeout != nil {
		p.write(" SESSION TIMEOUT ", strconv.Itoa(*o.SessionTimeout))
	}
	if o.InGroups != nil {
		p.write(" IN GROUP ")
		p.names(o.InGroups)
	}
}

func (p *printer) eitherWord(given *bool, yes, no string) {
	if given != nil {
		p.when(*given, yes)
		p.when(!*given, no)
	}
}

func (s *DropUser) String() string {
	return render(func(p *printer) {
		p.write("DROP USER ")
		p.when(s.IfExists, "IF EXISTS ")
		p.names(s.Names)
	})
}

func (s *CreateGroup) String() string {
	return render(func(p *printer) {
		p.write("CREATE GROUP ", quoteName(s.Name))
		if s.Users != nil {
			p.write(" WITH USER ")
			p.names(s.Users)
		}
	})
}

func (s *AlterGroup) String() string {
	return render(func(p *printer) {
		p.write("ALTER GROUP ", quoteName(s.Name))
		switch {
		case s.Add != nil:
			p.write(" ADD USER ")
			p.names(s.Add)
		case s.Drop != nil:
			p.write(" DROP USER ")
			p.names(s.Drop)
		default:
			p.write(" RENAME TO ", quoteName(s.NewName))
		}
	})
}

func (s *DropGroup) String() string { return "DROP GROUP " + quoteName(s.Name) }

func (s *AlterSchema) String() string {
	return render(func(p *printer) {
		p.write("ALTER SCHEMA ")
		p.table(s.Name)
		p.when(s.NewName != "", " RENAME TO "+quoteName(s.NewName))
		p.when(s.Owner != "", " OWNER TO "+quoteName(s.Owner))
		p.when(s.Quota != "", " QUOTA "+strings.ToUpper(s.Quota))
	})
}

func (s *Grant) String() string {
	return render(func(p *printer) {
		p.write("GRANT ")
		p.rights(&s.Rights)
		p.write(" TO ")
		p.grantees(s.Rights.Grantees)
	})
}

func (s *Revoke) String() string {
	return render(func(p *printer) {
		p.write("REVOKE ")
		p.when(s.OptionOnly, "GRANT OPTION FOR ")
		p.rights(&s.Rights)
		p.write(" FROM ")
		p.grantees(s.Rights.Grantees)
		p.behaviour(s.Behaviour)
	})
}

func (s *DefaultPrivileges) String() string {
	return render(func(p *printer) {
		p.write("ALTER DEFAULT PRIVILEGES ")
		if s.Users != nil {
			p.write("FOR USER ")
			p.names(s.Users)
			p.write(" ")
		}
		if s.Schemas != nil {
			p.write("IN SCHEMA ")
			p.names(s.Schemas)
			p.write(" ")
		}
		p.write(s.Change.String())
	})
}

func (p *printer) rights(r *Rights) {
	privileges := "ALL"
	if r.Privileges != nil {
		privileges = strings.ToUpper(strings.Join(r.Privileges, ", "))
	}
	p.write(privileges, " ON ")
	if r.Kind == "all tables" {
		p.write("ALL TABLES IN SCHEMA ")
	} else {
		p.write(strings.ToUpper(r.Kind))
		p.when(r.On != nil, " ")
	}
	p.list(len(r.On), func(i int) { p.table(r.On[i]) })
}

func (p *printer) grantees(list []Grantee) {
	p.list(len(list), func(i int) {
		switch grantee := list[i]; grantee.Kind {
		case "public":
			p.write("PUBLIC")
			return
		case "group":
			p.write("GROUP ")
		}
		p.write(quoteName(list[i].Name))
		p.when(list[i].Option, " WITH GRANT OPTION")
	})
}
