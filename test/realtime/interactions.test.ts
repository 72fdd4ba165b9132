import { single, type TestUser } from '../../testing/database.ts';
import { openJsonSocket } from '../../testing/json-socket.ts';
import { startTestServer } from '../../testing/server.ts';
import type { Subscription } from '../../testing/socket.ts';
import { createTestWorld } from '../../testing/world.ts';

/* What is asked of a bot is told to it and to whoever asked, at least once, and to nobody else. */

const { database, server, close } = await createTestWorld();
afterAll(close);
const { owner, call } = database;

interface Told {
  readonly cursor: string;
  readonly event: {
    readonly __typename: string;
    readonly event?: string;
    readonly interactionId?: string;
    readonly interaction?: Record<string, unknown> | null;
    readonly messageId?: string;
  };
}

const EVENTS = `subscription ($after: String) {
  userEvents(after: $after) {
    cursor
    event {
      __typename roomId changeSeq occurredAt
      ... on MessageEvent { messageId }
      ... on InteractionEvent {
        event interactionId
        interaction { id kind state commandName arguments answer user { username } bot { username } }
      }
    }
  }
}`;

let count = 0;

async function makeRoom() {
  const [ada, bob] = [await database.createUser(), await database.createUser()];
  const bot = await database.createUser(`bot-${++count}`);
  await owner.query('update app_public.users set is_bot = true where id = $1', [bot.id]);
  const { id: roomId } = await database.createRoom(ada, { type: 'private', members: [bob, bot] });
  const { rows } = await owner.query<{ id: string }>(
    `insert into app_public.commands (bot_id, name, description, arguments)
      values ($1, 'ping', 'Answers', '[]') returning id`,
    [bot.id],
  );
  return { ada, bob, bot, roomId, commandId: single(rows).id };
}

/** Over HTTP, on a connection of the server. */
async function ping(who: TestUser, roomId: string, commandId: string): Promise<string> {
  const { data } = await server.graphql(
    `mutation ($roomId: UUID!, $commandId: UUID!) {
      useCommand(input: { roomId: $roomId, commandId: $commandId }) { interaction { id } }
    }`,
    { roomId, commandId },
    who.token,
  );
  return data.useCommand.interaction.id;
}

async function listen(who: TestUser, after?: string, at = server) {
  const socket = await at.socket({ token: who.token });
  const subscription: Subscription<{ userEvents: Told }> = socket.subscribe(EVENTS, { after });
  return {
    socket,
    next: async () => (await subscription.nextData()).userEvents,
    close: () => socket.close(),
  };
}

test('a bot hears what is asked of it, and who asked hears the answer', async () => {
  const { bob, bot, roomId, commandId } = await makeRoom();
  const [forBot, forBob] = [await listen(bot), await listen(bob)];
  await forBot.next();
  await forBob.next();
  const id = await ping(bob, roomId, commandId);
  expect(await forBot.next()).toMatchObject({
    event: {
      __typename: 'InteractionEvent',
      event: 'INSERT',
      interactionId: id,
      interaction: {
        id,
        kind: 'COMMAND',
        state: 'WAITING',
        commandName: 'ping',
        user: { username: bob.username },
      },
    },
  });
  expect(await forBob.next()).toMatchObject({ event: { event: 'INSERT', interactionId: id } });
  await call(bot, 'answer_interaction', id, 'pong');
  expect(await forBob.next()).toMatchObject({
    event: {
      event: 'UPDATE',
      interactionId: id,
      interaction: { state: 'ANSWERED', answer: 'pong' },
    },
  });
  expect(await forBot.next()).toMatchObject({ event: { event: 'UPDATE', interactionId: id } });
});

test('nobody else in the room hears anything of it', async () => {
  const { ada, bob, bot, roomId, commandId } = await makeRoom();
  const forAda = await listen(ada);
  await forAda.next();
  const id = await ping(bob, roomId, commandId);
  await call(bot, 'answer_interaction', id, 'pong');
  const { id: messageId } = await database.sendMessage(bob, roomId, 'and now for all');
  expect(await forAda.next()).toMatchObject({ event: { __typename: 'MessageEvent', messageId } });
});

test('a bot that was away is told what waits for it, once it is there', async () => {
  const { bob, bot, roomId, commandId } = await makeRoom();
  const waiting = await ping(bob, roomId, commandId);
  const done = await ping(bob, roomId, commandId);
  await call(bot, 'answer_interaction', done, 'pong');
  const { next } = await listen(bot);
  await next();
  expect(await next()).toMatchObject({ event: { interactionId: waiting } });
  const { id: messageId } = await database.sendMessage(bob, roomId, 'then');
  expect(await next()).toMatchObject({ event: { messageId } });
});

test('whoever resumes is told what they missed, answers too', async () => {
  const { bob, bot, roomId, commandId } = await makeRoom();
  const id = await ping(bob, roomId, commandId);
  const before = await listen(bob);
  const { cursor } = await before.next();
  await before.close();
  await call(bot, 'answer_interaction', id, 'pong');
  const after = await listen(bob, cursor);
  await after.next();
  expect(await after.next()).toMatchObject({
    event: { interactionId: id, interaction: { answer: 'pong' } },
  });
});

test('a bell that goes missing loses nothing', async () => {
  const { bob, bot, roomId, commandId } = await makeRoom();
  const { next } = await listen(bot);
  await next();
  const { rows } = await owner.query(
    `with made as (
        insert into app_public.interactions (kind, room_id, bot_id, user_id, command_name, arguments, waits_until, expires_at)
          values ('command', $1, $2, $3, 'ping', '{}', now() + interval '1 minute', now() + interval '1 day') returning id
      )
      insert into app_private.interaction_news (interaction_id, person_id, xid)
        select id, $2, pg_current_xact_id() from made returning interaction_id as id`,
    [roomId, bot.id, bob.id],
  );
  expect(commandId).toBeDefined();
  expect(await next()).toMatchObject({ event: { interactionId: single(rows).id } });
});

test('a bot at another server hears it, and goes on there when its own has gone', async () => {
  const { bob, bot, roomId, commandId } = await makeRoom();
  const other = await startTestServer(database);
  const there = await listen(bot, undefined, other);
  await there.next();
  const id = await ping(bob, roomId, commandId);
  const { cursor, event } = await there.next();
  expect(event).toMatchObject({ interactionId: id });
  await other.close();
  const meanwhile = await ping(bob, roomId, commandId);
  const { next } = await listen(bot, cursor);
  await next();
  const told = [await next(), await next()].map(({ event: { interactionId } }) => interactionId);
  // What it had not answered comes again: at least once.
  expect(told).toEqual([id, meanwhile]);
});

test('over the JSON WebSocket a bot hears what is asked of it, and answers', async () => {
  const { bob, bot, roomId, commandId } = await makeRoom();
  const waiting = await ping(bob, roomId, commandId);
  const socket = await openJsonSocket(`${server.url}/ws?access_token=${bot.token}`);
  expect(await socket.next()).toMatchObject({ type: 'ready' });
  socket.send({ type: 'hear_interactions' });
  expect(await socket.next()).toMatchObject({ type: 'hearing', cursor: expect.any(String) });
  expect(await socket.next()).toMatchObject({ type: 'interaction_event', interaction_id: waiting });
  await database.sendMessage(bob, roomId, 'of no concern');
  const id = await ping(bob, roomId, commandId);
  expect(await socket.next()).toMatchObject({
    type: 'interaction_event',
    event: 'INSERT',
    room_id: roomId,
    interaction: { id, commandName: 'ping', state: 'WAITING', user: { username: bob.username } },
  });
  socket.send({ type: 'answer_interaction', interaction_id: id, content: 'pong', ref: 'a' });
  const told = [await socket.next(), await socket.next()].map(({ type }) => type);
  expect(told.sort()).toEqual(['ack', 'interaction_event']);
  const { rows } = await owner.query('select answer from app_public.interactions where id = $1', [
    id,
  ]);
  expect(rows).toEqual([{ answer: 'pong' }]);
  await socket.close();
});

test('who listens to interactions only hears of no room, also of those that they come into later', async () => {
  const { ada, bob, bot, roomId, commandId } = await makeRoom();
  const socket = await server.socket({ token: bot.token });
  const subscription = socket.subscribe(
    'subscription { userEvents(interactionsOnly: true) { event { __typename ... on InteractionEvent { interactionId } } } }',
  );
  await subscription.nextData();
  const { id: other } = await database.createRoom(ada, { members: [bot, bob] });
  await database.sendMessage(bob, roomId, 'of no concern');
  await database.sendMessage(bob, other, 'of no concern');
  const id = await ping(bob, roomId, commandId);
  expect((await subscription.nextData()).userEvents.event).toEqual({
    __typename: 'InteractionEvent',
    interactionId: id,
  });
});
