-- What there is none of here, or what nobody asks but clients: functions, languages, external objects, roles.

CREATE VIEW slipher.main.pg_am AS SELECT 403::BIGINT AS oid, 'btree' AS amname, 1::BIGINT AS amowner, 5::SMALLINT AS amstrategies, 1::SMALLINT AS amsupport, 'i' AS amtype, true AS amcanorder;
CREATE VIEW slipher.main.pg_language AS
SELECT t.*, NULL::VARCHAR[] AS lanacl FROM (VALUES (12::BIGINT, 'internal', 1::BIGINT, false, false), (13, 'c', 1, false, false), (14, 'sql', 1, false, true), (100125, 'plpgsql', 1, true, true))
  t(oid, lanname, lanowner, lanispl, lanpltrusted);
CREATE VIEW slipher.main.pg_tablespace AS
SELECT t.*, NULL::VARCHAR[] AS spcacl, NULL::VARCHAR[] AS spcoptions, NULL::VARCHAR AS spclocation FROM (VALUES (1663::BIGINT, 'pg_default', 1::BIGINT), (1664, 'pg_global', 1)) t(oid, spcname, spcowner);
CREATE VIEW slipher.main.pg_description AS
SELECT oid AS objoid, 1259::BIGINT AS classoid, 0 AS objsubid, comment AS description FROM slipher.slipher_own.visible_relations WHERE comment IS NOT NULL
UNION ALL SELECT r.oid, 1259, c.column_index, c.comment FROM slipher.slipher_own.visible_relations r
JOIN duckdb_columns() c ON c.table_oid = r.oid AND c.database_name = r.database_name WHERE c.comment IS NOT NULL;
CREATE VIEW slipher.main.pg_default_acl AS
SELECT min(d.owner)::BIGINT AS oid, d.owner::BIGINT AS defacluser, d.owner::BIGINT AS defaclrole, coalesce(max(s.oid), 0) AS defaclnamespace, 'r' AS defaclobjtype,
       [string_agg(CASE d.grantee_kind WHEN 'public' THEN '' WHEN 'group' THEN 'group ' || (SELECT max(r.name) FROM {database}.slipher_catalog.groups r WHERE r.id = d.grantee)
         ELSE slipher.main.pg_get_userbyid(d.grantee) END || '=' || slipher.slipher_own.acl_letter(d.privilege) || '/' || slipher.main.pg_get_userbyid(d.owner), ',')] AS defaclacl
FROM {database}.slipher_catalog.default_grants d LEFT JOIN slipher.slipher_own.visible_schemas s ON s.name = d.schema_name
GROUP BY d.owner, d.schema_name, d.grantee_kind, d.grantee;
CREATE VIEW slipher.main.pg_proc AS SELECT NULL::BIGINT AS oid, NULL::VARCHAR AS proname, NULL::BIGINT AS pronamespace, NULL::BIGINT AS proowner,
  NULL::BIGINT AS prolang, NULL::REAL AS procost, NULL::REAL AS prorows, NULL::BIGINT AS provariadic, NULL::VARCHAR AS protransform, NULL::VARCHAR AS prokind,
  NULL::BOOLEAN AS proisagg, NULL::BOOLEAN AS proiswindow, NULL::BOOLEAN AS prosecdef, NULL::BOOLEAN AS proleakproof, NULL::BOOLEAN AS proisstrict,
  NULL::BOOLEAN AS proretset, NULL::VARCHAR AS provolatile, NULL::VARCHAR AS proparallel, NULL::SMALLINT AS pronargs, NULL::SMALLINT AS pronargdefaults,
  NULL::BIGINT AS prorettype, NULL::BIGINT[] AS proargtypes, NULL::BIGINT[] AS proallargtypes, NULL::VARCHAR[] AS proargmodes, NULL::VARCHAR[] AS proargnames,
  NULL::VARCHAR AS proargdefaults, NULL::VARCHAR AS prosrc, NULL::VARCHAR AS probin, NULL::VARCHAR[] AS proconfig, NULL::VARCHAR[] AS proacl WHERE false;
CREATE VIEW slipher.main.pg_proc_info AS SELECT NULL::BIGINT AS prooid, NULL::VARCHAR AS proname, NULL::BIGINT AS pronamespace, NULL::BIGINT AS proowner,
  NULL::BIGINT AS prolang, NULL::BOOLEAN AS proisagg, NULL::BOOLEAN AS prosecdef, NULL::BOOLEAN AS proisstrict, NULL::BOOLEAN AS proretset, NULL::VARCHAR AS provolatile,
  NULL::SMALLINT AS pronargs, NULL::BIGINT AS prorettype, NULL::BIGINT[] AS proargtypes, NULL::BIGINT[] AS proallargtypes, NULL::VARCHAR[] AS proargmodes,
  NULL::VARCHAR[] AS proargnames, NULL::VARCHAR AS prokind, NULL::VARCHAR AS prosrc, NULL::VARCHAR AS probin, NULL::VARCHAR[] AS proacl WHERE false;
CREATE VIEW slipher.main.pg_aggregate AS SELECT NULL::BIGINT AS aggfnoid, NULL::BIGINT AS aggtransfn, NULL::BIGINT AS aggfinalfn, NULL::BIGINT AS aggtranstype,
  NULL::VARCHAR AS agginitval WHERE false;
CREATE VIEW slipher.main.pg_operator AS SELECT NULL::BIGINT AS oid, NULL::VARCHAR AS oprname, NULL::BIGINT AS oprnamespace, NULL::BIGINT AS oprowner,
  NULL::VARCHAR AS oprkind, NULL::BOOLEAN AS oprcanhash, NULL::BIGINT AS oprleft, NULL::BIGINT AS oprright, NULL::BIGINT AS oprresult, NULL::BIGINT AS oprcom,
  NULL::BIGINT AS oprnegate, NULL::BIGINT AS oprcode, NULL::BIGINT AS oprrest, NULL::BIGINT AS oprjoin WHERE false;
CREATE VIEW slipher.main.pg_opclass AS SELECT NULL::BIGINT AS oid, NULL::BIGINT AS opcamid, NULL::VARCHAR AS opcname, NULL::BIGINT AS opcnamespace,
  NULL::BIGINT AS opcowner, NULL::BIGINT AS opcintype, NULL::BOOLEAN AS opcdefault, NULL::BIGINT AS opckeytype WHERE false;
CREATE VIEW slipher.main.pg_cast AS SELECT NULL::BIGINT AS oid, NULL::BIGINT AS castsource, NULL::BIGINT AS casttarget, NULL::BIGINT AS castfunc,
  NULL::VARCHAR AS castcontext, NULL::VARCHAR AS castmethod WHERE false;
CREATE VIEW slipher.main.pg_conversion AS SELECT NULL::BIGINT AS oid, NULL::VARCHAR AS conname, NULL::BIGINT AS connamespace, NULL::BIGINT AS conowner,
  NULL::INTEGER AS conforencoding, NULL::INTEGER AS contoencoding, NULL::BIGINT AS conproc, NULL::BOOLEAN AS condefault WHERE false;
CREATE VIEW slipher.main.pg_depend AS SELECT NULL::BIGINT AS classid, NULL::BIGINT AS objid, NULL::INTEGER AS objsubid, NULL::BIGINT AS refclassid,
  NULL::BIGINT AS refobjid, NULL::INTEGER AS refobjsubid, NULL::VARCHAR AS deptype WHERE false;
CREATE VIEW slipher.main.pg_shdescription AS SELECT NULL::BIGINT AS objoid, NULL::BIGINT AS classoid, NULL::VARCHAR AS description WHERE false;
CREATE VIEW slipher.main.pg_enum AS SELECT NULL::BIGINT AS oid, NULL::BIGINT AS enumtypid, NULL::REAL AS enumsortorder, NULL::VARCHAR AS enumlabel WHERE false;
CREATE VIEW slipher.main.pg_stats AS SELECT NULL::VARCHAR AS schemaname, NULL::VARCHAR AS tablename, NULL::VARCHAR AS attname, NULL::REAL AS null_frac,
  NULL::INTEGER AS avg_width, NULL::REAL AS n_distinct, NULL::VARCHAR AS most_common_vals, NULL::VARCHAR AS most_common_freqs, NULL::VARCHAR AS histogram_bounds,
  NULL::REAL AS correlation WHERE false;
CREATE VIEW slipher.main.pg_locks AS SELECT NULL::BIGINT AS relation, NULL::BIGINT AS database, NULL::BIGINT AS transaction, NULL::INTEGER AS pid, NULL::VARCHAR AS mode,
  NULL::BOOLEAN AS granted WHERE false;
CREATE VIEW slipher.main.pg_external_schema AS SELECT NULL::BIGINT AS esoid, NULL::SMALLINT AS eskind, NULL::VARCHAR AS esdbname, NULL::VARCHAR AS esoptions WHERE false;
CREATE VIEW slipher.main.svv_external_schemas AS SELECT NULL::BIGINT AS esoid, NULL::SMALLINT AS eskind, NULL::VARCHAR AS schemaname, NULL::INTEGER AS esowner,
  NULL::VARCHAR AS databasename, NULL::VARCHAR AS esoptions WHERE false;
CREATE VIEW slipher.main.svv_external_databases AS SELECT NULL::INTEGER AS eskind, NULL::VARCHAR AS databasename, NULL::VARCHAR AS location,
  NULL::VARCHAR AS parameters WHERE false;
CREATE VIEW slipher.main.svv_external_tables AS SELECT NULL::VARCHAR AS redshift_database_name, NULL::VARCHAR AS schemaname, NULL::VARCHAR AS tablename,
  NULL::VARCHAR AS tabletype, NULL::VARCHAR AS location, NULL::VARCHAR AS input_format, NULL::VARCHAR AS output_format, NULL::VARCHAR AS serialization_lib,
  NULL::VARCHAR AS serde_parameters, NULL::INTEGER AS compressed, NULL::VARCHAR AS parameters WHERE false;
CREATE VIEW slipher.main.svv_external_columns AS SELECT NULL::VARCHAR AS redshift_database_name, NULL::VARCHAR AS schemaname, NULL::VARCHAR AS tablename,
  NULL::VARCHAR AS columnname, NULL::VARCHAR AS external_type, NULL::INTEGER AS columnnum, NULL::INTEGER AS part_key, NULL::VARCHAR AS is_nullable WHERE false;
CREATE VIEW slipher.main.svv_external_partitions AS SELECT NULL::VARCHAR AS schemaname, NULL::VARCHAR AS tablename, NULL::VARCHAR AS "values", NULL::VARCHAR AS location,
  NULL::VARCHAR AS input_format, NULL::VARCHAR AS output_format, NULL::VARCHAR AS serialization_lib, NULL::VARCHAR AS serde_parameters, NULL::INTEGER AS compressed,
  NULL::VARCHAR AS parameters WHERE false;
CREATE VIEW slipher.main.svv_redshift_functions AS SELECT NULL::VARCHAR AS database_name, NULL::VARCHAR AS schema_name, NULL::VARCHAR AS function_name,
  NULL::VARCHAR AS function_type, NULL::VARCHAR AS argument_type, NULL::VARCHAR AS result_type WHERE false;
CREATE VIEW slipher.main.svv_roles AS SELECT NULL::INTEGER AS role_id, NULL::VARCHAR AS role_name, NULL::VARCHAR AS role_owner, NULL::VARCHAR AS external_id WHERE false;
CREATE VIEW slipher.main.svv_user_grants AS SELECT NULL::INTEGER AS user_id, NULL::VARCHAR AS user_name, NULL::INTEGER AS role_id, NULL::VARCHAR AS role_name,
  NULL::BOOLEAN AS admin_option WHERE false;
CREATE VIEW slipher.main.svv_role_grants AS SELECT NULL::INTEGER AS role_id, NULL::VARCHAR AS role_name, NULL::INTEGER AS granted_role_id,
  NULL::VARCHAR AS granted_role_name WHERE false;
CREATE VIEW slipher.main.svv_system_privileges AS SELECT NULL::VARCHAR AS system_privilege, NULL::INTEGER AS identity_id, NULL::VARCHAR AS identity_name,
  NULL::VARCHAR AS identity_type WHERE false;
CREATE VIEW slipher.main.svv_column_privileges AS SELECT NULL::VARCHAR AS namespace_name, NULL::VARCHAR AS relation_name, NULL::VARCHAR AS column_name,
  NULL::VARCHAR AS privilege_type, NULL::INTEGER AS identity_id, NULL::VARCHAR AS identity_name, NULL::VARCHAR AS identity_type WHERE false;
CREATE VIEW slipher.main.svv_function_privileges AS SELECT NULL::VARCHAR AS namespace_name, NULL::VARCHAR AS function_name, NULL::VARCHAR AS argument_types,
  NULL::VARCHAR AS privilege_type, NULL::INTEGER AS identity_id, NULL::VARCHAR AS identity_name, NULL::VARCHAR AS identity_type,
  NULL::BOOLEAN AS admin_option WHERE false;
CREATE VIEW slipher.main.svv_language_privileges AS SELECT NULL::VARCHAR AS language_name, NULL::VARCHAR AS privilege_type, NULL::INTEGER AS identity_id,
  NULL::VARCHAR AS identity_name, NULL::VARCHAR AS identity_type, NULL::BOOLEAN AS admin_option WHERE false;
CREATE VIEW slipher.main.information_schema_routines AS SELECT NULL::VARCHAR AS specific_catalog, NULL::VARCHAR AS specific_schema, NULL::VARCHAR AS specific_name,
  NULL::VARCHAR AS routine_catalog, NULL::VARCHAR AS routine_schema, NULL::VARCHAR AS routine_name, NULL::VARCHAR AS routine_type, NULL::VARCHAR AS data_type,
  NULL::VARCHAR AS routine_body, NULL::VARCHAR AS routine_definition, NULL::VARCHAR AS external_language, NULL::TIMESTAMP AS created WHERE false;
CREATE VIEW slipher.main.information_schema_parameters AS SELECT NULL::VARCHAR AS specific_catalog, NULL::VARCHAR AS specific_schema, NULL::VARCHAR AS specific_name,
  NULL::INTEGER AS ordinal_position, NULL::VARCHAR AS parameter_mode, NULL::VARCHAR AS parameter_name, NULL::VARCHAR AS data_type WHERE false;
CREATE VIEW slipher.main.information_schema_table_privileges AS
SELECT grantor_name AS grantor, identity_name AS grantee, current_database() AS table_catalog, schema_name AS table_schema, name AS table_name, privilege_type,
       CASE WHEN admin_option THEN 'YES' ELSE 'NO' END AS is_grantable, 'NO' AS with_hierarchy
FROM slipher.slipher_own.all_grants WHERE name <> '';

CREATE MACRO slipher.main.pg_get_indexdef(number) AS (
  SELECT max('CREATE UNIQUE INDEX ' || own_k.name || ' ON ' || own_k.schema_name || '.' || own_k.table_name || ' USING btree (' || slipher.slipher_own.names_listed(own_k.columns) || ')')
  FROM slipher.slipher_own.visible_keys own_k WHERE own_k.oid = number AND own_k.kind <> 'foreign key'),
  (number, place, pretty) AS (
  SELECT max(CASE WHEN place = 0 THEN 'CREATE UNIQUE INDEX ' || own_k.name || ' ON ' || own_k.schema_name || '.' || own_k.table_name || ' USING btree (' || slipher.slipher_own.names_listed(own_k.columns) || ')'
    ELSE own_k.columns[place] END) FROM slipher.slipher_own.visible_keys own_k WHERE own_k.oid = number AND own_k.kind <> 'foreign key');
-- Each element of an array with its number.
CREATE MACRO slipher.main._pg_expandarray(elements) AS unnest(list_transform(elements, lambda x, i: {'x': x, 'n': i::INTEGER}));

-- The columns of views WITH NO SCHEMA BINDING, which are those of the last time that they were bound, and of one relation.
CREATE MACRO slipher.main.pg_get_late_binding_view_cols() AS TABLE
SELECT own_c.schema_name AS view_schema, own_c.relation_name AS view_name, own_c.name AS col_name, slipher.main.format_type(own_c.type, own_c.modifier) AS col_type, own_c.ordinal::INTEGER AS col_num
FROM slipher.slipher_own.visible_columns own_c JOIN slipher.slipher_own.visible_relations own_r ON own_r.oid = own_c.relation WHERE own_r.late ORDER BY ALL;
CREATE MACRO slipher.main.pg_get_cols(named) AS TABLE
SELECT own_c.schema_name AS view_schema, own_c.relation_name AS view_name, own_c.name AS col_name, slipher.main.format_type(own_c.type, own_c.modifier) AS col_type, own_c.ordinal::INTEGER AS col_num
FROM slipher.slipher_own.visible_columns own_c WHERE own_c.relation = slipher.slipher_own.relation_number(named) ORDER BY own_c.ordinal;
-- Nobody holds such a lock here; clients that are done with a connection give back all of theirs.
CREATE MACRO slipher.main.pg_advisory_unlock_all() AS NULL;
-- There are no rules, triggers and functions to write out.
CREATE MACRO slipher.main.pg_get_ruledef(number) AS NULL::VARCHAR, (number, pretty) AS NULL::VARCHAR;
CREATE MACRO slipher.main.pg_get_triggerdef(number) AS NULL::VARCHAR, (number, pretty) AS NULL::VARCHAR;
CREATE MACRO slipher.main.pg_get_functiondef(number) AS NULL::VARCHAR;
CREATE MACRO slipher.main.pg_get_function_arguments(number) AS NULL::VARCHAR;
CREATE MACRO slipher.main.pg_get_function_identity_arguments(number) AS NULL::VARCHAR;
CREATE MACRO slipher.main.pg_get_function_result(number) AS NULL::VARCHAR;
CREATE MACRO slipher.main.pg_tablespace_location(number) AS ''::VARCHAR;
