package catalog

import (
	"context"

	"slipher/internal/sql/print"
)

// KeepObjects has the catalogue keep whose relations and schemas are, under which name, and which are gone.
func (cat *Catalog) KeepObjects(ctx context.Context, kept print.Keeps) error {
	switch {
	case kept.Made != nil && kept.Made.Kind == "schema":
		return cat.enterSchema(ctx, kept.Made.Schema, kept.Made.Owner)
	case kept.Made != nil:
		return cat.enterObject(ctx, *kept.Made, kept.Reads)
	case kept.Given != nil:
		return cat.setOwner(ctx, kept.Given.Object, kept.Given.Owner)
	case kept.Renamed != nil:
		return cat.renameObject(ctx, kept.Renamed.Object, kept.Renamed.Name)
	case kept.Drop != nil:
		return cat.forgetObjects(ctx)
	}
	return nil
}

// enterObject has the catalogue keep a relation that was made, and gives it the privileges that its owner has set for relations to come. A view that
// takes another's place keeps that one's owner and privileges.
func (cat *Catalog) enterObject(ctx context.Context, made print.Object, reads []print.Object) error {
	rows, err := cat.Rows(ctx, cat.Own("SELECT kind FROM catalog.objects WHERE schema_name = $1 AND name = $2"), made.Schema, made.Name)
	if err != nil {
		return err
	}
	if replaces := len(rows) > 0 && made.Kind == "view" && rows[0][0] == made.Kind; replaces {
		_, err = cat.Change(ctx, cat.Own("UPDATE catalog.objects SET traced = $3 WHERE schema_name = $1 AND name = $2"), made.Schema, made.Name, made.Traced)
	} else {
		err = cat.newObject(ctx, made)
	}
	if err != nil {
		return err
	}
	return cat.enterReads(ctx, made, reads)
}

func (cat *Catalog) newObject(ctx context.Context, made print.Object) error {
	for _, table := range []string{"objects", "grants"} {
		if _, err := cat.Change(ctx, cat.Own("DELETE FROM catalog."+table+" WHERE schema_name = $1 AND name = $2"), made.Schema, made.Name); err != nil {
			return err
		}
	}
	if _, err := cat.Change(ctx, cat.Own("INSERT INTO catalog.objects VALUES ($1, $2, $3, $4, $5)"), made.Schema, made.Name, made.Kind, made.Owner, made.Traced); err != nil {
		return err
	}
	_, err := cat.Change(ctx, cat.Own(`INSERT INTO catalog.grants SELECT $1, $2, grantee_kind, grantee, privilege, max(grantable), $3 FROM catalog.default_grants
		WHERE owner = $3 AND schema_name IN ('', $1) GROUP BY ALL`), made.Schema, made.Name, made.Owner)
	return err
}

// enterReads keeps what a view reads, because it is held against the rights of the view's owner.
func (cat *Catalog) enterReads(ctx context.Context, made print.Object, reads []print.Object) error {
	if _, err := cat.Change(ctx, cat.Own("DELETE FROM catalog.view_reads WHERE schema_name = $1 AND name = $2"), made.Schema, made.Name); err != nil {
		return err
	}
	if made.Kind != "view" {
		return nil
	}
	for _, read := range reads {
		if _, err := cat.Change(ctx, cat.Own("INSERT INTO catalog.view_reads VALUES ($1, $2, $3, $4)"), made.Schema, made.Name, read.Schema, read.Name); err != nil {
			return err
		}
	}
	return nil
}

// enterSchema has the catalogue keep a schema that was made, unless it was there.
func (cat *Catalog) enterSchema(ctx context.Context, schema string, owner int32) error {
	_, err := cat.Change(ctx, cat.Own(`INSERT INTO catalog.objects SELECT $1, '', 'schema', $2, false
		WHERE NOT EXISTS (SELECT 1 FROM catalog.objects WHERE schema_name = $1 AND name = '')`), schema, owner)
	return err
}

// forgetObjects forgets what is not there any more, also what a CASCADE took along, and the privileges on it.
func (cat *Catalog) forgetObjects(ctx context.Context) error {
	for _, statement := range []string{
		`DELETE FROM catalog.objects o WHERE NOT EXISTS (SELECT 1 FROM slipher.slipher_own.present p WHERE p.schema_name = o.schema_name AND p.name = o.name)`,
		`DELETE FROM catalog.grants g WHERE NOT EXISTS (SELECT 1 FROM catalog.objects o WHERE o.schema_name = g.schema_name AND o.name = g.name)`,
		`DELETE FROM catalog.view_reads v WHERE NOT EXISTS (SELECT 1 FROM catalog.objects o WHERE o.schema_name = v.schema_name AND o.name = v.name)`,
		`DELETE FROM catalog.default_grants d WHERE d.schema_name <> '' AND NOT EXISTS (SELECT 1 FROM catalog.objects o WHERE o.schema_name = d.schema_name)`,
	} {
		if _, err := cat.Change(ctx, cat.Own(statement)); err != nil {
			return err
		}
	}
	return nil
}

func (cat *Catalog) renameObject(ctx context.Context, o print.Object, name string) error {
	for _, statement := range []string{
		"UPDATE catalog.objects SET name = $3 WHERE schema_name = $1 AND name = $2",
		"UPDATE catalog.grants SET name = $3 WHERE schema_name = $1 AND name = $2",
		"UPDATE catalog.views SET view_name = $3 WHERE schema_name = $1 AND view_name = $2",
		"UPDATE catalog.columns SET table_name = $3 WHERE schema_name = $1 AND table_name = $2",
		"UPDATE catalog.view_reads SET name = $3 WHERE schema_name = $1 AND name = $2",
	} {
		if _, err := cat.Change(ctx, cat.Own(statement), o.Schema, o.Name, name); err != nil {
			return err
		}
	}
	return cat.renameRead(ctx, o, name)
}

func (cat *Catalog) setOwner(ctx context.Context, o print.Object, owner int32) error {
	_, err := cat.Change(ctx, cat.Own("UPDATE catalog.objects SET owner = $3 WHERE schema_name = $1 AND name = $2"), o.Schema, o.Name, owner)
	return err
}
