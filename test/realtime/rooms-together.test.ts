import { afterAll, describe, expect, test } from '@jest/globals';
import { withPgClientFromPgService } from 'postgraphile/@dataplan/pg';
import {
  type FormattedExecutionResult,
  type GraphQLObjectType,
  getNamedType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  parse,
} from 'postgraphile/graphql';
import { makeApiSchema } from '../../scripts/schema-text.ts';
import { createApiPool } from '../../src/database/pools.ts';
import { planSubscription } from '../../src/realtime/execution/document.ts';
import { createExecutor, eventValue } from '../../src/realtime/execution/executor.ts';
import { CHANGE_COLUMNS, type ChangeRow, eventOfChange } from '../../src/realtime/log/events.ts';
import { createTestDatabase } from '../../testing/database.ts';

/*
 * Events of many rooms are computed in one transaction that sees all of these rooms. Whatever a document asks for, what
 * its listeners get of one room has to be the same as if there were no other.
 */
const database = await createTestDatabase();
const apiPool = createApiPool(database.authDatabaseUrl);
afterAll(async () => {
  await apiPool.end();
  await database.close();
});

const { schema, resolvedPreset } = await makeApiSchema(apiPool);
const [pgService] = resolvedPreset.pgServices as [NonNullable<typeof resolvedPreset.pgServices>[0]];
const execute = createExecutor({
  schema,
  resolvedPreset,
  makeContext: (pgSettings) => ({
    pgSettings,
    withPgClient: withPgClientFromPgService.bind(null, pgService),
  }),
  maskError: (error) => error,
});

// The same two people in two rooms, and something of everything in each.
const ada = await database.createUser('ada');
const bob = await database.createUser('bob');
const roomIds = [await livelyRoom('here'), await livelyRoom('there')] as const;

async function livelyRoom(name: string): Promise<string> {
  const room = await database.createRoom(ada, { name, members: [bob] });
  await database.commitAs(bob, async (client) => {
    const call = async (text: string, ...values: unknown[]) =>
      (await client.query(`select * from app_public.${text}`, values)).rows[0];
    const message = await call('send_message($1, $2)', room.id, `first of ${name}`);
    await call(
      'send_message($1, $2, parent_message_id => $3)',
      room.id,
      `reply ${name}`,
      message.id,
    );
    await call('add_message_reaction($1, $2)', message.id, '👍');
    await call('edit_message($1, $2)', message.id, `edited in ${name}`);
    await call('mark_room_read($1)', room.id);
  });
  await database.commitAs(ada, async (client) => {
    const { rows } = await client.query(
      'select id from app_public.messages where room_id = $1 and parent_message_id is null',
      [room.id],
    );
    await client.query('select app_public.pin_message($1)', [rows[0].id]);
    await client.query('select app_public.update_room($1, description => $2)', [room.id, name]);
  });
  return room.id;
}

async function eventsOf(roomId: string) {
  const { rows } = await database.owner.query<ChangeRow>(
    `select ${CHANGE_COLUMNS} from app_private.room_changes as changes
      where changes.room_id = $1 order by changes.change_seq`,
    [roomId],
  );
  return rows.map((row) => eventValue(eventOfChange(row)));
}

/** Every event of the first room, as a document shows it, with only this room or with others in the transaction. */
async function shown(
  source: string,
  rooms: readonly string[],
): Promise<FormattedExecutionResult[]> {
  const events = (await Promise.all(rooms.map(eventsOf))).flat();
  const results = await execute({
    document: parse(source),
    operationName: undefined,
    variables: { roomId: roomIds[0] },
    pgSettings: { role: 'trumpet_broadcast', 'trumpet.broadcast_rooms': rooms.join(',') },
    events,
  });
  return results.slice(0, (await eventsOf(roomIds[0])).length);
}

/** `room { pinnedMessages { nodes { … } } }`: a way from an event, with the values at its end. */
interface Way {
  readonly event: string;
  readonly path: readonly string[];
  readonly end: GraphQLObjectType;
}

const EVENTS = [
  'MessageEvent',
  'ReactionEvent',
  'MemberEvent',
  'ReadReceiptEvent',
  'RoomChangedEvent',
];

/** Through every field that leads from one type to another, by the shortest way there is. */
function waysThroughEveryField(): Way[] {
  const found: Way[] = EVENTS.map((event) => ({
    event,
    path: [],
    end: schema.getType(event) as GraphQLObjectType,
  }));
  const taken = new Set<string>();
  for (const { event, path, end } of found) {
    for (const { name, type, args } of Object.values(end.getFields())) {
      const target = getNamedType(type);
      const field = `${end.name}.${name}`;
      if (isObjectType(target) && !args.some(isRequiredArgument) && !taken.has(field)) {
        taken.add(field);
        const { nodes } = target.getFields();
        const step = nodes === undefined ? [name] : [name, 'nodes'];
        const next = nodes === undefined ? target : (getNamedType(nodes.type) as GraphQLObjectType);
        found.push({ event, path: [...path, ...step], end: next }); // The loop gets there.
      }
    }
  }
  return found;
}

function documentOf({ event, path, end }: Way): string {
  const values = Object.values(end.getFields())
    .filter(({ type }) => isLeafType(getNamedType(type)))
    .map(({ name, extensions }) => (extensions.viewerDependent ? '' : name));
  const selection = path.reduceRight(
    (inner, name) => `{ ${name} ${inner} }`,
    `{ __typename ${values.join(' ')} }`,
  );
  return `subscription ($roomId: UUID!) { roomEvents(roomId: $roomId) { ... on ${event} ${selection} } }`;
}

function planOf(source: string) {
  return planSubscription(schema, {
    document: parse(source),
    operationName: undefined,
    variables: { roomId: roomIds[0] },
  });
}

describe('rooms that are computed together', () => {
  const shared = waysThroughEveryField()
    .map(documentOf)
    .filter((source) => {
      const { isRoomBound, isViewerDependent } = planOf(source);
      return isRoomBound && !isViewerDependent;
    });

  test.each(shared)('show nothing of each other: %s', async (source) => {
    expect(await shown(source, roomIds)).toEqual(await shown(source, [roomIds[0]]));
  });

  test('and what might is computed for each room by itself', () => {
    const source = `subscription ($roomId: UUID!) { roomEvents(roomId: $roomId) {
      ... on MessageEvent { message { author { notificationSetting { userId } } } } } }`;
    expect(planOf(source).isRoomBound).toBe(false);
  });
});
