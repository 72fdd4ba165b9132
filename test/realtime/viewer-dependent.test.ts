import { isObjectType } from 'grafast/graphql';
import pg from 'pg';
import type { PgResource } from 'postgraphile/@dataplan/pg';
import { namesOfComputedField } from '../../plugins/smart-tags.ts';
import { makeApiSchema } from '../../scripts/schema-text.ts';
import { createRoomOfTwo, createTestWorld } from '../../testing/world.ts';

/*
 * One execution of an event serves everyone who listens with the same document, unless a field in it is marked as
 * dependent on the viewer. Which fields are is asked of the catalog: what a function reads, through whatever it calls,
 * and which tables show their rows to some members only.
 */

const { database, server, close } = await createTestWorld();
const pool = new pg.Pool({ connectionString: database.authDatabaseUrl });
afterAll(async () => {
  await pool.end();
  await close();
});

/** Where a field of the API gets what it shows. */
interface Source {
  readonly functionName?: string | undefined;
  readonly tableName?: string | undefined;
}

const sources = new Map<string, Source>();

function nameOf(thing: unknown): string | undefined {
  const pg = (thing as PgResource | undefined)?.extensions?.pg;
  return pg === undefined ? undefined : `${pg.schemaName}.${pg.name}`;
}

const { schema } = await makeApiSchema(pool, [
  {
    name: 'SourcesPlugin',
    version: '0.0.0',
    schema: {
      hooks: {
        init(types, build) {
          for (const resource of Object.values(build.pgResources) as unknown as PgResource[]) {
            for (const field of resource.parameters ? namesOfComputedField(build, resource) : []) {
              sources.set(field, { functionName: nameOf(resource) });
            }
          }
          return types;
        },
        GraphQLObjectType_fields_field(field, _build, { Self, scope }) {
          const { pgRelationDetails: relation, pgFieldResource } = scope;
          const name = `${Self.name}.${scope.fieldName}`;
          if (relation !== undefined) {
            const { codec, relationName } = relation;
            const found = relation.registry.pgRelations[codec.name]?.[relationName];
            sources.set(name, { tableName: nameOf(found?.remoteResource) });
          } else if (pgFieldResource !== undefined) {
            const { codec } = pgFieldResource as unknown as PgResource;
            sources.set(name, {
              functionName: nameOf(pgFieldResource),
              tableName: nameOf(codec),
            });
          }
          return field;
        },
      },
    },
  },
]);

/** Names of everything in the database that has a body, with the body, and whether it reads as its caller. */
const { rows: bodies } = await database.owner.query<{
  name: string;
  body: string;
  readsAsCaller: boolean;
}>(
  `select pronamespace::regnamespace || '.' || proname as name, pg_get_functiondef(pg_proc.oid) as body, not prosecdef as "readsAsCaller"
    from pg_proc
    where pronamespace::regnamespace::text in ('app_public', 'app_hidden', 'app_private') and prokind = 'f'
  union all select relnamespace::regnamespace || '.' || relname, pg_get_viewdef(oid), true
    from pg_class
    where relnamespace::regnamespace::text in ('app_public', 'app_hidden', 'app_private') and relkind = 'v'`,
);
const bodyOf = new Map(bodies.map(({ name, ...rest }) => [name, rest]));

/** Tables whose rows some people see and the execution for all of a room does not. */
const { rows: withheld } = await database.owner.query<{ name: string }>(
  `select 'app_public.' || relname as name
    from pg_class
    where relnamespace = 'app_public'::regnamespace and relkind in ('r', 'p', 'v')
      and has_table_privilege('trumpet_user', oid, 'select')
      and not (relkind <> 'v' and exists (
        select from pg_policy
          where polrelid = pg_class.oid and 'trumpet_broadcast'::regrole = any (polroles)))`,
);
const withheldTables = new Set(withheld.map(({ name }) => name));

/** Asks whether one may know of the room; listeners of it do, all alike. */
const ACCESS_CHECKS = new Set([
  'app_hidden.can_see_room',
  'app_hidden.can_look_into',
  'app_hidden.can_look_into_message',
  // Null for all who see all of a room: events are computed for themselves for those who do not.
  'app_hidden.my_history_start',
]);

/** The execution for all of a room sees no held message, though its policy shows it the others. */
const WITHHELD_ROWS = ['Room.heldMessages'];

const known = new Map<string, boolean>();

/** Whether a function or view gives one person something else than another. */
function dependsOnViewer(name: string): boolean {
  const answered = known.get(name);
  if (answered !== undefined) {
    return answered;
  }
  known.set(name, false);
  const { body = '', readsAsCaller = true } = bodyOf.get(name) ?? {};
  const names = new Set(
    Array.from(body.matchAll(/\bapp_(?:public|hidden|private)\.\w+/g), ([used]) => used),
  );
  const answer =
    /current_setting\('trumpet\.user_id'/.test(body) ||
    [...names].some(
      (used) =>
        used !== name &&
        !ACCESS_CHECKS.has(used) &&
        (bodyOf.has(used) ? dependsOnViewer(used) : readsAsCaller && withheldTables.has(used)),
    );
  known.set(name, answer);
  return answer;
}

test('what is asked of the catalog finds what is known', () => {
  expect(dependsOnViewer('app_public.rooms_unread_count')).toBe(true);
  expect(dependsOnViewer('app_public.user_conversations')).toBe(true);
  expect(dependsOnViewer('app_public.rooms_member_count')).toBe(false);
  expect([...withheldTables]).toEqual(
    expect.arrayContaining([
      'app_public.room_invitations',
      'app_public.notification_settings',
      'app_public.conversations',
    ]),
  );
  expect(withheldTables.has('app_public.messages')).toBe(false);
});

test('every field that depends on who looks is marked, and no other', () => {
  const fields = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => type !== schema.getQueryType() && type !== schema.getMutationType())
    .flatMap((type) =>
      Object.values(type.getFields()).map((field) => ({
        name: `${type.name}.${field.name}`,
        isMarked: field.extensions.viewerDependent === true,
      })),
    );
  const wrong = fields.filter(({ name, isMarked }) => {
    const { functionName, tableName } = sources.get(name) ?? {};
    const depends =
      WITHHELD_ROWS.includes(name) ||
      (functionName !== undefined && dependsOnViewer(functionName)) ||
      (tableName !== undefined && withheldTables.has(tableName));
    return depends !== isMarked;
  });
  expect(wrong).toEqual([]);
});

test('those who listen together each get what they may see', async () => {
  const { ada, bob, roomId } = await createRoomOfTwo(database);
  await database.call(ada, 'create_invitation', roomId);
  const subscriptions = await Promise.all(
    [ada, bob].map(async ({ token }) => {
      const subscription = (await server.socket({ token })).subscribe(
        `subscription ($roomId: UUID!) { roomEvents(roomId: $roomId) {
          ... on RoomChangedEvent { room { invitations { totalCount } } } } }`,
        { roomId },
      );
      await subscription.nextData(); // Ready
      return subscription;
    }),
  );
  await database.call(ada, 'update_room', roomId, 'Another name');
  const counts = await Promise.all(
    subscriptions.map(
      async (subscription) =>
        (await subscription.nextData()).roomEvents.room.invitations.totalCount,
    ),
  );
  expect(counts).toEqual([1, 0]);
});
