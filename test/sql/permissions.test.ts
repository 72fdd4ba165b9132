import { afterAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';

/*
 * What each function of the API asks for: whoever has that and nothing else may, whoever has everything but that may not.
 * A function that is in none of the lists fails the test: whoever adds one says what it needs.
 */

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner, call } = database;

interface Scene {
  readonly boss: TestUser;
  /** A mere member. */
  readonly actor: TestUser;
  readonly other: TestUser;
  /** In no room. */
  readonly guest: TestUser;
  readonly roomId: string;
}
type Call = [name: string, ...values: unknown[]];
interface Need {
  readonly needs: readonly string[];
  /** What there has to be first, and then the call. */
  prepare(scene: Scene): Promise<Call> | Call;
  /** What refuses it: FORBIDDEN, unless the thing is not there for whoever has not the permission. */
  readonly code?: 'TR404';
}

const ofRoom =
  (name: string, ...values: unknown[]) =>
  ({ roomId }: Scene): Call => [name, roomId, ...values];
const ofPerson =
  (name: string, ...values: unknown[]) =>
  ({ roomId, other }: Scene): Call => [name, roomId, other.id, ...values];
const ofMessage =
  (name: string, ...values: unknown[]) =>
  async ({ other, roomId }: Scene): Promise<Call> => [
    name,
    (await database.sendMessage(other, roomId, 'https://example.test/')).id,
    ...values,
  ];
const ofHeld =
  (name: string) =>
  async ({ other, roomId }: Scene): Promise<Call> => {
    const { id } = await database.sendMessage(other, roomId, 'held');
    await owner.query('update app_public.messages set held_at = now() where id = $1', [id]);
    return [name, id];
  };
const byBoss =
  (name: string, ...values: unknown[]) =>
  async ({ boss, roomId }: Scene) =>
    (await call(boss, name, roomId, ...values)).id as string;
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

let names = 0;
async function newBot(boss: TestUser, roomId?: string) {
  const bot = await database.createUser(`helper-${++names}`);
  await owner.query('update app_public.users set is_bot = true where id = $1', [bot.id]);
  if (roomId !== undefined) {
    await call(boss, 'add_room_member', roomId, bot.id);
  }
  return bot;
}

async function newType(): Promise<string> {
  const { rows } = await owner.query<{ id: string }>(
    "insert into app_public.custom_room_types (name, title) values ($1, 'A type') returning id",
    [`type-${++names}`],
  );
  return single(rows).id;
}

/** The functions of rooms: those that are named twice have two ways. */
const IN_ROOMS: readonly (readonly [name: string, Need])[] = [
  ['send_message', { needs: ['send_messages'], prepare: ofRoom('send_message', 'hi') }],
  [
    'send_message',
    {
      needs: ['reply_in_threads'],
      async prepare(scene) {
        const { id } = await database.sendMessage(scene.other, scene.roomId, 'Why?');
        return ['send_message', scene.roomId, 'So.', 'text', '{}', id];
      },
    },
  ],
  [
    'send_message',
    {
      needs: ['send_messages', 'create_polls'],
      prepare: ofRoom('send_message', 'Which?', 'text', { poll: { answers: ['this', 'that'] } }),
    },
  ],
  [
    'send_message',
    {
      needs: ['send_messages', 'attach_files'],
      async prepare({ actor, roomId }) {
        const { rows } = await owner.query<{ id: string }>(
          `insert into app_private.uploads (uploader_id, filename, mime_type, byte_size, received_at)
            values ($1, 'a.txt', 'text/plain', 1, now()) returning id`,
          [actor.id],
        );
        return ['send_message', roomId, '', 'file', '{}', null, null, [single(rows).id]];
      },
    },
  ],
  [
    'edit_message',
    {
      needs: ['send_messages'],
      async prepare({ actor, roomId }) {
        return ['edit_message', (await database.sendMessage(actor, roomId, 'a')).id, 'b'];
      },
    },
  ],
  [
    'forward_message',
    {
      needs: ['send_messages'],
      async prepare({ actor, roomId }) {
        const elsewhere = await database.createRoom(actor);
        const { id } = await database.sendMessage(actor, elsewhere.id, 'news');
        return ['forward_message', id, roomId];
      },
    },
  ],
  [
    'schedule_message',
    {
      needs: ['send_messages'],
      prepare: ({ roomId }) => ['schedule_message', roomId, 'later', inAnHour()],
    },
  ],
  [
    'set_room_type',
    {
      needs: ['edit_room', 'manage_writing', 'set_slow_mode', 'set_retention'],
      prepare: async ({ roomId }) => ['set_room_type', roomId, await newType()],
    },
  ],
  ['set_typing', { needs: ['send_messages'], prepare: ofRoom('set_typing', true) }],
  ['set_typing', { needs: ['reply_in_threads'], prepare: ofRoom('set_typing', true) }],
  [
    'create_poll',
    {
      needs: ['send_messages', 'create_polls'],
      prepare: ofRoom('create_poll', 'Which?', ['this', 'that']),
    },
  ],
  [
    'add_message_reaction',
    { needs: ['add_reactions'], prepare: ofMessage('add_message_reaction', '👍') },
  ],
  [
    'vote_in_poll',
    {
      needs: ['add_reactions'],
      async prepare(scene) {
        return [
          'vote_in_poll',
          await byBoss('create_poll', 'Which?', ['this', 'that'])(scene),
          [1],
        ];
      },
    },
  ],
  [
    'use_component',
    {
      needs: ['add_reactions'],
      async prepare({ boss, roomId }) {
        const bot = await newBot(boss, roomId);
        const components = [{ type: 'button', id: 'ok', label: 'OK' }];
        const sent = await call(bot, 'send_message', roomId, 'Which?', 'text', { components });
        return ['use_component', sent.id, 'ok'];
      },
    },
  ],
  [
    'use_command',
    {
      needs: ['send_messages', 'use_commands'],
      async prepare({ boss, roomId }) {
        const bot = await newBot(boss, roomId);
        const { rows } = await owner.query<{ id: string }>(
          `insert into app_public.commands (bot_id, name, description, arguments)
            values ($1, 'roll', 'Rolls', '[]') returning id`,
          [bot.id],
        );
        return ['use_command', roomId, single(rows).id];
      },
    },
  ],
  [
    'set_components',
    {
      needs: ['send_messages'],
      async prepare({ actor, roomId }) {
        await owner.query('update app_public.users set is_bot = true where id = $1', [actor.id]);
        const { id } = await database.sendMessage(actor, roomId, 'Which?');
        return ['set_components', id, JSON.stringify([{ type: 'button', id: 'ok', label: 'OK' }])];
      },
    },
  ],
  ['create_invitation', { needs: ['invite_members'], prepare: ofRoom('create_invitation') }],
  [
    'revoke_invitation',
    {
      needs: ['invite_members'],
      code: 'TR404',
      async prepare(scene) {
        return ['revoke_invitation', await byBoss('create_invitation')(scene)];
      },
    },
  ],
  [
    'add_room_member',
    {
      needs: ['add_members'],
      prepare: ({ roomId, guest }) => ['add_room_member', roomId, guest.id],
    },
  ],
  [
    'add_room_member',
    {
      needs: ['add_members', 'add_bots'],
      async prepare({ boss, roomId }) {
        return ['add_room_member', roomId, (await newBot(boss)).id];
      },
    },
  ],
  ['kick_member', { needs: ['kick_members'], prepare: ofPerson('kick_member') }],
  ['ban_member', { needs: ['ban_members'], prepare: ofPerson('ban_member') }],
  [
    'unban_member',
    {
      needs: ['ban_members'],
      async prepare({ boss, roomId, guest }) {
        await call(boss, 'ban_member', roomId, guest.id);
        return ['unban_member', roomId, guest.id];
      },
    },
  ],
  ['mute_member', { needs: ['mute_members'], prepare: ofPerson('mute_member', 60) }],
  ['unmute_member', { needs: ['mute_members'], prepare: ofPerson('unmute_member') }],
  ['delete_message', { needs: ['delete_messages'], prepare: ofMessage('delete_message') }],
  [
    'remove_link_preview',
    {
      needs: ['delete_messages'],
      async prepare(scene) {
        const [, messageId] = await ofMessage('')(scene);
        const { rows } = await owner.query<{ id: string }>(
          `insert into app_public.link_previews (message_id, room_id, ordinal, url, title)
            values ($1, $2, 1, 'https://example.test/', 'A page') returning id`,
          [messageId, scene.roomId],
        );
        return ['remove_link_preview', single(rows).id];
      },
    },
  ],
  ['pin_message', { needs: ['pin_messages'], prepare: ofMessage('pin_message') }],
  ['unpin_message', { needs: ['pin_messages'], prepare: ofMessage('unpin_message') }],
  [
    'close_poll',
    {
      needs: ['close_polls'],
      async prepare(scene) {
        return ['close_poll', await byBoss('create_poll', 'Which?', ['this', 'that'])(scene)];
      },
    },
  ],
  ['set_slow_mode', { needs: ['set_slow_mode'], prepare: ofRoom('set_slow_mode', 5) }],
  ['set_room_locked', { needs: ['lock_room'], prepare: ofRoom('set_room_locked', true) }],
  [
    'resolve_report',
    {
      needs: ['review_reports'],
      code: 'TR404',
      async prepare({ boss, other, roomId }) {
        const { id } = await database.sendMessage(other, roomId, 'bad');
        return ['resolve_report', (await call(boss, 'report_message', id, 'spam')).id, 'upheld'];
      },
    },
  ],
  [
    'release_message',
    { needs: ['review_messages'], code: 'TR404', prepare: ofHeld('release_message') },
  ],
  [
    'reject_message',
    { needs: ['review_messages'], code: 'TR404', prepare: ofHeld('reject_message') },
  ],
  ['update_room', { needs: ['edit_room'], prepare: ofRoom('update_room', 'New name') }],
  ['set_room_language', { needs: ['edit_room'], prepare: ofRoom('set_room_language', 'english') }],
  ['set_push_privacy', { needs: ['edit_room'], prepare: ofRoom('set_push_privacy', true) }],
  [
    'set_room_link_previews',
    { needs: ['edit_room'], prepare: ofRoom('set_room_link_previews', true) },
  ],
  [
    'set_delivery_receipts',
    { needs: ['edit_room'], prepare: ofRoom('set_delivery_receipts', true) },
  ],
  ['set_system_messages', { needs: ['edit_room'], prepare: ofRoom('set_system_messages', 'all') }],
  [
    'set_history_visibility',
    { needs: ['edit_room'], prepare: ofRoom('set_history_visibility', 'since_joining') },
  ],
  [
    'widen_history',
    {
      needs: ['add_members'],
      async prepare({ other, roomId }) {
        await owner.query(
          'update app_public.room_members set sees_from_seq = 5 where room_id = $1 and user_id = $2',
          [roomId, other.id],
        );
        return ['widen_history', roomId, other.id];
      },
    },
  ],
  ['set_disappearing', { needs: ['set_disappearing'], prepare: ofRoom('set_disappearing', 60) }],
  [
    'set_writing_roles',
    { needs: ['manage_writing'], prepare: ofRoom('set_writing_roles', 'moderator') },
  ],
  ['set_room_data', { needs: ['edit_room'], prepare: ofRoom('set_room_data', '{"a": 1}') }],
  [
    'set_group_mentions',
    { needs: ['manage_writing'], prepare: ofRoom('set_group_mentions', 'moderator') },
  ],
  [
    'set_room_rule',
    { needs: ['manage_rules'], prepare: ofRoom('set_room_rule', 'mentions', 'refuse') },
  ],
  [
    'remove_room_rule',
    {
      needs: ['manage_rules'],
      async prepare(scene) {
        return ['remove_room_rule', await byBoss('set_room_rule', 'mentions', 'refuse')(scene)];
      },
    },
  ],
  [
    'create_incoming_webhook',
    { needs: ['manage_webhooks'], prepare: ofRoom('create_incoming_webhook', 'Alarms') },
  ],
  ...(
    [
      ['update_incoming_webhook', 'Disks'],
      ['rotate_incoming_webhook'],
      ['delete_incoming_webhook'],
    ] as Call[]
  ).map(([name, ...values]): readonly [string, Need] => [
    name,
    {
      needs: ['manage_webhooks'],
      code: 'TR404',
      async prepare({ boss, roomId }) {
        await call(boss, 'create_incoming_webhook', roomId, 'Alarms');
        const { rows } = await owner.query<{ id: string }>(
          'select id from app_public.incoming_webhooks where room_id = $1',
          [roomId],
        );
        return [name, single(rows).id, ...values];
      },
    },
  ]),
  ['set_room_retention', { needs: ['set_retention'], prepare: ofRoom('set_room_retention', 7) }],
  [
    'set_erasure_rule',
    { needs: ['set_retention'], prepare: ofRoom('set_erasure_rule', 'anonymise') },
  ],
  ['archive_room', { needs: ['archive_room'], prepare: ofRoom('archive_room') }],
  [
    'unarchive_room',
    {
      needs: ['archive_room'],
      async prepare({ boss, roomId }) {
        await call(boss, 'archive_room', roomId);
        return ['unarchive_room', roomId];
      },
    },
  ],
  ...(['assign_role', 'unassign_role'] as const).map((name): readonly [string, Need] => [
    name,
    {
      needs: ['manage_roles', 'pin_messages'],
      async prepare({ roomId, other }) {
        const roleId = await newRole('pin_messages');
        if (name === 'unassign_role') {
          await assign(roleId, other, roomId);
        }
        return [name, roleId, other.id, roomId];
      },
    },
  ]),
  [
    'set_permission_exception',
    {
      needs: ['manage_roles', 'pin_messages'],
      prepare: ({ roomId, other }) => [
        'set_permission_exception',
        other.id,
        'pin_messages',
        'grant',
        roomId,
      ],
    },
  ],
];

/** The functions of a workspace. */
const IN_WORKSPACE: readonly (readonly [name: string, Need])[] = [
  [
    'create_room',
    { needs: ['create_rooms'], prepare: () => ['create_room', 'A room', `room-${++names}`] },
  ],
  [
    'create_direct_conversation',
    {
      needs: ['start_conversations'],
      prepare: ({ guest }) => ['create_direct_conversation', guest.id],
    },
  ],
  [
    'create_group_conversation',
    {
      needs: ['start_conversations'],
      prepare: ({ guest, other }) => ['create_group_conversation', [guest.id, other.id]],
    },
  ],
  [
    'turn_into_room',
    {
      needs: ['create_rooms'],
      async prepare({ boss, actor, other }) {
        const room = await call(boss, 'create_group_conversation', [actor.id, other.id]);
        return ['turn_into_room', room.id, 'A room', `room-${++names}`];
      },
    },
  ],
  [
    'create_user_group',
    {
      needs: ['create_groups'],
      prepare: () => ['create_user_group', `group-${++names}`, 'A group'],
    },
  ],
  ...(
    [
      ['change_user_group', 'renamed', 'Another title'],
      ['delete_user_group'],
      ['set_user_group_member', 'guest'],
      ['remove_user_group_member', 'other'],
    ] as Call[]
  ).map(([name, ...values]): readonly [string, Need] => [
    name,
    {
      needs: ['manage_groups'],
      async prepare(scene) {
        const group = await call(scene.boss, 'create_user_group', `group-${++names}`, 'A', [
          scene.other.id,
        ]);
        return [
          name,
          group.id,
          ...values.map((value) =>
            value === 'guest' || value === 'other' ? scene[value].id : value,
          ),
        ];
      },
    },
  ]),
  ...([['set_custom_emoji_aliases', ['party_parrot']], ['remove_custom_emoji']] as Call[]).map(
    ([name, ...values]): readonly [string, Need] => [
      name,
      {
        needs: ['manage_emoji'],
        async prepare({ boss }) {
          const { rows } = await owner.query<{ id: string }>(
            `insert into app_public.custom_emoji (name, picture_id, version, added_by_id)
            values ($1, uuidv7(), $2, $3) returning id`,
            [`emoji_${++names}`, names + 1_000_000, boss.id],
          );
          return [name, single(rows).id, ...values];
        },
      },
    ],
  ),
  [
    'define_room_type',
    {
      needs: ['manage_room_types'],
      prepare: () => ['define_room_type', `type-${++names}`, 'A type'],
    },
  ],
  [
    'remove_room_type',
    {
      needs: ['manage_room_types'],
      prepare: async () => ['remove_room_type', await newType()],
    },
  ],
  [
    'create_role',
    {
      needs: ['manage_workspace_roles', 'pin_messages'],
      prepare: () => ['create_role', `Role ${++names}`, '{pin_messages}'],
    },
  ],
  ...([['update_role', 'Name', '{pin_messages,ban_members}'], ['delete_role']] as Call[]).map(
    ([name, ...values]): readonly [string, Need] => [
      name,
      {
        needs: ['manage_workspace_roles', 'ban_members'],
        async prepare() {
          const roleId = await newRole(name === 'delete_role' ? 'ban_members' : 'pin_messages');
          return [
            name,
            roleId,
            ...values.map((value) => (value === 'Name' ? `R${++names}` : value)),
          ];
        },
      },
    ],
  ),
  ...(['assign_role', 'unassign_role'] as const).map((name): readonly [string, Need] => [
    name,
    {
      needs: ['manage_workspace_roles', 'pin_messages'],
      async prepare({ other }) {
        const roleId = await newRole('pin_messages');
        if (name === 'unassign_role') {
          await assign(roleId, other, null);
        }
        return [name, roleId, other.id];
      },
    },
  ]),
  [
    'set_permission_exception',
    {
      needs: ['manage_workspace_roles', 'pin_messages'],
      prepare: ({ other }) => ['set_permission_exception', other.id, 'pin_messages', 'deny'],
    },
  ],
];

/** What asks for no permission, and why. */
const WITHOUT: Record<string, readonly string[]> = {
  'what somebody keeps for themselves, as a member or as whoever they are': [
    'block_user',
    'add_keyword_alert',
    'dismiss_interaction',
    'remove_keyword_alert',
    'set_device_notifications',
    'set_thread_notification_level',
    'translate_message',
    'cancel_reminder',
    'cancel_scheduled_message',
    'discard_draft',
    'edit_scheduled_message',
    'export_my_data',
    'mark_delivered',
    'mark_room_read',
    'mark_room_unread',
    'mark_thread_read',
    'order_rooms',
    'register_push_token',
    'remove_message_reaction',
    'rename_room_folder',
    'save_draft',
    'save_message',
    'set_avatar',
    'set_do_not_disturb',
    'set_email_digests',
    'set_notification_level',
    'set_privacy',
    'set_profile_value',
    'set_quiet_hours',
    'set_reminder',
    'set_room_favorite',
    'set_room_folder',
    'set_room_hidden',
    'set_status_text',
    'set_thread_followed',
    'silence_room',
    'subscribe_to_push_notifications',
    'unblock_user',
    'unsave_message',
    'unsubscribe_from_push_notifications',
    'update_profile',
    'update_user_presence',
  ],
  'accounts and sessions': [
    'begin_passkey',
    'begin_passkey_sign_in',
    'begin_totp',
    'change_email',
    'change_password',
    'claim_guest',
    'confirm_totp',
    'delete_my_account',
    'end_session',
    'finish_passkey',
    'join_as_guest',
    'make_recovery_codes',
    'refresh_session',
    'remove_passkey',
    'remove_totp',
    'rename_passkey',
    'request_email_verification',
    'request_password_reset',
    'reset_password',
    'sign_in',
    'sign_in_with_passkey',
    'sign_out',
    'sign_out_everywhere',
    'sign_up',
    'verify_email',
  ],
  'for servers, by the scopes of their keys: test/sql/key-scopes.test.ts': [
    'create_bot',
    'create_hook',
    'create_webhook',
    'deactivate_user',
    'delete_webhook',
    'disable_webhook',
    'enable_webhook',
    'erase_user',
    'import_messages',
    'issue_token',
    'reactivate_user',
    'remove_bot_webhook',
    'replay_webhook',
    'rotate_webhook_secret',
    'set_profile_value_of',
    'update_webhook',
    'upsert_rooms',
    'upsert_users',
  ],
  'everybody may ask for help': ['report_message'],
  'coming and going': ['accept_invitation', 'join_room', 'leave_room'],
  'it compares roles: test/sql/roles.test.ts': ['set_member_role'],
  'a bot answers for itself': [
    'answer_interaction',
    'set_bot_webhook',
    'set_commands',
    'send_ephemeral_message',
  ],
  'the workspace says who adds emoji: test/sql/custom-emoji.test.ts': ['add_custom_emoji'],
  'auditors are named by the administrators': ['request_compliance_export'],
};

async function newRole(...permissions: string[]): Promise<string> {
  const { rows } = await owner.query<{ id: string }>(
    'insert into app_public.roles (name, permissions) values ($1, $2::app_public.permission[]) returning id',
    [`Role ${++names}`, permissions],
  );
  return single(rows).id;
}

async function assign(roleId: string, to: TestUser, roomId: string | null): Promise<void> {
  await owner.query(
    `insert into app_private.role_assignments (role_id, user_id, room_id, role_name) values ($1, $2, $3, 'A role')`,
    [roleId, to.id, roomId],
  );
}

const { rows: all } = await owner.query<{ permission: string; is_of_rooms: boolean }>(
  `select permission, permission < 'create_rooms' as is_of_rooms
    from unnest(enum_range(null::app_public.permission)) as permission`,
);

const everybodyHas = new Set(
  (
    await owner.query<{ permission: string }>(
      `select permission from unnest(enum_range(null::app_public.permission)) as permission
        where app_private.least_role(permission) = 'member' or permission between 'create_rooms' and 'create_groups'`,
    )
  ).rows.map(({ permission }) => permission),
);

async function makeScene(): Promise<Scene> {
  const [boss, actor, other, guest] = (await Promise.all(
    Array.from({ length: 4 }, () => database.createUser()),
  )) as [TestUser, TestUser, TestUser, TestUser];
  const { id: roomId } = await database.createRoom(boss, { members: [actor, other] });
  return { boss, actor, other, guest, roomId };
}

/** Has exceptions for each of these permissions, grants where `has` says so. */
async function except(
  user: TestUser,
  roomId: string | null,
  has: (permission: string) => boolean,
): Promise<void> {
  for (const { permission, is_of_rooms } of all) {
    if (roomId === null || is_of_rooms) {
      await owner.query(
        `insert into app_private.permission_exceptions (user_id, room_id, permission, effect)
          values ($1, $2, $3, $4)`,
        [user.id, roomId, permission, has(permission) ? 'grant' : 'deny'],
      );
    }
  }
  await owner.query('select app_private.settle_permissions(array[$1::uuid])', [user.id]);
}

const auditedBy = async ({ id }: TestUser) => {
  const { rows } = await owner.query<{ count: number }>(
    'select count(*)::int from app_private.audit_entries where actor_id = $1',
    [id],
  );
  return single(rows).count;
};

/** What leaves no entry in the audit log, though not everybody may. */
const NOT_NOTED: Record<string, string> = {
  add_room_member: 'joining is no administration: with a role above MEMBER it is',
  close_poll: 'its room sees it, and nothing is lost',
  pin_message: 'its room sees it, and nothing is lost',
  unpin_message: 'its room sees it, and nothing is lost',
  remove_link_preview: 'what somebody wrote stays as it was',
};

describe.each([
  ['in a room', IN_ROOMS, (scene: Scene) => scene.roomId],
  ['in the workspace', IN_WORKSPACE, () => null],
] as const)('%s', (_, list, where) => {
  const cases = list.map(([name, need]) => ({ name, need, needs: need.needs.join(' and ') }));

  test.each(cases)('$name is for whoever has $needs, and nothing else', async ({ need }) => {
    const scene = await makeScene();
    const [name, ...values] = await need.prepare(scene);
    await except(scene.actor, where(scene), (permission) => need.needs.includes(permission));
    const before = await auditedBy(scene.actor);
    await call(scene.actor, name, ...values);
    if (!need.needs.every((permission) => everybodyHas.has(permission))) {
      expect((await auditedBy(scene.actor)) > before).toBe(!(name in NOT_NOTED));
    }
  });

  test.each(
    cases.flatMap(({ name, need }) => need.needs.map((missing) => ({ name, need, missing }))),
  )(
    '$name is not for whoever has everything but $missing',
    async ({ name: what, need, missing }) => {
      const scene = await makeScene();
      const [name, ...values] = await need.prepare(scene);
      const lacking = what === 'set_typing' ? ['send_messages', 'reply_in_threads'] : [missing];
      await except(scene.actor, where(scene), (permission) => !lacking.includes(permission));
      await expect(call(scene.actor, name, ...values)).rejects.toMatchObject({
        code: need.code ?? 'TR403',
      });
    },
  );
});

test('every function of the API is in one of the lists', async () => {
  const { rows } = await owner.query<{ name: string; is_of_accounts: boolean }>(
    `select proname as name
      from pg_proc
      where pronamespace = 'app_public'::regnamespace and provolatile = 'v' and prokind = 'f'
        and has_function_privilege('trumpet_user', oid, 'execute')
      order by proname`,
  );
  const listed = [
    ...IN_ROOMS.map(([name]) => name),
    ...IN_WORKSPACE.map(([name]) => name),
    ...Object.values(WITHOUT).flat(),
  ];
  expect([...new Set(listed)].sort()).toEqual(rows.map(({ name }) => name).sort());
});

test('every permission is asked for by a function, or is tested in roles.test.ts', () => {
  const asked = new Set([...IN_ROOMS, ...IN_WORKSPACE].flatMap(([, { needs }]) => needs));
  expect(
    all.map(({ permission }) => permission).filter((permission) => !asked.has(permission)),
  ).toEqual([
    'mention_groups',
    'see_moderation_log',
    'bypass_slow_mode',
    'bypass_rules',
    'write_when_locked',
  ]);
});
