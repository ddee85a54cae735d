package catalog

// shownListings are what SHOW statements list, as the engine's SQL. {schema} and {relation} stand for what the statement names, {seen} for
// whether the user sees the relation "name" of the schema "schema_name", {whose} for whose grants are shown.
var shownListings = map[string]struct {
	name  string // the column that LIKE looks at
	order string
	query string
}{
	"databases": {"database_name", "database_name", `SELECT database_name, database_owner::INTEGER, database_type, database_acl, database_options, database_isolation_level
		FROM slipher.main.svv_redshift_databases`},
	"schemas": {"schema_name", "schema_name", `SELECT current_database() AS database_name, name AS schema_name, owner::INTEGER AS schema_owner, 'local' AS schema_type,
			array_to_string(slipher.slipher_own.acl(s.name, ''), '~') AS schema_acl, NULL AS source_database, NULL AS schema_option
		FROM slipher.slipher_own.visible_schemas s WHERE database_name <> 'temp' AND {seen schema}
		UNION ALL SELECT current_database(), unnest(['information_schema', 'pg_catalog']), 1, 'local', 'rdsdb=UC/rdsdb~=U/rdsdb', NULL, NULL`},
	"tables": {"table_name", "table_name", `SELECT current_database() AS database_name, schema_name, name AS table_name, CASE kind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END AS table_type,
			array_to_string(slipher.slipher_own.acl(r.schema_name, r.name), '~') AS table_acl, comment AS remarks, slipher.main.pg_get_userbyid(owner) AS owner, NULL AS last_altered_time,
			NULL AS last_modified_time,
			CASE kind WHEN 'r' THEN coalesce((SELECT max(t.diststyle) FROM slipher_catalog.tables t WHERE t.schema_name = r.schema_name AND t.table_name = r.name), 'AUTO(ALL)') END AS dist_style,
			CASE WHEN kind = 'r' THEN 'REGULAR TABLE' WHEN definition LIKE '% with no schema binding;' THEN 'LATE BINDING VIEW' ELSE 'REGULAR VIEW' END AS table_subtype
		FROM slipher.slipher_own.visible_relations r WHERE schema_name = {schema} AND {seen}`},
	"columns": {"column_name", "ordinal_position", `SELECT c.table_catalog AS database_name, c.table_schema AS schema_name, c.table_name, c.column_name, c.ordinal_position::INTEGER AS ordinal_position,
			v.default_value AS column_default, c.is_nullable, c.data_type, c.character_maximum_length::INTEGER, c.numeric_precision::INTEGER, c.numeric_scale::INTEGER, c.remarks,
			CASE WHEN v.sortkey <> 0 THEN (SELECT upper(max(t.sortstyle)) FROM slipher_catalog.tables t WHERE t.schema_name = {schema} AND t.table_name = {relation}) END AS sort_key_type, v.sortkey::INTEGER AS sort_key, v.distkey::INTEGER AS dist_key,
			coalesce(v.encoding, 'none') AS encoding, NULL AS collation
		FROM slipher.main.svv_columns c JOIN slipher.slipher_own.visible_columns v ON v.schema_name = c.table_schema AND v.relation_name = c.table_name AND v.name = c.column_name
		WHERE c.table_schema = {schema} AND c.table_name = {relation}`},
	"primary keys": {"column_name", "key_seq", `SELECT current_database() AS database_name, schema_name, table_name, name AS pk_name, column_name, position::INTEGER AS key_seq
		FROM slipher.slipher_own.key_columns WHERE kind = 'primary key' AND schema_name = {schema} AND table_name = {relation}`},
	"foreign keys":          {"fk_column_name", foreignOrder, foreignKeys + "k.schema_name = {schema} AND k.table_name = {relation}"},
	"foreign keys exported": {"fk_column_name", foreignOrder, foreignKeys + "k.far_schema = {schema} AND k.far_table = {relation}"},
	"grants": {"object_name", "schema_name NULLS FIRST, object_name NULLS FIRST, privilege_type", `SELECT current_database() AS database_name, nullif(schema_name, '') AS schema_name,
			CASE WHEN schema_name <> '' THEN coalesce(nullif(name, ''), schema_name) END AS object_name, kind AS object_type, ` + grantColumns + ` FROM slipher.slipher_own.all_grants WHERE {whose}`},
	"grants on database": {"database_name", grantOrder, "SELECT current_database() AS database_name, " + grantColumns + " FROM slipher.slipher_own.all_grants WHERE kind = 'DATABASE' AND {whose}"},
	"grants on schema": {"schema_name", grantOrder, "SELECT current_database() AS database_name, schema_name, schema_name AS object_name, kind AS object_type, " + grantColumns +
		" FROM slipher.slipher_own.all_grants WHERE kind = 'SCHEMA' AND schema_name = {schema} AND {whose}"},
	"grants on table": {"object_name", grantOrder, "SELECT current_database() AS database_name, schema_name, name AS object_name, kind AS object_type, " + grantColumns +
		" FROM slipher.slipher_own.all_grants WHERE schema_name = {schema} AND name = {relation} AND {whose}"},
	"column grants": {"column_name", "column_name", "SELECT NULL AS column_name WHERE false"},
	"functions":     {"function_name", "function_name", "SELECT NULL AS function_name WHERE false"},
	"procedures":    {"procedure_name", "procedure_name", "SELECT NULL AS procedure_name WHERE false"},
}

const (
	grantColumns = "privilege_type, identity_id, identity_name, identity_type, admin_option, kind AS privilege_scope, grantor_name"
	grantOrder   = "identity_type DESC, identity_name, privilege_type"

	// The rules are JDBC's numbers: nothing is done, and nothing can be deferred.
	foreignKeys = `SELECT current_database() AS pk_database_name, k.far_schema AS pk_schema_name, k.far_table AS pk_table_name, k.far_column AS pk_column_name,
			current_database() AS fk_database_name, k.schema_name AS fk_schema_name, k.table_name AS fk_table_name, k.column_name AS fk_column_name, k.position::INTEGER AS key_seq,
			k.name AS fk_name, p.name AS pk_name, 3 AS update_rule, 3 AS delete_rule, 7 AS deferrability
		FROM slipher.slipher_own.key_columns k LEFT JOIN slipher.slipher_own.visible_keys p ON p.relation = k.far_relation AND p.kind = 'primary key'
		WHERE k.kind = 'foreign key' AND `
	foreignOrder = "pk_schema_name, pk_table_name, fk_schema_name, fk_table_name, fk_name, key_seq"
)
