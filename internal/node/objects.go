package node

import "context"

// enterObject has the catalogue keep a relation that was made, and gives it the privileges that its owner has set for relations to come. A view that
// takes another's place keeps that one's owner and privileges.
func (s *session) enterObject(ctx context.Context, made object, reads []object) error {
	rows, err := s.rows(ctx, s.own("SELECT kind FROM catalog.objects WHERE schema_name = $1 AND name = $2"), made.schema, made.name)
	if err != nil {
		return err
	}
	if replaces := len(rows) > 0 && made.kind == "view" && rows[0][0] == made.kind; replaces {
		_, err = s.change(ctx, s.own("UPDATE catalog.objects SET traced = $3 WHERE schema_name = $1 AND name = $2"), made.schema, made.name, made.traced)
	} else {
		err = s.newObject(ctx, made)
	}
	if err != nil {
		return err
	}
	return s.enterReads(ctx, made, reads)
}

func (s *session) newObject(ctx context.Context, made object) error {
	for _, table := range []string{"objects", "grants"} {
		if _, err := s.change(ctx, s.own("DELETE FROM catalog."+table+" WHERE schema_name = $1 AND name = $2"), made.schema, made.name); err != nil {
			return err
		}
	}
	if _, err := s.change(ctx, s.own("INSERT INTO catalog.objects VALUES ($1, $2, $3, $4, $5)"), made.schema, made.name, made.kind, made.owner, made.traced); err != nil {
		return err
	}
	_, err := s.change(ctx, s.own(`INSERT INTO catalog.grants SELECT $1, $2, grantee_kind, grantee, privilege, max(grantable), $3 FROM catalog.default_grants
		WHERE owner = $3 AND schema_name IN ('', $1) GROUP BY ALL`), made.schema, made.name, made.owner)
	return err
}

// enterReads keeps what a view reads, because it is held against the rights of the view's owner.
func (s *session) enterReads(ctx context.Context, made object, reads []object) error {
	if _, err := s.change(ctx, s.own("DELETE FROM catalog.view_reads WHERE schema_name = $1 AND name = $2"), made.schema, made.name); err != nil {
		return err
	}
	if made.kind != "view" {
		return nil
	}
	for _, read := range reads {
		if _, err := s.change(ctx, s.own("INSERT INTO catalog.view_reads VALUES ($1, $2, $3, $4)"), made.schema, made.name, read.schema, read.name); err != nil {
			return err
		}
	}
	return nil
}

// enterSchema has the catalogue keep a schema that was made, unless it was there.
func (s *session) enterSchema(ctx context.Context, schema string, owner int32) error {
	_, err := s.change(ctx, s.own(`INSERT INTO catalog.objects SELECT $1, '', 'schema', $2, false
		WHERE NOT EXISTS (SELECT 1 FROM catalog.objects WHERE schema_name = $1 AND name = '')`), schema, owner)
	return err
}

// forgetObjects forgets what is not there any more, also what a CASCADE took along, and the privileges on it.
func (s *session) forgetObjects(ctx context.Context) error {
	for _, statement := range []string{
		`DELETE FROM catalog.objects o WHERE NOT EXISTS (SELECT 1 FROM slipher.main.present p WHERE p.schema_name = o.schema_name AND p.name = o.name)`,
		`DELETE FROM catalog.grants g WHERE NOT EXISTS (SELECT 1 FROM catalog.objects o WHERE o.schema_name = g.schema_name AND o.name = g.name)`,
		`DELETE FROM catalog.view_reads v WHERE NOT EXISTS (SELECT 1 FROM catalog.objects o WHERE o.schema_name = v.schema_name AND o.name = v.name)`,
		`DELETE FROM catalog.default_grants d WHERE d.schema_name <> '' AND NOT EXISTS (SELECT 1 FROM catalog.objects o WHERE o.schema_name = d.schema_name)`,
	} {
		if _, err := s.change(ctx, s.own(statement)); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) renameObject(ctx context.Context, o object, name string) error {
	for _, table := range []string{"objects", "grants"} {
		if _, err := s.change(ctx, s.own("UPDATE catalog."+table+" SET name = $3 WHERE schema_name = $1 AND name = $2"), o.schema, o.name, name); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) setOwner(ctx context.Context, o object, owner int32) error {
	_, err := s.change(ctx, s.own("UPDATE catalog.objects SET owner = $3 WHERE schema_name = $1 AND name = $2"), o.schema, o.name, owner)
	return err
}
