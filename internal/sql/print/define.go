package print

import (
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/sqlstate"
)

func (t *translator) createView(s *ast.CreateView) Plan {
	plain := *s
	plain.Name, plain.LateBinding = t.makeView(s), false
	t.tracing, t.late = true, s.LateBinding
	sql := t.viewSQL(&plain)
	t.keeps.View = &View{Name: t.Name(plain.Name), Query: s.Query.String(), Late: s.LateBinding}
	if !s.LateBinding {
		t.keeps.View.Columns = t.described(nil, s.Outputs)
	}
	if reads := t.reads; s.LateBinding {
		plain.OrReplace = true
		t.keeps.View.Waiting, t.reads = t.viewSQL(&plain), reads
	}
	return Plan{Kind: KindDDL, Tag: "CREATE VIEW", Runs: []string{sql}, Target: t.Name(plain.Name)}
}

func (t *translator) viewSQL(s *ast.CreateView) string {
	return t.print(func(p *ast.Printer) { t.Keep(func() { p.CreateView(s) }) })
}

// makeView admits a view that is made, or that takes another's place.
func (t *translator) makeView(s *ast.CreateView) ast.Name {
	name := t.creation(s.Name, false)
	if s.OrReplace && t.session.Catalog != nil {
		if found, ok := t.find(name); ok && found.Kind == Stored {
			t.need(found.Object, Owning)
			name = found.Name
		}
	}
	t.made(name, "view", true)
	return name
}

// Keep marks what write writes as something that outlives the session.
func (t *translator) Keep(write func()) {
	before := t.keeping
	t.keeping = true
	write()
	t.keeping = before
}

func (t *translator) createSchema(s *ast.CreateSchema) Plan {
	if t.session.Catalog != nil {
		t.makeSchema(s)
	}
	sql := t.print(func(p *ast.Printer) { p.CreateSchema(&ast.CreateSchema{Name: s.Name, IfNotExists: s.IfNotExists}) })
	return Plan{Kind: KindDDL, Tag: "CREATE SCHEMA", Runs: []string{sql}, Target: s.Name}
}

// makeSchema admits a schema that is made. Only superusers make one for somebody else.
func (t *translator) makeSchema(s *ast.CreateSchema) {
	if len(s.Name) > 1 {
		t.refuse(sqlstate.CrossDatabase(strings.Join(s.Name, ".")))
	}
	t.need(Object{}, "create")
	owner := t.session.UserID
	if s.Owner != "" && s.Owner != t.session.User {
		t.superuserOnly()
		owner, _ = t.user(s.Owner)
	}
	t.keeps.Made = &Object{Schema: s.Name.Last(), Kind: "schema", Owner: owner}
}

// alterSchema gives a schema another owner. Quotas are not kept.
func (t *translator) alterSchema(s *ast.AlterSchema) Plan {
	if t.session.Catalog != nil {
		found, exists := t.schema(s.Name.Last())
		switch {
		case !exists || len(s.Name) > 1:
			t.refuse(sqlstate.NoSchema(strings.Join(s.Name, ".")))
		case s.Owner == "":
			t.superuserOnly()
		default:
			t.given(found, s.Owner)
		}
	}
	if s.NewName != "" {
		t.refuse(sqlstate.Unsupported(0, "renaming a schema is not supported yet"))
	}
	return Plan{Kind: KindDDL, Tag: "ALTER SCHEMA"}
}

// drop drops one object with each statement, since the engine takes no more.
func (t *translator) drop(s *ast.Drop) Plan {
	dropped := &Dropped{Object: s.Object, Cascade: s.Behaviour == "cascade"}
	t.keeps.Drop = dropped
	out := Plan{Kind: KindDDL, Tag: "DROP " + strings.ToUpper(s.Object)}
	for _, name := range s.Names {
		one := *s
		one.Names = []ast.Name{t.dropped(s, name)}
		dropped.Names = append(dropped.Names, t.Name(one.Names[0]))
		out.Runs = append(out.Runs, t.print(func(p *ast.Printer) { p.Drop(&one) }))
	}
	return out
}

// dropped admits what is dropped, and returns its full name.
func (t *translator) dropped(s *ast.Drop, name ast.Name) ast.Name {
	switch {
	case t.session.Catalog == nil:
		return name
	case s.Object == "schema":
		return t.droppedSchema(s, name)
	}
	found, ok := t.find(name)
	switch {
	case !ok:
		return name
	case found.Kind == System:
		t.refuse(systemCatalog(name))
	case found.Kind == Nowhere:
		return t.absent(s, name, sqlstate.NoRelation(strings.Join(name, ".")))
	case found.Kind == Stored:
		t.need(found.Object, Owning, OwningSchema, "drop")
	}
	return found.Name
}

func (t *translator) droppedSchema(s *ast.Drop, name ast.Name) ast.Name {
	found, exists := t.schema(name.Last())
	if !exists || len(name) > 1 {
		return t.absent(s, name, sqlstate.NoSchema(strings.Join(name, ".")))
	}
	t.need(found, Owning, "drop")
	return ast.Name{found.Schema}
}

// absent is something to drop that is not there. The engine tells a superuser so, and for others IF EXISTS has to do.
func (t *translator) absent(s *ast.Drop, name ast.Name, missing error) ast.Name {
	switch {
	case t.superuser():
		t.superuserOnly()
		return name
	case !s.IfExists:
		t.refuse(missing)
	}
	return ast.Name{"public", absentName}
}

// absentName is a name that nothing has, for a DROP … IF EXISTS that is to drop nothing.
const absentName = "\x01 nothing"

// comment comments on relations and columns; what is said of anything else is not kept.
func (t *translator) comment(s *ast.Comment) Plan {
	if s.Object == "database" || s.Object == "constraint" || s.Object == "schema" {
		return Plan{Kind: KindNothing, Tag: "COMMENT"}
	}
	out, relation := *s, s.Name
	if s.Object == "column" {
		relation = s.Name[:len(s.Name)-1]
	}
	out.Name = append(append(ast.Name{}, t.changed(relation, Owning)...), s.Name[len(relation):]...)
	sql := t.print(func(p *ast.Printer) { p.Comment(&out) })
	return Plan{Kind: KindDDL, Tag: "COMMENT", Runs: []string{sql}}
}
