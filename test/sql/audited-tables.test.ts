import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';

/*
 * What is administered is in the audit log, by whatever way it is changed. Of every table the catalog has it is said
 * either that its changes are noted (app_private.audited_tables), or here why not: whoever adds a table decides.
 */

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner, call } = database;

const NOT_AUDITED: Record<string, readonly string[]> = {
  'what people write, and what hangs on it': [
    'app_private.disappearing_messages',
    'app_private.message_deletions',
    'app_private.message_group_mentions',
    'app_private.message_links',
    'app_private.message_mentions',
    'app_private.message_nonces',
    'app_private.message_sources',
    'app_private.uploads',
    'app_public.interactions',
    'app_public.link_previews',
    'app_public.message_attachments',
    'app_public.message_edits',
    'app_public.message_reactions',
    'app_public.messages',
    'app_public.poll_ballots',
  ],
  'what somebody reports, until it is resolved: that is in moderation_log': [
    'app_public.message_reports',
  ],
  'what people set, keep and do for themselves': [
    'app_private.email_digests',
    'app_private.keyword_alerts',
    'app_private.member_preferences',
    'app_private.profile_values',
    'app_private.status_texts',
    'app_private.thread_followers',
    'app_private.user_blocks',
    'app_public.drafts',
    'app_public.notification_settings',
    'app_public.privacy_settings',
    'app_public.reminders',
    'app_public.saved_messages',
    'app_public.scheduled_messages',
  ],
  'sessions and what somebody proves who they are with for a moment: a new one gives nothing that an audited table does not':
    [
      'app_private.email_codes',
      'app_private.failed_proofs',
      'app_private.identity_sessions',
      'app_private.key_sessions',
      'app_private.known_addresses',
      'app_private.known_devices',
      'app_private.passkey_challenges',
      'app_private.passkey_setups',
      'app_private.refresh_tokens',
      'app_private.revocations',
      'app_private.sessions',
      'app_private.totp_setups',
    ],
  'devices, and what is on its way to them': [
    'app_private.push_devices',
    'app_private.push_marks',
    'app_private.push_notices',
    'app_private.reminder_pushes',
    'app_public.push_subscriptions',
  ],
  'who is where at the moment, and what they have seen': [
    'app_private.last_seen',
    'app_private.presence_sessions',
    'app_private.room_deliveries',
    'app_private.typing_indicators',
  ],
  'counters, queues, indexes and notes that the database keeps of other tables': [
    'app_private.alarms',
    'app_private.answer_runs',
    'app_private.archived_months',
    'app_private.archived_reply_counts',
    'app_private.archived_rooms',
    'app_private.change_log_floor',
    'app_private.custom_emoji_names',
    'app_private.database_runs',
    'app_private.delivery_delays',
    'app_private.direct_rooms',
    'app_private.gone_places',
    'app_private.group_conversations',
    'app_private.hook_questions',
    'app_private.imported_ids',
    'app_private.imports',
    'app_private.interaction_deliveries',
    'app_private.interaction_news',
    'app_private.interaction_nonces',
    'app_private.link_thumbnails',
    'app_private.links',
    'app_private.message_search',
    'app_private.messages_to_index',
    'app_private.moderation_queue',
    'app_private.nonces_kept',
    'app_private.partition_moves',
    'app_private.personal_news',
    'app_private.polls_to_count',
    'app_private.rate_buckets',
    'app_private.room_changes',
    'app_private.room_days',
    'app_private.room_heads',
    'app_private.room_months',
    'app_private.room_rollups',
    'app_private.room_writers',
    'app_private.rule_words',
    'app_private.typed_rooms',
    'app_public.room_field_keys',
    'app_private.search_cursors',
    'app_private.search_words',
    'app_private.token_buckets',
    'app_private.user_days',
    'app_private.version_floor',
    'app_private.webhook_notes',
    'app_private.webhook_rooms',
    'app_private.webhook_states',
    'app_private.words_to_forget',
    'app_public.webhook_deliveries',
  ],
  'what deleted accounts leave; that they were deleted is noted of users': [
    'app_private.erasures',
    'app_private.released_names',
  ],
  'what servers write down of their own settings': [
    'app_private.push_identity',
    'app_private.upload_limits',
  ],
  'files that somebody asked for: those of others are compliance_exports, which are noted': [
    'app_private.compliance_export_chunks',
    'app_private.data_export_chunks',
    'app_private.data_export_files',
    'app_public.data_exports',
  ],
  'the log itself, which has its chain': [
    'app_private.audit_checkpoints',
    'app_private.audit_entries',
    'app_private.audit_head',
    'app_private.audit_links',
    'app_private.audit_pending',
  ],
};

test('of every table it is said whether its changes are noted, or why not', async () => {
  const { rows } = await owner.query<{ name: string; is_audited: boolean }>(
    `select relnamespace::regnamespace || '.' || relname as name, exists (
        select from app_private.audited_tables() where to_regclass(table_name) = pg_class.oid) as is_audited
      from pg_class
      where relkind in ('r', 'p') and not relispartition and relnamespace::regnamespace::text like 'app\\_%'
      order by name`,
  );
  const listed = Object.values(NOT_AUDITED).flat();
  expect(new Set(listed).size).toBe(listed.length);
  expect(listed.sort()).toEqual(rows.filter((row) => !row.is_audited).map(({ name }) => name));
});

interface Scene {
  readonly alice: TestUser;
  readonly bob: TestUser;
  readonly roomId: string;
}
let names = 0;

/** What the log has of something. */
async function noted(act: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const { rows: heads } = await owner.query('select seq from app_private.audit_head');
  await act();
  const { rows } = await owner.query(
    'select * from app_private.audit_entries where seq > $1 order by seq',
    [single(heads).seq],
  );
  return rows;
}

async function makeScene(): Promise<Scene> {
  const alice = await database.createUser();
  const bob = await database.createUser();
  const { id: roomId } = await database.createRoom(alice, { members: [bob] });
  return { alice, bob, roomId };
}

const sql = (text: string, ...values: unknown[]) => owner.query(text, values);
const SECRET = 'b'.repeat(40);

/** What there has to be first, and then what is done: noted as of this kind. */
const BY_HAND: Record<string, [kind: string, (scene: Scene) => Promise<() => Promise<unknown>>]> = {
  'a role is moved to somebody else': [
    'role',
    async ({ alice, bob }) => {
      await sql("select app_admin.set_role('Stewards', '{pin_messages}', 'they asked')");
      await sql("select app_admin.give_role($1, 'Stewards', true, 'they asked')", alice.username);
      return () =>
        sql(
          'update app_private.role_assignments set user_id = $1 where user_id = $2',
          bob.id,
          alice.id,
        );
    },
  ],
  'it is forgotten what somebody saw of a room that they have left': [
    'role',
    async ({ alice, bob, roomId }) => {
      await call(alice, 'set_history_visibility', roomId, 'since_joining');
      for (const move of ['leave_room', 'join_room', 'leave_room']) {
        await database.sendMessage(alice, roomId, 'before');
        await call(bob, move, roomId);
      }
      return () => sql('delete from app_private.room_histories where room_id = $1', roomId);
    },
  ],
  'permissions are written to a membership': [
    'role',
    async ({ bob }) =>
      () =>
        sql(
          "update app_public.room_members set granted_permissions = '{archive_room}' where user_id = $1",
          bob.id,
        ),
  ],
  'somebody is taken out of a room': [
    'role',
    async ({ bob }) =>
      () =>
        sql('delete from app_public.room_members where user_id = $1', bob.id),
  ],
  'somebody is put into a room, in a function of the administrator’s': [
    'role',
    async ({ roomId }) => {
      const { id } = await database.createUser();
      await sql(`create or replace function public.put_in(room uuid, person uuid) returns void language plpgsql as
        'begin insert into app_public.room_members (room_id, user_id, role, last_read_seq) values (room, person, ''admin'', 0); end'`);
      return () => sql('select public.put_in($1, $2)', roomId, id);
    },
  ],
  'a password is set, in a function in SQL of the administrator’s': [
    'account',
    async ({ bob }) => {
      await sql(`create or replace function public.set_it(person uuid) returns void language sql as
        'update app_private.user_secrets set password_hash = ''x'' where user_id = person'`);
      return () => sql('select public.set_it($1)', bob.id);
    },
  ],
  'a name is set': [
    'account',
    async ({ bob }) =>
      () =>
        sql("update app_public.users set display_name = 'The boss' where id = $1", bob.id),
  ],
  'a passkey is added': [
    'account',
    async ({ bob }) =>
      () =>
        sql(
          `insert into app_private.passkeys (user_id, credential_id, public_key, sign_count, is_backed_up, name)
            values ($1, $2, $2, 0, false, 'mine')`,
          bob.id,
          Buffer.from(SECRET),
        ),
  ],
  'a second factor is taken away': [
    'account',
    async ({ bob }) => {
      await sql(
        'insert into app_private.totp_secrets (user_id, secret, last_step) values ($1, $2, 0)',
        bob.id,
        Buffer.from(SECRET.slice(20)),
      );
      return () => sql('delete from app_private.totp_secrets where user_id = $1', bob.id);
    },
  ],
  'how often people may do something': [
    'setting',
    async () => () => sql("update app_private.rates set burst = burst + 1 where kind = 'role'"),
  ],
  'where places are shown': [
    'setting',
    async () => () =>
      sql(
        "update app_private.map_rules set address = 'https://example.test/{latitude},{longitude}'",
      ),
  ],
  'a password that nobody may have': [
    'setting',
    async () => () =>
      sql("insert into app_private.common_passwords (form) values ('trumpetissimo')"),
  ],
  'what a host ends in': [
    'setting',
    async () => () => sql("insert into app_private.top_level_domains (name) values ('example')"),
  ],
  'a name that no emoji may have': [
    'setting',
    async () => () =>
      sql("insert into app_private.emoji_shortcodes (name) values ('trumpet_major')"),
  ],
  'a field of profiles': [
    'setting',
    async () => () =>
      sql(
        "insert into app_public.profile_fields (key, label, kind, max_length) values ('desk', 'Desk', 'text', 20)",
      ),
  ],
};

const BY_API: typeof BY_HAND = {
  'the language of a room': [
    'room',
    async ({ alice, roomId }) =>
      () =>
        call(alice, 'set_room_language', roomId, 'english'),
  ],
  'an invitation': [
    'room',
    async ({ alice, roomId }) =>
      () =>
        call(alice, 'create_invitation', roomId),
  ],
  'an invitation that is taken back': [
    'room',
    async ({ alice, roomId }) => {
      const { id } = await call(alice, 'create_invitation', roomId);
      return () => call(alice, 'revoke_invitation', id);
    },
  ],
  'that somebody sees more of what was written before': [
    'role',
    async ({ alice, bob, roomId }) => {
      await database.sendMessage(alice, roomId, 'before');
      await call(alice, 'set_history_visibility', roomId, 'since_joining');
      await call(bob, 'leave_room', roomId);
      await call(bob, 'join_room', roomId);
      return () => call(alice, 'widen_history', roomId, bob.id);
    },
  ],
  'that somebody is added who sees from a chosen message on': [
    'role',
    async ({ alice, roomId }) => {
      const { id } = await database.sendMessage(alice, roomId, 'before');
      await call(alice, 'set_history_visibility', roomId, 'since_joining');
      const newcomer = await database.createUser();
      return () => call(alice, 'add_room_member', roomId, newcomer.id, 'member', id);
    },
  ],
  ...Object.fromEntries(
    (
      [
        ['the new address of an incoming webhook', 'rotate_incoming_webhook'],
        ['the new name of an incoming webhook', 'update_incoming_webhook', 'Disks'],
      ] as const
    ).map(([what, name, ...values]): [string, (typeof BY_HAND)[string]] => [
      what,
      [
        'webhook',
        async ({ alice, roomId }) => {
          await call(alice, 'create_incoming_webhook', roomId, 'Alarms');
          const { rows } = await sql(
            'select id from app_public.incoming_webhooks where room_id = $1',
            roomId,
          );
          return () => call(alice, name, single(rows).id, ...values);
        },
      ],
    ]),
  ),
};

test.each(Object.keys(BY_HAND))('noted, when it is done by hand: %s', async (what) => {
  const [kind, prepare] = BY_HAND[what] as (typeof BY_HAND)[string];
  const act = await prepare(await makeScene());
  const entries = await noted(act);
  expect(entries).toMatchObject([{ kind }]);
  expect(JSON.stringify(entries)).not.toContain(Buffer.from(SECRET.slice(20)).toString('hex'));
});

test.each(Object.keys(BY_API))('noted, with who did it: %s', async (what) => {
  const [kind, prepare] = BY_API[what] as (typeof BY_HAND)[string];
  const scene = await makeScene();
  const entries = await noted(await prepare(scene));
  expect(entries).toMatchObject([
    { kind, actor_id: scene.alice.id, called: expect.stringMatching(/^app_public\./) },
  ]);
  const { rows } = await sql('select code from app_public.room_invitations');
  for (const { code } of rows) {
    expect(JSON.stringify(entries)).not.toContain(code);
  }
});

test('who comes, goes and comes back by the API is in no log, with what they see of the history', async () => {
  const { alice, bob, roomId } = await makeScene();
  const { id } = await database.sendMessage(alice, roomId, 'before');
  await call(alice, 'set_history_visibility', roomId, 'since_joining');
  expect(
    await noted(async () => {
      for (const move of ['leave_room', 'join_room', 'leave_room', 'join_room']) {
        await call(bob, move, roomId);
      }
      // A member stays as they are.
      await call(alice, 'add_room_member', roomId, bob.id, 'member', id);
    }),
  ).toEqual([]);
});

test('an invitation that is used, or over, is no act of anybody', async () => {
  const { alice, roomId } = await makeScene();
  const { id, code } = await call(alice, 'create_invitation', roomId);
  const newcomer = await database.createUser();
  expect(
    await noted(async () => {
      await call(newcomer, 'accept_invitation', code);
      await sql(
        "update app_public.room_invitations set expires_at = now() - interval '1 hour' where id = $1",
        id,
      );
      await sql('select app_private.expire_invitations()');
    }),
  ).toEqual([]);
  const { rows } = await sql('select from app_public.room_invitations where id = $1', id);
  expect(rows).toEqual([]);
});

test('what a new secret of a webhook says is for the auditors of its workspace', async () => {
  const { alice, roomId } = await makeScene();
  await call(alice, 'create_incoming_webhook', roomId, `Alarms ${++names}`);
  const { rows } = await sql(
    'select id from app_public.incoming_webhooks where room_id = $1',
    roomId,
  );
  const entries = await noted(() => call(alice, 'rotate_incoming_webhook', single(rows).id));
  const { rows: rooms } = await sql(
    'select workspace_id from app_public.rooms where id = $1',
    roomId,
  );
  expect(entries).toMatchObject([{ workspace_id: single(rooms).workspace_id }]);
});
