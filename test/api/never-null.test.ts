import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { jest } from '@jest/globals';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  getNamedType,
  isInterfaceType,
  isIntrospectionType,
  isLeafType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { signToken } from '../../testing/access-token.ts';
import { createTestDatabase, single } from '../../testing/database.ts';
import { freePort } from '../../testing/free-port.ts';
import { createFullPopulation } from '../../testing/full-population.ts';
import { startTestServer } from '../../testing/server.ts';
import type { Subscription } from '../../testing/socket.ts';
import { startTranslationService } from '../../testing/translation-service.ts';
import { insertOldMessages, runJobs, runTask } from '../worker/support.ts';

/*
 * Every field is asked for, of everything that a full population has, by people who see more and less of it. A field
 * that says it is never null has to hold (a null there would take the whole answer with it), and one that could say so
 * has to.
 */

/** Fields that were null for nobody here, and why they may be all the same. */
const MAY_BE_NULL: Record<string, string> = {
  ...Object.fromEntries(
    ['changeSeq', 'cursor', 'user'].map((name) => [
      `StatusTextEvent.${name}`,
      'nobody sets one while this listens',
    ]),
  ),
  ...Object.fromEntries(
    ['changeSeq', 'cursor', 'user'].map((name) => [
      `ProfileEvent.${name}`,
      'nobody changes a profile while this listens',
    ]),
  ),
  'StatusText.emoji': 'nobody in this population says something without one',
  'StatusText.text': 'nobody in this population has an emoji alone',
  ...Object.fromEntries(
    [
      'Message',
      'Reaction',
      'Member',
      'ReadReceipt',
      'DeliveryReceipt',
      'ThreadReceipt',
      'RoomChanged',
    ].flatMap((kind) =>
      ['changeSeq', 'cursor'].map((name) => [
        `${kind}Event.${name}`,
        'fragments on two kinds of events could not be merged if one said null and the other not',
      ]),
    ),
  ),
  'Interaction.room': 'whoever has left sees what they were answered and not the room',
  'InteractionEvent.interaction': 'it may be over when it is told',
  'PersonalEvent.roomId': 'it may be about no single room',
  'Quote.message': 'it may be gone',
  'CustomEmoji.addedBy': 'the account of whoever added it may be gone',
  'CustomEmoji.addedById': 'the account of whoever added it may be gone',
  'Reminder.room': 'whoever has left still has it',
  'Reminder.message': 'it may not be seen any more',
  'SavedMessage.room': 'whoever has left has still saved it',
  'SavedMessage.message': 'it may not be seen any more',
  'ScheduledMessage.room': 'whoever has left sees what they meant to say and not the room',
  'MessageReport.room': 'whoever has left sees their reports and not the room',
  'DeliveryReceiptEvent.user': 'an account may be gone when its changes are read again',
  'ThreadReceiptEvent.user': 'an account may be gone when its changes are read again',
  'ReadReceiptEvent.user': 'an account may be gone when its changes are read again',
  'PresenceEvent.changeSeq': 'it is never durable',
  'PresenceEvent.cursor': 'it is never durable',
  'PresenceEvent.user': 'an account may be gone when it is told',
  'TypingEvent.changeSeq': 'it is never durable',
  'TypingEvent.cursor': 'it is never durable',
  'TypingEvent.user': 'an account may be gone when it is told',
  'UserEvent.conversation': 'not every event changes its numbers',
  'RoomBan.bannedBy': 'the account of who banned may be gone',
  'RoomBan.moderator': 'the account of who banned may be gone',
  'RoomChangedEvent.room': 'a room may be gone when its changes are read again',
  'Webhook.bot': 'webhooks are for keys alone',
  'Webhook.botId': 'webhooks are for keys alone',
  'Webhook.roomIds': 'webhooks are for keys alone: test/api/webhooks.test.ts',
  'Webhook.disabledAt': 'webhooks are for keys alone',
  'Webhook.disabledReason': 'webhooks are for keys alone',
  'Webhook.contactEmail': 'webhooks are for keys alone',
  'Webhook.asks': 'webhooks are for keys alone',
  'Webhook.defaultVerdict': 'webhooks are for keys alone',
  'WebhookDelivery.changeSeq': 'webhooks are for keys alone',
  'WebhookDelivery.verdict': 'webhooks are for keys alone',
  'WebhookDelivery.status': 'webhooks are for keys alone',
};

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
const database = await createTestDatabase();
const port = await freePort();
const publicUrl = `http://localhost:${port}`;
const translations = await startTranslationService();
const server = await startTestServer(database, {
  PORT: String(port),
  PUBLIC_URL: publicUrl,
  TRANSLATION_URL: translations.url,
});
afterAll(async () => {
  translations.close();
  await server.close();
  await database.close();
});
const population = await createFullPopulation(database, server, {
  publicUrl,
  runJobs: () => runJobs(database.owner),
  async archiveMessages(roomId, authorId) {
    const month = '2025-05-01';
    await insertOldMessages(database.owner, { roomId, authorId, month, count: 3 });
    await runTask(database.owner, 'archive_months', { month });
  },
});
await database.indexMessages();
const { people, roomIds, messageIds, userIds, exportIds, slugs, archivedRoomIds, interactionIds } =
  population;

/** A field at the top, with all that can be asked of it. */
interface Root {
  readonly field: string;
  readonly declaration?: string;
  readonly values: readonly (string | undefined)[];
}

const byId = (name: string, values: readonly string[]): Root => ({
  field: `${name}(id: $value)`,
  declaration: '($value: UUID!)',
  values,
});
const plain = (field: string): Root => ({ field, values: [undefined] });
const byText = (name: string, argument: string, values: readonly string[]): Root => ({
  field: `${name}(${argument}: $value)`,
  declaration: '($value: String!)',
  values,
});
const ROOTS: Record<string, Root> = {
  account: plain('account'),
  secondFactor: plain('secondFactor'),
  passkeys: plain('passkeys'),
  isAuditor: plain('isAuditor'),
  mapAddress: plain('mapAddress'),
  auditLog: plain('auditLog'),
  auditCheckpoint: plain('auditCheckpoint'),
  complianceExports: plain('complianceExports'),
  archivedMessages: {
    field: 'archivedMessages(roomId: $value, first: 5)',
    declaration: '($value: UUID!)',
    values: archivedRoomIds,
  },
  blockedUsers: plain('blockedUsers'),
  currentUser: plain('currentUser'),
  dataExport: byId('dataExport', exportIds),
  message: byId('message', messageIds),
  // Those that were seen: below.
  node: { field: 'node(nodeId: $value)', declaration: '($value: ID!)', values: [] },
  translationLanguages: plain('translationLanguages'),
  myReminders: plain('myReminders'),
  groupMentionPreview: {
    field: 'groupMentionPreview(roomId: $value, content: "@room")',
    declaration: '($value: UUID!)',
    values: roomIds,
  },
  userGroups: plain('userGroups'),
  workspacePermissions: plain('workspacePermissions'),
  workspaceRoles: plain('workspaceRoles'),
  workspaceRoomTypes: plain('workspaceRoomTypes'),
  // With those that are gone.
  customEmoji: plain('customEmoji(sinceVersion: 0)'),
  customEmojiPolicy: plain('customEmojiPolicy'),
  profileFields: plain('profileFields'),
  mySavedMessages: plain('mySavedMessages'),
  myDrafts: plain('myDrafts'),
  myScheduledMessages: plain('myScheduledMessages'),
  myThreads: plain('myThreads'),
  myThreadSummary: plain('myThreadSummary'),
  notificationSettings: plain('notificationSettings'),
  privacySettings: plain('privacySettings'),
  publicRooms: plain('publicRooms'),
  roomFields: plain('roomFields'),
  roomArrangements: plain('roomArrangements'),
  pushSubscriptions: plain('pushSubscriptions'),
  room: byId('room', roomIds),
  roomBySlug: byText('roomBySlug', 'slug', slugs),
  // Of all that was written.
  roomRecap: {
    field: 'roomRecap(roomId: $value, sinceSeq: 0)',
    declaration: '($value: UUID!)',
    values: roomIds,
  },
  searchMessages: byText('searchMessages', 'query', ['hello', 'wellcome']),
  searchRooms: byText('searchRooms', 'query', ['p']),
  searchUsers: byText('searchUsers', 'query', ['a']),
  sessions: plain('sessions'),
  statusTexts: {
    field: 'statusTexts(userIds: [$value])',
    declaration: '($value: UUID!)',
    values: userIds,
  },
  user: byId('user', userIds),
  userByUsername: byText('userByUsername', 'username', ['ada']),
  userConversations: plain('userConversations'),
  interaction: byId('interaction', interactionIds),
  vapidPublicKey: plain('vapidPublicKey'),
  webhook: byId('webhook', roomIds.slice(0, 1)),
  webhooks: plain('webhooks'),
};

const seenNull = new Set<string>();
/** The types of all that has a `nodeId`, by that. */
const nodes = new Map<string, string>();
const seen = new Set<string>();
const wrong: string[] = [];

/** Documents of all types are planned one by one. */
const TIMEOUT_MS = 120_000;

test('all that can be asked at the top is asked', () => {
  expect(Object.keys(ROOTS).sort()).toEqual(
    Object.keys((schema.getQueryType() as GraphQLObjectType).getFields()).sort(),
  );
});

test.each(['ada', 'bob', 'carol', 'eve'] as const)(
  'nothing is null for %s that says it never is',
  async (name) => {
    await askEverything(people[name].token, name === 'ada');
    expect(wrong).toEqual([]);
  },
  TIMEOUT_MS,
);

test('nothing is null for listeners that says it never is', async () => {
  await listen();
  expect(wrong).toEqual([]);
});

test('what is never null says so', () => {
  const couldBeStricter = [...nullableFields()].filter(
    (name) => seen.has(name) && !seenNull.has(name) && MAY_BE_NULL[name] === undefined,
  );
  expect(couldBeStricter).toEqual([]);
  // Else nothing is known of them.
  const unseen = [...nullableFields()].filter(
    (name) => !seen.has(name) && MAY_BE_NULL[name] === undefined,
  );
  expect(unseen).toEqual([]);
  expect(Object.keys(MAY_BE_NULL).filter((name) => seenNull.has(name))).toEqual([]);
});

describe('node', () => {
  test('finds again what one saw, and no more of it than one may see', async () => {
    const identified = schema.getPossibleTypes(schema.getType('Node') as GraphQLInterfaceType);
    expect(new Set(nodes.values())).toEqual(new Set(identified.map(({ name }) => name)));
    const own = new Map<string, string>();
    for (const { token } of [people.ada, people.bob, people.carol, people.eve]) {
      for (const [nodeId, type] of await findAgain(token)) {
        own.set(nodeId, type);
      }
    }
    // What is archived comes by `archivedMessages` only, as it is not to be had by `message` either.
    for (const roomId of archivedRoomIds) {
      const { data } = await server.graphql(
        'query ($roomId: UUID!) { archivedMessages(roomId: $roomId) { nodeId } }',
        { roomId },
        people.ada.token,
      );
      for (const { nodeId } of data.archivedMessages) {
        expect(own.has(nodeId)).toBe(false);
        nodes.delete(nodeId);
      }
    }
    expect(own).toEqual(nodes);
    const stranger = await database.createUser('stranger');
    const types = new Set((await findAgain(stranger.token)).values());
    expect([...types].sort()).toEqual(['Room', 'User']);
  });

  test('finds nothing for somebody of another workspace but what all deleted accounts leave', async () => {
    const { rows } = await database.owner.query<{ id: string; sid: string }>(
      `with workspace as (select app_admin.create_workspace('acme') as id), person as (
          insert into app_public.users (username, display_name, workspace_id) select 'ada', 'Ada', id from workspace returning id
        )
        insert into app_private.sessions (user_id, expires_at)
          select id, now() + interval '1 day' from person returning user_id as id, id as sid`,
    );
    const { id, sid } = single(rows);
    const found = await findAgain(await signToken({ sub: id, sid }));
    const { rows: ghosts } = await database.owner.query<{ id: string }>(
      'select app_private.ghost_id() as id',
    );
    expect([...found.keys()]).toEqual(
      [...nodes.keys()].filter((nodeId) =>
        Buffer.from(nodeId, 'base64').toString().includes(single(ghosts).id),
      ),
    );
    expect(nodes.size).toBeGreaterThan(50);
  });

  test.each(['nonsense', 'WyJSb29tIiwibm9uc2Vuc2UiXQ==', 'WyJObyIsMV0=', ''])(
    'is null for %j',
    async (nodeId) => {
      // Grafast tells plugin authors, outside of production.
      const warned = jest.spyOn(console, 'warn').mockImplementation(() => {});
      const { data } = await server.graphql(
        'query ($nodeId: ID!) { node(nodeId: $nodeId) { nodeId } currentUser { id } }',
        { nodeId },
        people.ada.token,
      );
      expect(data).toEqual({ node: null, currentUser: { id: people.ada.id } });
      warned.mockRestore();
    },
  );
});

test('every mutation gives what it promises', () => {
  // The population is made by them, and none may fail.
  expect([...population.mutations].sort()).toEqual(
    Object.keys((schema.getMutationType() as GraphQLObjectType).getFields()).sort(),
  );
});

function* nullableFields(): Iterable<string> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type) || isAnswerItself(type)) {
      continue;
    }
    for (const field of Object.values(type.getFields())) {
      if (!isNonNullType(field.type) && field.name !== 'clientMutationId') {
        yield `${type.name}.${field.name}`;
      }
    }
  }
}

/** At the top an error ends, and leaves the rest of the answer whole: there everything single may be null. */
function isAnswerItself(type: GraphQLObjectType): boolean {
  return [schema.getQueryType(), schema.getMutationType()].includes(type);
}

/** How to get to a type: the roots, each with the fields below it. `{}` marks where a selection goes. */
type Ways = readonly { readonly root: Root; readonly path: string }[];

/** Reaches every type, and if wanted by every field that leads to it. */
async function askEverything(token: string, byEveryField: boolean): Promise<void> {
  const ways = new Map<string, Ways>();
  const open: GraphQLObjectType[] = [];
  for (const field of Object.values((schema.getQueryType() as GraphQLObjectType).getFields())) {
    const type = getNamedType(field.type);
    const root = ROOTS[field.name];
    if (isObjectType(type) && root !== undefined) {
      ways.set(type.name, [...(ways.get(type.name) ?? []), { root, path: '{}' }]);
      open.push(type);
    }
  }
  const done = new Set<string>();
  for (let type = open.shift(); type !== undefined; type = open.shift()) {
    if (done.has(type.name)) {
      continue;
    }
    done.add(type.name);
    const here = ways.get(type.name) ?? [];
    await ask(token, here, selectionOf(type));
    for (const field of Object.values(type.getFields())) {
      const target = getNamedType(field.type);
      if (!isObjectType(target)) {
        continue;
      }
      const further = here.map(({ root, path }) => ({
        root,
        path: path.replace('{}', `{ ${field.name}${pageOf(field, root, path)} {} }`),
      }));
      if (!ways.has(target.name)) {
        ways.set(target.name, further);
        open.push(target);
      } else if (byEveryField) {
        await ask(token, further.slice(0, 1), selectionOf(target));
      }
    }
  }
}

/** All of a list, and a little of one inside another: what it leads to costs as often as both have items. */
function pageOf(field: GraphQLField<unknown, unknown>, root: Root, path: string): string {
  const isInside = `${root.field} ${path}`.includes('first:');
  const first = field.args.some(({ name }) => name === 'first')
    ? [`first: ${isInside ? 5 : 30}`]
    : [];
  return argumentsOf(field, first);
}

/** What has to be said of a field is a text to search for. */
function argumentsOf({ args }: GraphQLField<unknown, unknown>, others: readonly string[]): string {
  const needed = args.filter(isRequiredArgument).map(({ name }) => `${name}: "a"`);
  const all = [...needed, ...others];
  return all.length === 0 ? '' : `(${all.join(', ')})`;
}

/** All fields of a type; of what they lead to, that it is there. */
function selectionOf(type: GraphQLObjectType): string {
  const fields = Object.values(type.getFields()).map((field) =>
    isLeafType(getNamedType(field.type))
      ? field.name
      : `${field.name}${argumentsOf(field, [])} { __typename }`,
  );
  return `{ __typename ${fields.join(' ')} }`;
}

async function ask(token: string, ways: Ways, selection: string): Promise<void> {
  for (const { root, path } of ways) {
    for (const value of root.values) {
      const document = `query ${root.declaration ?? ''} { ${root.field} ${path.replace('{}', selection)} }`;
      const { data, errors } = await graphqlInTime(document, { value }, token);
      for (const error of errors ?? []) {
        if (!['NOT_FOUND', 'FORBIDDEN'].includes(error.extensions?.code ?? '')) {
          wrong.push(`${error.message} ${document.slice(0, 300)}`);
        }
      }
      note(data);
    }
  }
}

/** Asks for everything that has a `nodeId`. */
async function findAgain(token: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const asked = [...nodes.keys()];
  const names = Array.from({ length: 10 }, (_, index) => `n${index}`);
  const document = `query (${names.map((name) => `$${name}: ID!`).join(' ')}) {
    ${names.map((name) => `${name}: node(nodeId: $${name}) { __typename nodeId }`).join(' ')} }`;
  while (asked.length > 0) {
    const page = asked.splice(0, names.length);
    const variables = Object.fromEntries(
      names.map((name, index) => [name, page[index] ?? page[0]]),
    );
    const { data, errors } = await graphqlInTime(document, variables, token);
    expect(errors).toBeUndefined();
    for (const node of Object.values<{ __typename: string; nodeId: string } | null>(data)) {
      if (node !== null) {
        found.set(node.nodeId, node.__typename);
      }
    }
  }
  return found;
}

/** Waits where the server says how long: nobody else would send so many documents. */
async function graphqlInTime(document: string, variables: object, token: string) {
  for (;;) {
    const result = await server.graphql(document, { ...variables }, token);
    const extensions = result.errors?.[0]?.extensions as { retryAfterMs?: number } | undefined;
    if (extensions?.retryAfterMs === undefined) {
      return result;
    }
    await wait(extensions.retryAfterMs);
  }
}

function note(value: unknown): void {
  if (Array.isArray(value)) {
    value.forEach(note);
  } else if (typeof value === 'object' && value !== null) {
    const { __typename: type, ...fields } = value as Record<string, unknown>;
    for (const [name, field] of Object.entries(fields)) {
      seen.add(`${type}.${name}`);
      if (field === null) {
        seenNull.add(`${type}.${name}`);
      }
      note(field);
    }
    if (typeof fields.nodeId === 'string') {
      nodes.set(fields.nodeId, String(type));
    }
  }
}

const MARK_UNREAD = `mutation ($roomId: UUID!) { markRoomRead(input: { roomId: $roomId }) { clientMutationId } markRoomUnread(input: { roomId: $roomId }) { clientMutationId } }`;

/** Everything that happened in the rooms, as listeners are told: there nobody in particular looks. */
async function listen(): Promise<void> {
  const event = schema.getType('RoomEvent');
  if (!isInterfaceType(event)) {
    throw new Error('RoomEvent is not an interface');
  }
  const common = Object.keys(event.getFields());
  const selectionOf = (wanted: (name: string) => boolean) => {
    const parts = schema.getPossibleTypes(event).flatMap((type) => {
      const own = Object.values(type.getFields()).filter(({ name }) => !common.includes(name));
      const fields = own.map(selectionOfField).join(' ');
      return wanted(type.name) ? `... on ${type.name} { __typename ${fields} }` : [];
    });
    return `{ ${common.join(' ')} ${parts.join(' ')} }`;
  };
  // Each alone: together they have more fields than one document may have.
  const selection = selectionOf(
    (name) =>
      !/^(?:CustomEmoji|DeliveryReceipt|Interaction|Member|Personal|Reaction|RoomChanged|ThreadReceipt)Event$/.test(
        name,
      ),
  );
  const ofMembers = selectionOf((name) => name === 'MemberEvent');
  const ofReceipts = selectionOf((name) => /^(?:Delivery|Thread)ReceiptEvent$/.test(name));
  const ofReactions = selectionOf((name) => name === 'ReactionEvent');
  const ofChangedRooms = selectionOf((name) => name === 'RoomChangedEvent');
  const ofPersonal = selectionOf((name) => name === 'PersonalEvent');
  const ofEmoji = selectionOf((name) => name === 'CustomEmojiEvent');
  const ofInteractions = selectionOf((name) => name === 'InteractionEvent');
  const socket = await server.socket({ token: people.ada.token });
  for (const roomId of roomIds) {
    const { rows } = await database.owner.query<{ head: number }>(
      'select last_change_seq::int as head from app_private.room_heads where room_id = $1',
      [roomId],
    );
    for (const wanted of [selection, ofMembers, ofReceipts, ofReactions, ofChangedRooms]) {
      const subscription = socket.subscribe(
        `subscription ($roomId: UUID!) { event: roomEvents(roomId: $roomId, after: "0") ${wanted} }`,
        { roomId },
      );
      await hear(subscription, (told) => Number(told.changeSeq) >= (rows[0]?.head ?? 0));
    }
  }
  const subscription = socket.subscribe(`subscription { userEvents { event ${selection} } }`);
  await hear(subscription, () => true);
  const forBot = await server.socket({ token: population.botKey });
  const asked = forBot.subscribe(`subscription { userEvents { event ${ofInteractions} } }`);
  await hear(asked, (told) => 'interaction' in (told.event as object));
  await forBot.close();
  const own = socket.subscribe(`subscription { userEvents { event ${ofPersonal} } }`);
  await hear(own, ({ event }) => {
    const { matter } = event as { readonly matter?: string };
    if (matter === undefined) {
      void server.graphql(MARK_UNREAD, { roomId: roomIds[0] }, people.ada.token);
    }
    return matter !== undefined;
  });
  const emoji = socket.subscribe(`subscription { userEvents { event ${ofEmoji} } }`);
  await hear(emoji, ({ event }) => {
    const { __typename: kind } = event as { readonly __typename?: string };
    if (kind !== 'CustomEmojiEvent') {
      void database.owner.query('select app_private.next_emoji_version()');
    }
    return kind === 'CustomEmojiEvent';
  });
  await socket.close();
}

/** Reads until something was told, or until the room says no more: it is archived, or not hers. */
async function hear(
  subscription: Subscription<Record<string, unknown>>,
  isLast: (told: Record<string, unknown>) => boolean,
): Promise<void> {
  for (;;) {
    const step = await subscription.next();
    if (step.type !== 'next') {
      if (!JSON.stringify(step).includes('NOT_FOUND')) {
        wrong.push(JSON.stringify(step));
      }
      return;
    }
    if (step.errors !== undefined) {
      wrong.push(JSON.stringify(step.errors));
    }
    note(step.data);
    const { event, userEvents } = step.data as Record<string, Record<string, unknown>>;
    if (isLast(event ?? userEvents ?? {})) {
      subscription.complete();
      return;
    }
  }
}

function selectionOfField(field: GraphQLField<unknown, unknown>): string {
  const type = getNamedType(field.type);
  return isObjectType(type) ? `${field.name} ${selectionOf(type)}` : field.name;
}
