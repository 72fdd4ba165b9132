import type { TestUser } from '../../testing/database.ts';
import { createTestWorld } from '../../testing/world.ts';

/*
 * Moderation as a client sees it: which code each refusal has, and what the fields show to whom. Who may do what is in
 * test/sql/moderation.test.ts.
 */
const { database, server, close } = await createTestWorld();
afterAll(close);

const SEND =
  'mutation ($roomId: UUID!, $content: String!) { sendMessage(input: { roomId: $roomId, content: $content }) { message { id seq heldAt content } } }';

async function run(query: string, variables: Record<string, unknown>, user: TestUser) {
  const { data, errors } = await server.graphql(query, variables, user.token);
  expect(errors).toBeUndefined();
  return data;
}

async function refusalOf(query: string, variables: Record<string, unknown>, user: TestUser) {
  const { errors } = await server.graphql(query, variables, user.token);
  expect(errors).toHaveLength(1);
  return errors?.[0]?.extensions as { code: string; retryAfterMs?: number };
}

async function makeRoom() {
  const [owner, member] = [await database.createUser(), await database.createUser()];
  const { id: roomId } = await database.createRoom(owner, { members: [member] });
  return { owner, member, roomId };
}

describe('each refusal has its code', () => {
  test('BANNED, with a token from before the ban', async () => {
    const { owner, member, roomId } = await makeRoom();
    await run(
      'mutation ($roomId: UUID!, $userId: UUID!) { banMember(input: { roomId: $roomId, userId: $userId }) { roomBan { expiresAt } } }',
      { roomId, userId: member.id },
      owner,
    );
    expect(await refusalOf(SEND, { roomId, content: 'x' }, member)).toEqual({ code: 'BANNED' });
    expect(
      await refusalOf(
        'mutation ($roomId: UUID!) { joinRoom(input: { roomId: $roomId }) { room { id } } }',
        { roomId },
        member,
      ),
    ).toEqual({ code: 'BANNED' });
    const { room } = await run(
      'query ($roomId: UUID!) { room(id: $roomId) { messages { nodes { id } } members { nodes { role } } } }',
      { roomId },
      member,
    );
    expect(room).toEqual({ messages: { nodes: [] }, members: { nodes: [] } });
  });

  test('MUTED', async () => {
    const { owner, member, roomId } = await makeRoom();
    await run(
      'mutation ($roomId: UUID!, $userId: UUID!) { muteMember(input: { roomId: $roomId, userId: $userId, durationSeconds: 60 }) { roomMember { isMuted } } }',
      { roomId, userId: member.id },
      owner,
    );
    expect(await refusalOf(SEND, { roomId, content: 'x' }, member)).toEqual({ code: 'MUTED' });
  });

  test('BLOCKED', async () => {
    const { owner, member } = await makeRoom();
    await run(
      'mutation ($userId: UUID!) { blockUser(input: { userId: $userId }) { user { isBlocked } } }',
      { userId: owner.id },
      member,
    );
    expect(
      await refusalOf(
        'mutation ($userId: UUID!) { createDirectConversation(input: { userId: $userId }) { room { id } } }',
        { userId: member.id },
        owner,
      ),
    ).toEqual({ code: 'BLOCKED' });
  });

  test('SLOW_MODE, with the time to wait', async () => {
    const { owner, member, roomId } = await makeRoom();
    await run(
      'mutation ($roomId: UUID!) { setSlowMode(input: { roomId: $roomId, seconds: 10 }) { room { slowModeSeconds } } }',
      { roomId },
      owner,
    );
    await run(SEND, { roomId, content: 'first' }, member);
    const refusal = await refusalOf(SEND, { roomId, content: 'second' }, member);
    expect(refusal).toEqual({ code: 'SLOW_MODE', retryAfterMs: expect.any(Number) });
    expect(refusal.retryAfterMs).toBeGreaterThan(0);
    expect(refusal.retryAfterMs).toBeLessThanOrEqual(10_000);
  });

  test('RATE_LIMITED, with the time to wait', async () => {
    const { member, roomId } = await makeRoom();
    await database.owner.query(
      'update app_private.limits set user_in_room_burst = 1, user_in_room_per_second = 0.1',
    );
    try {
      await run(SEND, { roomId, content: 'first' }, member);
      const refusal = await refusalOf(SEND, { roomId, content: 'second' }, member);
      expect(refusal).toEqual({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) });
      expect(refusal.retryAfterMs).toBeLessThanOrEqual(10_000);
    } finally {
      await database.owner.query('update app_private.limits set user_in_room_burst = 1000000');
    }
  });

  test.each([
    [
      'a locked room',
      'mutation ($roomId: UUID!) { setRoomLocked(input: { roomId: $roomId, isLocked: true }) { room { isLocked } } }',
    ],
    [
      'a rule',
      'mutation ($roomId: UUID!) { setRoomRule(input: { roomId: $roomId, kind: LINKS, action: REFUSE }) { roomRule { id } } }',
    ],
  ])('FORBIDDEN by %s', async (_what, mutation) => {
    const { owner, member, roomId } = await makeRoom();
    await run(mutation, { roomId }, owner);
    expect(await refusalOf(SEND, { roomId, content: 'https://a.test' }, member)).toEqual({
      code: 'FORBIDDEN',
    });
  });
});

test('a held message is shown to its author and to moderators, and to all once released', async () => {
  const { owner, member, roomId } = await makeRoom();
  const other = await database.createUser();
  await database.commitAs(other, (client) =>
    client.query('select app_public.join_room($1)', [roomId]),
  );
  await run(
    'mutation ($roomId: UUID!) { setRoomRule(input: { roomId: $roomId, kind: WORDS, action: HOLD, words: ["dubious"] }) { roomRule { words isFolded } } }',
    { roomId },
    owner,
  );
  const { message } = (await run(SEND, { roomId, content: 'dubious' }, member)).sendMessage;
  expect(message).toMatchObject({ heldAt: expect.any(String), content: 'dubious' });

  const SHOW =
    'query ($roomId: UUID!) { room(id: $roomId) { messages { nodes { id } } heldMessages { nodes { id } } reports(status: OPEN) { nodes { reporter { id } message { id } } } rules { kind } } }';
  const shown = { nodes: [{ id: message.id }] };
  const nothing = { nodes: [] };
  expect((await run(SHOW, { roomId }, member)).room).toEqual({
    messages: shown,
    heldMessages: shown,
    reports: nothing,
    rules: [],
  });
  expect((await run(SHOW, { roomId }, owner)).room).toEqual({
    messages: shown,
    heldMessages: shown,
    reports: { nodes: [{ reporter: null, message: { id: message.id } }] },
    rules: [{ kind: 'WORDS' }],
  });
  expect((await run(SHOW, { roomId }, other)).room).toMatchObject({
    messages: nothing,
    heldMessages: nothing,
  });
  const released = await run(
    'mutation ($messageId: UUID!) { releaseMessage(input: { messageId: $messageId }) { message { seq heldAt } } }',
    { messageId: message.id },
    owner,
  );
  expect(released.releaseMessage.message).toEqual({ seq: '1', heldAt: null });
  expect((await run(SHOW, { roomId }, other)).room).toMatchObject({
    messages: shown,
    heldMessages: nothing,
  });
});

test('isAuthorBlocked depends on who looks', async () => {
  const { owner, member, roomId } = await makeRoom();
  await database.sendMessage(owner, roomId, 'hello');
  await database.commitAs(member, (client) =>
    client.query('select app_public.block_user($1)', [owner.id]),
  );
  const SHOW =
    'query ($roomId: UUID!) { room(id: $roomId) { messages { nodes { isAuthorBlocked author { isBlocked } } } } blockedUsers { nodes { id } } }';
  expect(await run(SHOW, { roomId }, member)).toEqual({
    room: { messages: { nodes: [{ isAuthorBlocked: true, author: { isBlocked: true } }] } },
    blockedUsers: { nodes: [{ id: owner.id }] },
  });
  expect(await run(SHOW, { roomId }, owner)).toEqual({
    room: { messages: { nodes: [{ isAuthorBlocked: false, author: { isBlocked: false } }] } },
    blockedUsers: { nodes: [] },
  });
});
