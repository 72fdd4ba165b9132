import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { pgSettingsFor } from '../src/database/pg-settings.ts';
import { single } from './database.ts';

/*
 * Two mutations at the same moment, on the same room, messages and people: which ones there are is read from the
 * catalog, so that a new one is raced too. Either may be refused with a code of Trumpet's own; neither may end with
 * what only the database understands.
 */

/** In which way two calls meet. */
export const MEETINGS = ['first, second', 'second, first', 'at once'] as const;
export type Meeting = (typeof MEETINGS)[number];

export interface Race {
  readonly first: string;
  readonly second: string;
  readonly meeting: Meeting;
  /** Who does what, and with what, follows from it. */
  readonly seed: number;
}

/** What became of both. */
export interface RaceResult {
  readonly race: Race;
  readonly outcomes: readonly [Outcome, Outcome];
}

/** What became of one: an SQLSTATE when it was refused. */
export type Outcome = { readonly name: string; readonly as: string } & (
  | { readonly code: null }
  | { readonly code: string; readonly error: string }
);

export interface MutationRaces {
  /** All functions of the API that change something. */
  readonly names: readonly string[];
  run(race: Race): Promise<RaceResult>;
  close(): Promise<void>;
}

/** A function of the API that changes something. */
export interface Mutation {
  readonly name: string;
  readonly isForVisitors: boolean;
  readonly parameters: readonly {
    readonly name: string;
    readonly type: string;
    readonly labels: readonly string[] | null;
    readonly isOptional: boolean;
  }[];
}

export type Random = () => number;

/** A generator of numbers from 0 to 1 that gives the same for the same seed (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What an API's own refusals look like; `23505` and `42501` have codes too, and `55P03` is BUSY. */
export function isExplained(code: string | null): boolean {
  return code === null || /^(TR|22|23505$|23514$|23502$|42501$|55P03$)/.test(code);
}

export interface Actor {
  readonly as: string;
  readonly id: string;
  readonly sessionId: string;
}

/** A room with one of everything, and its people. */
export interface Scene {
  readonly boss: Actor;
  readonly deputy: Actor;
  readonly member: Actor;
  readonly guest: Actor;
  /** Who is banned from the room. */
  readonly exile: Actor;
  readonly roomId: string;
  readonly directId: string;
  readonly messageIds: readonly string[];
  readonly reportId: string;
  readonly ruleId: string;
  readonly invitationId: string;
  readonly incomingWebhookId: string;
  readonly commandId: string;
  /** What somebody has asked of the deputy. */
  readonly interactionId: string;
  readonly scheduledMessageId: string;
  readonly draftId: string;
  readonly groupId: string;
  readonly roleId: string;
  readonly customTypeId: string;
  readonly customEmojiId: string;
  readonly linkPreviewId: string;
  readonly mark: string;
}

export async function createMutationRaces(
  owner: pg.Pool,
  authDatabaseUrl: string,
): Promise<MutationRaces> {
  const api = new pg.Pool({ connectionString: authDatabaseUrl, max: 4 });
  api.on('error', () => {});
  const mutations = await readMutations(owner);

  async function call(mutation: Mutation, actor: Actor, values: ReadonlyMap<string, unknown>) {
    const client = await api.connect();
    const given = [...values.keys()].map((name, index) => `${name} => $${index + 1}`);
    const person = mutation.isForVisitors
      ? undefined
      : { userId: actor.id, sessionId: actor.sessionId };
    let isBroken = false;
    try {
      await client.query('begin');
      await client.query('select set_config(key, value, true) from json_each_text($1)', [
        JSON.stringify(pgSettingsFor(person, { address: '192.0.2.1' })),
      ]);
      await client.query(`select app_public.${mutation.name}(${given.join(', ')})`, [
        ...values.values(),
      ]);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch(() => {
        isBroken = true;
      });
      throw error;
    } finally {
      client.release(isBroken);
    }
  }

  return {
    names: mutations.map(({ name }) => name),
    async run(race) {
      const random = seededRandom(race.seed);
      const scene = await makeScene(owner, random);
      const [first, second] = [race.first, race.second].map((name) => {
        const mutation = mutations.find((one) => one.name === name) as Mutation;
        const actor = cast(mutation, scene, random);
        const values = argumentsFor(mutation, actor, scene, random);
        return async (): Promise<Outcome> => {
          const who = { name, as: actor.as };
          try {
            await call(mutation, actor, values);
            return { ...who, code: null };
          } catch (error) {
            const { code, message, where } = error as pg.DatabaseError;
            return { ...who, code: code ?? 'no code', error: `${message} ${where ?? ''}` };
          }
        };
      }) as [() => Promise<Outcome>, () => Promise<Outcome>];
      switch (race.meeting) {
        case 'at once':
          return { race, outcomes: await Promise.all([first(), second()]) };
        case 'first, second':
          return { race, outcomes: await behindTheRoom(owner, scene.roomId, first, second) };
        case 'second, first': {
          const [later, earlier] = await behindTheRoom(owner, scene.roomId, second, first);
          return { race, outcomes: [earlier, later] };
        }
      }
    },
    close: () => api.end(),
  };
}

/** Both wait for the room, one behind the other, if they need it at all. */
async function behindTheRoom(
  owner: pg.Pool,
  roomId: string,
  first: () => Promise<Outcome>,
  second: () => Promise<Outcome>,
): Promise<[Outcome, Outcome]> {
  const holder = await owner.connect();
  try {
    await holder.query('begin');
    await holder.query('select app_private.lock_room($1)', [roomId]);
    const taking = first();
    await Promise.race([taking, untilWaiting(owner, 1)]);
    const needing = second();
    await Promise.race([needing, untilWaiting(owner, 2)]);
    await holder.query('commit');
    return await Promise.all([taking, needing]);
  } finally {
    await holder.query('rollback');
    holder.release();
  }
}

/** Resolves when so many wait for a lock, or when it seems that they never will. */
async function untilWaiting(owner: pg.Pool, count: number): Promise<void> {
  for (let looks = 0; looks < 100; looks += 1) {
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

/** All functions of the API that change something, with what they take. */
export async function readMutations(owner: pg.Pool): Promise<Mutation[]> {
  const { rows } = await owner.query<Mutation>(
    `select proname as name,
        has_function_privilege('trumpet_visitor', pg_proc.oid, 'execute') as "isForVisitors",
        coalesce((
          select json_agg(
            json_build_object(
              'name', argument.name, 'type', argument.type::regtype::text,
              'labels', (
                select json_agg(enumlabel order by enumsortorder) from pg_enum where enumtypid = argument.type),
              'isOptional', argument.number > pronargs - pronargdefaults)
            order by argument.number)
          from unnest(proargnames[:pronargs], proargtypes::oid[]) with ordinality as argument (name, type, number)
        ), '[]') as parameters
      from pg_proc
      where pronamespace = 'app_public'::regnamespace and provolatile = 'v' and prokind = 'f'
        and has_function_privilege('trumpet_user', pg_proc.oid, 'execute')
      order by proname`,
  );
  return rows;
}

/** Who does it: mostly somebody who may. */
function cast(mutation: Mutation, scene: Scene, random: Random): Actor {
  const { boss, deputy, member, guest, exile } = scene;
  const comers = ['join_room', 'accept_invitation'].includes(mutation.name)
    ? [guest, guest, member, exile]
    : [boss, boss, deputy, deputy, member];
  return pick(comers, random);
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[Math.floor(random() * list.length)] as T;
}

/** A value for every parameter, by its name and type. */
export function argumentsFor(
  { name, parameters }: Mutation,
  actor: Actor,
  scene: Scene,
  random: Random,
): ReadonlyMap<string, unknown> {
  const { boss, deputy, member, guest, exile, mark } = scene;
  const others = [boss, deputy, member, guest, exile].filter(({ id }) => id !== actor.id);
  const makers: Record<string, () => unknown> = {
    room_id: () => pick([scene.roomId, scene.roomId, scene.roomId, scene.directId], random),
    user_id: () => (name === 'unban_member' ? exile : pick(others, random)).id,
    message_id: () => pick(scene.messageIds, random),
    up_to_message_id: () => pick(scene.messageIds, random),
    from_message_id: () => pick(scene.messageIds, random),
    sees_from_message_id: () => pick(scene.messageIds, random),
    history_visibility: () => pick(['everything', 'since_joining'], random),
    parent_message_id: () => pick(scene.messageIds, random),
    also_send_to_room: () => random() < 0.5,
    positions: () => [],
    read_up_to_message_id: () => pick(scene.messageIds, random),
    report_id: () => scene.reportId,
    rule_id: () => scene.ruleId,
    invitation_id: () => scene.invitationId,
    incoming_webhook_id: () => scene.incomingWebhookId,
    command_id: () => scene.commandId,
    interaction_id: () => scene.interactionId,
    scheduled_message_id: () => scene.scheduledMessageId,
    draft_id: () => scene.draftId,
    revision: () => randomUUID(),
    based_on: () => [],
    written_at: () => null,
    remind_at: () => new Date(Date.now() + 3_600_000).toISOString(),
    field_key: () => 'team',
    value: () => pick([null, 'Design'], random),
    custom_emoji_id: () => scene.customEmojiId,
    aliases: () => [`alias_${mark}`.slice(0, 30)],
    group_id: () => scene.groupId,
    role_id: () => scene.roleId,
    permissions: () => pick(['{}', '{pin_messages}', '{pin_messages,edit_room}'], random),
    permission: () => pick(['pin_messages', 'send_messages'], random),
    effect: () => pick([null, 'grant', 'deny'], random),
    title: () => 'A title',
    user_ids: () =>
      name === 'create_group_conversation' ? [boss.id, deputy.id, member.id] : [member.id],
    is_owner: () => pick([true, false], random),
    least_role: () => pick(['member', 'admin'], random),
    warn_above: () => 10,
    patch: () => pick([{ priority: 1 }, { priority: null }, { a: { b: 'c' } }], random),
    after_seconds: () => pick([null, 5, 3600], random),
    writing_role: () => pick([null, 'member', 'moderator'], random),
    reply_role: () => pick([null, 'member', 'admin'], random),
    reaction_role: () => pick([null, 'member', 'owner'], random),
    upload_role: () => pick([null, 'member', 'admin'], random),
    visibility: () => null,
    custom_type_id: () => scene.customTypeId,
    type_id: () => scene.customTypeId,
    creator_role_ids: () => pick([null, [], [scene.roleId]], random),
    joiner_role_ids: () => pick([null, [], [scene.roleId]], random),
    slow_mode_seconds: () => pick([null, 0, 1], random),
    retention_days: () => pick([null, 0, 30], random),
    send_at: () => new Date(Date.now() + 3_600_000).toISOString(),
    local_time: () => null,
    link_preview_id: () => scene.linkPreviewId,
    // Nobody's: a device is of one person and no room.
    device_id: () => '019aaaaa-aaaa-7aaa-8aaa-aaaaaaaaaaaa',
    component_id: () => 'ok',
    selected_values: () => null,
    commands: () => '[]',
    components: () => null,
    question: () => 'Which?',
    answers: () => ['this', 'that'],
    choices: () => pick([[], [1], [2]], random),
    max_choices: () => 1,
    closes_at: () => null,
    arguments: () => '{}',
    code: () =>
      /totp|recovery|sign_in|passkey/.test(name) ? pick([null, '000000'], random) : `code-${mark}`,
    invitation_code: () => pick([null, `code-${mark}`], random),
    session_id: () => (name === 'end_session' ? actor.sessionId : 'default'),
    refresh_token: () => `refresh-${actor.as}-${mark}`,
    upload_id: () => randomUUID(),
    attachment_ids: () => null,
    username: () => (name === 'sign_up' ? `new-${mark}` : `${actor.as}-${mark}`),
    password: () => `password ${mark}`,
    current_password: () => `password ${mark}`,
    new_password: () => `password ${mark}`,
    new_email: () => `other-${mark}@example.test`,
    email: () => `new-${mark}@example.test`,
    slug: () => `slug-${mark}`,
    nonce: () => `nonce-${mark}`,
    name: () =>
      name.endsWith('user_group')
        ? `group-${mark}`
        : name === 'add_custom_emoji'
          ? `emoji_${mark}`.slice(0, 30)
          : name.endsWith('_role')
            ? `Role ${mark} ${Math.floor(random() * 10)}`
            : name === 'define_room_type'
              ? `type-${mark}`.slice(0, 40)
              : 'A name',
    display_name: () => 'Somebody',
    avatar_url: () => 'https://example.test/picture.png',
    content: () => pick(['hello', `hello @member-${mark} @room https://example.test`], random),
    reason: () => 'a reason',
    note: () => 'a note',
    comment: () => pick([null, 'Look at this'], random),
    text: () => 'in a meeting',
    folder: () => 'Work',
    keyword: () => pick(['hello', `tea ${mark}`.slice(0, 100)], random),
    description: () => 'a description',
    emoji: () => pick(['👍', `:${`parrot_${mark}`.slice(0, 30)}:`], random),
    language: () => pick(['english', 'german', null], random),
    word: () => pick([null, 'hello'], random),
    words: () => ['unwanted', 'hello'],
    allowed_hosts: () => ['example.test'],
    metadata: () => '{}',
    subscription: () =>
      `(https://push.example.test/${mark},"(${'B'.repeat(87)},${'a'.repeat(22)})")`,
    endpoint: () => `https://push.example.test/${mark}`,
    token: () => mark.replaceAll('-', '').repeat(2),
    channel: () => pick(['fcm', 'apns'], random),
    user_agent: () => 'A browser',
    device_secret: () => pick([null, `device of ${actor.as} ${mark}`.padEnd(40, '-')], random),
    users: () => '{}',
    scopes: () => '{read}',
    rooms: () => '{}',
    messages: () => '{}',
    passkey_id: () => randomUUID(),
    credential: () => '{}',
    webhook_id: () => randomUUID(),
    url: () => `https://${mark}.example.test/`,
    events: () => '{message}',
    asks: () => '{message}',
    contact_email: () => 'ops@example.test',
    room_ids: () => [scene.roomId],
    overlap_seconds: () => 60,
    after: () => 0,
    since: () => '2020-01-01',
    deactivated_until: () => pick([null, '2099-01-01'], random),
    until: () => pick([null, '2099-01-01'], random),
    ends_at: () => pick([null, '2099-01-01'], random),
    quiet_from: () => '22:00',
    quiet_until: () => '07:00',
    time_zone: () => 'Europe/Berlin',
    max_members: () => pick([3, 100], random),
    max_uses: () => 1,
    max_count: () => 5,
    window_seconds: () => 60,
    account_age_seconds: () => 60,
    duration_seconds: () => 60,
    expires_in_seconds: () => 600,
    seconds: () => 1,
    days: () => pick([null, 30], random),
  };
  const values = new Map<string, unknown>();
  for (const parameter of parameters) {
    const isLeftOut = parameter.isOptional && random() < 0.5;
    if (isLeftOut) {
      continue;
    }
    const make = Object.hasOwn(makers, parameter.name) ? makers[parameter.name] : undefined;
    if (make !== undefined) {
      values.set(parameter.name, make());
    } else if (parameter.labels !== null) {
      values.set(parameter.name, pick(parameter.labels, random));
    } else if (parameter.type === 'boolean') {
      values.set(parameter.name, random() < 0.5);
    } else {
      throw new Error(
        `Say in testing/mutation-races.ts what is given for ${parameter.name} ${parameter.type} of ${name}.`,
      );
    }
  }
  return values;
}

/**
 * A room of four people's own, with one of everything.
 *
 * @param workspaceId where it is, if not in the default workspace
 */
export async function makeScene(owner: pg.Pool, random: Random, workspaceId = ''): Promise<Scene> {
  const mark = randomUUID().slice(0, 12);
  const [boss, deputy, member, guest, exile] = ['boss', 'deputy', 'member', 'guest', 'exile'].map(
    (as) => ({
      as,
      id: randomUUID(),
      sessionId: randomUUID(),
    }),
  ) as [Actor, Actor, Actor, Actor, Actor];
  const [roomId, directId, ruleId, invitationId, reportId, incomingWebhookId, botId] = Array.from(
    { length: 7 },
    () => randomUUID(),
  ) as [string, string, string, string, string, string, string];
  const [commandId, interactionId, linkPreviewId] = [randomUUID(), randomUUID(), randomUUID()];
  const [scheduledMessageId, draftId, groupId] = [randomUUID(), randomUUID(), randomUUID()];
  const roleId = randomUUID();
  const customTypeId = randomUUID();
  const customEmojiId = randomUUID();
  const role = pick(['moderator', 'admin'], random);
  const people = [boss, deputy, member, guest, exile];
  const client = await owner.connect();
  try {
    await client.query('begin');
    await client.query("select set_config('trumpet.workspace_id', $1, true)", [workspaceId]);
    await client.query(
      people
        .map(
          ({ as, id, sessionId }) => `
            insert into app_public.users (id, username, display_name) values ('${id}', '${as}-${mark}', '${as}');
            insert into app_private.user_secrets (user_id, password_hash)
              values ('${id}', crypt('password ${mark}', gen_salt('bf', 4)));
            insert into app_private.sessions (id, user_id, expires_at) values ('${sessionId}', '${id}', now() + interval '1 day');
            insert into app_private.refresh_tokens (token_hash, session_id)
              values (sha256('refresh-${as}-${mark}'), '${sessionId}');`,
        )
        .join(''),
    );
    await client.query(`
      insert into app_public.rooms (id, name, slug, type) values ('${roomId}', 'Room', 'room-${mark}', 'public');
      insert into app_public.room_members (room_id, user_id, role) values
        ('${roomId}', '${boss.id}', 'owner'), ('${roomId}', '${deputy.id}', '${role}'), ('${roomId}', '${member.id}', 'member');
      insert into app_public.rooms (id, type) values ('${directId}', 'direct');
      insert into app_public.room_members (room_id, user_id) values ('${directId}', '${boss.id}'), ('${directId}', '${member.id}');
      insert into app_public.room_rules (id, room_id, kind, action, max_count) values ('${ruleId}', '${roomId}', 'mentions', 'hold', 50);
      insert into app_public.room_invitations (id, room_id, code, created_by, max_uses, expires_at)
        values ('${invitationId}', '${roomId}', 'code-${mark}', '${deputy.id}', 1, now() + interval '1 day');
      insert into app_public.users (id, username, display_name, is_bot) values ('${botId}', 'bot-${mark}', 'Alarms', true);
      insert into app_public.room_members (room_id, user_id) values ('${roomId}', '${botId}');
      insert into app_public.incoming_webhooks (id, room_id, bot_id) values ('${incomingWebhookId}', '${roomId}', '${botId}');
      insert into app_public.commands (id, bot_id, name, description, arguments)
        values ('${commandId}', '${botId}', 'roll', 'Rolls', '[]');
      insert into app_public.interactions (id, kind, room_id, bot_id, user_id, command_name, arguments, waits_until, expires_at)
        values ('${interactionId}', 'command', '${roomId}', '${deputy.id}', '${member.id}', 'roll', '{}', now(), now() + interval '1 day');
      insert into app_public.scheduled_messages (id, room_id, user_id, content, send_at, time_zone)
        values ('${scheduledMessageId}', '${roomId}', '${member.id}', 'later', now() + interval '1 hour', 'UTC');
      insert into app_public.drafts (id, room_id, user_id, content, revision, written_at)
        values ('${draftId}', '${roomId}', '${member.id}', 'begun', gen_random_uuid(), now());
      insert into app_public.user_groups (id, name, title) values ('${groupId}', 'crew-${mark}', 'The crew');
      insert into app_public.user_group_members (group_id, user_id, is_owner)
        values ('${groupId}', '${boss.id}', true), ('${groupId}', '${member.id}', false);
      insert into app_public.room_fields (key, label, kind) values ('priority', 'Priority', 'number')
        on conflict do nothing;
      insert into app_public.profile_fields (key, label, kind, max_length) values ('team', 'Team', 'text', 200)
        on conflict do nothing;
      insert into app_public.roles (id, name, permissions) values ('${roleId}', 'Role ${mark}', '{pin_messages}');
      insert into app_public.custom_room_types (id, name, title, slow_mode_seconds)
        values ('${customTypeId}', 'type-${mark}', 'Type', 0);
      insert into app_private.permission_exceptions (user_id, permission, effect)
        select person_id, permission, 'grant'
          from unnest(array['${boss.id}', '${deputy.id}']::uuid[]) as person_id,
            unnest('{manage_workspace_roles,manage_room_types,pin_messages,edit_room}'::app_public.permission[]) as permission;
      insert into app_private.role_assignments (role_id, role_name, user_id, room_id)
        values ('${roleId}', 'Role', '${member.id}', '${roomId}'), ('${roleId}', 'Role', '${deputy.id}', null);
      select app_private.settle_permissions(array['${boss.id}', '${deputy.id}', '${member.id}']::uuid[]);
      insert into app_public.custom_emoji (id, name, picture_id, version, added_by_id)
        values ('${customEmojiId}', left('parrot_${mark}', 30), uuidv7(), (random() * 1e15)::bigint, '${member.id}');`);
    const { rows: messages } = await client.query<{ id: string }>(
      `insert into app_public.messages (room_id, author_id, content)
        select $1, author, 'hello' from unnest($2::uuid[]) as author returning id`,
      [roomId, [boss.id, deputy.id, member.id, member.id]],
    );
    await client.query(
      'insert into app_public.room_bans (room_id, user_id, banned_by) values ($1, $2, $3)',
      [roomId, exile.id, boss.id],
    );
    const messageIds = messages.map(({ id }) => id);
    await client.query(
      `update app_public.messages
        set metadata = '{"components": [{ "type": "button", "id": "ok", "label": "OK" }]}' where id = $1`,
      [messageIds[1]],
    );
    await client.query(
      `update app_public.messages set metadata = '{"poll": {"answers": ["this", "that"]}}' where id = $1`,
      [messageIds[0]],
    );
    await client.query('update app_public.messages set held_at = now() where id = $1', [
      messageIds[3],
    ]);
    await client.query(
      `insert into app_public.message_reports (id, room_id, message_id, reporter_id, reason)
        values ($1, $2, $3, $4, 'rude')`,
      [reportId, roomId, messageIds[2], deputy.id],
    );
    await client.query(
      "insert into app_public.message_reactions (room_id, message_id, user_id, emoji) values ($1, $2, $3, '👍')",
      [roomId, messageIds[0], member.id],
    );
    await client.query(
      `insert into app_public.link_previews (id, message_id, room_id, ordinal, url, title)
        values ($1, $2, $3, 1, 'https://example.test/', 'A page')`,
      [linkPreviewId, messageIds[2], roomId],
    );
    await client.query('commit');
    return {
      ...{ boss, deputy, member, guest, exile, roomId, directId, messageIds },
      ...{ reportId, ruleId, invitationId, incomingWebhookId, commandId, interactionId },
      ...{
        linkPreviewId,
        scheduledMessageId,
        draftId,
        groupId,
        roleId,
        customTypeId,
        customEmojiId,
        mark,
      },
    };
  } finally {
    await client.query('rollback');
    client.release();
  }
}
