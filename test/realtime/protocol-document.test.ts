import '../../src/process/graphile-environment.ts';

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import {
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  Kind,
  parse,
  validate,
} from 'postgraphile/graphql';
import { makeApiSchema } from '../../scripts/schema-text.ts';
import { CLOSE_CODES } from '../../src/errors/codes.ts';
import { planSubscription } from '../../src/realtime/execution/document.ts';
import { DOCUMENTS_PER_PERSON } from '../../src/realtime/hub/documents-in-use.ts';
import { SUBSCRIBE_BURST, SUBSCRIBES_PER_SECOND } from '../../src/realtime/hub/person-limits.ts';
import { READ_BURST, READS_PER_SECOND } from '../../src/realtime/hub/reading-turns.ts';
import {
  AUTHENTICATION_TIMEOUT_MS,
  MAX_PAYLOAD_BYTES,
  SILENCE_LIMIT_MS,
  SOCKETS_PER_USER,
  STALL_LIMIT_MS,
} from '../../src/realtime/transports/connections.ts';
import { MAX_OPERATIONS } from '../../src/realtime/transports/graphql/websocket.ts';
import { PERSON_FRAMES, SOCKET_FRAMES } from '../../src/realtime/transports/json/allowance.ts';
import { CLIENT_FRAME_TYPES } from '../../src/realtime/transports/json/client-frames.ts';
import { MAX_ROOMS } from '../../src/realtime/transports/json/rooms.ts';
import {
  frameOfEvent,
  ROOM_SUBSCRIPTION,
  SERVER_FRAME_TYPES,
} from '../../src/realtime/transports/json/server-frames.ts';
import { MAX_MALFORMED } from '../../src/realtime/transports/json/websocket.ts';
import { STREAMS_PER_USER } from '../../src/realtime/transports/sse/server-sent-events.ts';
import { createTestDatabase } from '../../testing/database.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');
const text = readFileSync(join(REPOSITORY, 'docs', 'protocol.md'), 'utf8');

let schema: GraphQLSchema;

beforeAll(async () => {
  const database = await createTestDatabase();
  const pool = new pg.Pool({ connectionString: database.authDatabaseUrl });
  ({ schema } = await makeApiSchema(pool));
  await pool.end();
  await database.close();
});

/** What the frames leave out on purpose. */
const LEFT_OUT_OF_FRAMES = new Set([
  'Message.authorId', // In `author`.
  'Message.groupMentions',
  'Message.heldAt', // Nothing that is held is sent to a room.
  'Message.isForwarded', // In `metadata`.
  'Message.mentionedIds',
  'Message.nodeId', // Of GraphQL's caches.
  'Message.systemMessage', // In `metadata`, as the next two.
  'Message.location',
  'Message.contact',
  'Message.roomId', // In the frame.
  'Room.changeSeq', // In the frame.
  'Room.customTypeId',
  'Room.disappearAfterSeconds',
  'Room.erasureRule',
  'Room.groupMentionRole',
  'Room.groupMentionWarning',
  'Room.hidesPushText',
  'Room.historyVisibility',
  'Room.hidesLinkPreviews',
  'Room.isLocked',
  'Room.language',
  'Room.nodeId',
  'Room.onlineCount',
  'Room.reactionRole',
  'Room.replyRole',
  'Room.retentionDays',
  'Room.slowModeSeconds',
  'Room.systemMessages',
  'Room.updatedAt',
  'Room.uploadRole',
  'Room.writingRole',
  'User.createdAt',
  'User.deletedAt',
  'User.isBot', // Of GraphQL's clients, which show people.
  'User.lastSeenAt',
  'User.nodeId',
  'User.status', // In the frames of presence.
  'User.updatedAt',
]);

/** The first cells of the table under a heading, without their backquotes. */
function firstCells(heading: string): string[] {
  const section = text.split(`${heading}\n`)[1]?.split('\n#')[0] ?? '';
  return Array.from(section.matchAll(/^\| `?([^`|]+?)`? \|/gm), ([, cell]) => cell as string).slice(
    2, // The head and the rule under it.
  );
}

/** A cell of the table of limits. */
function limitOf(what: string): string {
  const row = text.split('\n').find((line) => line.startsWith(`| ${what} |`));
  return row?.split('|')[2]?.trim() ?? '';
}

test('docs/protocol.md lists the frames that there are, both ways', () => {
  expect(firstCells('### From the client').sort()).toEqual([...CLIENT_FRAME_TYPES].sort());
  expect(firstCells('### From the server').sort()).toEqual([...SERVER_FRAME_TYPES].sort());
});

test('docs/protocol.md lists the close codes that there are', () => {
  expect(firstCells('## When the server closes a WebSocket').sort()).toEqual(
    Object.values(CLOSE_CODES).map(String).sort(),
  );
});

test('docs/protocol.md gives the limits that there are', () => {
  const seconds = (milliseconds: number) => `${milliseconds / 1_000} s`;
  expect({
    frame: limitOf('a frame from the client'),
    token: limitOf('time until the token is sent'),
    sockets: limitOf('sockets per person, on one server'),
    streams: limitOf('event streams per person, on one server'),
    operations: limitOf('operations on a GraphQL socket'),
    rooms: limitOf('rooms on a JSON socket'),
    documents: limitOf('different documents of one person, on one server'),
    subscribes: limitOf('subscriptions that one person begins, on one server'),
    reads: limitOf('changes that one person reads again after `after`, on one server'),
    frames: limitOf('frames from a JSON client'),
    personFrames: limitOf('frames from all JSON clients of one person, on one server'),
    malformed: limitOf('malformed frames'),
    silence: limitOf('no answer to a ping'),
    stall: limitOf('nothing read while data is waiting'),
  }).toEqual({
    frame: `${MAX_PAYLOAD_BYTES / 1024} kB`,
    token: seconds(AUTHENTICATION_TIMEOUT_MS),
    sockets: `${SOCKETS_PER_USER}`,
    streams: `${STREAMS_PER_USER}`,
    operations: `${MAX_OPERATIONS}`,
    rooms: `${MAX_ROOMS}`,
    documents: `${DOCUMENTS_PER_PERSON}`,
    subscribes: `${SUBSCRIBES_PER_SECOND} per second, ${SUBSCRIBE_BURST} at once`,
    reads: `${READS_PER_SECOND.toLocaleString('en')} per second, ${READ_BURST.toLocaleString('en')} at once`,
    frames: `${SOCKET_FRAMES.perSecond} per second, ${SOCKET_FRAMES.burst} at once`,
    personFrames: `${PERSON_FRAMES.perSecond} per second, ${PERSON_FRAMES.burst.toLocaleString('en')} at once`,
    malformed: `${MAX_MALFORMED} in a row`,
    silence: seconds(SILENCE_LIMIT_MS),
    stall: seconds(STALL_LIMIT_MS),
  });
});

test('there is a frame for every type of event, and its type is one that is listed', () => {
  const type = schema.getType('RoomEvent');
  const events = schema
    .getPossibleTypes(type as never)
    .map(({ name }) => name)
    // Between two, for one, or for a whole workspace: told to no room.
    .filter((name) => !/^(?:Interaction|Personal|CustomEmoji)Event$/.test(name));
  const frames = events.map((__typename) =>
    frameOfEvent({
      __typename,
      roomId: 'r',
      changeSeq: '1',
      cursor: '1',
      occurredAt: '',
      message: null,
    }),
  );
  for (const frame of frames) {
    expect(SERVER_FRAME_TYPES).toContain(frame.type);
  }
  expect(new Set(frames.map((frame) => frame.type)).size).toBe(events.length);
});

test('clients of JSON see every value of a message, a room and a person, but for those left out on purpose', () => {
  const fragments = ROOM_SUBSCRIPTION.document.definitions.filter(
    (definition): definition is FragmentDefinitionNode =>
      definition.kind === Kind.FRAGMENT_DEFINITION,
  );
  const forgotten = fragments.flatMap((fragment) => {
    const typeName = fragment.typeCondition.name.value;
    const selected = fragment.selectionSet.selections.map((selection) =>
      selection.kind === Kind.FIELD ? selection.name.value : '',
    );
    const type = schema.getType(typeName) as GraphQLObjectType;
    return Object.values(type.getFields())
      .filter((field) => isLeafType(getNamedType(field.type)) && field.args.length === 0)
      .filter((field) => field.extensions.viewerDependent !== true)
      .map((field) => field.name)
      .filter((name) => !selected.includes(name) && !LEFT_OUT_OF_FRAMES.has(`${typeName}.${name}`))
      .map(
        (name) =>
          `JSON clients never see ${typeName}.${name}: add \`${name}\` to the fragment ${fragment.name.value} in ` +
          `src/realtime/transports/json/server-frames.ts, or '${typeName}.${name}' to LEFT_OUT_OF_FRAMES in ` +
          'test/realtime/protocol-document.test.ts.',
      );
  });
  const stray = [...LEFT_OUT_OF_FRAMES]
    .filter((name) => {
      const [typeName = '', fieldName = ''] = name.split('.');
      return !Object.hasOwn((schema.getType(typeName) as GraphQLObjectType).getFields(), fieldName);
    })
    .map(
      (name) =>
        `There is no ${name}: rename or remove it in LEFT_OUT_OF_FRAMES in test/realtime/protocol-document.test.ts.`,
    );
  expect(fragments).toHaveLength(3);
  expect([...forgotten, ...stray]).toEqual([]);
});

test('the document behind the frames is valid, and the same for whoever looks', () => {
  const planOf = (document: typeof ROOM_SUBSCRIPTION.document) =>
    planSubscription(schema, {
      document,
      operationName: undefined,
      variables: { roomId: randomUUID() },
    });
  expect(validate(schema, ROOM_SUBSCRIPTION.document)).toEqual([]);
  expect(planOf(ROOM_SUBSCRIPTION.document)).toMatchObject({
    isViewerDependent: false,
    isRoomBound: true,
  });
  const other = parse(`subscription ($roomId: UUID!) { roomEvents(roomId: $roomId) {
    ... on RoomChangedEvent { room { viewerMembership { role } } } } }`);
  expect(planOf(other)).toMatchObject({ isViewerDependent: true });
});

test('the GraphQL documents in docs/protocol.md are valid', () => {
  const examples = Array.from(
    text.matchAll(/```graphql\n(.*?)```/gs),
    ([, code]) => code as string,
  );
  expect(examples.length).toBeGreaterThan(0);
  for (const definition of examples.flatMap((code) => parse(code).definitions)) {
    expect(validate(schema, { kind: Kind.DOCUMENT, definitions: [definition] })).toEqual([]);
  }
});
