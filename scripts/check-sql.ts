import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { log } from '../src/process/log.ts';
import { startThrowAwayPostgres } from '../testing/throw-away-postgres.ts';
import { readMigrations } from './migrations/function-files.ts';

/*
 * The SQL conventions, asked of the catalog of a migrated database and not of the text: what
 * Postgres has understood is what counts. Each rule is a query whose rows are the violations.
 */

const OURS = `('app_public', 'app_hidden', 'app_private')`;
const API_ROLES = `('trumpet_visitor', 'trumpet_user', 'trumpet_broadcast')`;

const RULES: readonly { readonly promise: string; readonly violations: string }[] = [
  {
    // The names in a body of SQL's own form (`return …`) were looked up once and for all when it was made.
    // A temporary type or table is found before all others unless pg_temp is named, and last.
    // What only functions call that have pinned it runs with theirs: app_private's, which no API role may execute, and
    // which no trigger, policy, check or view calls.
    promise:
      'every function pins its search_path, from pg_catalog to pg_temp, or is called only from functions that do',
    violations: `
      select proc.oid::regprocedure::text as name
      from pg_proc as proc
      where (proc.pronamespace::regnamespace::text in ${OURS} or proc.pronamespace = 'app_admin'::regnamespace)
        and proc.prosqlbody is null
        and not exists (
          select from unnest(proc.proconfig) as setting
          where setting ~ '^search_path=pg_catalog(, public)?, pg_temp$'
        )
        and (
          proc.pronamespace <> 'app_private'::regnamespace or proc.prosecdef or proc.prorettype = 'trigger'::regtype
          or exists (
            select from pg_depend
              where refclassid = 'pg_proc'::regclass and refobjid = proc.oid and classid <> 'pg_type'::regclass)
          or not exists (
            select from pg_proc as caller
              where caller.prosrc ~ ('\\mapp_private\\.' || proc.proname || '\\(') and caller.proconfig is not null)
        )`,
  },
  {
    promise: 'no API role makes temporary objects, or anything in public',
    violations: `
      select role || ' ' || may as name
      from unnest(array['trumpet_authenticator', 'trumpet_visitor', 'trumpet_user', 'trumpet_broadcast']) as role,
        lateral (
          select 'temporary' as may where has_database_privilege(role, current_database(), 'temporary')
          union all
          select 'create in ' || nspname from pg_namespace where has_schema_privilege(role, oid, 'create')
        ) as allowed`,
  },
  {
    promise: 'an error is a sentence, which ends with a full stop',
    violations: `
      select proc.oid::regprocedure || ': ' || sentence[1] as name
      from pg_proc as proc, regexp_matches(proc.prosrc, $regex$raise exception '((?:[^']|'')*)'$regex$, 'g') as sentence
      where proc.pronamespace::regnamespace::text like 'app\\_%'
        and sentence[1] !~ '[.?]$'`,
  },
  {
    // The default of such a parameter is a value that nobody gives.
    promise:
      'null takes a value away: a change keeps what is left out by its default, as update_room does, and not by coalesce',
    violations: `
      select proc.oid::regprocedure || ': ' || field[1] as name
      from pg_proc as proc,
        regexp_matches(proc.prosrc, 'coalesce\\(' || proc.proname || '\\.(\\w+), \\w+\\.\\1\\)', 'g') as field
      where proc.pronamespace = 'app_public'::regnamespace`,
  },
  {
    promise: 'EXECUTE is revoked from PUBLIC on every function',
    violations: `
      select proc.oid::regprocedure::text as name
      from pg_proc as proc, aclexplode(coalesce(proc.proacl, acldefault('f', proc.proowner))) as acl
      where proc.pronamespace::regnamespace::text in ${OURS} and acl.grantee = 0`,
  },
  {
    promise: 'no API role may execute a function of app_private',
    violations: `
      select proc.oid::regprocedure || ' by ' || role as name
      from pg_proc as proc, unnest(array['trumpet_visitor', 'trumpet_user', 'trumpet_broadcast']) as role
      where proc.pronamespace = 'app_private'::regnamespace
        and has_schema_privilege(role, 'app_private', 'usage')
        and has_function_privilege(role, proc.oid, 'execute')`,
  },
  {
    promise: 'a computed column is not volatile',
    violations: `
      select proc.oid::regprocedure::text as name
      from pg_proc as proc
      join pg_type as type on type.oid = proc.proargtypes[0]
      join pg_class as class on class.oid = type.typrelid and class.relkind in ('r', 'p', 'v', 'm')
      where proc.pronamespace in ('app_public'::regnamespace, 'app_hidden'::regnamespace)
        and proc.provolatile = 'v'`,
  },
  {
    promise: 'row-level security is enabled on every table of app_public',
    violations: `
      select class.oid::regclass::text as name
      from pg_class as class
      where class.relnamespace = 'app_public'::regnamespace
        and class.relkind in ('r', 'p')
        and not class.relrowsecurity`,
  },
  {
    promise: "a table elsewhere either has row-level security or is no API role's to read or write",
    violations: `
      select class.oid::regclass || ' by ' || role as name
      from pg_class as class
      cross join unnest(array['trumpet_visitor', 'trumpet_user', 'trumpet_broadcast', 'trumpet_authenticator']) as role
      where class.relnamespace::regnamespace::text in ('app_private', 'app_hidden')
        and class.relkind in ('r', 'p', 'v', 'm')
        and has_any_column_privilege(role, class.oid, 'select, insert, update')
        and (class.relnamespace = 'app_private'::regnamespace or not class.relrowsecurity)`,
  },
  {
    promise:
      'no table is emptied by TRUNCATE, which no row trigger hears of: app_private.refuse_truncate() sees to that',
    violations: `
      select class.oid::regclass::text as name
      from pg_class as class
      where class.relnamespace in ('app_public'::regnamespace, 'app_private'::regnamespace)
        and class.relkind in ('r', 'p') and class.relpersistence = 'p'
        and not exists (select from pg_trigger where tgrelid = class.oid and (tgtype & 32) = 32)`,
  },
  {
    promise: 'a partition is closed to the API roles: policies hold only through its parent',
    violations: `
      select class.oid::regclass || ' by ' || role as name
      from pg_class as class
      cross join unnest(array['trumpet_visitor', 'trumpet_user', 'trumpet_broadcast']) as role
      where class.relispartition
        and class.relkind in ('r', 'p')
        and class.relnamespace::regnamespace::text in ${OURS}
        and not class.relrowsecurity
        and has_any_column_privilege(role, class.oid, 'select, insert, update')`,
  },
  {
    promise: 'every view is security_invoker',
    violations: `
      select class.oid::regclass::text as name
      from pg_class as class
      where class.relnamespace in ('app_public'::regnamespace, 'app_hidden'::regnamespace)
        and class.relkind = 'v'
        and not coalesce(class.reloptions::text[] @> array['security_invoker=true'], false)`,
  },
  {
    promise: 'API roles write only where a column grant lets them, never a whole table',
    violations: `
      select class.oid::regclass || ' by ' || acl.grantee::regrole || ' ' || acl.privilege_type as name
      from pg_class as class, aclexplode(class.relacl) as acl
      where class.relnamespace::regnamespace::text in ${OURS}
        and acl.grantee::regrole::text in ${API_ROLES}
        and acl.privilege_type in ('INSERT', 'UPDATE', 'TRUNCATE', 'REFERENCES', 'TRIGGER')
        and class.relkind in ('r', 'p', 'v')`,
  },
  {
    promise: 'every table, view and composite type of app_public has a comment',
    violations: `
      select class.oid::regclass::text as name
      from pg_class as class
      where class.relnamespace = 'app_public'::regnamespace
        and class.relkind in ('r', 'p', 'v', 'm', 'c')
        and not class.relispartition
        and obj_description(class.oid, 'pg_class') is null
        and (class.relkind <> 'c' or obj_description(class.reltype, 'pg_type') is null)`,
  },
  {
    promise: 'every column in app_public has a comment',
    violations: `
      select class.oid::regclass || '.' || attribute.attname as name
      from pg_attribute as attribute
      join pg_class as class on class.oid = attribute.attrelid
      where class.relnamespace = 'app_public'::regnamespace
        and class.relkind in ('r', 'p', 'v', 'm', 'c')
        and not class.relispartition
        and attribute.attnum > 0 and not attribute.attisdropped
        and col_description(class.oid, attribute.attnum) is null`,
  },
  {
    promise: 'every enum and domain of app_public has a comment',
    violations: `
      select type.oid::regtype::text as name
      from pg_type as type
      where type.typnamespace = 'app_public'::regnamespace
        and type.typtype in ('e', 'd')
        and obj_description(type.oid, 'pg_type') is null`,
  },
  {
    promise: 'every function of app_public and app_hidden has a comment',
    violations: `
      select proc.oid::regprocedure::text as name
      from pg_proc as proc
      where proc.pronamespace in ('app_public'::regnamespace, 'app_hidden'::regnamespace)
        and obj_description(proc.oid, 'pg_proc') is null`,
  },
  {
    promise: 'every foreign key has an index that begins with its columns',
    violations: `
      select constraints.conrelid::regclass || ' ' || constraints.conname as name
      from pg_constraint as constraints
      join pg_class as class on class.oid = constraints.conrelid
      where constraints.contype = 'f'
        and constraints.conparentid = 0
        and class.relnamespace::regnamespace::text in ${OURS}
        and not exists (
          select from pg_index
          where pg_index.indrelid = constraints.conrelid
            and (pg_index.indkey::int2[])[0:cardinality(constraints.conkey) - 1] @> constraints.conkey
        )`,
  },
  {
    promise: 'every constraint is named for what it promises',
    violations: `
      select constraints.conrelid::regclass || ' ' || constraints.conname as name
      from pg_constraint as constraints
      join pg_class as class on class.oid = constraints.conrelid
      where constraints.contype in ('c', 'x')
        and constraints.conparentid = 0
        and not class.relispartition
        and class.relnamespace::regnamespace::text in ${OURS}
        and constraints.conname ~ '_check\\d*$'`,
  },
  {
    promise: 'checks refuse without the row: call app_private.keep_rows_out_of_refusals()',
    violations: `
      select constraints.conrelid::regclass || ' ' || constraints.conname as name
      from pg_constraint as constraints
      where constraints.contype = 'c'
        and constraints.conparentid = 0
        and constraints.coninhcount = 0
        and constraints.conrelid <> 0
        and constraints.connamespace::regnamespace::text in ${OURS}
        and constraints.conenforced
        and pg_get_expr(constraints.conbin, constraints.conrelid) not like '%IS NOT FALSE) OR app_private.keeps(%'
        and pg_get_expr(constraints.conbin, constraints.conrelid) !~ '^\\(?app_private\\.keeps_\\w+\\([\\w, ]+\\)\\)?$'`,
  },
  {
    promise: 'trigger functions are named tg_<table>__<task>, triggers _<number>_<name>',
    violations: `
      select trigger.tgrelid::regclass || ' ' || trigger.tgname as name
      from pg_trigger as trigger
      join pg_class as class on class.oid = trigger.tgrelid
      join pg_proc as proc on proc.oid = trigger.tgfoid
      where not trigger.tgisinternal
        and trigger.tgparentid = 0
        and class.relnamespace::regnamespace::text in ${OURS}
        and not (trigger.tgname ~ '^_\\d+_' and proc.proname ~ '^tg_.+__.+')`,
  },
];

const KEYWORDS =
  /\b(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|GRANT|REVOKE|FROM|WHERE|BEGIN|DECLARE|RETURNS?|FUNCTION|TABLE|NULL|NOT|AND|PRIMARY|REFERENCES|LANGUAGE|SECURITY)\b/;

/** Keywords in capitals, in the text outside comments and quotes. */
function upperCaseKeywords(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const blank = (match: string) => match.replace(/[^\n]/g, ' ');
    const code = text
      .replace(/\/\*[\s\S]*?\*\//g, blank)
      .replace(/--.*/g, blank)
      .replace(/E?'(?:[^'\\]|''|\\.)*'/g, blank);
    return code
      .split('\n')
      .flatMap((line, index) => (KEYWORDS.test(line) ? `${name}:${index + 1} ${line.trim()}` : []));
  });
}

/**
 * Functions that are not as their files say: a parameter was added and the old function is still there, a grant was taken
 * out of the file and not out of the database. Every function is spoilt, every file is run again, and the rest shows.
 */
async function functionsUnlikeTheirFiles(client: pg.Client): Promise<string[]> {
  const functions = `
    select proc.oid, proc.oid::regprocedure::text as name, proc.proacl, proc.proowner,
        concat(
          pg_get_functiondef(proc.oid), obj_description(proc.oid, 'pg_proc'),
          (select string_agg(acl::text, ' ' order by acl::text) from aclexplode(proc.proacl) as acl)
        ) as state
      from pg_proc as proc
      where proc.pronamespace::regnamespace::text in ${OURS} or proc.pronamespace = 'app_admin'::regnamespace`;
  await client.query(`
    begin;
    create temporary table functions_before on commit drop as ${functions};
    do $$
    declare
      v_function record;
      v_grantee oid;
    begin
      for v_function in select * from functions_before loop
        execute format('alter function %s cost 987654', v_function.name);
        execute format('comment on function %s is null', v_function.name);
        for v_grantee in select distinct grantee from aclexplode(v_function.proacl) where grantee <> v_function.proowner loop
          execute format('revoke all on function %s from %s', v_function.name,
            case when v_grantee = 0 then 'public' else v_grantee::regrole::text end);
        end loop;
      end loop;
    end
    $$`);
  await client.query([...readMigrations().functions.values()].join('\n'));
  const { rows } = await client.query<{ name: string }>(
    `select functions_before.name
      from functions_before
      left join (${functions}) as functions_after using (oid)
      where functions_before.state is distinct from functions_after.state
      order by functions_before.name`,
  );
  await client.query('rollback');
  return rows.map(({ name }) => name);
}

async function withMigratedDatabase(run: (client: pg.Client) => Promise<void>): Promise<void> {
  const postgres = await startThrowAwayPostgres();
  try {
    await postgres.migrate();
    const client = new pg.Client(postgres.ownerUrl());
    await client.connect();
    await run(client);
    await client.end();
  } finally {
    await postgres.close();
  }
}

function report(promise: string, violations: readonly string[]): void {
  if (violations.length > 0) {
    process.exitCode = 1;
    console.error([`Not so: ${promise}.`, ...violations.map((name) => `  ${name}`)].join('\n'));
  }
}

log.level = 'error';
await withMigratedDatabase(async (client) => {
  for (const { promise, violations } of RULES) {
    const { rows } = await client.query<{ name: string }>(`${violations} order by name`);
    report(
      promise,
      rows.map((row) => row.name),
    );
  }
  report('every function is as its file says', await functionsUnlikeTheirFiles(client));
});
report(
  'SQL keywords are lowercase',
  upperCaseKeywords(join(import.meta.dirname, '..', 'migrations', 'committed')),
);
if (process.exitCode !== 1) {
  console.log(`The SQL keeps its ${RULES.length + 2} conventions.`);
}
