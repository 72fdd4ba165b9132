import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { createTestDatabase, single } from '../../testing/database.ts';
import {
  type Actor,
  argumentsFor,
  isExplained,
  type Mutation,
  makeScene,
  readMutations,
  type Scene,
  seededRandom,
} from '../../testing/mutation-races.ts';

/*
 * One installation, two workspaces, and whoever is in one finds nothing of the other. Tables, functions and mutations are
 * read from the catalog, so that a new one is tried too.
 */
const database = await createTestDatabase();
afterAll(() => database.close());
const { owner } = database;

const { id: acme } = single(
  (
    await owner.query<{ id: string }>(
      "select app_admin.create_workspace('acme', '{chat.acme.test}') as id",
    )
  ).rows,
);

/** Somebody who looks, with what their requests say about them. */
interface Looker {
  readonly as: string;
  readonly settings: Readonly<Record<string, string>>;
}

const ours = await makeScene(owner, seededRandom(1), acme);
const theirs = await makeScene(owner, seededRandom(2));
await fillScene(theirs);
// A search finds what resembles its words too: by chance, one made-up name resembles another.
await owner.query("update app_public.rooms set slug = 'harbour', name = 'Harbour' where id = $1", [
  ours.roomId,
]);

await owner.query(
  "update app_public.room_members set role = 'moderator' where room_id = $1 and user_id = $2",
  [ours.roomId, ours.deputy.id],
);
const lookers: readonly Looker[] = [
  person('member', ours.member),
  person('moderator', ours.deputy),
  person('owner', ours.boss),
  person('stranger', ours.guest),
  await guestOf(ours),
  await keyOf('read,write,rooms,moderation,users,import,webhooks,act_as'.split(',')),
  await botOf(ours),
];

/** What makers of arguments have none of. With their own secrets people would be let in. */
async function moreOf({ boss, roomId }: Scene, webhook: string): Promise<Record<string, unknown>> {
  const { rows } = await owner.query<{ upload: string; passkey: string; bot: string }>(
    `with upload as (
        insert into app_private.uploads (uploader_id, filename, mime_type, byte_size) values ($1, 'a.png', 'image/png', 1) returning id
      ), passkey as (
        insert into app_private.passkeys (user_id, credential_id, public_key, sign_count, is_backed_up, name)
          values ($1, sha256($1::text::bytea), 'x', 0, false, 'Phone') returning id
      )
      select upload.id as upload, passkey.id as passkey, bot_id as bot
        from upload, passkey, app_public.incoming_webhooks where room_id = $2`,
    [boss.id, roomId],
  );
  const { upload, passkey, bot } = single(rows);
  return {
    ...{ password: 'wrong wrong', current_password: 'wrong wrong', refresh_token: 'wrong' },
    ...{ session_id: boss.sessionId, upload_id: upload, attachment_ids: [upload] },
    ...{ webhook_id: webhook, passkey_id: passkey, bot_id: bot },
  };
}
const webhooks = await owner
  .query<{ id: string }>(
    `insert into app_public.webhooks (name, url, events, created_by, workspace_id)
    values ('ours', 'https://ours.test', '{message}', 'admin', $1)`,
    [acme],
  )
  .then(() =>
    owner.query<{ id: string }>('select id from app_public.webhooks order by workspace_id = $1', [
      acme,
    ]),
  );
const [theirMore, ourMore] = await Promise.all([
  moreOf(theirs, webhooks.rows[0]?.id ?? ''),
  moreOf(ours, webhooks.rows[1]?.id ?? ''),
]);
await owner.query(
  `insert into app_private.webhook_states (webhook_id, after_note)
    select id, 0 from app_public.webhooks on conflict do nothing`,
);

/** Of the other workspace: everything by which something of it could be told. */
const traces = await tracesOf(theirs);

function person(as: string, { id, sessionId }: Actor): Looker {
  return {
    as,
    settings: { role: 'trumpet_user', 'trumpet.user_id': id, 'trumpet.session_id': sessionId },
  };
}

/** Runs as somebody, by the login of the API, in a transaction that is rolled back unless it is said otherwise. */
async function as<T>(
  { settings }: Pick<Looker, 'settings'>,
  run: (client: pg.PoolClient) => Promise<T>,
  end: 'commit' | 'rollback' = 'rollback',
): Promise<T> {
  const client = await owner.connect();
  try {
    await client.query('begin');
    await client.query('set local session authorization trumpet_authenticator');
    await client.query('select set_config(key, value, true) from json_each_text($1)', [
      JSON.stringify(settings),
    ]);
    const result = await run(client);
    await client.query(end);
    return result;
  } finally {
    await client.query('rollback');
    client.release();
  }
}

async function guestOf({ boss, roomId }: Scene): Promise<Looker> {
  const { code } = await database.commitAs(boss, async (client) =>
    single(
      (
        await client.query<{ code: string }>(
          'select code from app_public.create_invitation($1, allows_guests => true)',
          [roomId],
        )
      ).rows,
    ),
  );
  const { rows } = await as(
    { settings: { role: 'trumpet_visitor', 'trumpet.host': 'chat.acme.test' } },
    (client) =>
      client.query<{ id: string; sessionId: string }>(
        `select (session).user_id as id, ((session).access_token).sid as "sessionId"
          from app_public.join_as_guest($1, 'A guest') as session`,
        [code],
      ),
    'commit',
  );
  return person('guest', { as: 'guest', ...single(rows) });
}

async function keyOf(scopes: readonly string[]): Promise<Looker> {
  const client = await owner.connect();
  try {
    await client.query('begin');
    await client.query("select app_admin.use_workspace('acme')");
    await client.query('select app_admin.create_key($1, $2)', ['back end', scopes]);
    await client.query("select set_config('trumpet.workspace_id', '', false)");
    await client.query('commit');
  } finally {
    client.release();
  }
  const { rows } = await owner.query<{ id: string; keyId: string }>(
    `select account_id as id, server_keys.id as "keyId" from app_private.server_keys
      join app_private.workspaces on workspaces.id = server_keys.workspace_id where server_keys.name = 'back end'`,
  );
  const { id, keyId } = single(rows);
  const { rows: sessions } = await owner.query<{ id: string }>(
    "insert into app_private.sessions (user_id, expires_at) values ($1, now() + interval '1 day') returning id",
    [id],
  );
  const key = person('key', { as: 'key', id, sessionId: single(sessions).id });
  return { as: 'key', settings: { ...key.settings, 'trumpet.key_id': keyId } };
}

async function botOf({ roomId }: Scene): Promise<Looker> {
  const { rows } = await owner.query<{ id: string }>(
    'select bot_id as id from app_public.incoming_webhooks where room_id = $1',
    [roomId],
  );
  const { id } = single(rows);
  const { rows: sessions } = await owner.query<{ id: string }>(
    "insert into app_private.sessions (user_id, expires_at) values ($1, now() + interval '1 day') returning id",
    [id],
  );
  return person('bot', { as: 'bot', id, sessionId: single(sessions).id });
}

/** What a scene has not: texts that nobody could guess, in every table that the API shows. */
async function fillScene({ boss, member, roomId, messageIds }: Scene): Promise<void> {
  const secret = 'unguessable';
  await owner.query(
    `update app_public.rooms set description = '${secret}' where id = '${roomId}';
    update app_public.users set avatar_url = 'https://${secret}.test/' where id = '${boss.id}';
    insert into app_private.direct_rooms (first_user_id, second_user_id, room_id)
      select least(id, other), greatest(id, other), room
        from (values ('${boss.id}'::uuid, '${member.id}'::uuid, '${theirs.directId}'::uuid)) as pair (id, other, room);
    insert into app_private.answer_runs (room_id, first_seq, last_seq, answers_before) values ('${roomId}', 1000, 1000, 0);
    insert into app_private.room_histories (room_id, user_id, sees_from_seq) values ('${roomId}', '${boss.id}', 1);
    insert into app_private.group_conversations (people, room_id)
      select array_agg(user_id order by user_id), room_id from app_public.room_members
        where room_id = '${roomId}' group by room_id;
    insert into app_public.message_attachments
        (id, message_id, room_id, ordinal, filename, mime_type, byte_size, status, has_thumbnail)
      values (uuidv7(), '${messageIds[0]}', '${roomId}', 1, '${secret}.png', 'image/png', 1, 'ready', false);
    insert into app_public.link_previews (message_id, room_id, ordinal, url, title)
      values ('${messageIds[0]}', '${roomId}', 1, 'https://${secret}.test/', '${secret}');
    insert into app_public.data_exports (user_id) values ('${member.id}');
    insert into app_public.notification_settings (user_id) values ('${member.id}');
    insert into app_public.push_subscriptions (user_id, channel, endpoint) values ('${member.id}', 'web', 'https://${secret}.test');
    with told as (
        insert into app_public.webhooks (name, url, events, room_ids, created_by)
          values ('${secret}', 'https://${secret}.test', '{message}', array['${roomId}'::uuid], 'admin') returning id
      )
      insert into app_public.webhook_deliveries (webhook_id, event_id, room_id, change_seq, attempt, outcome, duration_ms)
        select id, 'x', '${roomId}', 1, 1, 'delivered', 1 from told;
    insert into app_public.commands (bot_id, name, description, arguments)
      select bot_id, '${secret}', '${secret}', '[]' from app_public.incoming_webhooks where room_id = '${roomId}';
    insert into app_public.interactions (kind, room_id, bot_id, user_id, answer, waits_until, expires_at)
      select 'command', room_id, bot_id, '${member.id}', '${secret}', now() + interval '1 hour', now() + interval '1 hour'
        from app_public.incoming_webhooks where room_id = '${roomId}';
    insert into app_public.scheduled_messages (user_id, room_id, content, send_at, time_zone, refusal)
      values ('${member.id}', '${roomId}', '${secret}', now() + interval '1 hour', 'UTC', '${secret}');
    insert into app_public.drafts (user_id, room_id, content, revision, written_at, is_set_aside)
      values ('${member.id}', '${roomId}', '${secret}', gen_random_uuid(), now(), true);
    insert into app_private.disappearing_messages (message_id, room_id, disappears_at)
      values ('${messageIds[0]}', '${roomId}', now() + interval '1 day');
    insert into app_public.poll_ballots (message_id, user_id, room_id, is_anonymous, choices)
      values ('${messageIds[0]}', '${member.id}', '${roomId}', false, '{1}');
    insert into app_private.message_sources (message_id, room_id, is_forward, source_message_id, source_room_id, source_author_id, written_by_id)
      values ('${messageIds[0]}', '${roomId}', true, '${messageIds[1]}', '${roomId}', '${member.id}', '${member.id}');
    insert into app_public.saved_messages (user_id, message_id, room_id)
      values ('${member.id}', '${messageIds[0]}', '${roomId}');
    insert into app_public.reminders (user_id, message_id, room_id, remind_at, time_zone)
      values ('${member.id}', '${messageIds[0]}', '${roomId}', now() + interval '1 hour', 'UTC');
    insert into app_public.privacy_settings (user_id) values ('${member.id}');
    insert into app_private.room_deliveries (room_id, user_id, delivered_seq) values ('${roomId}', '${member.id}', 1);
    insert into app_private.keyword_alerts (user_id, workspace_id, keyword, first_word, query)
      select id, workspace_id, '${secret}', '${secret}', app_private.keyword_query('${secret}')
        from app_public.users where id = '${member.id}';
    insert into app_private.thread_followers (user_id, room_id, thread_id, read_seq)
      values ('${boss.id}', '${roomId}', '${messageIds[0]}', 0) on conflict do nothing;
    insert into app_public.custom_emoji (name, picture_id, version, added_by_id, workspace_id)
      values ('${secret}', uuidv7(), 1, '${boss.id}', (select workspace_id from app_public.users where id = '${boss.id}'));
    insert into app_private.status_texts (user_id, text) values ('${boss.id}', '${secret}');
    insert into app_public.room_data (room_id, data) values ('${roomId}', '{"secret": "${secret}"}');
    with field as (
      insert into app_public.room_fields (key, label, kind, workspace_id)
        values ('secret', '${secret}', 'text', (select workspace_id from app_public.users where id = '${boss.id}')) returning id
    ) insert into app_public.room_field_keys (field_id, room_id, sort_key) select id, '${roomId}', '${secret}' from field;
    with field as (
      insert into app_public.profile_fields (key, label, kind, max_length, is_searchable, workspace_id)
        values ('field', '${secret}', 'text', 200, true, (select workspace_id from app_public.users where id = '${boss.id}')) returning id
    ) insert into app_private.profile_values (user_id, field_id, value) select '${boss.id}', id, '${secret}' from field;
    insert into app_public.roles (name, permissions, workspace_id)
      values ('${secret}', '{pin_messages}', (select workspace_id from app_public.users where id = '${boss.id}'));
    insert into app_public.custom_room_types (name, title, workspace_id)
      values ('a-type', '${secret}', (select workspace_id from app_public.users where id = '${boss.id}'));
    insert into app_private.typed_rooms (room_id, type_id, revision)
      select '${roomId}', id, 1 from app_public.custom_room_types where title = '${secret}';
    insert into app_private.role_assignments (role_id, user_id, room_id, role_name)
      select id, '${member.id}', '${roomId}', '${secret}' from app_public.roles where name = '${secret}';
    insert into app_private.permission_exceptions (user_id, room_id, permission, effect)
      values ('${member.id}', '${roomId}', 'pin_messages', 'deny');
    insert into app_private.user_blocks (blocker_id, blocked_id) values ('${boss.id}', '${theirs.exile.id}');`,
  );
  await database.commitAs(member, (client) =>
    client.query('select app_public.edit_message($1, $2)', [messageIds[2], `${secret} hello`]),
  );
  await database.commitAs(boss, (client) =>
    client.query('select app_public.mute_member($1, $2, 60, reason => $3)', [
      roomId,
      theirs.deputy.id,
      secret,
    ]),
  );
  await database.indexMessages();
}

/** Ids of rows, and words that stand in them. */
async function tracesOf(scene: Scene): Promise<readonly string[]> {
  const people = [scene.boss, scene.deputy, scene.member, scene.guest, scene.exile];
  const { rows } = await owner.query<{ id: string }>(
    `select id::text from app_public.message_attachments where room_id = $1
      union all select id::text from app_public.webhooks where workspace_id <> $2
      union all select id::text from app_public.webhook_deliveries where room_id = $1
      union all select id::text from app_public.data_exports where user_id = any ($3)
      union all select id::text from app_public.push_subscriptions where user_id = any ($3)
      union all select id::text from app_public.message_edits where room_id = $1
      union all select id::text from app_public.moderation_log where room_id = $1`,
    [scene.roomId, acme, people.map(({ id }) => id)],
  );
  return [
    scene.roomId,
    scene.directId,
    scene.reportId,
    scene.ruleId,
    scene.invitationId,
    scene.incomingWebhookId,
    ...scene.messageIds,
    ...people.map(({ id }) => id),
    ...rows.map(({ id }) => id),
    ...[theirMore.upload_id, theirMore.webhook_id, theirMore.passkey_id, theirMore.bot_id].map(
      String,
    ),
    scene.mark,
    'unguessable',
  ];
}

/** Each of these ids, and another that nobody has. */
const others = new Map([
  ...traces.slice(0, -2).map((id) => [id, randomUUID()] as const),
  [theirs.mark, unlikeAnyMark()] as const,
]);

/** Of letters that no mark has: search finds names that are nearly the same, too. */
function unlikeAnyMark(): string {
  return randomUUID()
    .slice(0, 12)
    .replace(/[0-9a-f]/g, (digit) => 'ghijklmnopqrstuv'.charAt(Number.parseInt(digit, 16)));
}

/** The same text, with ids and names that there are nowhere. */
function elsewhere(text: string): string {
  return [...others].reduce((changed, [id, other]) => changed.replaceAll(id, other), text);
}

/** What of the other workspace stands in a text, apart from what its reader has said themselves. */
const tracesIn = (text: string, said = '') =>
  traces.filter((trace) => text.includes(trace) && !said.includes(trace));

describe('what one may read', () => {
  test('every table and view that the API shows has something of the other workspace', async () => {
    const { rows: tables } = await owner.query<{ name: string }>(
      `select relname as name from pg_class
        where relnamespace = 'app_public'::regnamespace and relkind in ('r', 'p', 'v') order by relname`,
    );
    const found = await Promise.all(
      tables.map(async ({ name }) => {
        const isOfViewer = ['conversations', 'followed_threads'].includes(name);
        const looker = isOfViewer ? person('boss', theirs.boss) : undefined;
        const sql = `select coalesce(string_agg(t::text, ' '), '') as text from app_public.${name} as t`;
        const text =
          looker === undefined
            ? single((await owner.query<{ text: string }>(sql)).rows).text
            : await as(
                looker,
                async (client) => single((await client.query<{ text: string }>(sql)).rows).text,
              );
        return { name, isEmpty: tracesIn(text).length === 0 };
      }),
    );
    expect(found.filter(({ isEmpty }) => isEmpty)).toEqual([]);
    expect(found.length).toBeGreaterThan(15);
  });

  test.each(lookers)('$as finds nothing of another workspace in any table', async (looker) => {
    const { rows: tables } = await owner.query<{ name: string }>(
      `select relname as name from pg_class
        where relnamespace = 'app_public'::regnamespace and relkind in ('r', 'p', 'v')`,
    );
    const leaks: string[] = [];
    await as(looker, async (client) => {
      for (const { name } of tables) {
        const { rows } = await client.query<{ text: string }>(
          `select t::text as text from app_public.${name} as t`,
        );
        leaks.push(
          ...rows.flatMap(({ text }) => tracesIn(text)).map((trace) => `${name}: ${trace}`),
        );
      }
    });
    expect(leaks).toEqual([]);
  });

  test.each(lookers)(
    '$as learns nothing of another workspace from any function',
    async (looker) => {
      const calls = await readCalls();
      expect(calls.length).toBeGreaterThan(80);
      const leaks: string[] = [];
      await as(looker, async (client) => {
        async function ask(sql: string, values: readonly string[]): Promise<string> {
          await client.query('savepoint before');
          const text = await client.query<{ text: string | null }>(sql, [...values]).then(
            ({ rows }) => rows.map((row) => row.text ?? '').join(' '),
            (error: pg.DatabaseError) => `${error.message} ${error.detail ?? ''}`,
          );
          await client.query('rollback to before');
          return text;
        }
        for (const { sql, values } of calls) {
          const said = values.join(' ');
          const text = await ask(sql, values);
          leaks.push(...tracesIn(text, said).map((trace) => `${sql} (${said}): ${trace}`));
          // The answer is the one for what there is nowhere.
          const expected = await ask(sql, values.map(elsewhere));
          if (elsewhere(text) !== expected) {
            leaks.push(`${sql} (${said}): ${text} and not ${expected}`);
          }
        }
      });
      expect(leaks).toEqual([]);
    },
  );
});

/** Every function of the API that reads, with what there is in the other workspace for its parameters. */
async function readCalls(): Promise<readonly { sql: string; values: readonly string[] }[]> {
  const { rows: functions } = await owner.query<{
    call: string;
    parameters: readonly { name: string; type: string; table: string | null }[];
  }>(
    `select format('app_public.%I', proname) as call, coalesce((
          select json_agg(
            json_build_object('name', argument.name, 'type', argument.type::regtype::text, 'table', (
              select oid::regclass::text from pg_class where reltype = argument.type and relkind in ('r', 'p', 'v')))
            order by argument.number)
            from unnest(proargnames[:pronargs], proargtypes::oid[]) with ordinality as argument (name, type, number)
            where argument.number <= pronargs - pronargdefaults
        ), '[]') as parameters
      from pg_proc
      where pronamespace = 'app_public'::regnamespace and provolatile <> 'v' and prokind = 'f'
        and has_function_privilege('trumpet_user', pg_proc.oid, 'execute')
      order by proname`,
  );
  const calls = [];
  for (const { call, parameters } of functions) {
    for (const values of await valuesFor(parameters)) {
      const given = parameters.map(({ type }, index) => `$${index + 1}::${type}`).join(', ');
      calls.push({ sql: `select t::text as text from ${call}(${given}) as t`, values });
    }
  }
  return calls;
}

async function valuesFor(
  parameters: readonly { name: string; type: string; table: string | null }[],
): Promise<readonly (readonly string[])[]> {
  const ids = [
    theirs.roomId,
    theirs.directId,
    theirs.reportId,
    theirs.boss.id,
    theirs.member.id,
    ...theirs.messageIds,
  ];
  const choices: (readonly string[])[] = await Promise.all(
    parameters.map(async ({ type, table }) => {
      if (table === 'app_public.conversations') {
        const { rows } = await as(person('boss', theirs.boss), (client) =>
          client.query<{ text: string }>(
            'select t::text as text from app_public.conversations as t',
          ),
        );
        return rows.map(({ text }) => text);
      }
      if (table !== null) {
        const { rows } = await owner.query<{ text: string }>(
          `select t::text as text from ${table} as t`,
        );
        return rows.map(({ text }) => text).filter((text) => tracesIn(text).length > 0);
      }
      if (type === 'uuid') {
        return ids;
      }
      if (type === 'text') {
        return [
          'boss',
          'hello',
          'Room',
          'room',
          'bot',
          `boss-${theirs.mark}`,
          `room-${theirs.mark}`,
        ];
      }
      return type === 'uuid[]' ? [`{${ids.join(',')}}`] : type === 'jsonb' ? ['{}'] : ['1'];
    }),
  );
  return choices.reduce<readonly (readonly string[])[]>(
    (lists, values) => lists.flatMap((list) => values.map((value) => [...list, value])),
    [[]],
  );
}

test('webhooks hear of rooms of their own workspace alone, and are told nothing again of others', async () => {
  const heard = `select distinct webhooks.name, rooms.workspace_id = webhooks.workspace_id as "isOwn"
    from app_private.webhook_rooms
    join app_public.webhooks on webhooks.id = webhook_id
    join app_public.rooms on rooms.id = webhook_rooms.room_id order by webhooks.name`;
  const own = [
    { name: 'ours', isOwn: true },
    { name: 'unguessable', isOwn: true },
  ];
  await owner.query('update app_public.webhooks set room_ids = null');
  await owner.query(
    "select app_private.replay(id, null, null, now() - interval '1 day') from app_public.webhooks",
  );
  expect((await owner.query(heard)).rows).toEqual(own);
  const { rowCount } = await owner.query(
    "select from app_public.webhooks where name = 'ours' and app_private.replay(id, $1, 0, null) > 0",
    [theirs.roomId],
  );
  expect(rowCount).toBe(0);
  await database.sendMessage(ours.boss, ours.roomId, 'ours');
  await database.sendMessage(theirs.boss, theirs.roomId, 'theirs');
  await owner.query('delete from app_private.webhook_rooms');
  await owner.query('select app_private.take_webhook_notes(1000)');
  expect((await owner.query(heard)).rows).toEqual(own);
});

test('hooks are asked about messages of their own workspace alone', async () => {
  await owner.query(
    `insert into app_public.webhooks (name, url, events, created_by, asks, default_verdict, workspace_id)
      values ('hook', 'https://hook.test', '{}', 'admin', '{message,edit}', 'refuse', $1)`,
    [acme],
  );
  await database.sendMessage(theirs.boss, theirs.roomId, 'not asked about');
  await expect(database.sendMessage(ours.boss, ours.roomId, 'asked about')).rejects.toMatchObject({
    code: 'TRHKS',
  });
  const { rows } = await owner.query(
    `select rooms.id, app_private.hooks_version(rooms.id, 'message') is not null as "isAsked"
      from app_public.rooms where id = any ($1) order by workspace_id = $2`,
    [[ours.roomId, theirs.roomId], acme],
  );
  expect(rows).toEqual([
    { id: theirs.roomId, isAsked: false },
    { id: ours.roomId, isAsked: true },
  ]);
  await owner.query("delete from app_public.webhooks where name = 'hook'");
});

describe('what one may do', () => {
  const ROUNDS = 3;

  test.each(lookers)(
    '$as changes nothing in another workspace by any mutation, and learns nothing',
    async (looker) => {
      const wrong: string[] = [];
      // What waits for webhooks is moved on by whoever comes next.
      await owner.query('select app_private.take_webhook_notes(1000)');
      const before = await stateOf(owner, await keptTables(owner));
      let refused = 0;
      for (const mutation of await readMutations(owner)) {
        const tried = new Set<string>();
        for (const values of valuesOf(mutation)) {
          const said = JSON.stringify([...values]);
          if (tried.has(said)) {
            continue;
          }
          tried.add(said);
          const outcome = await attempt(looker, mutation, values, (value) => value);
          const expected =
            elsewhere(said) === said ? outcome : await attempt(looker, mutation, values, elsewhere);
          refused += outcome.code === null ? 0 : 1;
          if (
            !isExplained(outcome.code) ||
            outcome.code !== expected.code ||
            (outcome.code !== null && elsewhere(outcome.text) !== elsewhere(expected.text)) ||
            [...outcome.state].some(([name, hash]) => before.get(name) !== hash)
          ) {
            wrong.push(
              `${mutation.name} ${outcome.said}: ${outcome.code} ${outcome.text} and not ${expected.code} ${expected.text}`,
            );
          }
          wrong.push(
            ...tracesIn(outcome.text, outcome.said).map(
              (trace) => `${mutation.name} ${outcome.said}: ${trace}`,
            ),
          );
        }
      }
      expect(wrong).toEqual([]);
      expect(refused).toBeGreaterThan(100);
    },
    120_000,
  );

  /** What a mutation is given: what is in a workspace. */
  function valuesIn(
    scene: Scene,
    more: Record<string, unknown>,
    mutation: Mutation,
    round: number,
  ): ReadonlyMap<string, unknown> {
    return new Map(
      [...argumentsFor(mutation, { ...scene.guest, id: '' }, scene, seededRandom(round))].map(
        ([name, value]) => [name, more[name] ?? value],
      ),
    );
  }

  /** All of what a mutation takes of the other workspace, and then one thing of it at a time, with what is ours. */
  function* valuesOf(mutation: Mutation): Iterable<ReadonlyMap<string, unknown>> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const there = valuesIn(theirs, theirMore, mutation, round);
      yield there;
      const here = valuesIn(ours, ourMore, mutation, round);
      for (const [name, value] of there) {
        yield new Map([...here, [name, value]]);
      }
      if (here.has('user_id')) {
        yield new Map([...here, ['user_id', theirMore.bot_id]]);
      }
    }
  }

  /** One mutation with what is in the other workspace, and what has become of that. */
  async function attempt(
    looker: Looker,
    mutation: Mutation,
    values: ReadonlyMap<string, unknown>,
    change: (value: string) => string,
  ) {
    const given = [...values.keys()].map((name, index) => `${name} => $${index + 1}`);
    const said = [...values.values()].map((value) =>
      typeof value === 'string'
        ? change(value)
        : Array.isArray(value)
          ? value.map((one) => change(String(one)))
          : value,
    );
    return await as(looker, async (client) => {
      let code: string | null = null;
      await client.query('savepoint before');
      const text = await client
        .query<{ text: string | null }>(
          `select t::text as text from app_public.${mutation.name}(${given.join(', ')}) as t`,
          said,
        )
        .then(
          ({ rows }) => rows.map((row) => row.text ?? '').join(' '),
          async (error: pg.DatabaseError) => {
            code = error.code ?? 'no code';
            await client.query('rollback to before');
            return `${error.message} ${error.detail ?? ''}`;
          },
        );
      await client.query('reset role');
      await client.query('set local session authorization default');
      return {
        code: code as string | null,
        text,
        said: said.join(' '),
        state: await stateOf(client, code === null ? await changedTables(client) : []),
      };
    });
  }
});

const KEPT = `relpersistence = 'p' and pg_class.relnamespace in ('app_public'::regnamespace, 'app_private'::regnamespace)`;

async function keptTables(client: pg.Pool): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class where relkind = 'r' and ${KEPT}`,
  );
  return rows.map(({ name }) => name);
}

/** Those into which this transaction has written. */
async function changedTables(client: pg.PoolClient): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relid::regclass::text as name
      from pg_stat_xact_user_tables join pg_class on pg_class.oid = relid
      where n_tup_ins + n_tup_upd + n_tup_del > 0 and ${KEPT}`,
  );
  return rows.map(({ name }) => name);
}

/** Of each table a hash of all its rows that name somebody or something of the other workspace. */
async function stateOf(
  client: pg.Pool | pg.PoolClient,
  tables: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (tables.length === 0) {
    return new Map();
  }
  const parts = tables.map(
    (name) =>
      `select '${name}' as name, md5(string_agg(t::text, ' ' order by t::text)) as hash from ${name} as t where t::text like any ($1)`,
  );
  const { rows } = await client.query<{ name: string; hash: string }>(parts.join(' union all '), [
    traces.slice(0, -2).map((id) => `%${id}%`),
  ]);
  return new Map(rows.map(({ name, hash }) => [name, hash]));
}
