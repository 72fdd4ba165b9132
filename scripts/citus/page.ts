import type { ClientBase } from 'pg';
import { COUNTERS, type Group, KEYS, type Key } from './keys.ts';

/*
 * docs/citus.md: for each table what it would be distributed by, and for each function of the API where it would work.
 * What stands in the way is read from the catalogue, so that the page stays true.
 */

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  /** The columns of each primary key, unique constraint and unique index; an expression gives none. */
  readonly uniques: readonly (readonly string[])[];
  readonly references: readonly Reference[];
  readonly triggers: readonly string[];
}

interface Reference {
  readonly columns: readonly string[];
  readonly table: string;
  readonly targets: readonly string[];
}

interface Routine {
  readonly name: string;
  readonly body: string;
  readonly names: readonly string[];
  readonly types: readonly string[];
}

/** What a function does to tables, itself and by all that it calls and sets off. */
interface Reach {
  readonly reads: Set<string>;
  readonly writes: Set<string>;
}

const TABLES = `
  select table_schema || '.' || table_name as name, array(
      select attname::text from pg_attribute where attrelid = class.oid and attnum > 0 and not attisdropped order by attnum
    ) as columns,
    coalesce((
      select json_agg(array(
          select attname::text from pg_attribute where attrelid = class.oid and attnum = any (indkey) order by attnum
        ) order by indexrelid::regclass::text collate "C")
        from pg_index where indrelid = class.oid and indisunique
    ), '[]') as uniques,
    coalesce((
      select json_agg(json_build_object(
          'columns', array(
            select attname::text from unnest(conkey) with ordinality as key (number, place)
              join pg_attribute on attrelid = conrelid and attnum = number order by place),
          'table', (select relnamespace::regnamespace || '.' || relname from pg_class where oid = confrelid),
          'targets', array(
            select attname::text from unnest(confkey) with ordinality as key (number, place)
              join pg_attribute on attrelid = confrelid and attnum = number order by place)
        ) order by conname)
        from pg_constraint where conrelid = class.oid and contype = 'f' and conparentid = 0
    ), '[]') as references,
    array(
      select distinct pronamespace::regnamespace || '.' || proname from pg_trigger join pg_proc on pg_proc.oid = tgfoid
        where tgrelid = class.oid and not tgisinternal order by 1
    ) as triggers
  from pg_class as class
    cross join lateral (select relnamespace::regnamespace::text as table_schema, relname::text as table_name) as named
  where relkind in ('r', 'p') and not relispartition and table_schema in ('app_public', 'app_private')
  order by table_schema collate "C", table_name collate "C"`;

const ROUTINES = `
  select pronamespace::regnamespace || '.' || proname as name,
    string_agg(coalesce(prosrc, '') || ' ' || coalesce(pg_get_function_sqlbody(oid), ''), ' ') as body,
    array_agg(distinct parameter) filter (where parameter <> '') as names,
    array_agg(distinct type::regtype::text) filter (where type is not null) as types
  from pg_proc
    left join lateral (
      select coalesce(proargnames[place], '') as parameter, type
        from unnest(proargtypes) with ordinality as given (type, place)
    ) as parameters on true
  where pronamespace::regnamespace::text like 'app\\_%' and prokind in ('f', 'p')
  group by pronamespace, proname
  order by (pronamespace::regnamespace || '.' || proname)::text collate "C"`;

/** @throws Error when a table has no place in keys.ts, or a place there is no table's. */
export async function citusPage(database: ClientBase): Promise<string> {
  const { rows: tables } = await database.query<Table>(TABLES);
  const { rows: routines } = await database.query<Routine>(ROUTINES);
  requirePlaces(tables.map(({ name }) => name));
  const reachOf = closure(tables, routines);
  return [
    HEAD,
    '| table | distributed by | what stands in the way today |',
    '| --- | --- | --- |',
    ...tables.map((table) => {
      const key = keyOf(table.name);
      const ways = waysOf(table, key, reachOf);
      return `| \`${table.name}\` | ${key.column === undefined ? key.group : `\`${key.column}\``} | ${ways.length === 0 ? 'nothing' : ways.join('; ')} |`;
    }),
    FUNCTIONS,
    '| function | of rooms | of people | it would work on |',
    '| --- | --- | --- | --- |',
    ...routines
      .filter(({ name }) => /^app_(public|admin|hidden)\./.test(name))
      .flatMap((routine) => functionRow(routine, reachOf(routine.name))),
    '',
  ].join('\n');
}

function requirePlaces(tables: readonly string[]): void {
  const missing = tables.filter((name) => !KEYS.has(name));
  const gone = [...KEYS.keys()].filter((name) => !tables.includes(name));
  if (missing.length + gone.length > 0) {
    throw new Error(
      [
        ...missing.map((name) => `scripts/citus/keys.ts does not say where ${name} would lie.`),
        ...gone.map((name) => `scripts/citus/keys.ts names ${name}, which is no table.`),
      ].join('\n'),
    );
  }
}

function keyOf(table: string): Key {
  return KEYS.get(table) as Key;
}

const isSpread = ({ group }: Key) => group === 'room' || group === 'person';
const short = (name: string) => `\`${name.replace(/^app_\w+?\./, '')}\``;

function waysOf(table: Table, key: Key, reachOf: (name: string) => Reach): string[] {
  const { column } = key;
  const ways: string[] = [];
  if (column !== undefined && !table.columns.includes(column)) {
    ways.push(`has no \`${column}\``);
  }
  if (column !== undefined && table.columns.includes(column)) {
    const without = table.uniques.filter((columns) => !columns.includes(column));
    ways.push(...without.map((columns) => `unique by \`${columns.join(', ')}\` alone`));
  }
  for (const { columns, table: target, targets } of table.references) {
    const other = keyOf(target);
    const goesAlong =
      other.group === key.group &&
      targets.some((name, index) => name === other.column && columns[index] === column);
    if (other.group === 'local' ? key.group !== 'local' : isSpread(other) && !goesAlong) {
      ways.push(`refers to ${short(target)} by \`${columns.join(', ')}\``);
    }
  }
  const reaches = table.triggers.map(reachOf);
  const written = new Set(
    reaches.flatMap(({ writes }) => [...writes]).filter((name) => keyOf(name).group !== key.group),
  );
  const read = new Set(
    reaches
      .flatMap(({ reads }) => [...reads])
      .filter((name) => isElsewhere(key, keyOf(name)) && !written.has(name)),
  );
  for (const [verb, names] of [
    ['write to', written],
    ['read', read],
  ] as const) {
    if (names.size > 0) {
      ways.push(`its triggers ${verb} ${[...names].sort().map(short).join(', ')}`);
    }
  }
  return ways;
}

/** Whether what the one sets off may have to ask another node for a row of the other. */
function isElsewhere(key: Key, other: Key): boolean {
  return other.group !== key.group && other.group !== 'reference' && key.group !== 'local';
}

function closure(tables: readonly Table[], routines: readonly Routine[]): (name: string) => Reach {
  const bodies = new Map(routines.map(({ name, body }) => [name, body]));
  const triggers = new Map(tables.map(({ name, triggers: names }) => [name, names]));
  const known = new Map<string, Reach>();
  return (start) => {
    const found = known.get(start);
    if (found !== undefined) {
      return found;
    }
    const reach: Reach = { reads: new Set(), writes: new Set() };
    const seen = new Set<string>();
    const waiting = [start];
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      const body = bodies.get(name);
      if (body === undefined || seen.has(name)) {
        continue;
      }
      seen.add(name);
      for (const [, verb = '', table = ''] of body.matchAll(
        /\b(from|join|using|insert into|update|delete from|merge into)\s+(?:only\s+)?(app_\w+\.\w+)(?!\w*\()/gi,
      )) {
        if (!triggers.has(table)) {
          continue;
        }
        const isWritten = /^(insert|update|delete|merge)/i.test(verb);
        (isWritten ? reach.writes : reach.reads).add(table);
        if (isWritten) {
          waiting.push(...(triggers.get(table) ?? []));
        }
      }
      waiting.push(
        ...[...body.matchAll(/\b(app_\w+\.\w+)\s*\(/g)].map(([, called = '']) => called),
      );
    }
    known.set(start, reach);
    return reach;
  };
}

const ROOM_TYPES =
  /^app_public\.(rooms|room_\w+|messages|message_\w+|interactions|incoming_webhooks)$/;

function functionRow({ name, names, types }: Routine, { reads, writes }: Reach): string[] {
  const of = (group: Group, tables: ReadonlySet<string>) =>
    [...tables].filter((table) => keyOf(table).group === group && !COUNTERS.has(table)).length;
  const touches = (group: Group) => of(group, reads) + of(group, writes) > 0;
  const told = (group: Group) =>
    of(group, writes) > 0 ? 'writes' : of(group, reads) > 0 ? 'reads' : '';
  if (!touches('room') && !touches('person')) {
    return [];
  }
  const parameters = names ?? [];
  const isOfRoom =
    parameters.some((parameter) => /^(room_id|room)$/.test(parameter)) ||
    (types ?? []).some((type) => ROOM_TYPES.test(type));
  const isOfMessage = parameters.some((parameter) =>
    /^(message_id|parent_message_id|interaction_id|attachment_id|invitation_id|report_id)$/.test(
      parameter,
    ),
  );
  const place = !touches('room')
    ? "the person's node"
    : isOfRoom
      ? "the room's node"
      : isOfMessage
        ? "every node, to find the room by the id; then the room's"
        : 'every node: it is of no one room';
  const both =
    !touches('room') || !touches('person')
      ? ''
      : of('room', writes) > 0 && of('person', writes) > 0
        ? ", and a person's in one transaction"
        : ", and reads of a person's";
  return [`| \`${name}\` | ${told('room')} | ${told('person')} | ${place}${both} |`];
}

const HEAD = `# Citus, table by table

[Citus](https://docs.citusdata.com) spreads the tables of one database over several Postgres servers. Trumpet was not run on it. This page says for every table what it would be distributed by and what stands in the way today, and for every function where it would work; [Beyond one machine](scaling.md) says when it matters.

A table is one of four kinds:

- **by \`room_id\`**: a room is on one node with its members, messages and log, so that a send stays one transaction of one node.
- **by a person's id**: what belongs to one person and to no room.
- **reference**: a copy on every node. Reading is local; every write is a commit on all nodes, so it is for what seldom changes.
- **local**: on the coordinator, for the worker and the administrator.

What Citus asks for ([its documentation](https://docs.citusdata.com/en/stable/develop/reference_ddl.html)): a unique key contains the column that the table is distributed by; a foreign key goes to a reference table, or to a table that is distributed alike, by that column; a trigger of a distributed table stays on its node, and is allowed by \`citus.enable_unsafe_triggers\` alone. The third column is read from the catalogue of the database and follows it.

Besides what the table names:

- **The numbers of the log** come from \`room_heads\`, a row a room: they would stay as they are, on the room's node. But \`userEvents\` resumes after a transaction id, and each node counts those for itself. A cursor would need a number of each node.
- **Who may read** is a policy that asks for the rooms of a person (\`app_hidden.my_room_ids\`), in a table by room: every node would be asked for each statement. It would need the memberships a second time, by person.
- **\`where id = …\`** of a message says its month and not its room: every node is asked. The ids would have to say the room, or the API to ask for it.
- **Limits** (\`rate_buckets\`) are a row a person and kind that nearly every change writes to, beside the room's: two nodes would commit together. It is left out of the list of functions below.
- **NOTIFY** reaches who listens on that node. Servers would listen to each, or bells go by Redis alone.
- **Months** are partitions: each would be distributed, so a database of 79 months and 32 shards has 2,528 tables of messages.

## Tables
`;

const FUNCTIONS = `
## Functions

Each function of the API and for the administrator that reads or writes what is distributed, with all that it calls and all triggers that it sets off. Those that are not here use reference tables, local ones or none, and would work on any node. Each was read by a program and not tried: what a function does by dynamic SQL is not seen.
`;
