import { createTestDatabase, type TestUser } from '../../testing/database.ts';

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner } = database;

const { call } = database;

const refusal = (code: string) => expect.objectContaining({ code });

async function makePeople(count: number): Promise<TestUser[]> {
  return Promise.all(Array.from({ length: count }, () => database.createUser()));
}

async function isMember(user: TestUser, roomId: string): Promise<boolean> {
  const { rowCount } = await owner.query(
    'select from app_public.room_members where room_id = $1 and user_id = $2',
    [roomId, user.id],
  );
  return rowCount === 1;
}

async function isTyping(user: TestUser, roomId: string): Promise<boolean> {
  const { rowCount } = await owner.query(
    'select from app_private.typing_indicators where room_id = $1 and user_id = $2',
    [roomId, user.id],
  );
  return rowCount === 1;
}

async function logOf(roomId: string) {
  const { rows } = await owner.query(
    'select * from app_public.moderation_log where room_id = $1 order by id',
    [roomId],
  );
  return rows;
}

/* ------------------------------------------------------------------ roles × actions */

const ROLES = ['stranger', 'member', 'moderator', 'admin', 'owner'] as const;
type Role = (typeof ROLES)[number];
const RANK: Record<Role, number> = { stranger: -1, member: 0, moderator: 1, admin: 2, owner: 3 };

interface Scene {
  readonly actor: TestUser;
  readonly target: TestUser;
  readonly roomId: string;
  readonly messageId: string;
}

/** What is done to a person or to something of theirs; the actor has to be above them. */
const DONE_TO_PEOPLE: Record<string, (scene: Scene) => [name: string, ...values: unknown[]]> = {
  ban: ({ roomId, target }) => ['ban_member', roomId, target.id, 'spam', 60],
  kick: ({ roomId, target }) => ['kick_member', roomId, target.id],
  mute: ({ roomId, target }) => ['mute_member', roomId, target.id, 60],
  unmute: ({ roomId, target }) => ['unmute_member', roomId, target.id],
  'delete a message': ({ messageId }) => ['delete_message', messageId, 'why'],
  'reject a message': ({ messageId }) => ['reject_message', messageId],
  'release a message': ({ messageId }) => ['release_message', messageId],
};

/** What is done to a room: from which role on. */
const DONE_TO_ROOMS: Record<string, { least: Role; run: (roomId: string) => unknown[] }> = {
  'set slow mode': { least: 'moderator', run: (roomId) => ['set_slow_mode', roomId, 5] },
  'lock a room': { least: 'moderator', run: (roomId) => ['set_room_locked', roomId, true] },
  'set a rule': {
    least: 'admin',
    run: (roomId) => ['set_room_rule', roomId, 'mentions', 'refuse'],
  },
};

/** A room with a person of each role, and a message of everyone who can write. */
async function makeRoom() {
  const people = {} as Record<Role, TestUser>;
  for (const role of ROLES) {
    people[role] = await database.createUser();
  }
  const others: Role[] = ['member', 'moderator', 'admin'];
  const room = await database.createRoom(people.owner, {
    members: others.map((role) => people[role]),
  });
  for (const role of others) {
    await call(people.owner, 'set_member_role', room.id, people[role].id, role);
  }
  return { people, roomId: room.id };
}

async function resultOf(action: Promise<unknown>): Promise<string> {
  try {
    await action;
    return 'done';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test.each(
  Object.keys(DONE_TO_PEOPLE).flatMap((action) =>
    ROLES.flatMap((actor) =>
      ROLES.filter((target) => target !== 'stranger').map((target) => [actor, action, target]),
    ),
  ) as [Role, string, Role][],
)('%s: %s, done to %s, works only from above', async (actorRole, action, targetRole) => {
  const { people, roomId } = await makeRoom();
  // Someone else of that role, where there can be two.
  let target = people[targetRole];
  if (actorRole === targetRole && targetRole !== 'owner') {
    target = await database.createUser();
    await call(people.owner, 'add_room_member', roomId, target.id, targetRole);
  }
  const message = await database.sendMessage(target, roomId, 'something');
  if (action.startsWith('reject') || action.startsWith('release')) {
    await owner.query('update app_public.messages set held_at = now() where id = $1', [message.id]);
  }
  const [name, ...values] = (DONE_TO_PEOPLE[action] as (scene: Scene) => [string])({
    actor: people[actorRole],
    target,
    roomId,
    messageId: message.id,
  });

  const result = await resultOf(call(people[actorRole], name, ...values));

  const isOwn = actorRole === 'owner' && targetRole === 'owner';
  const mayReview = isOwn && /message/.test(action);
  const isAbove = RANK[actorRole] >= RANK.moderator && RANK[actorRole] > RANK[targetRole];
  if (isAbove || mayReview) {
    expect(result).toBe('done');
  } else if (
    /message/.test(action) &&
    (actorRole === 'stranger' || (actorRole === 'member' && /reject|release/.test(action)))
  ) {
    // What one may not see is not there. A held message is seen by its author and by moderators.
    expect(result).toMatch(actorRole === 'stranger' ? /^TR404$/ : /^TR40[34]$/);
  } else {
    expect(result).toBe('TR403');
  }
  expect(await isMember(people.owner, roomId)).toBe(true);
});

test.each(
  Object.keys(DONE_TO_ROOMS).flatMap((action) => ROLES.map((role) => [role, action] as const)),
)('%s may %s from its least role on', async (role, action) => {
  const { people, roomId } = await makeRoom();
  const { least, run } = DONE_TO_ROOMS[action] as (typeof DONE_TO_ROOMS)[string];
  const [name, ...values] = run(roomId) as [string];
  expect(await resultOf(call(people[role], name, ...values))).toBe(
    RANK[role] >= RANK[least] ? 'done' : 'TR403',
  );
});

test.each(ROLES)(
  '%s may read the log, the reports, the bans and the rules of a room, or nothing',
  async (role) => {
    const { people, roomId } = await makeRoom();
    const message = await database.sendMessage(people.admin, roomId, 'something');
    await call(people.owner, 'report_message', message.id, 'abuse');
    await call(people.owner, 'set_room_rule', roomId, 'mentions', 'flag');
    await call(people.owner, 'ban_member', roomId, (await database.createUser()).id);
    for (const name of ['moderation_log', 'reports', 'bans', 'rules']) {
      const { rowCount } = await database.asUser(people[role], (client) =>
        client.query(
          `select found.* from app_public.rooms, app_public.rooms_${name}(rooms) as found where rooms.id = $1`,
          [roomId],
        ),
      );
      expect((rowCount ?? 0) > 0).toBe(RANK[role] >= RANK.moderator);
    }
  },
);

/* ------------------------------------------------------------------ bans */

describe('a ban', () => {
  async function makeBanned(type: 'public' | 'private' = 'public') {
    const [moderator, troll] = (await makePeople(2)) as [TestUser, TestUser];
    const room = await database.createRoom(moderator, { type, members: [troll] });
    const message = await database.sendMessage(moderator, room.id, 'here');
    await call(moderator, 'ban_member', room.id, troll.id, 'spam', 3600);
    return { moderator, troll, roomId: room.id, messageId: message.id };
  }

  /** Each way around it, by a person with the token that they had before. */
  const WAYS_AROUND: Record<
    string,
    (scene: Awaited<ReturnType<typeof makeBanned>>) => Promise<unknown>
  > = {
    'joining again': ({ troll, roomId }) => call(troll, 'join_room', roomId),
    'an invitation': async ({ moderator, troll, roomId }) => {
      const { code } = await call(moderator, 'create_invitation', roomId);
      return call(troll, 'accept_invitation', code);
    },
    'being added': ({ moderator, troll, roomId }) =>
      call(moderator, 'add_room_member', roomId, troll.id),
    'sending with an old token': ({ troll, roomId }) => database.sendMessage(troll, roomId, 'x'),
    'a reply': ({ troll, roomId, messageId }) =>
      call(troll, 'send_message', roomId, 'x', 'text', '{}', messageId),
    'a reaction': ({ troll, messageId }) => call(troll, 'add_message_reaction', messageId, '👍'),
    'taking a reaction back': ({ troll, messageId }) =>
      call(troll, 'remove_message_reaction', messageId, '👍'),
    'a report': ({ troll, messageId }) => call(troll, 'report_message', messageId, 'x'),
    'a receipt': ({ troll, roomId }) => call(troll, 'mark_room_read', roomId),
    typing: ({ troll, roomId }) => call(troll, 'set_typing', roomId, true),
  };

  test.each(
    Object.keys(WAYS_AROUND).flatMap((way) => [
      [way, 'public'],
      [way, 'private'],
    ]) as [string, 'public' | 'private'][],
  )('is not got around by %s in a %s room', async (way, type) => {
    const scene = await makeBanned(type);
    // A stranger to a private room is not told by join_room that it exists, banned or not.
    const code = way === 'joining again' && type === 'private' ? 'TR404' : 'TRBAN';
    await expect(
      (WAYS_AROUND[way] as (s: typeof scene) => Promise<unknown>)(scene),
    ).rejects.toEqual(refusal(code));
    expect(await isMember(scene.troll, scene.roomId)).toBe(false);
  });

  test('is not got around by a direct message: nothing of the room can be reached from there', async () => {
    const { moderator, troll, messageId, roomId } = await makeBanned();
    const direct = await call(troll, 'create_direct_conversation', moderator.id);
    await expect(
      call(troll, 'send_message', direct.id, 'x', 'text', '{}', messageId),
    ).rejects.toEqual(refusal('TR404'));
    await expect(call(troll, 'mark_room_read', direct.id, messageId)).rejects.toEqual(
      refusal('TR404'),
    );
    const { rowCount } = await database.asUser(troll, (client) =>
      client.query('select from app_public.messages where room_id = $1', [roomId]),
    );
    expect(rowCount).toBe(0);
  });

  test('is not got around by an invitation that the banned one made for a second account', async () => {
    const [moderator, troll, second] = (await makePeople(3)) as [TestUser, TestUser, TestUser];
    const { id: roomId } = await database.createRoom(moderator, {
      type: 'private',
      members: [troll],
    });
    await call(moderator, 'set_member_role', roomId, troll.id, 'moderator');
    const { code } = await call(troll, 'create_invitation', roomId);
    await call(moderator, 'ban_member', roomId, troll.id);
    await expect(call(second, 'accept_invitation', code)).rejects.toEqual(refusal('TR404'));
  });

  test('takes reading away at once, and live events with it', async () => {
    const { troll, roomId } = await makeBanned();
    const { rowCount } = await database.asUser(troll, (client) =>
      client.query('select from app_public.messages where room_id = $1', [roomId]),
    );
    expect(rowCount).toBe(0);
    await expect(
      database.asUser(troll, (client) =>
        client.query('select app_hidden.subscribe_to_room($1)', [roomId]),
      ),
    ).rejects.toEqual(refusal('TR404'));
    const { rows } = await owner.query(
      'select kind, op, user_id from app_private.room_changes where room_id = $1 order by change_seq desc limit 1',
      [roomId],
    );
    expect(rows).toEqual([{ kind: 'member', op: 'delete', user_id: troll.id }]);
  });

  test('ends when its time is over', async () => {
    const { moderator, troll, roomId } = await makeBanned();
    await owner.query(
      "update app_public.room_bans set expires_at = now() - interval '1 second' where room_id = $1",
      [roomId],
    );
    await call(troll, 'join_room', roomId);
    expect(await isMember(troll, roomId)).toBe(true);
    await expect(call(moderator, 'unban_member', roomId, troll.id)).rejects.toEqual(
      refusal('TR404'),
    );
  });

  test('ends when it is lifted, and leaves no membership behind', async () => {
    const { moderator, troll, roomId } = await makeBanned('private');
    await call(moderator, 'unban_member', roomId, troll.id);
    await expect(call(troll, 'join_room', roomId)).rejects.toEqual(refusal('TR404'));
    await call(moderator, 'add_room_member', roomId, troll.id);
    expect(await isMember(troll, roomId)).toBe(true);
  });

  test('can come before anyone joins', async () => {
    const [moderator, stranger] = (await makePeople(2)) as [TestUser, TestUser];
    const { id: roomId } = await database.createRoom(moderator);
    await call(moderator, 'ban_member', roomId, stranger.id);
    await expect(call(stranger, 'join_room', roomId)).rejects.toEqual(refusal('TRBAN'));
  });

  test.each([0, -1, 315_360_001])('of %d seconds is BAD_INPUT', async (seconds) => {
    const [moderator, troll] = (await makePeople(2)) as [TestUser, TestUser];
    const { id: roomId } = await database.createRoom(moderator, { members: [troll] });
    await expect(call(moderator, 'ban_member', roomId, troll.id, null, seconds)).rejects.toEqual(
      refusal('TR400'),
    );
  });
});

test('bans and mutes that have ended are forgotten, except by the log', async () => {
  const [moderator, old, late, lasting, muted, quiet] = (await makePeople(6)) as [
    TestUser,
    TestUser,
    TestUser,
    TestUser,
    TestUser,
    TestUser,
  ];
  const members = [old, late, lasting, muted, quiet];
  const { id: roomId } = await database.createRoom(moderator, { members });
  for (const { id } of [old, late]) {
    await call(moderator, 'ban_member', roomId, id, 'spam', 60);
  }
  await call(moderator, 'ban_member', roomId, lasting.id);
  for (const { id } of [muted, quiet]) {
    await call(moderator, 'mute_member', roomId, id, 60);
  }
  const endAgo = (user: TestUser, ago: string) =>
    owner.query(
      `with ban as (
        update app_public.room_bans set expires_at = now() - $3::interval where room_id = $1 and user_id = $2
      ) update app_private.room_mutes set muted_until = now() - $3::interval where room_id = $1 and user_id = $2`,
      [roomId, user.id, ago],
    );
  await endAgo(old, '31 days');
  await endAgo(late, '29 days');
  await endAgo(muted, '1 second');
  const logged = await logOf(roomId);

  const { rows } = await owner.query('select app_private.expire_bans_and_mutes() as count');
  expect(rows).toEqual([{ count: 2 }]);

  const { rows: kept } = await owner.query(
    `select user_id from app_public.room_bans where room_id = $1
      union all select user_id from app_private.room_mutes where room_id = $1`,
    [roomId],
  );
  expect(kept.map(({ user_id }) => user_id).sort()).toEqual(
    [late, lasting, quiet].map(({ id }) => id).sort(),
  );
  expect(logged).toHaveLength(5);
  expect(await logOf(roomId)).toEqual(logged);
});

/* ------------------------------------------------------------------ mutes, locks, slow mode */

describe('a mute', () => {
  test('stops writing, typing, editing and reacting, also after leaving and joining again', async () => {
    const [moderator, loud] = (await makePeople(2)) as [TestUser, TestUser];
    const { id: roomId } = await database.createRoom(moderator, { members: [loud] });
    const message = await database.sendMessage(loud, roomId, 'before');
    await call(loud, 'set_typing', roomId, true);
    await call(moderator, 'mute_member', roomId, loud.id, 600);
    const attempts = [
      () => database.sendMessage(loud, roomId, 'x'),
      () => call(loud, 'set_typing', roomId, true),
      () => call(loud, 'edit_message', message.id, 'x'),
      () => call(loud, 'add_message_reaction', message.id, '👍'),
    ];
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toEqual(refusal('TRMUT'));
    }
    // What a client says when its text is emptied is no error.
    await call(loud, 'set_typing', roomId, false);
    expect(await isTyping(loud, roomId)).toBe(false);
    await call(loud, 'leave_room', roomId);
    await call(loud, 'join_room', roomId);
    await expect(database.sendMessage(loud, roomId, 'x')).rejects.toEqual(refusal('TRMUT'));
    await call(moderator, 'unmute_member', roomId, loud.id);
    await database.sendMessage(loud, roomId, 'x');
    await call(loud, 'leave_room', roomId);
    await call(loud, 'join_room', roomId);
    await database.sendMessage(loud, roomId, 'y');
  });
});

test('in a locked room only moderators and above write', async () => {
  const { people, roomId } = await makeRoom();
  const message = await database.sendMessage(people.member, roomId, 'before');
  await call(people.moderator, 'set_room_locked', roomId, true);
  await expect(database.sendMessage(people.member, roomId, 'x')).rejects.toEqual(refusal('TR403'));
  await expect(call(people.member, 'edit_message', message.id, 'x')).rejects.toEqual(
    refusal('TR403'),
  );
  await expect(call(people.member, 'set_typing', roomId, true)).rejects.toEqual(refusal('TR403'));
  await call(people.moderator, 'set_typing', roomId, true);
  expect(await isTyping(people.moderator, roomId)).toBe(true);
  await database.sendMessage(people.moderator, roomId, 'x');
  await call(people.moderator, 'set_room_locked', roomId, false);
  await database.sendMessage(people.member, roomId, 'x');
});

describe('slow mode', () => {
  test('makes members wait, says how long, and lets moderators through', async () => {
    const { people, roomId } = await makeRoom();
    await call(people.moderator, 'set_slow_mode', roomId, 30);
    await database.sendMessage(people.member, roomId, 'first');
    const error = await database.sendMessage(people.member, roomId, 'second').catch((e) => e);
    expect(error).toMatchObject({ code: 'TRSLO', detail: expect.stringMatching(/^\d+$/) });
    expect(Number(error.detail)).toBeGreaterThan(20_000);
    expect(Number(error.detail)).toBeLessThanOrEqual(30_000);
    await database.sendMessage(people.moderator, roomId, 'first');
    await database.sendMessage(people.moderator, roomId, 'second');
    await call(people.moderator, 'set_slow_mode', roomId, 0);
    await database.sendMessage(people.member, roomId, 'second');
  });

  test('is not outrun by sending at once, nor by leaving and joining', async () => {
    const { people, roomId } = await makeRoom();
    await call(people.moderator, 'set_slow_mode', roomId, 30);
    const results = await Promise.allSettled(
      Array.from({ length: 5 }, () => database.sendMessage(people.member, roomId, 'at once')),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await call(people.member, 'leave_room', roomId);
    await call(people.member, 'join_room', roomId);
    await expect(database.sendMessage(people.member, roomId, 'again')).rejects.toEqual(
      refusal('TRSLO'),
    );
  });
});

/* ------------------------------------------------------------------ blocks */

describe('blocking someone', () => {
  test('ends direct messages either way, and unblocking begins them again', async () => {
    const [ada, bob] = (await makePeople(2)) as [TestUser, TestUser];
    const direct = await call(ada, 'create_direct_conversation', bob.id);
    const message = await database.sendMessage(bob, direct.id, 'hello');
    await call(ada, 'block_user', bob.id);
    for (const [sender, other] of [
      [ada, bob],
      [bob, ada],
    ] as const) {
      await expect(database.sendMessage(sender, direct.id, 'x')).rejects.toEqual(refusal('TRBLK'));
      await expect(call(sender, 'set_typing', direct.id, true)).rejects.toEqual(refusal('TRBLK'));
      await expect(call(sender, 'create_direct_conversation', other.id)).rejects.toEqual(
        refusal('TRBLK'),
      );
    }
    await expect(call(bob, 'edit_message', message.id, 'x')).rejects.toEqual(refusal('TRBLK'));
    await expect(call(bob, 'add_message_reaction', message.id, '👍')).rejects.toEqual(
      refusal('TRBLK'),
    );
    await call(ada, 'unblock_user', bob.id);
    await database.sendMessage(bob, direct.id, 'hello again');
  });

  test('is not got around by a room made for two', async () => {
    const [ada, bob] = (await makePeople(2)) as [TestUser, TestUser];
    await call(ada, 'block_user', bob.id);
    const { id: roomId } = await database.createRoom(bob, { type: 'private' });
    await expect(call(bob, 'add_room_member', roomId, ada.id)).rejects.toEqual(refusal('TRBLK'));
  });

  test('marks their messages for the one who blocks, and for nobody else', async () => {
    const [ada, bob, carol] = (await makePeople(3)) as [TestUser, TestUser, TestUser];
    const { id: roomId } = await database.createRoom(carol, { members: [ada, bob] });
    const message = await database.sendMessage(bob, roomId, 'to everyone');
    await call(ada, 'block_user', bob.id);
    const isMarked = async (viewer: TestUser) => {
      const { rows } = await database.asUser(viewer, (client) =>
        client.query(
          'select app_public.messages_is_author_blocked(messages) as marked from app_public.messages where id = $1',
          [message.id],
        ),
      );
      return rows[0].marked;
    };
    expect([await isMarked(ada), await isMarked(bob), await isMarked(carol)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('takes their mentions out of the inbox', async () => {
    const [ada, bob] = (await makePeople(2)) as [TestUser, TestUser];
    const { id: roomId } = await database.createRoom(bob, { members: [ada] });
    await call(ada, 'block_user', bob.id);
    await database.sendMessage(bob, roomId, `hey @${ada.username}`);
    const { rows } = await database.asUser(ada, (client) =>
      client.query('select mention_count from app_public.conversations where room_id = $1', [
        roomId,
      ]),
    );
    expect(rows).toEqual([{ mention_count: 0 }]);
  });

  test('of oneself is BAD_INPUT, of nobody NOT_FOUND', async () => {
    const [ada] = (await makePeople(1)) as [TestUser];
    await expect(call(ada, 'block_user', ada.id)).rejects.toEqual(refusal('TR400'));
    await expect(call(ada, 'block_user', crypto.randomUUID())).rejects.toEqual(refusal('TR404'));
  });
});

/* ------------------------------------------------------------------ reports and the log */

describe('a report', () => {
  test('is made once, resolved once, and not by those it is about', async () => {
    const { people, roomId } = await makeRoom();
    const message = await database.sendMessage(people.moderator, roomId, 'rude');
    const report = await call(people.member, 'report_message', message.id, 'abuse');
    expect((await call(people.member, 'report_message', message.id, 'again')).id).toBe(report.id);
    await expect(call(people.moderator, 'report_message', message.id, 'x')).rejects.toEqual(
      refusal('TR400'),
    );
    await expect(call(people.member, 'resolve_report', report.id, 'dismissed')).rejects.toEqual(
      refusal('TR404'),
    );
    await expect(call(people.moderator, 'resolve_report', report.id, 'dismissed')).rejects.toEqual(
      refusal('TR403'),
    );
    expect(await call(people.admin, 'resolve_report', report.id, 'upheld', 'yes')).toMatchObject({
      status: 'upheld',
      resolved_by: people.admin.id,
      resolution_note: 'yes',
    });
    await expect(call(people.owner, 'resolve_report', report.id, 'dismissed')).rejects.toEqual(
      refusal('TR409'),
    );
  });

  test('is upheld when a moderator deletes the message', async () => {
    const { people, roomId } = await makeRoom();
    const message = await database.sendMessage(people.member, roomId, 'rude');
    await call(people.admin, 'report_message', message.id, 'abuse');
    await call(people.moderator, 'delete_message', message.id, 'insult');
    const { rows } = await owner.query(
      'select status from app_public.message_reports where message_id = $1',
      [message.id],
    );
    expect(rows).toEqual([{ status: 'upheld' }]);
    expect((await logOf(roomId)).at(-1)).toMatchObject({
      action: 'message_deleted',
      moderator_id: people.moderator.id,
      target_user_id: people.member.id,
      target_message_id: message.id,
      reason: 'insult',
    });
  });
});

describe('the moderation log', () => {
  test('says who, what, whom, why and until when', async () => {
    const { people, roomId } = await makeRoom();
    await call(people.moderator, 'mute_member', roomId, people.member.id, 60, 'loud');
    await call(people.moderator, 'ban_member', roomId, people.member.id, 'spam', 3600);
    const [mute, ban] = await logOf(roomId);
    expect(mute).toMatchObject({ action: 'member_muted', reason: 'loud' });
    expect(ban).toMatchObject({
      action: 'member_banned',
      moderator_id: people.moderator.id,
      target_user_id: people.member.id,
      reason: 'spam',
      expires_at: expect.any(Date),
    });
  });

  test.each([
    "update app_public.moderation_log set reason = 'nothing happened'",
    'delete from app_public.moderation_log',
    'truncate app_public.moderation_log',
    "set local session_replication_role = replica; update app_public.moderation_log set reason = 'x'",
  ])('is not changed by its owner: %s', async (sql) => {
    const client = await owner.connect();
    try {
      await client.query('begin');
      await expect(client.query(sql)).rejects.toEqual(refusal('TR403'));
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});
