import fc from 'fast-check';
import type { TestUser } from '../../testing/database.ts';
import { doInRoom, roomDeed } from '../../testing/room-deeds.ts';
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
      members(first: 100) { nodes { role lastReadSeq lastDeliveredSeq user { id } } }
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
      ... on DeliveryReceiptEvent { userId lastDeliveredSeq }
      ... on RoomChangedEvent { room { ...RoomParts } }
    }
  }`;

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
type Json = any;

interface State {
  room: Json;
  readonly members: Map<string, { role: string; lastReadSeq: number; lastDeliveredSeq: number }>;
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
        {
          role: member.role,
          lastReadSeq: Number(member.lastReadSeq),
          lastDeliveredSeq: Number(member.lastDeliveredSeq),
        },
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
        state.members.set(event.userId, {
          role: event.role,
          lastReadSeq,
          lastDeliveredSeq: lastReadSeq,
        });
      } else {
        known.role = event.role;
      }
      break;
    }
    case 'ReadReceiptEvent': {
      const member = state.members.get(event.userId);
      if (member !== undefined) {
        member.lastReadSeq = Number(event.lastReadSeq);
        // What is read is there.
        member.lastDeliveredSeq = Math.max(member.lastDeliveredSeq, member.lastReadSeq);
      }
      break;
    }
    case 'DeliveryReceiptEvent': {
      const member = state.members.get(event.userId);
      if (member !== undefined) {
        member.lastDeliveredSeq = Number(event.lastDeliveredSeq);
      }
      break;
    }
    case 'RoomChangedEvent':
      state.room = event.room;
      break;
  }
}

const action = fc.oneof(
  { weight: 23, arbitrary: roomDeed },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reconnect' as const) }) },
);

const { database, server, close } = await createTestWorld();
afterAll(close);

test('state before + events = state after, whatever people do, however often they reconnect', async () => {
  const users = await Promise.all([
    database.createUser(),
    database.createUser(),
    database.createUser(),
  ]);
  const viewer = users[0] as TestUser;
  // Does nothing, so that there is somebody who stays: the last to leave archives the room.
  const stayer = await database.createUser();
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 40 }), async (actions) => {
      const { id: roomId } = await database.createRoom(viewer, {
        members: [...users.slice(1), stayer],
      });
      await database.call(viewer, 'set_delivery_receipts', roomId, true);
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
          await doInRoom(database, users, roomId, step);
        }
      }
      await catchUp();
      await socket.close();
      expect(state).toEqual(await fetchState(server, viewer, roomId));
    }),
    { numRuns: 30 },
  );
}, 60_000);
