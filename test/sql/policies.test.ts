import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type pg from 'pg';
import { createTestDatabase, type TestDatabase, type TestUser } from '../../testing/database.ts';

/*
 * Who sees what, for every table that the API shows: one private room with something in each table, looked at by
 * everybody there is. A table that is not in the list fails the test: whoever adds one says who may read it.
 */
const LOOKERS = [
  'visitor',
  'stranger',
  'member',
  'moderator',
  'owner',
  'broadcast',
  'broadcastOfAnotherRoom',
] as const;
type Looker = (typeof LOOKERS)[number];

const MEMBERS: Looker[] = ['member', 'moderator', 'owner', 'broadcast'];
const MODERATORS: Looker[] = ['moderator', 'owner'];

/** Of each table: a condition that names the private room's rows, and who may see them. */
const READERS: Record<string, { condition: string; readers: Looker[] }> = {
  users: {
    condition: 'id = $2',
    readers: ['stranger', 'broadcastOfAnotherRoom', ...MEMBERS],
  },
  rooms: { condition: 'id = $1', readers: MEMBERS },
  room_members: { condition: 'room_id = $1', readers: MEMBERS },
  room_invitations: { condition: 'room_id = $1', readers: MODERATORS },
  messages: { condition: 'room_id = $1', readers: MEMBERS },
  message_edits: { condition: 'room_id = $1', readers: MEMBERS },
  message_reactions: { condition: 'room_id = $1', readers: MEMBERS },
  poll_ballots: { condition: 'room_id = $1', readers: MEMBERS },
  link_previews: { condition: 'room_id = $1', readers: MEMBERS },
  message_attachments: { condition: 'room_id = $1', readers: MEMBERS },
  room_bans: { condition: 'room_id = $1', readers: MODERATORS },
  room_rules: { condition: 'room_id = $1', readers: MODERATORS },
  message_reports: { condition: 'room_id = $1', readers: MODERATORS },
  moderation_log: { condition: 'room_id = $1', readers: MODERATORS },
  data_exports: { condition: 'user_id = $2', readers: ['member'] },
  notification_settings: { condition: 'user_id = $2', readers: ['member'] },
  privacy_settings: { condition: 'user_id = $2', readers: ['member'] },
  push_subscriptions: { condition: 'user_id = $2', readers: ['member'] },
  incoming_webhooks: { condition: 'room_id = $1', readers: ['owner'] },
  commands: { condition: "name = 'roll'", readers: ['member', 'moderator', 'owner'] },
  interactions: { condition: 'room_id = $1', readers: ['member'] },
  reminders: { condition: 'room_id = $1', readers: ['member'] },
  saved_messages: { condition: 'room_id = $1', readers: ['member'] },
  scheduled_messages: { condition: 'room_id = $1', readers: ['member'] },
  drafts: { condition: 'room_id = $1', readers: ['member'] },
  user_groups: {
    condition: "name = 'design'",
    readers: ['stranger', 'member', 'moderator', 'owner'],
  },
  custom_emoji: {
    condition: "name = 'party_parrot'",
    readers: ['stranger', 'member', 'moderator', 'owner'],
  },
  room_data: { condition: 'room_id = $1', readers: MEMBERS },
  room_fields: {
    condition: "key = 'priority'",
    readers: ['stranger', 'member', 'moderator', 'owner'],
  },
  // Of the rooms in the directory alone.
  room_field_keys: { condition: 'true', readers: ['stranger', 'member', 'moderator', 'owner'] },
  profile_fields: {
    condition: "key = 'team'",
    readers: ['stranger', 'member', 'moderator', 'owner'],
  },
  user_group_members: {
    condition: 'user_id = $2',
    readers: ['stranger', 'member', 'moderator', 'owner'],
  },
  custom_room_types: {
    condition: "name = 'support'",
    readers: ['stranger', 'member', 'moderator', 'owner', 'broadcast', 'broadcastOfAnotherRoom'],
  },
  roles: {
    condition: "name = 'Stewards'",
    readers: ['stranger', 'member', 'moderator', 'owner', 'broadcast', 'broadcastOfAnotherRoom'],
  },
  // For servers alone.
  webhooks: { condition: 'room_ids[1] = $1', readers: [] },
  webhook_deliveries: { condition: 'room_id = $1', readers: [] },
  conversations: { condition: 'room_id = $1', readers: ['member', 'moderator', 'owner'] },
  followed_threads: { condition: 'room_id = $1', readers: ['member'] },
};

let database: TestDatabase;
let people: Record<'owner' | 'moderator' | 'member' | 'stranger', TestUser>;
let roomId: string;
let otherRoomId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const [owner, moderator, member, stranger, banned] = await Promise.all([
    database.createUser(),
    database.createUser(),
    database.createUser(),
    database.createUser(),
    database.createUser(),
  ]);
  people = { owner, moderator, member, stranger };
  const room = await database.createRoom(owner, { type: 'private', members: [moderator, member] });
  roomId = room.id;
  otherRoomId = (await database.createRoom(stranger, { type: 'private' })).id;
  const message = await database.sendMessage(member, roomId, 'first version');
  await database.commitAs(owner, async (client) => {
    await client.query("select app_public.set_member_role($1, $2, 'moderator')", [
      roomId,
      moderator.id,
    ]);
    await client.query('select app_public.create_invitation($1)', [roomId]);
    await client.query("select app_public.add_message_reaction($1, '👍')", [message.id]);
    await client.query("select app_public.report_message($1, 'abuse')", [message.id]);
    await client.query('select app_public.ban_member($1, $2)', [roomId, banned.id]);
    await client.query("select app_public.set_room_rule($1, 'mentions', 'refuse')", [roomId]);
    await client.query(
      "select app_public.create_user_group('design', 'Designers', array[$1::uuid])",
      [member.id],
    );
  });
  await database.owner.query(
    "select app_admin.define_room_field('priority', 'Priority', 'number', 'a test')",
  );
  await database.createRoom(owner);
  await database.call(owner, 'set_room_data', room.id, '{"priority": 1}');
  await database.owner.query(
    "select app_admin.define_profile_field('team', 'Team', 'text', 'a test')",
  );
  await database.owner.query(
    "insert into app_public.custom_emoji (name, picture_id, version) values ('party_parrot', uuidv7(), 1)",
  );
  await database.owner.query(
    "insert into app_public.roles (name, permissions) values ('Stewards', '{pin_messages}')",
  );
  await database.owner.query(
    "insert into app_public.custom_room_types (name, title) values ('support', 'Support')",
  );
  const poll = await database.call(member, 'create_poll', roomId, 'When?', ['Now', 'Never']);
  await database.call(owner, 'vote_in_poll', poll.id, [1]);
  await database.commitAs(member, (client) =>
    client.query("select app_public.edit_message($1, 'second version')", [message.id]),
  );
  await database.owner.query(
    `insert into app_public.message_attachments
        (id, message_id, room_id, ordinal, filename, mime_type, byte_size, status, has_thumbnail)
      values (uuidv7(), $1, $2, 1, 'a.png', 'image/png', 1, 'ready', false)`,
    [message.id, roomId],
  );
  await database.owner.query(
    `insert into app_public.link_previews (message_id, room_id, ordinal, url, title)
      values ($1, $2, 1, 'https://example.org/', 'An example')`,
    [message.id, roomId],
  );
  await database.owner.query(
    `with told as (
        insert into app_public.webhooks (name, url, events, room_ids, created_by)
          values ('tickets', 'https://tickets.test', '{message}', array[$1::uuid], 'admin') returning id
      )
      insert into app_public.webhook_deliveries (webhook_id, event_id, room_id, change_seq, attempt, outcome, duration_ms)
        select id, 'x', $1, 1, 1, 'delivered', 1 from told`,
    [roomId],
  );
  await database.owner.query(
    `with bot as (
        insert into app_public.users (username, display_name, is_bot) values ('alarms', 'Alarms', true) returning id
      )
      insert into app_public.incoming_webhooks (room_id, bot_id) select $1, id from bot`,
    [roomId],
  );
  await database.owner.query(
    `insert into app_public.room_members (room_id, user_id)
      select $1, id from app_public.users where username = 'alarms'`,
    [roomId],
  );
  await database.owner.query(
    `with command as (
        insert into app_public.commands (bot_id, name, description, arguments)
          select id, 'roll', 'Rolls', '[]' from app_public.users where username = 'alarms' returning bot_id
      )
      insert into app_public.interactions (kind, room_id, bot_id, user_id, command_name, answer, waits_until, expires_at)
        select 'command', $1, bot_id, $2, 'roll', 'For you alone', now(), now() + interval '1 day' from command`,
    [roomId, member.id],
  );
  await database.owner.query(
    'insert into app_public.saved_messages (user_id, room_id, message_id) values ($2, $1, uuidv7())',
    [roomId, member.id],
  );
  await database.owner.query(
    `insert into app_public.reminders (user_id, room_id, message_id, remind_at, time_zone)
      values ($2, $1, uuidv7(), now(), 'UTC')`,
    [roomId, member.id],
  );
  await database.owner.query(
    `insert into app_public.scheduled_messages (user_id, room_id, content, send_at, time_zone)
      values ($2, $1, 'For later', now() + interval '1 hour', 'UTC')`,
    [roomId, member.id],
  );
  await database.owner.query(
    `insert into app_public.drafts (user_id, room_id, content, revision, written_at)
      values ($2, $1, 'Half a thought', gen_random_uuid(), now())`,
    [roomId, member.id],
  );
  await database.owner.query(
    `insert into app_private.thread_followers (user_id, room_id, thread_id, read_seq) values ($2, $1, $3, 0)`,
    [roomId, member.id, message.id],
  );
  for (const sql of [
    'insert into app_public.data_exports (user_id) values ($1)',
    'insert into app_public.notification_settings (user_id) values ($1)',
    'insert into app_public.privacy_settings (user_id) values ($1)',
    "insert into app_public.push_subscriptions (user_id, channel, endpoint) values ($1, 'web', 'https://push.test')",
  ]) {
    await database.owner.query(sql, [member.id]);
  }
});
afterAll(() => database.close());

function as<T>(looker: Looker, run: (client: pg.ClientBase) => Promise<T>): Promise<T> {
  switch (looker) {
    case 'visitor':
      return database.asVisitor(run);
    case 'broadcast':
      return database.asBroadcast(roomId, run);
    case 'broadcastOfAnotherRoom':
      return database.asBroadcast(otherRoomId, run);
    default:
      return database.asUser(people[looker], run);
  }
}

async function exposedTables(): Promise<string[]> {
  const { rows } = await database.owner.query<{ name: string }>(
    `select relname as name from pg_class
      where relnamespace = 'app_public'::regnamespace and relkind in ('r', 'p', 'v')`,
  );
  return rows.map((row) => row.name);
}

test('every table that the API shows is in the list of who may read it', async () => {
  expect(Object.keys(READERS).sort()).toEqual((await exposedTables()).sort());
});

test.each(
  Object.keys(READERS).flatMap((table) => LOOKERS.map((looker) => [table, looker] as const)),
)('%s of a private room, read by %s', async (table, looker) => {
  const { condition, readers } = READERS[table] as (typeof READERS)[string];
  const sql = `select count(*)::int as count, $1::uuid, $2::uuid from app_public.${table} where ${condition}`;
  let count = 0;
  try {
    const { rows } = await as(looker, (client) => client.query(sql, [roomId, people.member.id]));
    count = rows[0].count;
  } catch (error) {
    expect(error).toMatchObject({ code: '42501' });
  }
  expect(count > 0).toBe(readers.includes(looker));
});

test.each(LOOKERS)('%s can write to no table but through functions', async (looker) => {
  for (const table of await exposedTables()) {
    for (const sql of [
      `insert into app_public.${table} default values`,
      `delete from app_public.${table}`,
      `update app_public.${table} set ${table === 'users' ? 'id = id' : table === 'rooms' ? 'id = id' : 'room_id = room_id'}`,
    ]) {
      await expect(as(looker, (client) => client.query(sql))).rejects.toMatchObject({
        code: expect.stringMatching(/^(42501|42703|55000)$/),
      });
    }
  }
});

test.each(LOOKERS)('%s reads nothing of app_private', async (looker) => {
  const { rows } = await database.owner.query<{ name: string }>(
    `select relname as name from pg_class
      where relnamespace = 'app_private'::regnamespace and relkind in ('r', 'p', 'v')`,
  );
  expect(rows.length).toBeGreaterThan(5);
  for (const { name } of rows) {
    await expect(
      as(looker, (client) => client.query(`select from app_private."${name}"`)),
    ).rejects.toMatchObject({ code: '42501' });
  }
});

test.each(LOOKERS)('%s cannot become anyone else inside a transaction', async (looker) => {
  const { rows } = await database.owner.query<{ owner: string }>('select current_user as owner');
  for (const role of ['trumpet_admin', rows[0]?.owner]) {
    await expect(as(looker, (client) => client.query(`set role ${role}`))).rejects.toMatchObject({
      code: '42501',
    });
  }
});

/*
 * The ways to change a room, tried by someone who is not in it. They answer the same for a room that does not exist.
 */
const WRITES: Record<string, string> = {
  join_room: 'select app_public.join_room($1)',
  leave_room: 'select app_public.leave_room($1)',
  update_room: "select app_public.update_room($1, 'x')",
  archive_room: 'select app_public.archive_room($1)',
  unarchive_room: 'select app_public.unarchive_room($1)',
  add_room_member: 'select app_public.add_room_member($1, app_hidden.current_user_id())',
  set_member_role:
    "select app_public.set_member_role($1, app_hidden.current_user_id(), 'moderator')",
  create_invitation: 'select app_public.create_invitation($1)',
  send_message: "select app_public.send_message($1, 'x')",
  mark_room_read: 'select app_public.mark_room_read($1)',
  set_room_favorite: 'select app_public.set_room_favorite($1, true)',
  set_room_folder: "select app_public.set_room_folder($1, 'x')",
  set_room_hidden: 'select app_public.set_room_hidden($1, true)',
  mark_room_unread: 'select app_public.mark_room_unread($1)',
  save_draft: "select app_public.save_draft($1, 'x', gen_random_uuid())",
  set_typing: 'select app_public.set_typing($1, true)',
  set_notification_level: "select app_public.set_notification_level($1, 'none')",
  update_user_presence: "select app_public.update_user_presence('online', $1)",
  subscribe_to_room: 'select app_hidden.subscribe_to_room($1)',
  ban_member: 'select app_public.ban_member($1, app_hidden.current_user_id())',
  unban_member: 'select app_public.unban_member($1, app_hidden.current_user_id())',
  kick_member: 'select app_public.kick_member($1, app_hidden.current_user_id())',
  mute_member: 'select app_public.mute_member($1, app_hidden.current_user_id(), 60)',
  unmute_member: 'select app_public.unmute_member($1, app_hidden.current_user_id())',
  set_group_mentions: "select app_public.set_group_mentions($1, 'admin')",
  group_mention_preview: "select app_public.group_mention_preview($1, '@room')",
  set_slow_mode: 'select app_public.set_slow_mode($1, 10)',
  set_room_locked: 'select app_public.set_room_locked($1, true)',
  set_room_rule: "select app_public.set_room_rule($1, 'mentions', 'flag')",
  create_poll: "select app_public.create_poll($1, 'x', array['y', 'z'])",
};
const MESSAGE_WRITES: Record<string, string> = {
  edit_message: "select app_public.edit_message($1, 'x')",
  delete_message: 'select app_public.delete_message($1)',
  pin_message: 'select app_public.pin_message($1)',
  unpin_message: 'select app_public.unpin_message($1)',
  add_message_reaction: "select app_public.add_message_reaction($1, '👍')",
  vote_in_poll: 'select app_public.vote_in_poll($1, array[1])',
  close_poll: 'select app_public.close_poll($1)',
  report_message: "select app_public.report_message($1, 'x')",
  release_message: 'select app_public.release_message($1)',
  reject_message: 'select app_public.reject_message($1)',
  set_thread_followed: 'select app_public.set_thread_followed($1, true)',
  set_thread_notification_level: "select app_public.set_thread_notification_level($1, 'all')",
  mark_thread_read: 'select app_public.mark_thread_read($1)',
  remove_message_reaction: "select app_public.remove_message_reaction($1, '👍')",
};

async function errorOf(sql: string, id: string): Promise<{ code: string; message: string }> {
  try {
    await database.asUser(people.stranger, (client) => client.query(sql, [id]));
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { code, message };
  }
  throw new Error(`${sql} was allowed`);
}

test.each([...Object.entries(WRITES), ...Object.entries(MESSAGE_WRITES)])(
  'a stranger cannot tell by %s whether something hidden exists',
  async (name, sql) => {
    const { rows } = await database.owner.query<{ id: string }>(
      'select id from app_public.messages where room_id = $1',
      [roomId],
    );
    const hidden = name in WRITES ? roomId : (rows[0]?.id as string);
    const answer = await errorOf(sql, hidden);
    expect(answer).toEqual(await errorOf(sql, crypto.randomUUID()));
    expect(answer.code).toBe('TR404');
  },
);

test.each([...Object.entries(WRITES), ...Object.entries(MESSAGE_WRITES)])(
  'a visitor is refused by %s',
  async (_name, sql) => {
    await expect(database.asVisitor((client) => client.query(sql, [roomId]))).rejects.toMatchObject(
      { code: '42501' },
    );
  },
);
