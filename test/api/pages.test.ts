import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLField, isObjectType } from 'grafast/graphql';
import { single } from '../../testing/database.ts';
import { createTestWorld } from '../../testing/world.ts';

/*
 * Whoever reads a list page by page gets everything that was there all the time, once, whatever comes and goes meanwhile;
 * and every way of asking for a page has a page or a clear error as its answer.
 */

const { database, server, close } = await createTestWorld();
afterAll(close);

const SIZE = 7;
const ada = await database.createUser('ada');
const others = await Promise.all(
  Array.from({ length: SIZE }, (_, number) => database.createUser(`walrus${number}`)),
);
const otherIds = others.map(({ id }) => id);
const guests = await Promise.all(Array.from({ length: SIZE }, () => database.createUser()));
const seals = await Promise.all(
  Array.from({ length: SIZE }, (_, number) => database.createUser(`seal${number}`)),
);
const room = await database.createRoom(ada, {
  type: 'private',
  members: [...others, ...guests, ...seals],
});
const message = await database.sendMessage(ada, room.id, 'walrus 0');
for (const [number, other] of others.entries()) {
  await database.createRoom(other, {
    name: `Walrus ${number}`,
    slug: `walrus-${number}`,
    members: [ada],
  });
}
await populate();
const { key: serverKey } = single(
  (
    await database.owner.query<{ key: string }>(
      `select app_admin.create_key('back end', '{webhooks,read}') as key`,
    )
  ).rows,
);
const { webhookId } = await createWebhooks();
await database.indexMessages();

async function populate(): Promise<void> {
  const { owner } = database;
  const numbers = `generate_series(1, ${SIZE}) as number`;
  const people = [room.id, ada.id, otherIds];
  for (let number = 1; number <= SIZE; number += 1) {
    await database.sendMessage(ada, room.id, `walrus ${'and '.repeat(number % 3)}${number}`);
    await database.sendMessage(ada, room.id, `pin ${number}`);
    await database.call(ada, 'send_message', room.id, `answer ${number}`, 'text', '{}', message.id);
  }
  await owner.query(
    `update app_public.messages set pinned_at = clock_timestamp() where room_id = $1 and content like 'pin%'`,
    [room.id],
  );
  await owner.query('update app_public.room_members set last_read_seq = 100 where room_id = $1', [
    room.id,
  ]);
  await owner.query(
    `insert into app_public.messages (room_id, author_id, content, held_at, seq)
      select $1, $2, 'held ' || number, now(), 0 from ${numbers}`,
    [room.id, ada.id],
  );
  await owner.query(
    `insert into app_public.message_edits (message_id, room_id, previous_content)
      select $1, $2, 'before ' || number from ${numbers}`,
    [message.id, room.id],
  );
  await owner.query(
    `insert into app_public.message_reactions (message_id, emoji, user_id, room_id)
      select $1, '👍', id, $2 from unnest($3::uuid[]) as id`,
    [message.id, room.id, otherIds],
  );
  await owner.query(
    `update app_public.messages set metadata = '{"poll": {"answers": ["First", "Second", "Third"]}}' where id = $1`,
    [message.id],
  );
  await owner.query(
    `insert into app_public.poll_ballots (message_id, user_id, room_id, is_anonymous, choices)
      select $1, id, $2, false, '{1}' from unnest($3::uuid[]) as id`,
    [message.id, room.id, otherIds],
  );
  // Others than those in the room: whoever is blocked is not seen online, and whoever is banned is gone.
  const blocked = await Promise.all(Array.from({ length: SIZE }, () => database.createUser()));
  await owner.query(
    'insert into app_private.user_blocks (blocker_id, blocked_id) select $1, unnest($2::uuid[])',
    [ada.id, blocked.map(({ id }) => id)],
  );
  await owner.query(
    `insert into app_public.user_groups (name, title) select 'walrus-' || number, 'Walruses' from ${numbers}`,
  );
  await owner.query(
    `insert into app_public.custom_emoji (name, picture_id, version) select 'walrus_' || number, uuidv7(), number from ${numbers}`,
  );
  await owner.query(
    `with seals as (insert into app_public.user_groups (name, title) values ('seals', 'Seals') returning id)
      insert into app_public.user_group_members (group_id, user_id) select id, unnest($1::uuid[]) from seals`,
    [otherIds],
  );
  await owner.query(
    `with stewards as (insert into app_public.roles (name, permissions) values ('!Stewards', '{pin_messages}') returning id)
      insert into app_private.role_assignments (role_id, role_name, user_id) select id, 'Stewards', unnest($1::uuid[]) from stewards`,
    [otherIds],
  );
  await owner.query(
    `insert into app_public.roles (name, permissions) select 'Role ' || number, '{}' from ${numbers}`,
  );
  await owner.query(
    `insert into app_public.custom_room_types (name, title) select 'type-' || number, 'A type' from ${numbers}`,
  );
  await owner.query(
    `insert into app_public.push_subscriptions (user_id, channel, endpoint)
      select $1, 'fcm', 'token ' || number from ${numbers}`,
    [ada.id],
  );
  await owner.query(
    `insert into app_private.thread_followers (user_id, room_id, thread_id, read_seq)
      select author_id, room_id, id, 0 from app_public.messages where room_id = $1 on conflict do nothing`,
    [room.id],
  );
  await owner.query(
    `insert into app_private.member_preferences (room_id, user_id, is_favorite)
      select room_id, user_id, true from app_public.room_members where user_id = $1`,
    [ada.id],
  );
  await owner.query(
    `insert into app_private.passkeys (user_id, credential_id, public_key, sign_count, is_backed_up, name)
      select $1, decode(md5(number::text), 'hex'), '\\x00', 0, false, 'Key ' || number from ${numbers}`,
    [ada.id],
  );
  await owner.query(
    `insert into app_private.sessions (user_id, expires_at) select $1, now() + interval '1 day' from ${numbers}`,
    [ada.id],
  );
  await owner.query(
    'insert into app_public.room_bans (room_id, user_id, banned_by) select $1, unnest($3::uuid[]), $2',
    [room.id, ada.id, blocked.map(({ id }) => id)],
  );
  await owner.query(
    `insert into app_public.room_invitations (room_id, created_by, expires_at)
      select $1, $2, now() + interval '1 day' from ${numbers}`,
    [room.id, ada.id],
  );
  await owner.query(
    `with bots as (
        insert into app_public.users (username, display_name, is_bot)
          select 'hook-' || number, 'Alarms', true from ${numbers} returning id
      )
      insert into app_public.incoming_webhooks (room_id, bot_id) select $1, id from bots`,
    [room.id],
  );
  await owner.query(
    `insert into app_public.room_members (room_id, user_id) select $1, bot_id from app_public.incoming_webhooks where room_id = $1`,
    [room.id],
  );
  await owner.query(
    `insert into app_public.commands (bot_id, name, description, arguments)
      select bot_id, 'roll', 'Rolls', '[]' from app_public.incoming_webhooks where room_id = $1`,
    [room.id],
  );
  await owner.query(
    `insert into app_public.saved_messages (user_id, room_id, message_id)
      select $2, $1, uuidv7() from generate_series(1, $3::int)`,
    [room.id, ada.id, SIZE],
  );
  await owner.query(
    `insert into app_public.reminders (user_id, room_id, message_id, remind_at, time_zone)
      select $2, $1, uuidv7(), now() + number / 2 * interval '1 hour', 'UTC' from generate_series(1, $3::int) as number`,
    [room.id, ada.id, SIZE],
  );
  await owner.query(
    `insert into app_public.scheduled_messages (user_id, room_id, content, send_at, time_zone)
      select $2, $1, 'later', now() + number / 2 * interval '1 hour' + interval '1 hour', 'UTC' from generate_series(1, $3::int) as number`,
    [room.id, ada.id, SIZE],
  );
  await owner.query(
    `insert into app_public.drafts (user_id, room_id, content, revision, written_at, is_set_aside)
      select $2, $1, 'half a thought', gen_random_uuid(), now() - number / 2 * interval '1 hour', true from generate_series(1, $3::int) as number`,
    [room.id, ada.id, SIZE],
  );
  await owner.query(
    `insert into app_public.interactions (kind, room_id, bot_id, user_id, waits_until, expires_at)
      select 'command', $1, bot_id, $2, now(), now() + interval '1 day' from app_public.incoming_webhooks where room_id = $1`,
    [room.id, ada.id],
  );
  await owner.query(
    `insert into app_public.moderation_log (room_id, moderator_id, target_user_id, action)
      select $1, $2, unnest($3::uuid[]), 'member_kicked'`,
    people,
  );
  await owner.query(
    `insert into app_public.message_reports (room_id, message_id, reporter_id, reason)
      select $1, $2, unnest($3::uuid[]), 'loud'`,
    [room.id, message.id, otherIds],
  );
  await owner.query(
    `insert into app_private.presence_sessions (user_id, session_key, status, expires_at)
      select unnest($1::uuid[]), 'here', 'online', now() + interval '1 hour'`,
    [otherIds],
  );
  await owner.query(
    `insert into app_private.typing_indicators (room_id, user_id, expires_at)
      select $1, unnest($2::uuid[]), now() + interval '1 hour'`,
    [room.id, otherIds],
  );
}

async function createWebhooks(): Promise<{ webhookId: string }> {
  const { owner } = database;
  await owner.query(
    `select app_admin.create_webhook('walrus ' || number, 'https://example.com') from generate_series(0, ${SIZE}) as number`,
  );
  const { rows } = await owner.query<{ webhookId: string }>(
    `insert into app_public.webhook_deliveries (webhook_id, event_id, room_id, change_seq, attempt, outcome, duration_ms)
      select id, 'event', $1, number, 1, 'delivered', 1
        from app_public.webhooks, generate_series(1, ${SIZE}) as number
        where name = 'walrus 0'
        returning webhook_id as "webhookId"`,
    [room.id],
  );
  return single(rows.slice(0, 1));
}

interface List {
  /** How to come to it, with ARGS where its own arguments stand. */
  readonly path: string;
  /** What tells one of its entries from the others. */
  readonly key?: string;
  /** Takes the entry with the key `$1` out of it, unless others here need it; or moves the list in another way. */
  readonly move: string;
  /** Who may read it, where that is not Ada. */
  readonly token?: string;
}

const ofRoom = (field: string) => `room(id: "${room.id}") { ${field} }`;
const ofMessage = (field: string) => `message(id: "${message.id}") { ${field} }`;
const deletedFrom = (table: string, column = 'id') =>
  `delete from ${table} where ${column} = $1 and ${column} <> '${message.id}'`;
const hide = 'update app_public.rooms set is_archived = true where id = $1';
const rename = `update app_public.users set username = 'u' || right(replace(id::text, '-', ''), 20), display_name = 'x' where id = $1`;

/** Every connection of the schema. */
const LISTS: Readonly<Record<string, List>> = {
  'Message.edits': {
    path: ofMessage('edits(ARGS) PAGE'),
    move: deletedFrom('app_public.message_edits'),
  },
  'Message.readBy': {
    path: ofMessage('readBy(ARGS) PAGE'),
    move: 'update app_public.room_members set last_read_seq = 0 where user_id = $1',
  },
  'Message.replies': {
    path: ofMessage('replies(ARGS) PAGE'),
    move: `${deletedFrom('app_public.messages')} and pinned_at is null`,
  },
  'Query.blockedUsers': {
    path: 'blockedUsers(ARGS) PAGE',
    move: deletedFrom('app_private.user_blocks', 'blocked_id'),
  },
  'Query.passkeys': {
    path: 'passkeys(ARGS) PAGE',
    move: deletedFrom('app_private.passkeys'),
  },
  'Query.publicRooms': { path: 'publicRooms(ARGS) PAGE', move: hide },
  'Query.pushSubscriptions': {
    path: 'pushSubscriptions(ARGS) PAGE',
    move: deletedFrom('app_public.push_subscriptions'),
  },
  'Query.roomArrangements': {
    path: 'roomArrangements(ARGS) PAGE',
    key: 'roomId',
    move: `update app_private.member_preferences set is_favorite = false where room_id = $1 and user_id = '${ada.id}'`,
  },
  'Query.searchMessages': {
    path: 'searchMessages(query: "walrus", ARGS) PAGE',
    key: 'messageId',
    move: `${deletedFrom('app_public.messages')} and pinned_at is null`,
  },
  'Query.searchRooms': {
    path: 'searchRooms(query: "walrus", ARGS) PAGE',
    move: `update app_public.rooms set name = 'x', slug = 'x-' || id where id = $1`,
  },
  'Query.searchUsers': { path: 'searchUsers(query: "walrus", ARGS) PAGE', move: rename },
  'Query.sessions': {
    path: 'sessions(ARGS) PAGE',
    move: `update app_private.sessions set ended_at = now(), end_reason = 'test' where id = $1 and user_agent is null`,
  },
  'Query.myReminders': {
    path: 'myReminders(ARGS) PAGE',
    move: deletedFrom('app_public.reminders'),
  },
  'Query.mySavedMessages': {
    path: 'mySavedMessages(ARGS) PAGE',
    key: 'messageId',
    move: deletedFrom('app_public.saved_messages', 'message_id'),
  },
  'Query.myScheduledMessages': {
    path: 'myScheduledMessages(ARGS) PAGE',
    move: deletedFrom('app_public.scheduled_messages'),
  },
  'Query.myDrafts': { path: 'myDrafts(ARGS) PAGE', move: deletedFrom('app_public.drafts') },
  'Query.myThreads': {
    path: 'myThreads(ARGS) PAGE',
    key: 'messageId',
    move: `delete from app_private.thread_followers where thread_id = $1 and user_id = '${ada.id}'`,
  },
  'Query.userGroups': {
    path: 'userGroups(startsWith: "walrus", ARGS) PAGE',
    move: deletedFrom('app_public.user_groups'),
  },
  'Query.customEmoji': {
    path: 'customEmoji(ARGS) PAGE',
    move: deletedFrom('app_public.custom_emoji'),
  },
  'Role.people': {
    path: 'workspaceRoles(first: 1) { people(ARGS) PAGE }',
    move: deletedFrom('app_private.role_assignments', 'user_id'),
  },
  'UserGroup.members': {
    path: 'userGroups(startsWith: "seals", first: 1) { nodes { members(ARGS) PAGE } }',
    key: 'userId',
    move: deletedFrom('app_public.user_group_members', 'user_id'),
  },
  'Query.userConversations': {
    path: 'userConversations(ARGS) PAGE',
    key: 'roomId',
    move: `delete from app_public.room_members where room_id = $1 and user_id = '${ada.id}' and room_id <> '${room.id}'`,
  },
  'Query.webhooks': {
    path: 'webhooks(ARGS) PAGE',
    token: serverKey,
    move: `delete from app_public.webhooks where id = $1 and name <> 'walrus 0'`,
  },
  'ReactionSummary.users': {
    path: ofMessage('reactions { users(ARGS) PAGE }'),
    move: deletedFrom('app_public.message_reactions', 'user_id'),
  },
  'PollAnswer.voters': {
    path: ofMessage('poll { answers(first: 1) { voters(ARGS) PAGE } }'),
    move: deletedFrom('app_public.poll_ballots', 'user_id'),
  },
  'Room.bans': {
    path: ofRoom('bans(ARGS) PAGE'),
    key: 'userId',
    move: deletedFrom('app_public.room_bans', 'user_id'),
  },
  'Room.commands': {
    path: ofRoom('commands(ARGS) PAGE'),
    move: deletedFrom('app_public.commands'),
  },
  'Room.interactions': {
    path: ofRoom('interactions(ARGS) PAGE'),
    move: deletedFrom('app_public.interactions'),
  },
  'Room.heldMessages': {
    path: ofRoom('heldMessages(ARGS) PAGE'),
    move: `${deletedFrom('app_public.messages')} and pinned_at is null`,
  },
  'Room.incomingWebhooks': {
    path: ofRoom('incomingWebhooks(ARGS) PAGE'),
    move: deletedFrom('app_public.incoming_webhooks'),
  },
  'Room.invitations': {
    path: ofRoom('invitations(ARGS) PAGE'),
    move: deletedFrom('app_public.room_invitations'),
  },
  'Room.members': {
    path: ofRoom('members(ARGS) PAGE'),
    key: 'userId',
    move: `delete from app_public.room_members where user_id = $1 and user_id = any ('{${guests.map(({ id }) => id)}}')`,
  },
  'Room.messages': {
    path: ofRoom('messages(ARGS) PAGE'),
    move: `${deletedFrom('app_public.messages')} and pinned_at is null`,
  },
  'Room.moderationLog': {
    path: ofRoom('moderationLog(ARGS) PAGE'),
    // What is in a log stays; what is new comes first.
    move: `insert into app_public.moderation_log (room_id, moderator_id, target_message_id, action)
      values ('${room.id}', '${ada.id}', $1, 'message_deleted')`,
  },
  'Room.onlineUsers': {
    path: ofRoom('onlineUsers(ARGS) PAGE'),
    move: deletedFrom('app_private.presence_sessions', 'user_id'),
  },
  'Room.pinnedMessages': {
    path: ofRoom('pinnedMessages(ARGS) PAGE'),
    move: 'update app_public.messages set pinned_at = null where id = $1',
  },
  'Room.reports': {
    path: ofRoom('reports(ARGS) PAGE'),
    move: deletedFrom('app_public.message_reports'),
  },
  'Room.searchMembers': {
    path: ofRoom('searchMembers(query: "seal", ARGS) PAGE'),
    move: rename,
  },
  'Room.typingUsers': {
    path: ofRoom('typingUsers(ARGS) PAGE'),
    move: deletedFrom('app_private.typing_indicators', 'user_id'),
  },
  'Webhook.deliveries': {
    path: `webhook(id: "${webhookId}") { deliveries(ARGS) PAGE }`,
    token: serverKey,
    move: deletedFrom('app_public.webhook_deliveries'),
  },
};

interface Page {
  readonly keys: readonly string[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

interface Answer {
  readonly page?: Page;
  readonly code?: unknown;
}

const ARGUMENT_TYPES = {
  first: 'Int',
  last: 'Int',
  offset: 'Int',
  after: 'Cursor',
  before: 'Cursor',
} as const;

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'), { assumeValid: true });

/** The connections of the schema, and which ways of paging each has. */
const connections = new Map<string, readonly string[]>();
for (const type of Object.values(schema.getTypeMap())) {
  for (const field of isObjectType(type) ? Object.values(type.getFields()) : []) {
    if (/Connection!?$/.test(String(field.type))) {
      connections.set(
        `${type.name}.${field.name}`,
        field.args.map(({ name }) => name).filter((name) => name in ARGUMENT_TYPES),
      );
    }
  }
}

/** The fields of the schema that are as asked, such as `Room.rules`. */
function fieldsOf(isWanted: (field: GraphQLField<unknown, unknown>) => boolean): string[] {
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter(isWanted)
        .map(({ name }) => `${type.name}.${name}`),
    );
}

interface PageArguments {
  readonly first?: number;
  readonly last?: number;
  readonly offset?: number;
  readonly after?: string | null;
  readonly before?: string | null;
}

/** Lists that come from a function are read forwards only. */
function waysOf(list: List): (keyof typeof ARGUMENT_TYPES)[] {
  const [name] = Object.entries(LISTS).find(([, one]) => one === list) ?? [];
  return (connections.get(name ?? '') ?? []) as (keyof typeof ARGUMENT_TYPES)[];
}

async function ask(list: List, args: PageArguments): Promise<Answer> {
  const { path, key = 'id', token = ada.token } = list;
  const page = `{ nodes { key: ${key} } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`;
  const names = waysOf(list);
  const document = `query (${names.map((name) => `$${name}: ${ARGUMENT_TYPES[name]}`)}) {
    ${path.replace('ARGS', names.map((name) => `${name}: $${name}`).join(', ')).replace('PAGE', page)}
  }`;
  const { data, errors } = await server.graphql(document, { ...args }, token);
  if (errors !== undefined) {
    return { code: errors[0]?.extensions?.code };
  }
  const { nodes, pageInfo } = connectionIn(data) as {
    nodes: { key: string }[];
    pageInfo: Omit<Page, 'keys'>;
  };
  return { page: { ...pageInfo, keys: nodes.map((node) => node.key) } };
}

// biome-ignore lint/suspicious/noExplicitAny: down one way through whatever there is
function connectionIn(data: any): object {
  let inner = data;
  while (inner.pageInfo === undefined) {
    inner = Array.isArray(inner) ? inner[0] : Object.values(inner)[0];
  }
  return inner;
}

function isPossible(list: List, args: PageArguments): boolean {
  return Object.keys(args).every((name) => (waysOf(list) as string[]).includes(name));
}

async function read(list: List, args: PageArguments): Promise<Page> {
  const { page, code } = await ask(list, args);
  expect(code).toBeUndefined();
  return page as Page;
}

test('every connection of the schema is read here', () => {
  expect(Object.keys(LISTS).sort()).toEqual([...connections.keys()].sort());
});

describe.each(Object.entries(LISTS))('%s', (name, list) => {
  test('tells what comes next and what came before', async () => {
    const { keys, ...all } = await read(list, { first: 100 });
    const { startCursor: start, endCursor: end } = all;
    expect(keys.length).toBeGreaterThanOrEqual(SIZE);
    expect(all).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
    const cases: [PageArguments, Partial<Page>][] = [
      [{ first: 2 }, { keys: keys.slice(0, 2), hasNextPage: true }],
      [{ first: 0 }, { keys: [], hasNextPage: true }],
      [
        { first: 0, after: end },
        { keys: [], hasNextPage: false },
      ],
      [
        { first: 2, after: start },
        { keys: keys.slice(1, 3), hasNextPage: true },
      ],
      [{ first: 2, offset: 3 }, { keys: keys.slice(3, 5) }],
      [{ first: 2, offset: 1, after: start }, { keys: keys.slice(2, 4) }],
      [{ last: 2 }, { keys: keys.slice(-2), hasPreviousPage: true }],
      [{ last: 0 }, { keys: [], hasPreviousPage: true }],
      [
        { last: 2, before: end },
        { keys: keys.slice(-3, -1), hasPreviousPage: true },
      ],
      [{ before: end }, { keys: keys.slice(0, -1).slice(-(DEFAULT_SIZES[name] ?? 20)) }],
    ];
    for (const [args, expected] of cases.filter(([args]) => isPossible(list, args))) {
      expect({ args, page: await read(list, args) }).toMatchObject({ args, page: expected });
    }
  });

  test('answers every way of asking with a page or BAD_INPUT', async () => {
    const { startCursor, endCursor } = await read(list, { first: 100 });
    const wrong: unknown[] = [];
    const asked: PageArguments[] = [
      ...combinations({
        first: [3],
        last: [3],
        offset: [2],
        after: [startCursor, changed(startCursor, 'x')],
        before: [endCursor],
      }),
      { first: -1 },
      { first: 101 },
      { last: -1 },
      { last: 101 },
      { offset: -1 },
      { offset: 99_999 },
      ...[null, [1], '\0', 1e99, {}].map((value) => ({ after: changed(startCursor, value) })),
      { after: '' },
      { after: 'x' },
      { after: Buffer.from('["natural",2]').toString('base64') },
      { before: Buffer.from('[]').toString('base64') },
    ];
    for (const args of asked.filter((args) => isPossible(list, args))) {
      const { page, code } = await ask(list, args);
      if (page === undefined && code !== 'BAD_INPUT') {
        wrong.push({ args, code });
      }
    }
    expect(wrong).toEqual([]);
  });

  test('has pages that neither skip nor repeat what stays', async () => {
    const all = await read(list, { first: 100 });
    const seen: string[] = [];
    let moved = 0;
    for (let after: string | null = null; ; ) {
      const page = await read(list, { first: 2, after });
      seen.push(...page.keys);
      if (!page.hasNextPage) {
        break;
      }
      after = page.endCursor;
      // One that was read, so that what comes later moves up.
      moved += (await database.owner.query(list.move, [page.keys[0]])).rowCount ?? 0;
    }
    expect(moved).toBeGreaterThan(0);
    expect(seen).toEqual(all.keys);
  });
});

/** Lists that are no connections: whole, or a part of it by `first` and `offset`. */
const PLAIN_LISTS: Readonly<Record<string, string>> = {
  'Message.attachments': 'attachments(ARGS) { key: id }',
  'Message.linkPreviews': 'linkPreviews(ARGS) { key: id }',
  'Message.mentions': 'mentions(ARGS) { key: id }',
  'Message.reactions': 'reactions(ARGS) { key: emoji }',
  'Message.threadReceipts': 'threadReceipts(ARGS) { key: userId }',
  'Poll.answers': 'poll { answers(ARGS) { key: number } }',
  'Draft.attachments': 'myDrafts { nodes { attachments(ARGS) { key: id } } }',
  'Query.archivedMessages': 'archivedMessages(roomId: ROOM, ARGS) { key: id }',
  'Query.auditLog': 'auditLog(kind: EXPORT, ARGS) { key: seq }',
  'Query.complianceExports': 'complianceExports(ARGS) { key: id }',
  'Query.groupMentionPreview':
    'groupMentionPreview(roomId: ROOM, content: "@here @room @seals", ARGS) { key: name }',
  'Query.profileFields': 'profileFields(ARGS) { key }',
  'Query.statusTexts': 'statusTexts(userIds: PEOPLE, ARGS) { key: userId }',
  'Query.workspaceRoles': 'workspaceRoles(ARGS) { key: id }',
  'Query.workspaceRoomTypes': 'workspaceRoomTypes(ARGS) { key: id }',
  'Query.roomFields': 'roomFields(ARGS) { key }',
  'Room.rules': 'rules(ARGS) { key: id }',
  'User.profile': 'profile(ARGS) { key }',
};

test('every list of the schema that takes an offset is read here', () => {
  const found = fieldsOf(({ args }) => args.some(({ name }) => name === 'offset'));
  expect([...Object.keys(LISTS), ...Object.keys(PLAIN_LISTS)]).toEqual(
    expect.arrayContaining(found),
  );
});

describe.each(Object.entries(PLAIN_LISTS))('%s', (name, path) => {
  beforeAll(populateMessage);

  const document = `query ($first: Int, $offset: Int) { list: ${
    name.startsWith('Query') || name.startsWith('Draft')
      ? path.replace('ROOM', `"${room.id}"`).replace('PEOPLE', JSON.stringify(otherIds))
      : name.startsWith('Room')
        ? ofRoom(path)
        : name.startsWith('User')
          ? `user(id: "${ada.id}") { ${path} }`
          : `message(id: "${message.id}") { ${path} }`
  } }`
    .replace('list: room', 'parent: room')
    .replace('list: message', 'parent: message')
    .replace('list: user', 'parent: user')
    .replace('ARGS', 'first: $first, offset: $offset');

  async function keysOf(args: PageArguments): Promise<string[] | string> {
    const { data, errors } = await server.graphql(document, { ...args }, ada.token);
    if (errors !== undefined) {
      return String(errors[0]?.extensions?.code);
    }
    let list = data.list ?? data.parent;
    while (!Array.isArray(list)) {
      list = Object.values(list)[0];
    }
    if (name === 'Draft.attachments') {
      list = list.flatMap((draft: { attachments: unknown[] }) => draft.attachments);
    }
    return list.map(({ key }: { key: string }) => key);
  }

  test('gives the part that is asked for, or BAD_INPUT', async () => {
    const all = (await keysOf({})) as string[];
    expect(all.length).toBeGreaterThanOrEqual(name === 'Query.archivedMessages' ? 0 : 3);
    const cases: [PageArguments, string[]][] = [
      [{ first: 2 }, all.slice(0, 2)],
      [{ first: 0 }, []],
      [{ offset: 1 }, all.slice(1)],
      [{ offset: 0 }, all],
      [{ offset: 9_999 }, []],
      [{ first: 1, offset: 1 }, all.slice(1, 2)],
      [{ first: 0, offset: 1 }, []],
    ];
    for (const [args, expected] of cases) {
      expect({ args, keys: await keysOf(args) }).toEqual({ args, keys: expected });
    }
    for (const args of [{ first: -1 }, { first: 101 }, { offset: -1 }, { offset: 10_001 }]) {
      expect({ args, keys: await keysOf(args) }).toEqual({ args, keys: 'BAD_INPUT' });
    }
  });
});

/** Gives the message files, mentions and several reactions, the room rules, and those in it status texts. */
async function populateMessage(): Promise<void> {
  const { owner } = database;
  await owner.query(
    "insert into app_private.auditors (user_id, reason) values ($1, 'so') on conflict do nothing",
    [ada.id],
  );
  const { rows: exports } = await owner.query('select from app_private.compliance_exports');
  for (let made = exports.length; made < 3; made += 1) {
    await database.call(ada, 'request_compliance_export', 'a case');
  }
  await owner.query(
    `insert into app_public.message_attachments
        (id, message_id, room_id, ordinal, filename, mime_type, byte_size, status, has_thumbnail)
      select uuidv7(), $1, $2, number, 'a.png', 'image/png', 1, 'ready', false
        from generate_series(1, 4) as number
      on conflict do nothing`,
    [message.id, room.id],
  );
  await owner.query(
    `with files as (
        insert into app_private.uploads (uploader_id, filename, mime_type, byte_size, status, received_at)
          select $1, 'a.png', 'image/png', 1, 'ready', now() from generate_series(1, 3) returning id
      ), last as (
        update app_public.drafts set attachment_ids = array(select id from files)
          where id = (select id from app_public.drafts where user_id = $1 and attachment_ids = '{}' limit 1)
            and not exists (select from app_public.drafts where user_id = $1 and attachment_ids <> '{}')
          returning id
      )
      insert into app_public.drafts (user_id, room_id, content, revision, written_at, attachment_ids)
        select $1, $2, 'With files', gen_random_uuid(), now(), array(select id from files)
          where not exists (select from app_public.drafts where user_id = $1)`,
    [ada.id, room.id],
  );
  await owner.query(
    `insert into app_private.thread_followers (user_id, room_id, thread_id, read_seq, told_seq)
      select user_id, room_id, $1, 1, 1 from app_public.room_members where room_id = $2
        order by user_id limit 5
      on conflict on constraint thread_followers_pkey do update set told_seq = 1`,
    [message.id, room.id],
  );
  await owner.query(
    `insert into app_public.link_previews (message_id, room_id, ordinal, url, title)
      select $1, $2, number, 'https://example.org/' || number, 'Page ' || number
        from generate_series(1, 3) as number
      on conflict do nothing`,
    [message.id, room.id],
  );
  await owner.query(
    `insert into app_private.message_mentions (message_id, room_id, seq, user_id)
      select id, room_id, seq, unnest($2::uuid[]) from app_public.messages where id = $1
      on conflict do nothing`,
    [message.id, otherIds],
  );
  await owner.query(
    `insert into app_public.message_reactions (message_id, emoji, user_id, room_id)
      select $1, emoji, $3, $2 from unnest('{🎉,❤️,🔥}'::text[]) as emoji on conflict do nothing`,
    [message.id, room.id, ada.id],
  );
  for (const key of ['team', 'leader', 'site']) {
    await owner.query("select app_admin.define_profile_field($1, 'A field', 'text', 'a test')", [
      key,
    ]);
    await database.call(ada, 'set_profile_value', key, 'said');
    await owner.query("select app_admin.define_room_field($1, 'A field', 'text', 'a test')", [key]);
  }
  await owner.query(
    `insert into app_private.status_texts (user_id, text) select unnest($1::uuid[]), 'away'
      on conflict do nothing`,
    [otherIds],
  );
  for (const kind of ['links', 'mentions', 'repeats']) {
    await database.call(ada, 'set_room_rule', room.id, kind, 'flag');
  }
}

/** Where the page is shorter than elsewhere. */
const DEFAULT_SIZES: Readonly<Record<string, number>> = { 'ReactionSummary.users': 5 };

/** The same cursor with something else in the place of its first value. */
function changed(cursor: string | null, value: unknown): string {
  const [digest, , ...rest]: unknown[] = JSON.parse(Buffer.from(cursor ?? '', 'base64').toString());
  return Buffer.from(JSON.stringify([digest, value, ...rest])).toString('base64');
}

/** All ways to give some of the arguments. */
function combinations(values: Record<string, readonly unknown[]>): PageArguments[] {
  return Object.entries(values).reduce<PageArguments[]>(
    (ways, [name, choices]) =>
      ways.flatMap((way) => [way, ...choices.map((choice) => ({ ...way, [name]: choice }))]),
    [{}],
  );
}
