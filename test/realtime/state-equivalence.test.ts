import fc from 'fast-check';
import type { TestUser } from '../../testing/database.ts';
import type { TestServer } from '../../testing/server.ts';
import { createTestWorld } from '../../testing/world.ts';
import { headOf } from './support.ts';

/*
 * The idea is Zulip's: whatever people do, the state that a client fetched before, with the events
 * applied that it got since, is the state that it would fetch now.
 */

const PARTS = `
  fragment MessageParts on Message {
    id seq content messageType editedAt deletedAt pinnedAt replyCount parentMessageId
    author { id } reactions { emoji count }
  }
  fragment RoomParts on Room { id name description isArchived }`;

const STATE = `${PARTS}
  query ($roomId: UUID!) {
    room(id: $roomId) {
      ...RoomParts
      members(first: 100) { nodes { role lastReadSeq user { id } } }
      messages(first: 100, orderBy: SEQ_ASC) { nodes { ...MessageParts } }
    }
  }`;

const EVENTS = `${PARTS}
  subscription ($roomId: UUID!, $after: BigInt) {
    roomEvents(roomId: $roomId, after: $after) {
      __typename changeSeq
      ... on MessageEvent { event messageId message { ...MessageParts } }
      ... on ReactionEvent { messageId message { id reactions { emoji count } } }
      ... on MemberEvent { event userId role }
      ... on ReadReceiptEvent { userId lastReadSeq }
      ... on RoomChangedEvent { room { ...RoomParts } }
    }
  }`;

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
type Json = any;

interface State {
  room: Json;
  readonly members: Map<string, { role: string; lastReadSeq: number }>;
  readonly messages: Map<string, Json>;
}

async function fetchState(server: TestServer, user: TestUser, roomId: string): Promise<State> {
  const { data, errors } = await server.graphql(STATE, { roomId }, user.token);
  if (errors !== undefined) {
    throw new Error(JSON.stringify(errors));
  }
  const { members, messages, ...room } = data.room;
  return {
    room,
    members: new Map(
      members.nodes.map((member: Json) => [
        member.user.id,
        { role: member.role, lastReadSeq: Number(member.lastReadSeq) },
      ]),
    ),
    messages: new Map(messages.nodes.map((message: Json) => [message.id, message])),
  };
}

/** All that a client has to do with an event. */
function apply(state: State, event: Json): void {
  switch (event.__typename) {
    case 'MessageEvent':
      state.messages.set(event.messageId, event.message);
      break;
    case 'ReactionEvent':
      state.messages.get(event.messageId).reactions = event.message.reactions;
      break;
    case 'MemberEvent': {
      const known = state.members.get(event.userId);
      if (event.event === 'DELETE') {
        state.members.delete(event.userId);
      } else if (known === undefined) {
        // What was written before someone joined counts as read by them.
        const lastReadSeq = Math.max(
          0,
          ...Array.from(state.messages.values(), ({ seq }) => Number(seq)),
        );
        state.members.set(event.userId, { role: event.role, lastReadSeq });
      } else {
        known.role = event.role;
      }
      break;
    }
    case 'ReadReceiptEvent': {
      const member = state.members.get(event.userId);
      if (member !== undefined) {
        member.lastReadSeq = Number(event.lastReadSeq);
      }
      break;
    }
    case 'RoomChangedEvent':
      state.room = event.room;
      break;
  }
}

/** Which message or person an action is about: an index into those there are, taken round. */
const pick = fc.nat(20);
const actor = fc.nat(2);
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('send' as const), actor }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reply' as const), actor, pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('edit' as const), actor, pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), actor, pick }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('react' as const, 'unreact' as const),
      actor,
      pick,
      emoji: fc.constantFrom('👍', '🎉'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('pin' as const, 'unpin' as const), actor, pick }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('read' as const), actor, pick }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('join' as const, 'leave' as const), actor }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('role' as const),
      pick,
      role: fc.constantFrom('member', 'moderator', 'admin'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rename' as const), actor }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reconnect' as const) }) },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

const { database, server, close } = await createTestWorld();
afterAll(close);

/** The SQL of an action, as its actor; what is refused is refused, and changes nothing. */
async function act(users: readonly TestUser[], roomId: string, step: Action): Promise<void> {
  const { rows: messages } = await database.owner.query<{ id: string }>(
    'select id from app_public.messages where room_id = $1 order by seq',
    [roomId],
  );
  const target =
    'pick' in step ? messages[step.pick % Math.max(1, messages.length)]?.id : undefined;
  const person = 'actor' in step ? (users[step.actor] as TestUser) : (users[0] as TestUser);
  const run = (sql: string, values: unknown[]) =>
    database.commitAs(person, (client) => client.query(sql, values)).catch(expectRefusal);
  switch (step.kind) {
    case 'send':
      return void (await run('select app_public.send_message(room_id => $1, content => $2)', [
        roomId,
        `message ${messages.length}`,
      ]));
    case 'reply':
      return void (await run(
        'select app_public.send_message(room_id => $1, content => $2, parent_message_id => $3)',
        [roomId, 'reply', target],
      ));
    case 'edit':
      return void (await run('select app_public.edit_message($1, $2)', [
        target,
        `edited ${step.pick}`,
      ]));
    case 'delete':
      return void (await run('select app_public.delete_message($1)', [target]));
    case 'react':
      return void (await run('select app_public.add_message_reaction($1, $2)', [
        target,
        step.emoji,
      ]));
    case 'unreact':
      return void (await run('select app_public.remove_message_reaction($1, $2)', [
        target,
        step.emoji,
      ]));
    case 'pin':
      return void (await run('select app_public.pin_message($1)', [target]));
    case 'unpin':
      return void (await run('select app_public.unpin_message($1)', [target]));
    case 'read':
      return void (await run('select app_public.mark_room_read($1, $2)', [roomId, target]));
    case 'join':
      return void (await run('select app_public.join_room($1)', [roomId]));
    case 'leave':
      return void (await run('select app_public.leave_room($1)', [roomId]));
    case 'role':
      return void (await run('select app_public.set_member_role($1, $2, $3)', [
        roomId,
        users[1 + (step.pick % 2)]?.id,
        step.role,
      ]));
    case 'rename':
      return void (await run('select app_public.update_room(room_id => $1, name => $2)', [
        roomId,
        `Room ${messages.length}`,
      ]));
  }
}

function expectRefusal(error: { code?: string }): void {
  if (!/^(TR|23|22)/.test(error.code ?? '')) {
    throw error;
  }
}

test('state before + events = state after, whatever people do, however often they reconnect', async () => {
  const users = await Promise.all([
    database.createUser(),
    database.createUser(),
    database.createUser(),
  ]);
  const viewer = users[0] as TestUser;
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 40 }), async (actions) => {
      const { id: roomId } = await database.createRoom(viewer, { members: users.slice(1) });
      let socket = await server.socket({ token: viewer.token });
      let events = socket.subscribe(EVENTS, { roomId });
      await events.nextData();
      const state = await fetchState(server, viewer, roomId);
      let last = await headOf(database, roomId);

      const catchUp = async () => {
        const head = await headOf(database, roomId);
        while (last < head) {
          const event = (await events.nextData()).roomEvents;
          expect(event.changeSeq).toBe(String(last + 1));
          apply(state, event);
          last += 1;
        }
      };

      for (const step of actions) {
        if (step.kind === 'reconnect') {
          await socket.close();
          socket = await server.socket({ token: viewer.token });
          events = socket.subscribe(EVENTS, { roomId, after: last });
          await events.nextData();
        } else {
          await act(users, roomId, step);
        }
      }
      await catchUp();
      await socket.close();
      expect(state).toEqual(await fetchState(server, viewer, roomId));
    }),
    { numRuns: 30 },
  );
}, 60_000);
