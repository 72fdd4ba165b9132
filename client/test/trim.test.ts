import { stretchesLeft } from '../src/on-demand/trim.ts';
import type { Input } from '../src/replica/inputs.ts';
import type { Message, Room, RoomLog } from '../src/replica/model.ts';
import { readReplica } from '../src/replica/replica.ts';

const ROOM = { id: 'room', latestMessageId: 'message-5' } as Room;
const LOG = {
  roomId: 'room',
  stretches: [{ from: 1, to: 5, isLive: true }],
  threads: [],
} as unknown as RoomLog;
const MESSAGES = Array.from(
  { length: 5 },
  (_, i) => ({ id: `message-${i + 1}`, roomId: 'room', seq: i + 1 }) as Message,
);

test.each([
  [0, [5], []],
  [2, [4, 5], [{ from: 4, to: 5, isLive: true }]],
  [5, [1, 2, 3, 4, 5], [{ from: 1, to: 5, isLive: true }]],
  [9, [1, 2, 3, 4, 5], [{ from: 1, to: 5, isLive: true }]],
])(
  'a room that is trimmed to %i messages keeps so many, and its latest',
  (keep, seqs, stretches) => {
    const replica = readReplica(
      {
        meta: new Map(),
        rooms: new Map([['room', { room: ROOM, log: LOG }]]),
        people: new Map(),
        members: new Map(),
        messages: new Map(MESSAGES.map((message) => [message.id, message])),
      } as unknown as Parameters<typeof readReplica>[0],
      'person',
    );
    const left = stretchesLeft(replica, 'room', keep, 0);
    replica.apply({ kind: 'trimmed', roomId: 'room', stretches: left });
    expect(replica.messages('room', 0, 9).map(({ seq }) => seq)).toEqual(seqs);
    expect(replica.log('room')?.stretches).toEqual(stretches);
  },
);

test('what somebody looked at last is kept, too', () => {
  const messages = Array.from(
    { length: 3_000 },
    (_, i) => ({ id: `message-${i + 1}`, roomId: 'room', seq: i + 1 }) as Message,
  );
  const log = { ...LOG, stretches: [{ from: 1, to: 3_000, isLive: true }], usedSeq: 1_000 };
  const replica = readReplica(
    {
      meta: new Map(),
      rooms: new Map([['room', { room: { ...ROOM, latestMessageId: 'message-3000' }, log }]]),
      people: new Map(),
      members: new Map(),
      messages: new Map(messages.map((message) => [message.id, message])),
    } as unknown as Parameters<typeof readReplica>[0],
    'person',
  );
  const left = stretchesLeft(replica, 'room', 100, 500);
  replica.apply({ kind: 'trimmed', roomId: 'room', stretches: left });
  expect(replica.log('room')?.stretches).toEqual([
    { from: 500, to: 1_500, isLive: false },
    { from: 2_901, to: 3_000, isLive: true },
  ]);
  expect(replica.messages('room', 0, 3_000)).toHaveLength(1_101);
});

test('a room of which retention took unread messages is fetched again: which of them counted is known no more', () => {
  const log = { ...LOG, changeSeq: 1, includedSeq: 1 };
  const replica = readReplica(
    {
      meta: new Map(),
      rooms: new Map([['room', { room: { ...ROOM, historyStartSeq: 1, unreadCount: 4 }, log }]]),
      people: new Map(),
      members: new Map(),
      messages: new Map(MESSAGES.map((message) => [message.id, message])),
    } as unknown as Parameters<typeof readReplica>[0],
    'person',
  );
  const changed = { __typename: 'RoomChangedEvent', event: 'UPDATE', roomId: 'room' };
  const event = { ...changed, changeSeq: '2', room: { historyStartSeq: '4' } };
  replica.apply({ kind: 'event', userEvent: { cursor: '', event } } as unknown as Input);
  expect(replica.staleRooms()).toEqual(['room']);
});

test('a room whose messages are all gone by retention is fetched again: who wrote last, and when, is known no more', () => {
  const log = { ...LOG, changeSeq: 1, includedSeq: 1 };
  const replica = readReplica(
    {
      meta: new Map(),
      rooms: new Map([['room', { room: { ...ROOM, historyStartSeq: 1, unreadCount: 0 }, log }]]),
      people: new Map(),
      members: new Map(),
      messages: new Map(MESSAGES.map((message) => [message.id, message])),
    } as unknown as Parameters<typeof readReplica>[0],
    'person',
  );
  const retain = (changeSeq: string, historyStartSeq: string) => {
    const changed = { __typename: 'RoomChangedEvent', event: 'UPDATE', roomId: 'room' };
    const event = { ...changed, changeSeq, room: { historyStartSeq } };
    replica.apply({ kind: 'event', userEvent: { cursor: '', event } } as unknown as Input);
  };
  retain('2', '4');
  expect(replica.messages('room', 0, 9).map(({ seq }) => seq)).toEqual([4, 5]);
  expect(replica.staleRooms()).toEqual([]);
  retain('3', '6');
  expect(replica.messages('room', 0, 9)).toEqual([]);
  expect(replica.staleRooms()).toEqual(['room']);
});
