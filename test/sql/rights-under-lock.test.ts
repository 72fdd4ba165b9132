import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';

/*
 * Two calls wait for the same room: the first takes a right away, the second needs it. Whoever changes a
 * room is looked at under its lock, so the second is refused however early it was asked.
 */

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner, call } = database;

const ROLES = ['member', 'moderator', 'admin', 'owner'] as const;
type Role = (typeof ROLES)[number];

interface Scene {
  readonly actor: TestUser;
  readonly boss: TestUser;
  readonly other: TestUser;
  readonly guest: TestUser;
  readonly roomId: string;
}
type Call = [name: string, ...values: unknown[]];

/** What takes a right away, and who does it. */
const TAKERS: Record<string, (scene: Scene) => [TestUser, ...Call]> = {
  archiving: ({ boss, roomId }) => [boss, 'archive_room', roomId],
  kicking: ({ boss, roomId, actor }) => [boss, 'kick_member', roomId, actor.id],
  leaving: ({ actor, roomId }) => [actor, 'leave_room', roomId],
  banning: ({ boss, roomId, actor }) => [boss, 'ban_member', roomId, actor.id],
  muting: ({ boss, roomId, actor }) => [boss, 'mute_member', roomId, actor.id, 60],
  locking: ({ boss, roomId }) => [boss, 'set_room_locked', roomId, true],
  announcing: ({ boss, roomId }) => [boss, 'set_writing_roles', roomId, 'owner', 'owner', 'owner'],
  demoting: ({ boss, roomId, actor }) => [boss, 'set_member_role', roomId, actor.id, 'member'],
  'handing over': ({ actor, roomId, other }) => [
    actor,
    'set_member_role',
    roomId,
    other.id,
    'owner',
  ],
};
const LEAVING = ['kicking', 'leaving', 'banning'];
const WRITING = ['archiving', 'muting', 'locking', 'announcing', ...LEAVING];

interface Needer {
  readonly least: Role;
  readonly takers: readonly string[];
  /** What there has to be first, and then the call. */
  prepare(scene: Scene): Promise<Call> | Call;
}

const ofMessage =
  (author: 'actor' | 'other', name: string, ...values: unknown[]) =>
  async (scene: Scene): Promise<Call> => [
    name,
    (await database.sendMessage(scene[author], scene.roomId, 'hello')).id,
    ...values,
  ];
const ofRoom =
  (name: string, ...values: unknown[]) =>
  ({ roomId }: Scene): Call => [name, roomId, ...values];
const ofHeld =
  (name: string) =>
  async ({ other, roomId }: Scene): Promise<Call> => {
    const { id } = await database.sendMessage(other, roomId, 'held');
    await owner.query('update app_public.messages set held_at = now() where id = $1', [id]);
    return [name, id];
  };

let bots = 0;

/** A bot in the room, with a command and a message with a button. */
async function bringBot(boss: TestUser, roomId: string) {
  const bot = await database.createUser(`bot-${++bots}`);
  await owner.query('update app_public.users set is_bot = true where id = $1', [bot.id]);
  await call(boss, 'add_room_member', roomId, bot.id);
  const { rows } = await owner.query<{ id: string }>(
    `insert into app_public.commands (bot_id, name, description, arguments) values ($1, 'roll', 'Rolls', '[]') returning id`,
    [bot.id],
  );
  const components = [{ type: 'button', id: 'ok', label: 'OK' }];
  const { id: messageId } = await call(
    ...([bot, 'send_message', roomId, 'Which?', 'text', { components }] as const),
  );
  return { commandId: single(rows).id, messageId: messageId as string };
}

let roles = 0;

async function newRole(): Promise<string> {
  const { rows } = await owner.query<{ id: string }>(
    "insert into app_public.roles (name, permissions) values ($1, '{pin_messages}') returning id",
    [`Role ${++roles}`],
  );
  return single(rows).id;
}

async function ofPreview(author: 'actor' | 'other', scene: Scene): Promise<Call> {
  const { id } = await database.sendMessage(scene[author], scene.roomId, 'https://example.test/');
  const { rows } = await owner.query<{ id: string }>(
    `insert into app_public.link_previews (message_id, room_id, ordinal, url, title)
      values ($1, $2, 1, 'https://example.test/', 'A page') returning id`,
    [id, scene.roomId],
  );
  return ['remove_link_preview', single(rows).id];
}

const moderators = ['demoting', ...LEAVING];
const NEEDERS: Record<string, Needer> = {
  'sending a message': { least: 'member', takers: WRITING, prepare: ofRoom('send_message', 'hi') },
  'editing a message': {
    least: 'member',
    takers: WRITING,
    prepare: ofMessage('actor', 'edit_message', 'bye'),
  },
  'deleting a message': {
    least: 'member',
    takers: ['archiving', ...LEAVING],
    prepare: ofMessage('actor', 'delete_message'),
  },
  'removing a preview': {
    least: 'member',
    takers: ['archiving', ...LEAVING],
    prepare: (scene) => ofPreview('actor', scene),
  },
  reacting: {
    least: 'member',
    takers: WRITING,
    prepare: ofMessage('other', 'add_message_reaction', '👍'),
  },
  'taking a reaction back': {
    least: 'member',
    takers: ['archiving', ...LEAVING],
    prepare: ofMessage('other', 'remove_message_reaction', '👍'),
  },
  reporting: {
    least: 'member',
    takers: LEAVING,
    prepare: ofMessage('other', 'report_message', 'spam'),
  },
  'marking as read': {
    least: 'member',
    takers: LEAVING,
    async prepare({ other, roomId }) {
      await database.sendMessage(other, roomId, 'news');
      return ['mark_room_read', roomId];
    },
  },
  'marking as unread': {
    least: 'member',
    takers: LEAVING,
    async prepare({ other, actor, roomId }) {
      await database.sendMessage(other, roomId, 'news');
      await database.call(actor, 'mark_room_read', roomId);
      return ['mark_room_unread', roomId];
    },
  },
  'reading again what was marked': {
    least: 'member',
    takers: LEAVING,
    async prepare({ other, actor, roomId }) {
      await database.sendMessage(other, roomId, 'news');
      await database.call(actor, 'mark_room_read', roomId);
      await database.call(actor, 'mark_room_unread', roomId);
      return ['mark_room_read', roomId];
    },
  },
  'setting a level': {
    least: 'member',
    takers: LEAVING,
    prepare: ofRoom('set_notification_level', 'none'),
  },
  'making a favourite': {
    least: 'member',
    takers: LEAVING,
    prepare: ofRoom('set_room_favorite', true),
  },
  'putting into a folder': {
    least: 'member',
    takers: LEAVING,
    prepare: ofRoom('set_room_folder', 'Work'),
  },
  hiding: {
    least: 'member',
    takers: LEAVING,
    prepare: ofRoom('set_room_hidden', true),
  },
  'following a thread': {
    least: 'member',
    takers: LEAVING,
    prepare: ofMessage('other', 'set_thread_followed', true),
  },
  'setting what of a thread notifies': {
    least: 'member',
    takers: LEAVING,
    prepare: ofMessage('other', 'set_thread_notification_level', 'mentions'),
  },
  'reading a thread': {
    least: 'member',
    takers: LEAVING,
    prepare: ofMessage('other', 'mark_thread_read'),
  },
  silencing: {
    least: 'member',
    takers: LEAVING,
    prepare: ofRoom('silence_room', '2099-01-01'),
  },
  leaving: { least: 'member', takers: LEAVING, prepare: ofRoom('leave_room') },
  'adding a member': {
    least: 'moderator',
    takers: ['archiving', ...moderators],
    prepare: ({ roomId, guest }) => ['add_room_member', roomId, guest.id],
  },
  'showing more of the history': {
    least: 'moderator',
    takers: ['archiving', ...moderators],
    prepare: ({ roomId, other }) => ['widen_history', roomId, other.id],
  },
  'making an incoming webhook': {
    least: 'admin',
    takers: ['archiving', ...moderators],
    prepare: ofRoom('create_incoming_webhook', 'Alarms'),
  },
  'using a command': {
    least: 'member',
    takers: WRITING,
    async prepare({ boss, roomId }) {
      const { commandId } = await bringBot(boss, roomId);
      return ['use_command', roomId, commandId];
    },
  },
  'telling one person something': {
    least: 'member',
    takers: WRITING,
    async prepare({ actor, other, roomId }) {
      await owner.query('update app_public.users set is_bot = true where id = $1', [actor.id]);
      return ['send_ephemeral_message', roomId, other.id, 'Psst'];
    },
  },
  'asking a poll': {
    least: 'member',
    takers: WRITING,
    prepare: ofRoom('create_poll', 'Which?', ['this', 'that']),
  },
  'closing a poll': {
    least: 'moderator',
    takers: ['archiving', ...moderators],
    async prepare({ other, roomId }) {
      const { id } = await call(other, 'create_poll', roomId, 'Which?', ['this', 'that']);
      return ['close_poll', id];
    },
  },
  'forwarding a message to it': {
    least: 'member',
    takers: WRITING,
    async prepare({ actor, roomId }) {
      const elsewhere = await database.createRoom(actor);
      const { id } = await database.sendMessage(actor, elsewhere.id, 'news');
      return ['forward_message', id, roomId];
    },
  },
  'forwarding a message of it': {
    least: 'member',
    takers: LEAVING,
    async prepare(scene) {
      const elsewhere = await database.createRoom(scene.actor);
      return ofMessage('other', 'forward_message', elsewhere.id)(scene);
    },
  },
  'writing what is sent later': {
    least: 'member',
    takers: WRITING,
    prepare: ofRoom('schedule_message', 'later', new Date(Date.now() + 3_600_000).toISOString()),
  },
  'asking to be reminded of a message': {
    least: 'member',
    takers: LEAVING,
    prepare: ofMessage('other', 'set_reminder', new Date(Date.now() + 3_600_000).toISOString()),
  },
  'saving a message': {
    least: 'member',
    takers: LEAVING,
    prepare: ofMessage('other', 'save_message'),
  },
  'translating a message': {
    least: 'member',
    takers: LEAVING,
    prepare: ofMessage('other', 'translate_message', 'de'),
  },
  'pressing a button': {
    least: 'member',
    takers: WRITING,
    async prepare({ boss, roomId }) {
      const { messageId } = await bringBot(boss, roomId);
      return ['use_component', messageId, 'ok'];
    },
  },
  'changing buttons': {
    least: 'member',
    takers: WRITING,
    async prepare({ actor, roomId }) {
      await owner.query('update app_public.users set is_bot = true where id = $1', [actor.id]);
      const { id } = await database.sendMessage(actor, roomId, 'Which?');
      const components = [{ type: 'button', id: 'ok', label: 'OK' }];
      return ['set_components', id, JSON.stringify(components)];
    },
  },
  inviting: {
    least: 'moderator',
    takers: ['archiving', ...moderators],
    prepare: ofRoom('create_invitation'),
  },
  'revoking an invitation': {
    least: 'moderator',
    takers: moderators,
    async prepare({ boss, roomId }) {
      return ['revoke_invitation', (await call(boss, 'create_invitation', roomId)).id];
    },
  },
  pinning: {
    least: 'moderator',
    takers: ['archiving', ...moderators],
    prepare: ofMessage('other', 'pin_message'),
  },
  unpinning: {
    least: 'moderator',
    takers: ['archiving', ...moderators],
    async prepare({ boss, other, roomId }) {
      const { id } = await database.sendMessage(other, roomId, 'pinned');
      await call(boss, 'pin_message', id);
      return ['unpin_message', id];
    },
  },
  'deleting as a moderator': {
    least: 'moderator',
    takers: ['archiving', ...moderators],
    prepare: ofMessage('other', 'delete_message'),
  },
  'removing a preview as a moderator': {
    least: 'moderator',
    takers: ['archiving', ...moderators],
    prepare: (scene) => ofPreview('other', scene),
  },
  releasing: {
    least: 'moderator',
    takers: ['archiving', ...moderators],
    prepare: ofHeld('release_message'),
  },
  rejecting: {
    least: 'moderator',
    takers: ['archiving', ...moderators],
    prepare: ofHeld('reject_message'),
  },
  'resolving a report': {
    least: 'moderator',
    takers: moderators,
    async prepare({ actor, other, roomId }) {
      const message = await database.sendMessage(other, roomId, 'bad');
      const report = await call(actor, 'report_message', message.id, 'spam');
      return ['resolve_report', report.id, 'upheld'];
    },
  },
  'setting slow mode': {
    least: 'moderator',
    takers: ['archiving', ...moderators],
    prepare: ofRoom('set_slow_mode', 5),
  },
  'opening and locking': {
    least: 'moderator',
    takers: ['archiving', ...moderators],
    prepare: ofRoom('set_room_locked', true),
  },
  'muting someone': {
    least: 'moderator',
    takers: moderators,
    prepare: ({ roomId, other }) => ['mute_member', roomId, other.id, 60],
  },
  'ending a mute': {
    least: 'moderator',
    takers: moderators,
    async prepare({ boss, roomId, other }) {
      await call(boss, 'mute_member', roomId, other.id, 60);
      return ['unmute_member', roomId, other.id];
    },
  },
  'kicking someone': {
    least: 'moderator',
    takers: moderators,
    prepare: ({ roomId, other }) => ['kick_member', roomId, other.id],
  },
  'banning someone': {
    least: 'moderator',
    takers: moderators,
    prepare: ({ roomId, other }) => ['ban_member', roomId, other.id],
  },
  'lifting a ban': {
    least: 'moderator',
    takers: moderators,
    async prepare({ boss, roomId, guest }) {
      await call(boss, 'ban_member', roomId, guest.id);
      return ['unban_member', roomId, guest.id];
    },
  },
  'changing a room': {
    least: 'admin',
    takers: ['archiving', ...moderators],
    prepare: ofRoom('update_room', 'New name'),
  },
  'giving a role': {
    least: 'admin',
    takers: ['archiving', ...moderators],
    prepare: ({ roomId, other }) => ['set_member_role', roomId, other.id, 'moderator'],
  },
  'adding a moderator': {
    least: 'admin',
    takers: ['archiving', ...moderators],
    prepare: ({ roomId, guest }) => ['add_room_member', roomId, guest.id, 'moderator'],
  },
  'setting a rule': {
    least: 'admin',
    takers: ['archiving', ...moderators],
    prepare: ofRoom('set_room_rule', 'mentions', 'refuse'),
  },
  'removing a rule': {
    least: 'admin',
    takers: ['archiving', ...moderators],
    async prepare({ boss, roomId }) {
      const rule = await call(boss, 'set_room_rule', roomId, 'mentions', 'refuse');
      return ['remove_room_rule', rule.id];
    },
  },
  'setting a language': {
    least: 'admin',
    takers: ['archiving', ...moderators],
    prepare: ofRoom('set_room_language', 'english'),
  },
  'hiding texts of pushes': {
    least: 'admin',
    takers: ['archiving', ...moderators],
    prepare: ofRoom('set_push_privacy', true),
  },
  'saying who mentions many': {
    least: 'admin',
    takers: ['archiving', ...moderators],
    prepare: ofRoom('set_group_mentions', 'admin'),
  },
  'setting who writes': {
    least: 'admin',
    takers: ['archiving', ...moderators],
    prepare: ofRoom('set_writing_roles', 'admin'),
  },
  'saying what joiners see': {
    least: 'admin',
    takers: ['archiving', ...moderators],
    prepare: ofRoom('set_history_visibility', 'since_joining'),
  },
  'letting messages disappear': {
    least: 'admin',
    takers: ['archiving', ...moderators],
    prepare: ofRoom('set_disappearing', 60),
  },
  'changing custom data': {
    least: 'admin',
    takers: ['archiving', ...moderators],
    prepare: ofRoom('set_room_data', '{"a": 1}'),
  },
  'setting whether deliveries are told': {
    least: 'admin',
    takers: ['archiving', ...moderators],
    prepare: ofRoom('set_delivery_receipts', true),
  },
  'saying what is told': {
    least: 'admin',
    takers: ['archiving', ...moderators],
    prepare: ofRoom('set_system_messages', 'all'),
  },
  "giving a role of one's own": {
    least: 'admin',
    takers: ['archiving', ...moderators],
    prepare: async ({ roomId, other }) => ['assign_role', await newRole(), other.id, roomId],
  },
  "taking a role of one's own": {
    least: 'admin',
    takers: ['archiving', ...moderators],
    prepare: async ({ roomId, other }) => ['unassign_role', await newRole(), other.id, roomId],
  },
  'making an exception': {
    least: 'admin',
    takers: ['archiving', ...moderators],
    prepare: ({ roomId, other }) => [
      'set_permission_exception',
      other.id,
      'pin_messages',
      'deny',
      roomId,
    ],
  },
  'hiding previews of links': {
    least: 'admin',
    takers: ['archiving', ...moderators],
    prepare: ofRoom('set_room_link_previews', true),
  },
  'closing a room': {
    least: 'owner',
    takers: ['handing over'],
    prepare: ofRoom('archive_room'),
  },
  'adding an admin': {
    least: 'owner',
    takers: ['handing over'],
    prepare: ({ roomId, guest }) => ['add_room_member', roomId, guest.id, 'admin'],
  },
  'making it a room of a type': {
    least: 'owner',
    takers: ['handing over'],
    async prepare({ roomId }) {
      const { rows } = await owner.query<{ id: string }>(
        `insert into app_public.custom_room_types (name, title)
          values ('t-' || gen_random_uuid(), 'A type') returning id`,
      );
      return ['set_room_type', roomId, single(rows).id];
    },
  },
  'setting retention': {
    least: 'owner',
    takers: ['handing over'],
    prepare: ofRoom('set_room_retention', 7),
  },
  'setting what is erased': {
    least: 'owner',
    takers: ['handing over'],
    prepare: ofRoom('set_erasure_rule', 'anonymise'),
  },
};

const people = (await Promise.all(Array.from({ length: 4 }, () => database.createUser()))) as [
  TestUser,
  TestUser,
  TestUser,
  TestUser,
];

/** A room of its own, with the same people in it. */
async function makeScene(
  least: Role,
  [boss, actor, other, guest]: readonly [TestUser, TestUser, TestUser, TestUser] = people,
): Promise<Scene> {
  await owner.query('update app_public.users set is_bot = false where id = $1', [actor.id]);
  const { id: roomId } = await database.createRoom(boss, { members: [actor, other] });
  if (least === 'owner') {
    return { boss: actor, actor: boss, other, guest, roomId };
  }
  if (least !== 'member') {
    await call(boss, 'set_member_role', roomId, actor.id, least);
  }
  return { boss, actor, other, guest, roomId };
}

const settle = (sending: Promise<unknown>) => sending.catch((error) => error);

/** Makes both calls wait behind `lock`, in this order, and gives what becomes of the second. */
async function inOrder(
  lock: [sql: string, ...values: unknown[]],
  first: () => Promise<unknown>,
  second: () => Promise<unknown>,
): Promise<unknown> {
  const [sql, ...values] = lock;
  const holder = await owner.connect();
  try {
    await holder.query('begin');
    await holder.query(sql, values);
    const taking = first();
    taking.catch(() => {}); // Awaited below.
    await waiting(1);
    const needing = second().then(
      () => 'done',
      (error) => error,
    );
    await waiting(2);
    await holder.query('commit');
    await taking;
    return await needing;
  } finally {
    await holder.query('rollback');
    holder.release();
  }
}

async function waiting(count: number): Promise<void> {
  for (;;) {
    const { rows } = await owner.query<{ waiting: number }>(
      `select count(*)::int as waiting from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (single(rows).waiting >= count) {
      return;
    }
    await sleep(1);
  }
}

const REFUSED = expect.objectContaining({
  code: expect.stringMatching(/^TR(403|404|ARC|BAN|MUT|BLK)$/),
});

const raced = new Set<string>();

test.each(
  Object.entries(NEEDERS).flatMap(([name, needer]) =>
    needer.takers.map((taker) => ({ taker, name, needer })),
  ),
)('$taker comes first: $name is refused', async ({ taker, needer }) => {
  const scene = await makeScene(needer.least);
  const [name, ...values] = await needer.prepare(scene);
  raced.add(name);
  const take = TAKERS[taker] as (scene: Scene) => [TestUser, ...Call];
  const [by, taking, ...taken] = take(scene);

  const result = await inOrder(
    ['select app_private.lock_room($1)', scene.roomId],
    () => call(by, taking, ...taken),
    () => call(scene.actor, name, ...values),
  );

  expect(result).toEqual(REFUSED);
});

/** What ends somebody's access. It waits for no room, so it comes first by not waiting at all. */
const REMOVALS: Record<string, (actor: TestUser) => Promise<unknown>> = {
  suspending: ({ username }) =>
    owner.query("select app_admin.suspend_user($1, 'spam')", [username]),
  'signing out': (actor) => call(actor, 'sign_out'),
  'signing out everywhere': (actor) => call(actor, 'sign_out_everywhere'),
  'ending the session at psql': ({ sessionId }) =>
    owner.query('update app_private.sessions set expires_at = now() where id = $1', [sessionId]),
  erasing: ({ username }) => owner.query("select app_admin.erase_user($1, 'spam')", [username]),
};

/** Lets a call wait behind `lock`, ends its caller's access, and gives what becomes of it. */
async function afterRemoval(
  removal: string,
  lock: [sql: string, ...values: unknown[]],
  [actor, name, ...values]: [TestUser, ...Call],
): Promise<unknown> {
  const [sql, ...locked] = lock;
  const holder = await owner.connect();
  try {
    await holder.query('begin');
    await holder.query(sql, locked);
    const needing = call(actor, name, ...values).then(
      () => 'done',
      (error) => error,
    );
    await Promise.race([waiting(1), needing]);
    await (REMOVALS[removal] as (actor: TestUser) => Promise<unknown>)(actor);
    await holder.query('commit');
    return await needing;
  } finally {
    await holder.query('rollback');
    holder.release();
  }
}

const SIGNED_OUT = expect.objectContaining({ code: 'TR401' });

describe.each(Object.keys(REMOVALS))('%s comes first', (removal) => {
  const lonely = async () =>
    [await database.createUser(), await database.createUser(), people[2], people[3]] as const;

  test.each(Object.entries(NEEDERS))('%s is refused', async (_, needer) => {
    const scene = await makeScene(needer.least, await lonely());
    const [name, ...values] = await needer.prepare(scene);
    const result = await afterRemoval(
      removal,
      ['select app_private.lock_room($1)', scene.roomId],
      [scene.actor, name, ...values],
    );
    expect(result).toEqual(SIGNED_OUT);
  });

  test('joining is refused, by an invitation too', async () => {
    const { boss, roomId } = await makeScene('member');
    await owner.query("update app_public.rooms set type = 'public' where id = $1", [roomId]);
    const { code } = await call(boss, 'create_invitation', roomId);
    for (const [name, value] of [
      ['join_room', roomId],
      ['accept_invitation', code],
    ] as Call[]) {
      const result = await afterRemoval(
        removal,
        ['select app_private.lock_room($1)', roomId],
        [await database.createUser(), name as string, value],
      );
      expect(result).toEqual(SIGNED_OUT);
    }
  });

  test.each(['create_direct_conversation', 'block_user'])('%s is refused', async (name) => {
    const [ada, bob] = await lonely();
    const result = await afterRemoval(
      removal,
      ['select app_private.lock_pair($1, $2)', ada.id, bob.id],
      [ada, name, bob.id],
    );
    expect(result).toEqual(SIGNED_OUT);
  });

  test('no device is registered for pushes', async () => {
    const ada = await database.createUser();
    const result = await afterRemoval(
      removal,
      ["select app_private.lock_until_commit('devices', $1)", ada.id],
      [ada, 'register_push_token', 'fcm', 'a-token-of-firebase-cloud'],
    );
    expect(result).toEqual(SIGNED_OUT);
  });

  test('no upload is begun', async () => {
    const ada = await database.createUser();
    const holder = await owner.connect();
    try {
      await holder.query('begin');
      await holder.query("select app_private.lock_until_commit('uploads', $1)", [ada.id]);
      const beginning = settle(
        owner.query("select app_hidden.begin_upload($1, $2, 'a.png', 10, 100, 1000)", [
          ada.id,
          ada.sessionId,
        ]),
      );
      await Promise.race([waiting(1), beginning]);
      // Erasing takes the uploads along, and waits for the same lock at its last step.
      const removing = REMOVALS[removal]?.(ada);
      await Promise.race([removing, waiting(2)]);
      await holder.query('commit');
      expect(await beginning).toEqual(SIGNED_OUT);
      await removing;
    } finally {
      await holder.query('rollback');
      holder.release();
    }
  });

  test('the profile is not changed', async () => {
    const ada = await database.createUser();
    const lock: [string, string] = [
      'select from app_public.users where id = $1 for no key update',
      ada.id,
    ];
    // Erasing changes the same row, so it stands in the queue, first.
    const result = await (removal === 'erasing'
      ? inOrder(
          lock,
          () => REMOVALS.erasing?.(ada) as Promise<unknown>,
          () => call(ada, 'update_profile', 'Ada'),
        )
      : afterRemoval(removal, lock, [ada, 'update_profile', 'Ada']));
    expect(result).toEqual(SIGNED_OUT);
  });
});

test.each(['suspending', 'erasing'])(
  '%s somebody who is just making an invitation: it admits nobody',
  async (what) => {
    const { actor, guest, roomId } = await makeScene('moderator', [
      people[0],
      await database.createUser(),
      people[2],
      people[3],
    ]);
    let removing: Promise<unknown> | undefined;
    const { code } = await database.commitAs(actor, async (client) => {
      const { rows } = await client.query<{ code: string }>(
        'select code from app_public.create_invitation($1)',
        [roomId],
      );
      removing = REMOVALS[what]?.(actor);
      await Promise.race([removing, waiting(1)]); // Erasing waits for the invitation at its last step.
      return single(rows);
    });
    await removing;
    expect(await settle(call(guest, 'accept_invitation', code))).toMatchObject({ code: 'TR404' });
  },
);

test('all that is done in a room is looked at under its lock', async () => {
  const { rows } = await owner.query<{ name: string }>(
    `select proname as name from pg_proc
      where pronamespace = 'app_public'::regnamespace and provolatile = 'v'
        and proargnames && '{room_id,message_id,link_preview_id,report_id,rule_id,invitation_id}'
        and has_function_privilege('trumpet_user', oid, 'execute')`,
  );
  const elsewhere = [
    'join_room', // Below: whoever joins has no right yet.
    'save_draft', // In drafts.test.ts: nobody else's business, it holds the membership and not the room.
    'unarchive_room', // Its owner's, who cannot hand an archived room over.
    // These change nothing of the room, and end by themselves within seconds.
    'set_typing',
    'update_user_presence',
    'cancel_reminder', // One's own list, and of what one may not see any more.
    'unsave_message', // One's own list, and of what one may not see any more.
    'vote_in_poll', // It does not wait for the room, but for what takes the right to vote away: test/sql/polls.test.ts.
    'turn_into_room', // Of conversations, which have no roles, and nobody is taken out of: test/sql/group-conversations.test.ts.
    'replay_webhook', // A key's, which has its right from no room.
  ];
  expect([...raced, ...elsewhere].sort()).toEqual(rows.map(({ name }) => name).sort());
});

test.each<[string, string, (scene: Scene, invitationId: string) => [TestUser, ...Call]]>([
  ['banning', 'join_room', ({ boss, roomId, guest }) => [boss, 'ban_member', roomId, guest.id]],
  ['archiving', 'join_room', ({ boss, roomId }) => [boss, 'archive_room', roomId]],
  [
    'banning',
    'accept_invitation',
    ({ boss, roomId, guest }) => [boss, 'ban_member', roomId, guest.id],
  ],
  ['archiving', 'accept_invitation', ({ boss, roomId }) => [boss, 'archive_room', roomId]],
  ['revoking', 'accept_invitation', ({ boss }, id) => [boss, 'revoke_invitation', id]],
  [
    'banning its maker',
    'accept_invitation',
    ({ boss, roomId, actor }) => [boss, 'ban_member', roomId, actor.id],
  ],
])('%s comes first: %s is refused', async (_, joining, take) => {
  const scene = await makeScene('moderator');
  const invitation = await call(scene.actor, 'create_invitation', scene.roomId);
  const [by, taking, ...taken] = take(scene, invitation.id);

  const result = await inOrder(
    ['select app_private.lock_room($1)', scene.roomId],
    () => call(by, taking, ...taken),
    () => call(scene.guest, joining, joining === 'join_room' ? scene.roomId : invitation.code),
  );

  expect(result).toEqual(REFUSED);
});

test.each<[string, (scene: Scene) => Promise<Call> | Call]>([
  ['kick_member', ({ roomId, other }) => ['kick_member', roomId, other.id]],
  ['ban_member', ({ roomId, other }) => ['ban_member', roomId, other.id]],
  ['mute_member', ({ roomId, other }) => ['mute_member', roomId, other.id, 60]],
  ['delete_message', ofMessage('other', 'delete_message')],
  ['release_message', ofHeld('release_message')],
  ['reject_message', ofHeld('reject_message')],
])('someone is made an admin first: a moderator has no power over them, %s', async (_, prepare) => {
  const scene = await makeScene('moderator');
  const { boss, actor, other, roomId } = scene;
  const [name, ...values] = await prepare(scene);

  const result = await inOrder(
    ['select app_private.lock_room($1)', roomId],
    () => call(boss, 'set_member_role', roomId, other.id, 'admin'),
    () => call(actor, name, ...values),
  );

  expect(result).toEqual(REFUSED);
});

test('a message that is held is refused as any other', async () => {
  const { boss, actor, roomId } = await makeScene('member');
  await call(boss, 'set_room_rule', roomId, 'links', 'hold');
  const result = await inOrder(
    ['select app_private.lock_room($1)', roomId],
    () => call(boss, 'ban_member', roomId, actor.id),
    () => call(actor, 'send_message', roomId, 'https://example.org'),
  );
  expect(result).toEqual(REFUSED);
});

/** What a room is set to, and the code with which it refuses; without a code it holds what was written. */
const SETTINGS: Record<string, [call: Call, code?: string]> = {
  'a rule that refuses words': [['set_room_rule', 'words', 'refuse', ['text']], 'TR403'],
  'a rule that refuses links': [['set_room_rule', 'links', 'refuse'], 'TR403'],
  'a rule that refuses what new accounts write': [
    ['set_room_rule', 'new_accounts', 'refuse', null, true, null, 1],
    'TR403',
  ],
  'a rule that refuses repeats': [
    ['set_room_rule', 'repeats', 'refuse', null, true, null, 1],
    'TR403',
  ],
  'a rule that holds words': [['set_room_rule', 'words', 'hold', ['text']]],
  'slow mode': [['set_slow_mode', 60], 'TRSLO'],
};
const TEXT = 'text https://example.org';

describe.each(Object.entries(SETTINGS))('%s comes first', (_, [[name, ...values], code]) => {
  const outcome = code === undefined ? { held_at: expect.any(Date) } : { code };

  test.each(['a room without rules', 'a room with another rule', 'a room where it was otherwise'])(
    'it counts for a message that waited, in %s',
    async (kind) => {
      const { boss, actor, roomId } = await makeScene('member');
      await call(actor, 'send_message', roomId, TEXT);
      if (kind === 'a room with another rule') {
        await call(boss, 'set_room_rule', roomId, 'mentions', 'hold');
      }
      if (kind === 'a room where it was otherwise' && name === 'set_room_rule') {
        const [ruled, action] = values;
        await call(boss, name, roomId, ruled, action, ['else'], true, ['example.org'], 500);
      }
      const result = await inOrder(
        ['select app_private.lock_room($1)', roomId],
        () => call(boss, name, roomId, ...values),
        () => call(actor, 'send_message', roomId, TEXT),
      );
      expect(result).toEqual(code === undefined ? 'done' : expect.objectContaining({ code }));
      expect(await settle(call(actor, 'send_message', roomId, TEXT))).toMatchObject(outcome);
      const { rows } = await owner.query(
        'select count(*)::int as seen from app_public.messages where room_id = $1 and held_at is null',
        [roomId],
      );
      expect(rows).toEqual([{ seen: 1 }]);
    },
  );
});

test.each<[string, Call, string | undefined]>([
  ['a rule that refuses', ['set_room_rule', 'words', 'refuse', ['text']], 'TR403'],
  ['a rule that refuses links', ['set_room_rule', 'links', 'refuse'], 'TR403'],
  ['a rule that holds', ['set_room_rule', 'words', 'hold', ['text']], undefined],
])('%s comes first: it counts for an edit that waited', async (_, [name, ...values], code) => {
  const { boss, actor, roomId } = await makeScene('member');
  const { id } = await database.sendMessage(actor, roomId, 'hello');
  const result = await inOrder(
    ['select app_private.lock_room($1)', roomId],
    () => call(boss, name, roomId, ...values),
    () => call(actor, 'edit_message', id, TEXT),
  );
  expect(result).toEqual(code === undefined ? 'done' : expect.objectContaining({ code }));
  const { rows } = await owner.query(
    `select content = 'hello' as is_old, held_at is not null as is_held from app_public.messages where id = $1`,
    [id],
  );
  expect(rows).toEqual([{ is_old: code !== undefined, is_held: code === undefined }]);
});

test('who sends files comes first: it counts for a file that waited', async () => {
  const { boss, actor, roomId } = await makeScene('member');
  const { rows } = await owner.query<{ id: string }>(
    `insert into app_private.uploads (uploader_id, filename, mime_type, byte_size, received_at)
      values ($1, 'a.txt', 'text/plain', 1, now()) returning id`,
    [actor.id],
  );
  const result = await inOrder(
    ['select app_private.lock_room($1)', roomId],
    () => call(boss, 'set_writing_roles', roomId, null, null, null, 'admin'),
    () => call(actor, 'send_message', roomId, '', 'file', '{}', null, null, [single(rows).id]),
  );
  expect(result).toMatchObject({ code: 'TR403' });
});

test('who was a moderator when they asked is bound by the rules and slow mode when they are none any more', async () => {
  for (const [name, ...values] of [
    ['set_room_rule', 'words', 'refuse', ['text']],
    ['set_slow_mode', 60],
  ] as Call[]) {
    const { boss, actor, roomId } = await makeScene('moderator');
    await call(boss, name, roomId, ...values);
    await call(actor, 'send_message', roomId, TEXT);
    const result = await inOrder(
      ['select app_private.lock_room($1)', roomId],
      () => call(boss, 'set_member_role', roomId, actor.id, 'member'),
      () => call(actor, 'send_message', roomId, TEXT),
    );
    expect(result).toMatchObject({ code: expect.stringMatching(/^TR(403|SLO)$/) });
  }
});

describe('blocking comes first', () => {
  const two = () =>
    Promise.all([database.createUser(), database.createUser()]) as Promise<[TestUser, TestUser]>;

  test.each(['send_message', 'edit_message', 'add_message_reaction', 'set_push_privacy'])(
    '%s is refused in a direct conversation',
    async (name) => {
      const [ada, bob] = await two();
      const room = await call(ada, 'create_direct_conversation', bob.id);
      const message = await database.sendMessage(bob, room.id, 'hello');
      const result = await inOrder(
        ['select app_private.lock_room($1)', room.id],
        () => call(ada, 'block_user', bob.id),
        () =>
          name === 'set_push_privacy'
            ? call(bob, name, room.id, true)
            : call(bob, name, name === 'send_message' ? room.id : message.id, '👍'),
      );
      expect(result).toMatchObject({ code: 'TRBLK' });
    },
  );

  test('no conversation begins, and nobody is added to a room', async () => {
    const [ada, bob] = await two();
    const room = await database.createRoom(bob);
    for (const [name, ...values] of [
      ['create_direct_conversation', ada.id],
      ['add_room_member', room.id, ada.id],
    ] as Call[]) {
      await call(ada, 'unblock_user', bob.id);
      const result = await inOrder(
        ['select app_private.lock_pair($1, $2)', ada.id, bob.id],
        () => call(ada, 'block_user', bob.id),
        () => call(bob, name, ...values),
      );
      expect(result).toMatchObject({ code: 'TRBLK' });
    }
  });
});
