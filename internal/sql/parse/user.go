package parse

import (
	"math"
	"slipher/internal/sql/ast"
	"slipher/internal/sql/sqlstate"
)

// securityStatement reads the statements about users, groups and privileges; nil when it is none of them.
func (p *parser) securityStatement() ast.Statement {
	switch {
	case p.accept("create", "user"):
		user := &ast.CreateUser{Name: p.userName()}
		p.userOptions(&user.Options, true)
		return user
	case p.accept("alter", "user"):
		return p.alterUser()
	case p.accept("drop", "user"):
		return &ast.DropUser{IfExists: p.ifExists(), Names: p.userNames()}
	case p.accept("create", "group"):
		return p.createGroup()
	case p.accept("alter", "group"):
		return p.alterGroup()
	case p.accept("drop", "group"):
		return &ast.DropGroup{Name: p.userName()}
	case p.accept("alter", "schema"):
		return p.alterSchema()
	case p.accept("alter", "default", "privileges"):
		return p.defaultPrivileges()
	case p.accept("grant"):
		return p.grant(p.rights)
	case p.accept("revoke"):
		return p.revoke(p.rights)
	}
	return nil
}

// userName takes the name of a user or group.
func (p *parser) userName() string { return p.name() }

func (p *parser) userNames() []string {
	names := []string{p.userName()}
	for p.acceptOp(",") {
		names = append(names, p.userName())
	}
	return names
}

// userOptions reads the options of a user, which may be parted by commas.
func (p *parser) userOptions(options *ast.UserOptions, creating bool) {
	p.accept("with")
	for p.userOption(options, creating) {
		p.acceptOp(",")
	}
}

func (p *parser) userOption(options *ast.UserOptions, creating bool) bool {
	yes, no := true, false
	switch {
	case p.accept("password"):
		options.Password = p.password()
	case p.accept("createdb"):
		options.CreateDB = &yes
	case p.accept("nocreatedb"):
		options.CreateDB = &no
	case p.accept("createuser"):
		options.CreateUser = &yes
	case p.accept("nocreateuser"):
		options.CreateUser = &no
	case p.accept("syslog", "access"):
		options.SyslogAccess = p.oneOf("restricted", "unrestricted")
	case p.accept("valid", "until"):
		until := p.stringValue()
		options.ValidUntil = &until
	case p.accept("connection", "limit"):
		options.ConnectionLimit = p.limit()
	case p.accept("session", "timeout"):
		options.SessionTimeout = p.count()
	case !creating && p.accept("reset", "session", "timeout"):
		options.SessionTimeout = new(int)
	case creating && p.accept("in", "group"):
		options.InGroups = append(options.InGroups, p.userNames()...)
	case p.is("externalid"):
		panic(sqlstate.Unsupported(p.peek().Pos, "EXTERNALID is not supported yet"))
	default:
		return false
	}
	return true
}

func (p *parser) password() *ast.Password {
	if p.accept("disable") {
		return &ast.Password{Disable: true}
	}
	if p.peek().Kind != StringToken {
		p.fail()
	}
	return &ast.Password{Text: p.next().Text}
}

// limit takes a number of connections, which is -1 for UNLIMITED.
func (p *parser) limit() *int {
	if p.accept("unlimited") {
		unlimited := -1
		return &unlimited
	}
	return p.count()
}

func (p *parser) count() *int {
	at := *p.peek()
	value := p.integer()
	if value < 0 || value > math.MaxInt32 {
		p.failAt(at)
	}
	count := int(value)
	return &count
}

func (p *parser) alterUser() ast.Statement {
	alter := &ast.AlterUser{Name: p.userName()}
	switch {
	case p.accept("rename", "to"):
		alter.NewName = p.userName()
	case p.is("set"):
		set, ok := p.set().(*ast.Set)
		if !ok {
			p.fail()
		}
		alter.Set = set
	case p.is("reset") && !p.is("reset", "session", "timeout"):
		p.next()
		alter.Reset = p.settingName()
	default:
		start := p.at
		p.userOptions(&alter.Options, false)
		if p.at == start {
			p.fail()
		}
	}
	return alter
}

func (p *parser) createGroup() ast.Statement {
	group := &ast.CreateGroup{Name: p.userName()}
	p.accept("with")
	if p.accept("user") {
		group.Users = p.userNames()
	}
	return group
}

func (p *parser) alterGroup() ast.Statement {
	group := &ast.AlterGroup{Name: p.userName()}
	switch {
	case p.accept("add", "user"):
		group.Add = p.userNames()
	case p.accept("drop", "user"):
		group.Drop = p.userNames()
	default:
		p.expect("rename", "to")
		group.NewName = p.userName()
	}
	return group
}

func (p *parser) alterSchema() ast.Statement {
	schema := &ast.AlterSchema{Name: p.qualifiedName()}
	switch {
	case p.accept("rename", "to"):
		schema.NewName = p.name()
	case p.accept("owner", "to"):
		schema.Owner = p.userName()
	default:
		p.expect("quota")
		schema.Quota = p.quota()
	}
	return schema
}

func (p *parser) defaultPrivileges() ast.Statement {
	out := &ast.DefaultPrivileges{}
	if p.accept("for", "user") {
		out.Users = p.userNames()
	}
	if p.accept("in", "schema") {
		out.Schemas = p.userNames()
	}
	switch {
	case p.accept("grant"):
		out.Change = p.grant(p.futureRights)
	case p.accept("revoke"):
		out.Change = p.revoke(p.futureRights)
	default:
		p.fail()
	}
	return out
}

func (p *parser) grant(rights func() ast.Rights) ast.Statement {
	grant := &ast.Grant{Rights: rights()}
	p.expect("to")
	grant.Rights.Grantees = p.grantees(true)
	return grant
}

func (p *parser) revoke(rights func() ast.Rights) ast.Statement {
	revoke := &ast.Revoke{OptionOnly: p.accept("grant", "option", "for")}
	revoke.Rights = rights()
	p.expect("from")
	revoke.Rights.Grantees = p.grantees(false)
	revoke.Behaviour = p.behaviour()
	return revoke
}

// objectKinds are what GRANT may be about; the objects of the others are recognised and not offered.
var objectKinds = map[string]string{"table": "table", "schema": "schema", "database": "database"}

// rights reads privileges and the objects they are on.
func (p *parser) rights() ast.Rights {
	pos := p.peek().Pos
	rights := ast.Rights{Privileges: p.privileges(), Kind: "table"}
	if !p.accept("on") {
		panic(sqlstate.Unsupported(pos, "granting roles is not supported yet"))
	}
	switch {
	case p.accept("all", "tables", "in", "schema"):
		rights.Kind = "all tables"
	case p.isAny("function", "procedure", "language", "external", "datashare", "model", "assumerole", "all", "copy", "template"):
		panic(sqlstate.Unsupported(p.peek().Pos, "privileges on anything but tables, schemas and the database are not supported yet"))
	default:
		if kind := objectKinds[p.peek().Text]; kind != "" && p.peek().Kind == Identifier && p.peekAt(1).isName() {
			p.next()
			rights.Kind = kind
		}
	}
	rights.On = []ast.Name{p.qualifiedName()}
	for p.acceptOp(",") {
		rights.On = append(rights.On, p.qualifiedName())
	}
	return rights
}

// futureRights reads privileges on tables to come.
func (p *parser) futureRights() ast.Rights {
	rights := ast.Rights{Privileges: p.privileges(), Kind: "tables"}
	p.expect("on")
	if p.isAny("functions", "procedures") {
		panic(sqlstate.Unsupported(p.peek().Pos, "privileges on functions and procedures are not supported yet"))
	}
	p.expect("tables")
	return rights
}

// privileges reads a list of privileges; nil is ALL.
func (p *parser) privileges() []string {
	if p.accept("all") {
		p.accept("privileges")
		return nil
	}
	list := []string{p.privilege()}
	for p.acceptOp(",") {
		list = append(list, p.privilege())
	}
	return list
}

func (p *parser) privilege() string {
	if p.peek().Kind != Identifier {
		p.fail()
	}
	name := p.next().Text
	if p.isOp("(") {
		panic(sqlstate.Unsupported(p.peek().Pos, "privileges on single columns are not supported yet"))
	}
	if name == "temp" {
		return "temporary"
	}
	return name
}

func (p *parser) grantees(granting bool) []ast.Grantee {
	list := []ast.Grantee{p.grantee(granting)}
	for p.acceptOp(",") {
		list = append(list, p.grantee(granting))
	}
	return list
}

func (p *parser) grantee(granting bool) ast.Grantee {
	grantee := ast.Grantee{Kind: "user"}
	switch {
	case p.accept("public"):
		return ast.Grantee{Kind: "public"}
	case p.accept("group"):
		grantee.Kind = "group"
	case p.is("role") && p.peekAt(1).isName():
		panic(sqlstate.Unsupported(p.peek().Pos, "roles are not supported yet"))
	}
	grantee.Name = p.userName()
	grantee.Option = granting && p.accept("with", "grant", "option")
	return grantee
}
