-- What clients read of PostgreSQL's and Redshift's catalogues, over the engine's own. These views live outside the database file and
-- are found by their bare names; those of the engine's pg_catalog that are not named here show through.
-- A statement ends with a semicolon at the end of a line; {database} stands for the database's name.

CREATE VIEW slipher.slipher_own.all_users AS
SELECT 100 AS id, name, true AS superuser, true AS createdb, NULL::TIMESTAMPTZ AS valid_until, -1 AS connection_limit, 0 AS session_timeout, 'UNRESTRICTED' AS syslog_access
FROM slipher.slipher_own.admin
UNION ALL SELECT id, name, superuser, createdb, valid_until, connection_limit, session_timeout, syslog_access FROM {database}.slipher_catalog.users;
CREATE MACRO slipher.main.pg_get_userbyid(number) AS (SELECT coalesce(max(own_u.name), 'unknown (OID=' || number || ')') FROM slipher.slipher_own.all_users own_u WHERE own_u.id = number);

CREATE MACRO slipher.slipher_own.owner_of(schema_of, name_of) AS
  coalesce((SELECT max(own_o.owner) FROM {database}.slipher_catalog.objects own_o WHERE own_o.schema_name = schema_of AND own_o.name = name_of), 100);

-- Privileges as PostgreSQL's ACLs say them: who has which, each by a letter, and who gave them. The owner's own stand first.
CREATE MACRO slipher.slipher_own.acl_letter(privilege) AS coalesce(map_extract_value(MAP {'select': 'r', 'insert': 'a', 'update': 'w', 'delete': 'd', 'references': 'x',
  'drop': 'D', 'alter': 'A', 'truncate': 'N', 'usage': 'U', 'create': 'C', 'temporary': 'T'}, privilege), '?');
CREATE MACRO slipher.slipher_own.acl(schema_of, name_of) AS (
  SELECT CASE WHEN count(*) > 0 THEN list_concat([max(own)], list(holder || '=' || privileges || '/' || giver ORDER BY holder)) END FROM (
    SELECT CASE own_g.grantee_kind WHEN 'public' THEN '' WHEN 'group' THEN 'group ' || (SELECT max(own_r.name) FROM {database}.slipher_catalog.groups own_r WHERE own_r.id = own_g.grantee)
             ELSE slipher.main.pg_get_userbyid(own_g.grantee) END AS holder, slipher.main.pg_get_userbyid(own_g.grantor) AS giver,
           slipher.main.pg_get_userbyid(slipher.slipher_own.owner_of(own_g.schema_name, own_g.name)) || '=' || CASE WHEN own_g.name <> '' THEN 'arwdRxt' WHEN own_g.schema_name <> '' THEN 'UC' ELSE 'CT' END
             || '/' || slipher.main.pg_get_userbyid(slipher.slipher_own.owner_of(own_g.schema_name, own_g.name)) AS own,
           string_agg(slipher.slipher_own.acl_letter(own_g.privilege) || CASE WHEN own_g.grantable THEN '*' ELSE '' END, '' ORDER BY instr('arwdRxtDANUCT', slipher.slipher_own.acl_letter(own_g.privilege))) AS privileges
    FROM {database}.slipher_catalog.grants own_g WHERE own_g.schema_name = schema_of AND own_g.name = name_of GROUP BY ALL));

-- What the next two views hold is bound again by each view and macro over them, at every start: so the ACLs are not among it.
CREATE VIEW slipher.slipher_own.visible_schemas AS
SELECT d.oid, d.schema_name AS name, CASE WHEN d.database_name = 'temp' THEN 'pg_temp_1' ELSE d.schema_name END AS shown, d.database_name, coalesce(o.owner, 100) AS owner
FROM duckdb_schemas() d LEFT JOIN {database}.slipher_catalog.objects o ON o.schema_name = d.schema_name AND o.name = ''
WHERE d.database_name = current_database() AND d.schema_name NOT IN ('main', 'slipher_catalog', 'pg_catalog', 'information_schema')
   OR d.database_name = 'temp' AND d.schema_name = 'main';

-- A view's query is shown as it was written; of one WITH NO SCHEMA BINDING the whole statement, as Redshift keeps it. What an earlier version
-- made is known in the engine's words only.
CREATE VIEW slipher.slipher_own.visible_relations AS
SELECT t.oid, t.name, s.oid AS schema_oid, s.shown AS schema_name, s.database_name, t.kind, t.columns, t.rows, t.comment, coalesce(o.owner, 100) AS owner, coalesce(w.late, false) AS late,
       CASE WHEN t.kind = 'v' THEN CASE WHEN w.late THEN 'create view ' || w.schema_name || '.' || w.view_name || ' as ' || w.query || ' with no schema binding;'
         ELSE coalesce(w.query || ';', t.sql) END END AS definition
FROM (SELECT table_oid AS oid, table_name AS name, schema_oid, database_name, 'r' AS kind, column_count AS columns, estimated_size AS rows, comment, NULL AS sql FROM duckdb_tables()
      UNION ALL SELECT view_oid, view_name, schema_oid, database_name, 'v', column_count, 0, comment, sql FROM duckdb_views() WHERE NOT internal) t
JOIN slipher.slipher_own.visible_schemas s ON t.schema_oid = s.oid AND t.database_name = s.database_name
LEFT JOIN {database}.slipher_catalog.objects o ON o.schema_name = s.name AND o.name = t.name
LEFT JOIN {database}.slipher_catalog.views w ON t.kind = 'v' AND w.schema_name = s.name AND w.view_name = t.name;

-- The types that columns can have, by PostgreSQL's numbers.
CREATE TABLE slipher.slipher_own.types AS
SELECT *, 0 AS element FROM (VALUES
  (16, 'bool', 'boolean', 1, 'b', 'B'), (17, 'bytea', 'binary varying', -1, 'b', 'U'), (18, 'char', '"char"', 1, 'b', 'S'),
  (19, 'name', 'name', 64, 'b', 'S'), (20, 'int8', 'bigint', 8, 'b', 'N'), (21, 'int2', 'smallint', 2, 'b', 'N'),
  (23, 'int4', 'integer', 4, 'b', 'N'), (24, 'regproc', 'regproc', 4, 'b', 'N'), (25, 'text', 'text', -1, 'b', 'S'),
  (26, 'oid', 'oid', 4, 'b', 'N'), (114, 'json', 'json', -1, 'b', 'U'), (700, 'float4', 'real', 4, 'b', 'N'),
  (701, 'float8', 'double precision', 8, 'b', 'N'), (705, 'unknown', 'unknown', -2, 'p', 'X'), (1042, 'bpchar', 'character', -1, 'b', 'S'),
  (1043, 'varchar', 'character varying', -1, 'b', 'S'), (1082, 'date', 'date', 4, 'b', 'D'),
  (1083, 'time', 'time without time zone', 8, 'b', 'D'), (1114, 'timestamp', 'timestamp without time zone', 8, 'b', 'D'),
  (1184, 'timestamptz', 'timestamp with time zone', 8, 'b', 'D'), (1186, 'interval', 'interval', 16, 'b', 'T'),
  (1266, 'timetz', 'time with time zone', 12, 'b', 'D'), (1700, 'numeric', 'numeric', -1, 'b', 'N'), (2205, 'regclass', 'regclass', 4, 'b', 'N'),
  (2278, 'void', 'void', 4, 'p', 'P'), (2950, 'uuid', 'uuid', 16, 'b', 'U'), (2249, 'record', 'record', -1, 'p', 'P'), (2276, 'any', '"any"', 4, 'p', 'P'),
  (2935, 'hllsketch', 'hllsketch', -1, 'b', 'U'), (3000, 'geometry', 'geometry', -1, 'b', 'U'), (3001, 'geography', 'geography', -1, 'b', 'U'),
  (4000, 'super', 'super', -1, 'b', 'U'), (6551, 'varbyte', 'binary varying', -1, 'b', 'U'), (1033, 'aclitem', 'aclitem', 12, 'b', 'U'), (27, 'tid', 'tid', 6, 'b', 'U'),
  (28, 'xid', 'xid', 4, 'b', 'U'), (29, 'cid', 'cid', 4, 'b', 'U')
) t(oid, name, formal, length, kind, category)
UNION ALL SELECT * FROM (VALUES
  (22, 'int2vector', 'int2vector', 64, 'b', 'A', 21), (30, 'oidvector', 'oidvector', 128, 'b', 'A', 26), (1000, '_bool', 'boolean[]', -1, 'b', 'A', 16),
  (1002, '_char', '"char"[]', -1, 'b', 'A', 18), (1003, '_name', 'name[]', -1, 'b', 'A', 19), (1005, '_int2', 'smallint[]', -1, 'b', 'A', 21),
  (1007, '_int4', 'integer[]', -1, 'b', 'A', 23), (1009, '_text', 'text[]', -1, 'b', 'A', 25), (1015, '_varchar', 'character varying[]', -1, 'b', 'A', 1043),
  (1016, '_int8', 'bigint[]', -1, 'b', 'A', 20), (1021, '_float4', 'real[]', -1, 'b', 'A', 700), (1022, '_float8', 'double precision[]', -1, 'b', 'A', 701),
  (1028, '_oid', 'oid[]', -1, 'b', 'A', 26), (1034, '_aclitem', 'aclitem[]', -1, 'b', 'A', 1033), (1231, '_numeric', 'numeric[]', -1, 'b', 'A', 1700)
) t(oid, name, formal, length, kind, category, element);

CREATE VIEW slipher.slipher_own.visible_columns AS
SELECT r.oid AS relation, r.schema_name, r.name AS relation_name, r.kind AS relation_kind, c.column_name AS name, c.column_index AS ordinal,
       CASE WHEN a.identity IS NULL THEN c.column_default ELSE CASE a.identity WHEN 'default' THEN 'default_identity(' ELSE '"identity"(' END || r.oid || ', ' ||
         (c.column_index - 1) || ', ''' || coalesce(q.start_value, 1) || ',' || coalesce(q.increment_by, 1) || '''::text)' END AS default_value,
       NOT c.is_nullable AS not_null, CASE a.encoding WHEN 'raw' THEN 'none' ELSE a.encoding END AS encoding, coalesce(a.distkey, false) AS distkey, coalesce(a.sortkey, 0) AS sortkey, a.identity,
       CASE WHEN a.declared LIKE 'character(%' THEN 1042
            WHEN c.data_type LIKE 'DECIMAL%' THEN 1700
            WHEN c.data_type LIKE '%[]' OR c.data_type LIKE 'STRUCT%' OR c.data_type LIKE 'MAP%' THEN 4000
            ELSE coalesce(map_extract_value(MAP {
                'BOOLEAN': 16, 'BLOB': 17, 'BIGINT': 20, 'TINYINT': 21, 'UTINYINT': 21, 'SMALLINT': 21, 'USMALLINT': 23, 'INTEGER': 23, 'UINTEGER': 20,
                'UBIGINT': 1700, 'HUGEINT': 1700, 'UHUGEINT': 1700, 'FLOAT': 700, 'DOUBLE': 701, 'VARCHAR': 1043, 'DATE': 1082, 'TIME': 1083, 'TIMESTAMP': 1114,
                'TIMESTAMP_S': 1114, 'TIMESTAMP_MS': 1114, 'TIMESTAMP_NS': 1114, 'TIMESTAMP WITH TIME ZONE': 1184, 'INTERVAL': 1186,
                'TIME WITH TIME ZONE': 1266, 'UUID': 2950, 'JSON': 4000}, c.data_type), 25) END AS type,
       CASE WHEN a.length IS NOT NULL THEN a.length + 4
            WHEN c.data_type LIKE 'DECIMAL%' THEN c.numeric_precision * 65536 + c.numeric_scale + 4
            ELSE -1 END AS modifier
FROM slipher.slipher_own.visible_relations r
JOIN duckdb_columns() c ON c.table_oid = r.oid AND c.database_name = r.database_name AND r.kind IN ('r', 'v')
LEFT JOIN {database}.slipher_catalog.columns a ON a.schema_name = r.schema_name AND a.table_name = r.name AND a.column_name = c.column_name
LEFT JOIN duckdb_sequences() q ON a.sequence IS NOT NULL AND q.database_name = current_database() AND q.schema_name || '.' || q.sequence_name = replace(a.sequence, '"', '')
WHERE c.column_name <> chr(1) || ' unbound';

-- Keys, numbered after their tables.
CREATE VIEW slipher.slipher_own.visible_keys AS
SELECT r.oid * 1000 + row_number() OVER (PARTITION BY r.oid ORDER BY k.kind, k.name) AS oid, k.name, k.kind, r.oid AS relation, r.schema_oid, k.schema_name, k.table_name, k.columns,
       f.oid AS far_relation, k.far_schema, k.far_table, k.far_columns
FROM {database}.slipher_catalog.keys k
JOIN slipher.slipher_own.visible_relations r ON r.schema_name = k.schema_name AND r.name = k.table_name AND r.kind = 'r'
LEFT JOIN slipher.slipher_own.visible_relations f ON f.schema_name = k.far_schema AND f.name = k.far_table AND f.kind = 'r';
CREATE VIEW slipher.slipher_own.key_columns AS
SELECT u.*, c.column_index::SMALLINT AS ordinal, f.column_index::SMALLINT AS far_ordinal
FROM (SELECT oid, name, kind, relation, schema_oid, schema_name, table_name, far_relation, far_schema, far_table, generate_subscripts(columns, 1) AS position, unnest(columns) AS column_name,
             unnest(coalesce(far_columns, list_transform(columns, lambda x: NULL::VARCHAR))) AS far_column FROM slipher.slipher_own.visible_keys) u
JOIN duckdb_columns() c ON c.table_oid = u.relation AND c.database_name = current_database() AND c.column_name = u.column_name
LEFT JOIN duckdb_columns() f ON f.table_oid = u.far_relation AND f.database_name = current_database() AND f.column_name = u.far_column;

CREATE MACRO slipher.main.format_type(type_oid, modifier) AS (
  SELECT CASE
      WHEN type_oid IS NULL THEN NULL
      WHEN type_oid IN (1042, 1043) AND modifier > 4 THEN formal || '(' || (modifier - 4) || ')'
      WHEN type_oid = 1700 AND modifier > 4 THEN 'numeric(' || ((modifier - 4) // 65536) || ',' || ((modifier - 4) % 65536) || ')'
      ELSE coalesce(formal, '???') END
  FROM (SELECT max(formal) AS formal FROM slipher.slipher_own.types own_t WHERE own_t.oid = type_oid));

CREATE MACRO slipher.main.pg_table_is_visible(relation) AS
  relation IN (SELECT own_r.oid FROM slipher.slipher_own.visible_relations own_r WHERE own_r.schema_name = 'pg_temp_1' OR list_contains(current_schemas(false), own_r.schema_name));
CREATE MACRO slipher.main.pg_type_is_visible(type_oid) AS true;
CREATE MACRO slipher.main.pg_function_is_visible(function) AS true;
CREATE MACRO slipher.main.pg_get_expr(expression, relation) AS expression::VARCHAR, (expression, relation, pretty) AS expression::VARCHAR;
CREATE MACRO slipher.main.pg_get_viewdef(relation) AS (SELECT max(definition) FROM slipher.slipher_own.visible_relations own_r JOIN (SELECT relation AS own_number) ON own_r.oid = own_number),
  (relation, pretty) AS (SELECT max(definition) FROM slipher.slipher_own.visible_relations own_r JOIN (SELECT relation AS own_number) ON own_r.oid = own_number);
CREATE MACRO slipher.main.obj_description(object) AS (SELECT max(comment) FROM slipher.slipher_own.visible_relations own_r JOIN (SELECT object AS own_number) ON own_r.oid = own_number),
  (object, catalog) AS (SELECT max(comment) FROM slipher.slipher_own.visible_relations own_r JOIN (SELECT object AS own_number) ON own_r.oid = own_number);
CREATE MACRO slipher.main.shobj_description(object, catalog) AS NULL::VARCHAR;
CREATE MACRO slipher.main.col_description(relation, ordinal) AS (SELECT max(own_c.comment) FROM duckdb_columns() own_c WHERE own_c.table_oid = relation AND own_c.column_index = ordinal);
-- The engine does not tell how large a table is: eight bytes a value is an estimate.
CREATE MACRO slipher.main.pg_relation_size(relation) AS (SELECT max(own_r.rows * own_r.columns * 8)::BIGINT FROM slipher.slipher_own.visible_relations own_r JOIN (SELECT relation AS own_number) ON own_r.oid = own_number);
CREATE MACRO slipher.main.pg_table_size(relation) AS slipher.main.pg_relation_size(relation);
CREATE MACRO slipher.main.pg_total_relation_size(relation) AS slipher.main.pg_relation_size(relation);
CREATE MACRO slipher.main.pg_database_size(database_named) AS (SELECT coalesce(sum(own_r.rows * own_r.columns * 8), 0)::BIGINT FROM slipher.slipher_own.visible_relations own_r);
CREATE MACRO slipher.main.pg_postmaster_start_time() AS (SELECT started FROM slipher.slipher_own.admin);

CREATE VIEW slipher.main.pg_namespace AS
SELECT oid, shown AS nspname, owner::BIGINT AS nspowner, slipher.slipher_own.acl(s.name, '') AS nspacl FROM slipher.slipher_own.visible_schemas s
UNION ALL SELECT 11, 'pg_catalog', 1, NULL
UNION ALL SELECT 12, 'information_schema', 1, NULL;

CREATE VIEW slipher.main.pg_class AS
SELECT r.oid, r.name AS relname, r.schema_oid AS relnamespace, 0::BIGINT AS reltype, 0::BIGINT AS reloftype, r.owner::BIGINT AS relowner, 0::BIGINT AS relam, r.oid AS relfilenode,
       0::BIGINT AS reltablespace, 1 AS relpages, r.rows::REAL AS reltuples, 0 AS relallvisible, 0::BIGINT AS reltoastrelid, 0::BIGINT AS reltoastidxid,
       coalesce(k.has_index, false) AS relhasindex, false AS relisshared, CASE WHEN r.database_name = 'temp' THEN 't' ELSE 'p' END AS relpersistence, r.kind AS relkind,
       r.columns::SMALLINT AS relnatts, 0::SMALLINT AS relchecks, 0::SMALLINT AS reltriggers, 0::SMALLINT AS relukeys, 0::SMALLINT AS relfkeys, 0::SMALLINT AS relrefs,
       false AS relhasoids, coalesce(k.has_primary, false) AS relhaspkey, r.kind = 'v' AS relhasrules, coalesce(k.refers, false) AS relhastriggers, false AS relhassubclass, false AS relrowsecurity,
       false AS relforcerowsecurity, true AS relispopulated, 'd' AS relreplident, false AS relispartition,
       CASE WHEN r.kind = 'v' THEN 0 WHEN d.diststyle LIKE 'KEY%' THEN 1 WHEN d.diststyle = 'EVEN' THEN 0 WHEN d.diststyle = 'ALL' THEN 8 ELSE 10 END AS reldiststyle,
       slipher.slipher_own.acl(r.schema_name, r.name) AS relacl, NULL::VARCHAR[] AS reloptions
FROM slipher.slipher_own.visible_relations r
-- psql asks for a table's foreign keys where there are triggers, by which PostgreSQL keeps them.
LEFT JOIN (SELECT relation, bool_or(kind = 'primary key') AS has_primary, bool_or(kind <> 'foreign key') AS has_index, bool_or(kind = 'foreign key') AS refers
           FROM slipher.slipher_own.visible_keys GROUP BY relation) k ON k.relation = r.oid
LEFT JOIN {database}.slipher_catalog.tables d ON d.schema_name = r.schema_name AND d.table_name = r.name
UNION ALL
SELECT oid, name, schema_oid, 0, 0, slipher.slipher_own.owner_of(schema_name, table_name), 403, oid, 0, 1, 0, 0, 0, 0, false, false, 'p', 'i', len(columns), 0, 0, 0, 0, 0, false, false, false, false,
       false, false, false, true, 'n', false, 0, NULL, NULL
FROM slipher.slipher_own.visible_keys i WHERE kind <> 'foreign key';
-- How a table's rows are spread, where Redshift has chosen, is as it was declared here.
CREATE VIEW slipher.main.pg_class_info AS SELECT *, reldiststyle AS releffectivediststyle, NULL::TIMESTAMP AS relcreationtime FROM slipher.main.pg_class;

CREATE MACRO slipher.slipher_own.encodings() AS ['none', 'bytedict', 'delta', 'delta32k', 'lzo', 'mostly8', 'mostly16', 'mostly32', 'runlength', 'text255', 'text32k', 'zstd', 'az64'];
CREATE MACRO slipher.main.format_encoding(number) AS (SELECT slipher.slipher_own.encodings()[number + 1]);

CREATE VIEW slipher.main.pg_attribute AS
SELECT c.relation AS attrelid, c.name AS attname, c.type::BIGINT AS atttypid, -1 AS attstattarget, t.length::SMALLINT AS attlen, c.ordinal::SMALLINT AS attnum, 0 AS attndims,
       -1 AS attcacheoff, c.modifier::INTEGER AS atttypmod, false AS attbyval, 'p' AS attstorage, 'i' AS attalign, c.not_null AS attnotnull,
       c.default_value IS NOT NULL AS atthasdef, CASE c.identity WHEN 'default' THEN 'd' WHEN 'always' THEN 'a' ELSE '' END AS attidentity, '' AS attgenerated,
       false AS attisdropped, true AS attislocal, 0 AS attinhcount, 0::BIGINT AS attcollation, NULL::VARCHAR AS attacl, NULL::VARCHAR AS attoptions,
       NULL::VARCHAR AS attfdwoptions, '' AS attcompression, c.distkey AS attisdistkey, c.sortkey AS attsortkeyord, greatest(coalesce(list_position(slipher.slipher_own.encodings(), c.encoding), 1) - 1, 0)::INTEGER AS attencodingtype
FROM slipher.slipher_own.visible_columns c LEFT JOIN slipher.slipher_own.types t ON t.oid = c.type
UNION ALL
SELECT k.oid, k.column_name, c.type, -1, t.length, k.position, 0, -1, c.modifier, false, 'p', 'i', false, false, '', '', false, true, 0, 0, NULL, NULL, NULL, '', false, 0, 0
FROM slipher.slipher_own.key_columns k JOIN slipher.slipher_own.visible_columns c ON c.relation = k.relation AND c.name = k.column_name LEFT JOIN slipher.slipher_own.types t ON t.oid = c.type
WHERE k.kind <> 'foreign key';

CREATE VIEW slipher.main.pg_attrdef AS
SELECT relation * 2000 + ordinal AS oid, relation AS adrelid, ordinal::SMALLINT AS adnum, default_value AS adbin, default_value AS adsrc
FROM slipher.slipher_own.visible_columns WHERE default_value IS NOT NULL;

CREATE VIEW slipher.main.pg_type AS
SELECT oid::BIGINT AS oid, name AS typname, 11::BIGINT AS typnamespace, 1::BIGINT AS typowner, length::SMALLINT AS typlen, length BETWEEN 1 AND 8 AS typbyval, kind AS typtype,
       true AS typisdefined, ',' AS typdelim, 0::BIGINT AS typrelid, element::BIGINT AS typelem, 0::BIGINT AS typarray,
       name || 'in' AS typinput, name || 'out' AS typoutput, name || 'recv' AS typreceive, name || 'send' AS typsend, '-' AS typanalyze, 'i' AS typalign, 'p' AS typstorage,
       false AS typnotnull, 0::BIGINT AS typbasetype, -1 AS typtypmod, 0 AS typndims, 0::BIGINT AS typcollation, NULL::VARCHAR AS typdefault, NULL::VARCHAR AS typdefaultbin, NULL::VARCHAR[] AS typacl
FROM slipher.slipher_own.types;

CREATE VIEW slipher.main.pg_database AS
SELECT 5::BIGINT AS oid, current_database() AS datname, 100::BIGINT AS datdba, 6 AS encoding, 'en_US.utf8' AS datcollate, 'en_US.utf8' AS datctype, false AS datistemplate,
       true AS datallowconn, -1 AS datconnlimit, 0::BIGINT AS datlastsysoid, 0::BIGINT AS dattablespace, NULL::VARCHAR AS datconfig, slipher.slipher_own.acl('', '') AS datacl;

CREATE VIEW slipher.main.pg_user AS
SELECT name AS usename, id AS usesysid, createdb AS usecreatedb, superuser AS usesuper, false AS usecatupd, '********' AS passwd, valid_until::TIMESTAMP AS valuntil,
       (SELECT list(name || '=' || setting ORDER BY name) FROM {database}.slipher_catalog.user_settings s WHERE s.id = u.id) AS useconfig
FROM slipher.slipher_own.all_users u;
CREATE VIEW slipher.main.pg_shadow AS SELECT * FROM slipher.main.pg_user;
CREATE VIEW slipher.main.pg_user_info AS
SELECT p.*, CASE WHEN u.connection_limit < 0 THEN 'UNLIMITED' ELSE u.connection_limit::VARCHAR END AS useconnlimit
FROM slipher.main.pg_user p JOIN slipher.slipher_own.all_users u ON u.id = p.usesysid;
CREATE VIEW slipher.main.svv_user_info AS
SELECT name AS user_name, id AS user_id, createdb, superuser, false AS catalog_update, CASE WHEN connection_limit < 0 THEN 'UNLIMITED' ELSE connection_limit::VARCHAR END AS connection_limit,
       syslog_access, NULL::TIMESTAMP AS last_ddl_timestamp, session_timeout, NULL::VARCHAR AS external_id
FROM slipher.slipher_own.all_users;
CREATE VIEW slipher.main.svl_user_info AS
SELECT name AS usename, id AS usesysid, createdb AS usecreatedb, superuser AS usesuper, false AS usecatupd,
       CASE WHEN connection_limit < 0 THEN 'UNLIMITED' ELSE connection_limit::VARCHAR END AS useconnlimit, syslog_access AS syslogaccess, NULL::TIMESTAMP AS last_ddl_ts,
       session_timeout AS sessiontimeout, NULL::VARCHAR AS external_user_id
FROM slipher.slipher_own.all_users;

CREATE VIEW slipher.main.pg_roles AS
SELECT id::BIGINT AS oid, name AS rolname, superuser AS rolsuper, true AS rolinherit, superuser AS rolcreaterole, createdb AS rolcreatedb, superuser AS rolcatupdate, true AS rolcanlogin,
       false AS rolreplication, false AS rolbypassrls, connection_limit AS rolconnlimit, '********' AS rolpassword, valid_until AS rolvaliduntil, NULL::VARCHAR AS rolconfig
FROM slipher.slipher_own.all_users;
CREATE VIEW slipher.main.pg_auth_members AS SELECT group_id::BIGINT AS roleid, user_id::BIGINT AS member, 100::BIGINT AS grantor, false AS admin_option FROM {database}.slipher_catalog.members;
CREATE VIEW slipher.main.pg_group AS
SELECT name AS groname, id AS grosysid, (SELECT list(user_id ORDER BY user_id) FROM {database}.slipher_catalog.members m WHERE m.group_id = g.id) AS grolist
FROM {database}.slipher_catalog.groups g;

-- Who may do what.
CREATE VIEW slipher.slipher_own.all_grants AS
SELECT g.schema_name, g.name, upper(g.privilege) AS privilege_type, g.grantee AS identity_id,
       CASE g.grantee_kind WHEN 'public' THEN 'public' WHEN 'group' THEN (SELECT max(r.name) FROM {database}.slipher_catalog.groups r WHERE r.id = g.grantee)
         ELSE slipher.main.pg_get_userbyid(g.grantee) END AS identity_name, g.grantee_kind AS identity_type, g.grantable AS admin_option,
       slipher.main.pg_get_userbyid(g.grantor) AS grantor_name, CASE WHEN g.name <> '' THEN 'TABLE' WHEN g.schema_name <> '' THEN 'SCHEMA' ELSE 'DATABASE' END AS kind
FROM {database}.slipher_catalog.grants g;
CREATE VIEW slipher.main.svv_relation_privileges AS
SELECT schema_name AS namespace_name, name AS relation_name, privilege_type, identity_id, identity_name, identity_type, admin_option FROM slipher.slipher_own.all_grants WHERE name <> '';
CREATE VIEW slipher.main.svv_schema_privileges AS
SELECT schema_name AS namespace_name, privilege_type, identity_id, identity_name, identity_type, admin_option FROM slipher.slipher_own.all_grants WHERE name = '' AND schema_name <> '';
CREATE VIEW slipher.main.svv_database_privileges AS
SELECT current_database() AS database_name, privilege_type, identity_id, identity_name, identity_type, admin_option FROM slipher.slipher_own.all_grants WHERE schema_name = '';
CREATE VIEW slipher.main.svv_default_privileges AS
SELECT nullif(d.schema_name, '') AS schema_name, 'RELATION' AS object_type, d.owner AS owner_id, slipher.main.pg_get_userbyid(d.owner) AS owner_name, 'user' AS owner_type,
       upper(d.privilege) AS privilege_type, d.grantee AS grantee_id,
       CASE d.grantee_kind WHEN 'public' THEN 'public' WHEN 'group' THEN (SELECT max(r.name) FROM {database}.slipher_catalog.groups r WHERE r.id = d.grantee)
         ELSE slipher.main.pg_get_userbyid(d.grantee) END AS grantee_name, d.grantee_kind AS grantee_type, d.grantable AS admin_option
FROM {database}.slipher_catalog.default_grants d;

CREATE MACRO slipher.slipher_own.session_user_id() AS coalesce(getvariable('slipher_user_id')::INTEGER, 100);
CREATE MACRO slipher.slipher_own.user_number(who) AS (SELECT max(own_u.id) FROM slipher.slipher_own.all_users own_u WHERE own_u.name = who::VARCHAR OR own_u.id::VARCHAR = who::VARCHAR);
CREATE MACRO slipher.slipher_own.is_member(who, of_group) AS
  EXISTS (SELECT 1 FROM {database}.slipher_catalog.members own_m WHERE own_m.user_id = who AND own_m.group_id = of_group)
  OR who = slipher.slipher_own.session_user_id() AND contains(coalesce(getvariable('slipher_user_groups'), ','), ',' || of_group || ',');
CREATE MACRO slipher.slipher_own.holds(who, schema_of, name_of, wanted) AS (
  EXISTS (SELECT 1 FROM slipher.slipher_own.all_users own_u WHERE own_u.id = who AND own_u.superuser) OR slipher.slipher_own.owner_of(schema_of, name_of) = who
  OR EXISTS (SELECT 1 FROM {database}.slipher_catalog.grants own_g WHERE own_g.schema_name = schema_of AND own_g.name = name_of
    AND (own_g.privilege = replace(lower(trim(wanted)), ' with grant option', '') OR own_g.privilege = 'temporary' AND lower(trim(wanted)) = 'temp')
    AND (own_g.grantable OR NOT contains(lower(wanted), 'with grant option'))
    AND (own_g.grantee_kind = 'public' OR own_g.grantee_kind = 'user' AND own_g.grantee = who OR own_g.grantee_kind = 'group' AND slipher.slipher_own.is_member(who, own_g.grantee))));
-- Whether the user may look at a schema, and at a relation.
CREATE MACRO slipher.slipher_own.sees_schema(schema_of) AS slipher.slipher_own.holds(slipher.slipher_own.session_user_id(), schema_of, '', 'usage');
CREATE MACRO slipher.slipher_own.sees(schema_of, name_of) AS slipher.slipher_own.owner_of(schema_of, name_of) = slipher.slipher_own.session_user_id()
  OR slipher.slipher_own.sees_schema(schema_of) AND slipher.slipher_own.holds(slipher.slipher_own.session_user_id(), schema_of, name_of, 'select');
CREATE MACRO slipher.main.has_schema_privilege(a, b) AS slipher.slipher_own.holds(slipher.slipher_own.session_user_id(), a::VARCHAR, '', b),
  (a, b, c) AS slipher.slipher_own.holds(slipher.slipher_own.user_number(a), b::VARCHAR, '', c);
CREATE MACRO slipher.main.has_database_privilege(a, b) AS slipher.slipher_own.holds(slipher.slipher_own.session_user_id(), '', '', b),
  (a, b, c) AS slipher.slipher_own.holds(slipher.slipher_own.user_number(a), '', '', c);
CREATE MACRO slipher.slipher_own.relation_number(named) AS (
  SELECT arg_min(own_r.oid, CASE WHEN own_r.schema_name = 'pg_temp_1' THEN 0 ELSE coalesce(list_position(current_schemas(false), own_r.schema_name), 1000) END) FROM slipher.slipher_own.visible_relations own_r
  WHERE own_r.oid::VARCHAR = named::VARCHAR OR lower(named::VARCHAR) IN (own_r.schema_name || '.' || own_r.name, current_database() || '.' || own_r.schema_name || '.' || own_r.name)
     OR own_r.name = lower(named::VARCHAR) AND (own_r.schema_name = 'pg_temp_1' OR list_contains(current_schemas(false), own_r.schema_name)));
CREATE MACRO slipher.slipher_own.is_system_relation(named) AS regexp_full_match(lower(named::VARCHAR), '(pg_catalog\.|information_schema\.)?(pg|st[lv]|sv[lvcs]|sys)_.*|information_schema\..*');
-- Of whom nothing is granted, the owner, superusers and the system's relations apart. A relation that is not there is an error.
CREATE MACRO slipher.slipher_own.holds_relation(who, named, number, wanted) AS CASE
  WHEN number IS NOT NULL THEN (SELECT slipher.slipher_own.holds(who, max(own_r.schema_name), max(own_r.name), wanted) FROM slipher.slipher_own.visible_relations own_r WHERE own_r.oid = number)
  WHEN slipher.slipher_own.is_system_relation(named) THEN contains(lower(wanted), 'select')
  WHEN regexp_full_match(named::VARCHAR, '[0-9]+') THEN NULL
  ELSE error('relation "' || named::VARCHAR || '" does not exist') END;
CREATE MACRO slipher.main.has_table_privilege(a, b) AS slipher.slipher_own.holds_relation(slipher.slipher_own.session_user_id(), a, slipher.slipher_own.relation_number(a), b),
  (a, b, c) AS slipher.slipher_own.holds_relation(slipher.slipher_own.user_number(a), b, slipher.slipher_own.relation_number(b), c);
CREATE MACRO slipher.main.has_column_privilege(a, b, c) AS slipher.main.has_table_privilege(a, c), (a, b, c, d) AS slipher.main.has_table_privilege(a, b, d);
CREATE VIEW slipher.main.pg_inherits AS SELECT 0::BIGINT AS inhrelid, 0::BIGINT AS inhparent, 0 AS inhseqno, false AS inhdetachpending WHERE false;
CREATE VIEW slipher.main.pg_rewrite AS SELECT 0::BIGINT AS oid, ''::VARCHAR AS rulename, 0::BIGINT AS ev_class, 0 AS ev_attr, ''::VARCHAR AS ev_type, false AS is_instead WHERE false;
CREATE VIEW slipher.main.pg_trigger AS SELECT 0::BIGINT AS oid, 0::BIGINT AS tgrelid, ''::VARCHAR AS tgname, 0::BIGINT AS tgconstraint, false AS tgisinternal, ''::VARCHAR AS tgenabled WHERE false;
-- Primary and unique keys have an index in name.
CREATE VIEW slipher.main.pg_index AS
SELECT k.oid AS indexrelid, max(k.relation) AS indrelid, list(k.ordinal ORDER BY k.position) AS indkey, NULL::SMALLINT[] AS indclass, count(*)::SMALLINT AS indnatts, true AS indisunique,
       max(k.kind) = 'primary key' AS indisprimary, false AS indisclustered, true AS indisvalid, false AS indisreplident, ''::VARCHAR AS indoption, NULL::VARCHAR AS indexprs, NULL::VARCHAR AS indpred
FROM slipher.slipher_own.key_columns k WHERE k.kind <> 'foreign key' GROUP BY k.oid;
CREATE VIEW slipher.main.pg_constraint AS
SELECT k.oid, max(k.name) AS conname, max(k.schema_oid) AS connamespace, max(CASE k.kind WHEN 'primary key' THEN 'p' WHEN 'unique' THEN 'u' ELSE 'f' END) AS contype,
       false AS condeferrable, false AS condeferred, true AS convalidated, max(k.relation) AS conrelid, 0::BIGINT AS contypid, CASE WHEN max(k.kind) = 'foreign key' THEN 0 ELSE k.oid END AS conindid, 0::BIGINT AS conparentid,
       coalesce(max(k.far_relation), 0) AS confrelid, 'a' AS confupdtype, 'a' AS confdeltype, 'u' AS confmatchtype, list(k.ordinal ORDER BY k.position) AS conkey,
       CASE WHEN max(k.far_relation) IS NOT NULL THEN list(k.far_ordinal ORDER BY k.position) END AS confkey, NULL::VARCHAR AS conbin, NULL::VARCHAR AS consrc
FROM slipher.slipher_own.key_columns k GROUP BY k.oid;
CREATE MACRO slipher.slipher_own.names_listed(names) AS
  array_to_string(list_transform(names, lambda n: CASE WHEN regexp_full_match(n, '[a-z_][a-z0-9_$]*') THEN n ELSE '"' || replace(n, '"', '""') || '"' END), ', ');
CREATE MACRO slipher.slipher_own.key_text(number) AS (
    SELECT max(upper(own_k.kind) || ' (' || slipher.slipher_own.names_listed(own_k.columns) || ')' || CASE WHEN own_k.far_table IS NULL THEN ''
      ELSE ' REFERENCES ' || CASE WHEN list_contains(current_schemas(false), own_k.far_schema) THEN '' ELSE own_k.far_schema || '.' END || own_k.far_table || '(' || slipher.slipher_own.names_listed(own_k.far_columns) || ')' END)
    FROM slipher.slipher_own.visible_keys own_k JOIN (SELECT number AS own_number) ON own_k.oid = own_number);
CREATE MACRO slipher.main.pg_get_constraintdef(constraint_oid) AS slipher.slipher_own.key_text(constraint_oid), (constraint_oid, pretty) AS slipher.slipher_own.key_text(constraint_oid);
CREATE MACRO slipher.main.array_upper(elements, dimension) AS CASE WHEN dimension = 1 AND len(elements) > 0 THEN len(elements)::INTEGER END;
CREATE MACRO slipher.main.array_lower(elements, dimension) AS CASE WHEN dimension = 1 AND len(elements) > 0 THEN 1 END;
CREATE VIEW slipher.main.pg_tables AS
SELECT schema_name AS schemaname, name AS tablename, slipher.main.pg_get_userbyid(owner) AS tableowner, NULL::VARCHAR AS tablespace, false AS hasindexes, false AS hasrules, false AS hastriggers
FROM slipher.slipher_own.visible_relations WHERE kind = 'r';
CREATE VIEW slipher.main.pg_views AS
SELECT schema_name AS schemaname, name AS viewname, slipher.main.pg_get_userbyid(owner) AS viewowner, definition FROM slipher.slipher_own.visible_relations WHERE kind = 'v';

-- Redshift's own views.
CREATE VIEW slipher.main.pg_table_def AS
SELECT schema_name AS schemaname, relation_name AS tablename, name AS "column", slipher.main.format_type(type, modifier) AS type, coalesce(encoding, 'none') AS encoding,
       distkey, sortkey, not_null AS "notnull"
FROM slipher.slipher_own.visible_columns
WHERE relation_kind = 'r' AND (schema_name = 'pg_temp_1' OR list_contains(current_schemas(false), schema_name))
ORDER BY schemaname, tablename, ordinal;

CREATE VIEW slipher.main.svv_tables AS
SELECT current_database() AS table_catalog, schema_name AS table_schema, name AS table_name, CASE kind WHEN 'v' THEN 'VIEW' ELSE 'BASE TABLE' END AS table_type, comment AS remarks
FROM slipher.slipher_own.visible_relations;
CREATE VIEW slipher.main.svv_columns AS
SELECT current_database() AS table_catalog, c.schema_name AS table_schema, c.relation_name AS table_name, c.name AS column_name, c.ordinal AS ordinal_position,
       CASE WHEN c.identity IS NULL THEN c.default_value END AS column_default, CASE WHEN c.not_null THEN 'NO' ELSE 'YES' END AS is_nullable, t.formal AS data_type,
       CASE WHEN c.type IN (1042, 1043) AND c.modifier > 4 THEN c.modifier - 4 WHEN c.type = 1043 THEN 65535 END AS character_maximum_length,
       CASE c.type WHEN 1700 THEN (c.modifier - 4) // 65536 WHEN 21 THEN 16 WHEN 23 THEN 32 WHEN 20 THEN 64 WHEN 700 THEN 24 WHEN 701 THEN 53 END AS numeric_precision,
       CASE c.type WHEN 1700 THEN 10 WHEN 21 THEN 2 WHEN 23 THEN 2 WHEN 20 THEN 2 WHEN 700 THEN 2 WHEN 701 THEN 2 END AS numeric_precision_radix,
       CASE c.type WHEN 1700 THEN (c.modifier - 4) % 65536 WHEN 21 THEN 0 WHEN 23 THEN 0 WHEN 20 THEN 0 END AS numeric_scale,
       CASE WHEN c.type IN (1083, 1114, 1184, 1266) THEN 6 END AS datetime_precision, NULL::VARCHAR AS interval_type, NULL::VARCHAR AS interval_precision,
       NULL::VARCHAR AS character_set_catalog, NULL::VARCHAR AS character_set_schema, NULL::VARCHAR AS character_set_name,
       NULL::VARCHAR AS collation_catalog, NULL::VARCHAR AS collation_schema, NULL::VARCHAR AS collation_name, NULL::VARCHAR AS domain_name,
       slipher.main.col_description(c.relation, c.ordinal) AS remarks
FROM slipher.slipher_own.visible_columns c LEFT JOIN slipher.slipher_own.types t ON t.oid = c.type;

CREATE VIEW slipher.main.svv_all_schemas AS
SELECT current_database() AS database_name, shown AS schema_name, owner AS schema_owner, 'local' AS schema_type, array_to_string(slipher.slipher_own.acl(s.name, ''), ',') AS schema_acl, NULL::VARCHAR AS source_database,
       NULL::VARCHAR AS schema_option
FROM slipher.slipher_own.visible_schemas s WHERE database_name <> 'temp';
CREATE VIEW slipher.main.svv_redshift_schemas AS
SELECT database_name, schema_name, schema_owner, schema_type, schema_acl, schema_option FROM slipher.main.svv_all_schemas;
CREATE VIEW slipher.main.svv_all_tables AS
SELECT table_catalog AS database_name, table_schema AS schema_name, table_name, array_to_string(slipher.slipher_own.acl(table_schema, table_name), ',') AS table_acl, CASE table_type WHEN 'VIEW' THEN 'VIEW' ELSE 'TABLE' END AS table_type, remarks
FROM slipher.main.svv_tables;
CREATE VIEW slipher.main.svv_redshift_tables AS
SELECT database_name, schema_name, table_name, table_type, table_acl, remarks, slipher.main.pg_get_userbyid(slipher.slipher_own.owner_of(schema_name, table_name)) AS table_owner FROM slipher.main.svv_all_tables;
CREATE VIEW slipher.main.svv_all_columns AS
SELECT table_catalog AS database_name, table_schema AS schema_name, table_name, column_name, ordinal_position, column_default, is_nullable, data_type, character_maximum_length,
       numeric_precision, numeric_scale, remarks
FROM slipher.main.svv_columns;
CREATE VIEW slipher.main.svv_redshift_columns AS
SELECT current_database() AS database_name, c.schema_name, c.relation_name AS table_name, c.name AS column_name, c.ordinal AS ordinal_position, slipher.main.format_type(c.type, c.modifier) AS data_type,
       CASE WHEN c.identity IS NULL THEN c.default_value END AS column_default, CASE WHEN c.not_null THEN 'NO' ELSE 'YES' END AS is_nullable, coalesce(c.encoding, 'none') AS encoding,
       c.distkey, c.sortkey, NULL::VARCHAR AS column_acl, slipher.main.col_description(c.relation, c.ordinal) AS remarks
FROM slipher.slipher_own.visible_columns c;
CREATE VIEW slipher.main.svv_redshift_databases AS
SELECT current_database() AS database_name, 100 AS database_owner, 'local' AS database_type, NULL::VARCHAR AS database_acl, NULL::VARCHAR AS database_options,
       'Snapshot Isolation' AS database_isolation_level;
-- Those of information_schema whose types and names the engine's own would give away.
CREATE VIEW slipher.main.information_schema_tables AS
SELECT table_catalog, table_schema, table_name, table_type, NULL::VARCHAR AS self_referencing_column_name, NULL::VARCHAR AS reference_generation,
       NULL::VARCHAR AS user_defined_type_catalog, NULL::VARCHAR AS user_defined_type_schema, NULL::VARCHAR AS user_defined_name
FROM slipher.main.svv_tables;
CREATE VIEW slipher.main.information_schema_columns AS SELECT * EXCLUDE (remarks) FROM slipher.main.svv_columns;
CREATE VIEW slipher.main.information_schema_schemata AS
SELECT current_database() AS catalog_name, shown AS schema_name, slipher.main.pg_get_userbyid(owner) AS schema_owner, NULL::VARCHAR AS default_character_set_catalog,
       NULL::VARCHAR AS default_character_set_schema, NULL::VARCHAR AS default_character_set_name, NULL::VARCHAR AS sql_path
FROM slipher.slipher_own.visible_schemas WHERE database_name <> 'temp';
CREATE VIEW slipher.main.information_schema_table_constraints AS
SELECT current_database() AS constraint_catalog, schema_name AS constraint_schema, name AS constraint_name, current_database() AS table_catalog, schema_name AS table_schema,
       table_name, upper(kind) AS constraint_type, 'NO' AS is_deferrable, 'NO' AS initially_deferred
FROM slipher.slipher_own.visible_keys;
CREATE VIEW slipher.main.information_schema_key_column_usage AS
SELECT current_database() AS constraint_catalog, schema_name AS constraint_schema, name AS constraint_name, current_database() AS table_catalog, schema_name AS table_schema,
       table_name, column_name, position::INTEGER AS ordinal_position
FROM slipher.slipher_own.key_columns;
CREATE VIEW slipher.main.information_schema_constraint_column_usage AS
SELECT current_database() AS table_catalog, coalesce(far_schema, schema_name) AS table_schema, coalesce(far_table, table_name) AS table_name, coalesce(far_column, column_name) AS column_name,
       current_database() AS constraint_catalog, schema_name AS constraint_schema, name AS constraint_name
FROM slipher.slipher_own.key_columns;
CREATE VIEW slipher.main.information_schema_referential_constraints AS
SELECT current_database() AS constraint_catalog, k.schema_name AS constraint_schema, k.name AS constraint_name, current_database() AS unique_constraint_catalog,
       u.schema_name AS unique_constraint_schema, u.name AS unique_constraint_name, 'NONE' AS match_option, 'NO ACTION' AS update_rule, 'NO ACTION' AS delete_rule
FROM slipher.slipher_own.visible_keys k LEFT JOIN slipher.slipher_own.visible_keys u ON u.relation = k.far_relation AND u.columns = k.far_columns AND u.kind <> 'foreign key'
WHERE k.kind = 'foreign key';
CREATE VIEW slipher.main.information_schema_views AS
SELECT current_database() AS table_catalog, schemaname AS table_schema, viewname AS table_name, definition AS view_definition, 'NONE' AS check_option, 'NO' AS is_updatable, 'NO' AS is_insertable_into
FROM slipher.main.pg_views;

CREATE VIEW slipher.main.svv_table_info AS
SELECT current_database() AS database, r.schema_name AS schema, r.oid AS table_id, r.name AS "table",
       CASE WHEN bool_or(c.encoding IS NOT NULL AND c.encoding <> 'none') THEN 'Y' ELSE 'N' END AS encoded,
       coalesce(max(t.diststyle), 'AUTO(ALL)') AS diststyle,
       max(c.name) FILTER (abs(c.sortkey) = 1) AS sortkey1,
       coalesce(max(c.modifier - 4) FILTER (c.type IN (1042, 1043) AND c.modifier > 4), 0)::INTEGER AS max_varchar,
       max(c.encoding) FILTER (abs(c.sortkey) = 1) AS sortkey1_enc,
       count(*) FILTER (c.sortkey <> 0)::INTEGER AS sortkey_num,
       greatest(1, r.rows // 10000)::BIGINT AS size, 0::NUMERIC(10,4) AS pct_used, 0::BIGINT AS empty, 0::NUMERIC(5,2) AS unsorted, 0::NUMERIC(5,2) AS stats_off,
       r.rows::NUMERIC(38,0) AS tbl_rows, NULL::NUMERIC(19,2) AS skew_sortkey1, NULL::NUMERIC(19,2) AS skew_rows, r.rows::NUMERIC(38,0) AS estimated_visible_rows,
       NULL::VARCHAR AS risk_event, NULL::NUMERIC(12,2) AS vacuum_sort_benefit, NULL::TIMESTAMP AS create_time
FROM slipher.slipher_own.visible_relations r
JOIN slipher.slipher_own.visible_columns c ON c.relation = r.oid AND c.relation_kind = 'r'
LEFT JOIN {database}.slipher_catalog.tables t ON t.schema_name = r.schema_name AND t.table_name = r.name
WHERE r.kind = 'r'
GROUP BY r.schema_name, r.oid, r.name, r.rows;
