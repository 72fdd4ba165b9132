import fc from 'fast-check';
import type { TestUser } from '../../testing/database.ts';
import { doInRoom, historyDeed, roomDeed } from '../../testing/room-deeds.ts';
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
    author { id } reactions { emoji count } threadReceipts(first: 50) { userId lastReadSeq }
  }
  fragment RoomParts on Room { id name description isArchived }`;

const STATE = `${PARTS}
  query ($roomId: UUID!) {
    room(id: $roomId) {
      ...RoomParts
      members(first: 100) {
        nodes {
          role lastReadSeq lastDeliveredSeq user { id }
          permissions roleIds grantedPermissions deniedPermissions permissionExceptions { permission effect }
        }
      }
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
      ... on ThreadReceiptEvent { messageId userId lastReadSeq }
      ... on RoomChangedEvent { room { ...RoomParts } }
    }
  }`;

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
type Json = any;

interface Member {
  role: string;
  lastReadSeq: number;
  lastDeliveredSeq: number;
  /** What they may, and by what; null once they were told of: an event says that it is to be asked for again. */
  may: Json | null;
}

interface State {
  room: Json;
  readonly members: Map<string, Member>;
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
          may: {
            permissions: member.permissions,
            roleIds: member.roleIds,
            grantedPermissions: member.grantedPermissions,
            deniedPermissions: member.deniedPermissions,
            permissionExceptions: member.permissionExceptions,
          },
        },
      ]),
    ),
    messages: new Map(messages.nodes.map((message: Json) => [message.id, message])),
  };
}

const receiptsBut = ({ threadReceipts }: Json, userId: string) =>
  threadReceipts.filter((receipt: Json) => receipt.userId !== userId);

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
        for (const message of state.messages.values()) {
          message.threadReceipts = receiptsBut(message, event.userId);
        }
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
          may: null,
        });
      } else {
        known.role = event.role;
        known.may = null;
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
    case 'ThreadReceiptEvent': {
      const { messageId, userId, lastReadSeq } = event;
      const message = state.messages.get(messageId);
      message.threadReceipts = [...receiptsBut(message, userId), { userId, lastReadSeq }].sort(
        (a, b) => (a.userId < b.userId ? -1 : 1),
      );
      break;
    }
    case 'RoomChangedEvent':
      state.room = event.room;
      break;
  }
}

/** What members may is asked for again where an event has told of it, and nowhere else. */
function askAgain(state: State, fetched: State): void {
  for (const [userId, member] of state.members) {
    member.may ??= fetched.members.get(userId)?.may;
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
      const fetched = await fetchState(server, viewer, roomId);
      askAgain(state, fetched);
      expect(state).toEqual(fetched);
    }),
    { numRuns: 30 },
  );
}, 60_000);

const RESYNC = { type: 'error', errors: [{ extensions: { code: 'RESYNC' } }] };

const partly = fc.oneof(
  { weight: 20, arbitrary: roomDeed },
  { weight: 2, arbitrary: historyDeed },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('reconnect' as const, 'see more' as const, 'come back' as const),
      pick: fc.nat(20),
    }),
  },
);

test('the same is so for who sees a room from a message on, and their history, search, inbox and every resume agree on which', async () => {
  const users = await Promise.all([1, 2, 3].map(() => database.createUser()));
  const owner = users[0] as TestUser;
  const late = await database.createUser();
  await fc.assert(
    fc.asyncProperty(fc.array(partly, { minLength: 5, maxLength: 40 }), async (actions) => {
      const { id: roomId } = await database.createRoom(owner, { members: users.slice(1) });
      const first = await database.sendMessage(owner, roomId, 'message of before');
      await database.sendMessage(users[1] as TestUser, roomId, 'message of before');
      await database.call(owner, 'set_delivery_receipts', roomId, true);
      await database.call(owner, 'set_history_visibility', roomId, 'since_joining');
      await database.call(owner, 'add_room_member', roomId, late.id);
      const socket = await server.socket({ token: late.token });
      const subscribe = (after?: number) => socket.subscribe(EVENTS, { roomId, after });
      let events = subscribe();
      await events.nextData();
      let state = await fetchState(server, late, roomId);
      let last = await headOf(database, roomId);

      /** Applies what comes, up to the end of the subscription or this change. */
      async function hear(head: number) {
        while (last < head) {
          const step = await events.next();
          if (step.type !== 'next') {
            return step;
          }
          const event = step.data.roomEvents;
          expect(event.changeSeq).toBe(String(last + 1));
          apply(state, event);
          last += 1;
        }
        return undefined;
      }

      async function beginAnew(): Promise<void> {
        events = subscribe();
        await events.nextData();
        state = await fetchState(server, late, roomId);
        last = await headOf(database, roomId);
      }

      const seesFrom = async () =>
        Number(
          (
            await database.owner.query(
              'select coalesce(sees_from_seq, 1) as seq from app_public.room_members where room_id = $1 and user_id = $2',
              [roomId, late.id],
            )
          ).rows[0].seq,
        );
      const targetOf = async (pick: number) => {
        const { rows } = await database.owner.query<{ id: string }>(
          'select id from app_public.messages where room_id = $1 order by seq',
          [roomId],
        );
        return rows[pick % rows.length]?.id;
      };

      for (const step of actions) {
        switch (step.kind) {
          case 'reconnect':
            events.complete();
            events = subscribe(last);
            await events.nextData();
            break;
          case 'see more': {
            const from = await seesFrom();
            await database
              .call(owner, 'widen_history', roomId, late.id, await targetOf(step.pick))
              .catch(() => undefined);
            if ((await seesFrom()) < from) {
              expect(await hear(Number.POSITIVE_INFINITY)).toMatchObject(RESYNC);
              expect(await subscribe(last).next()).toMatchObject(RESYNC);
              await beginAnew();
            }
            break;
          }
          case 'come back':
            // Whoever is out is told of that, and of nothing that they had not got before.
            expect(await hear(await headOf(database, roomId))).toBeUndefined();
            await database.call(late, 'leave_room', roomId);
            expect(await hear(Number.POSITIVE_INFINITY)).toEqual({ type: 'complete' });
            await database.call(owner, 'add_room_member', roomId, late.id);
            await beginAnew();
            break;
          default:
            await doInRoom(database, users, roomId, step);
        }
      }
      expect(await hear(await headOf(database, roomId))).toBeUndefined();
      const fetched = await fetchState(server, late, roomId);
      askAgain(state, fetched);
      expect(state).toEqual(fetched);

      const from = await seesFrom();
      const { rows: all } = await database.owner.query<{ id: string; seq: string }>(
        'select id, seq from app_public.messages where room_id = $1 order by seq',
        [roomId],
      );
      const seen = all.filter(({ seq }) => Number(seq) >= from).map(({ id }) => id);
      expect([...fetched.messages.keys()]).toEqual(seen);

      const living = [...fetched.messages.values()].filter(({ deletedAt }) => deletedAt === null);
      await database.indexMessages();
      const { rows: found } = await database.asUser(late, (client) =>
        client.query<{ message_id: string }>(
          `select distinct message_id from unnest(array['message', 'edited', 'reply']) as word,
              app_public.search_messages(word, $1, approximate => false)`,
          [roomId],
        ),
      );
      expect(found.map(({ message_id }) => message_id).sort()).toEqual(
        living
          .filter(({ messageType }) => messageType === 'TEXT')
          .map(({ id }) => id)
          .sort(),
      );

      const readTo = fetched.members.get(late.id)?.lastReadSeq ?? 0;
      const { rows: inbox } = await database.asUser(late, (client) =>
        client.query(
          'select unread_count, latest_message_id from app_public.conversations where room_id = $1',
          [roomId],
        ),
      );
      expect(inbox).toEqual([
        {
          unread_count: living.filter(
            ({ seq, messageType }) => Number(seq) > readTo && messageType === 'TEXT',
          ).length,
          latest_message_id: seen.at(-1) ?? null,
        },
      ]);

      const hidden = all.filter(({ seq }) => Number(seq) < from).map(({ id }) => id);
      for (let after = 0; after <= last; after += 7) {
        const resumed = subscribe(after);
        const ready = await resumed.next();
        for (let seq = after; ready.type === 'next' && seq < last; seq += 1) {
          const { parentMessageId: _, ...about } = (await resumed.nextData()).roomEvents;
          const said = JSON.stringify({
            ...about,
            message: { ...about.message, parentMessageId: null },
          });
          expect(hidden.filter((id) => said.includes(id))).toEqual([]);
        }
        if (ready.type !== 'next') {
          expect(ready).toMatchObject(RESYNC);
        }
        resumed.complete();
      }
      expect(first).toBeDefined();
      await socket.close();
    }),
    { numRuns: 20 },
  );
}, 120_000);
