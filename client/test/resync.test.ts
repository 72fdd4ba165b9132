import type { Input } from '../src/replica/inputs.ts';
import { readReplica } from '../src/replica/replica.ts';

/* When the log does not reach back to the cursor. */

const FETCHED = {
  id: 'room',
  changeSeq: '5',
  unreadCount: 0,
  mentionCount: 0,
  viewerMembership: { role: 'MEMBER', lastReadSeq: '0', isMuted: false, notificationLevel: null },
  directUser: null,
  historyStartSeq: '1',
  latestMessage: null,
  messages: { nodes: [], pageInfo: { hasNextPage: false } },
  heldMessages: { nodes: [] },
};

test('what was fetched before the stream began anew is fetched again: what came between is in neither', () => {
  const log = {
    ...{ roomId: 'room', changeSeq: 3, includedSeq: 3, threads: [], usedAt: 0 },
    ...{ isStale: false, areNumbersStale: false },
    stretches: [{ from: 1, to: 1, isLive: true, isDoubted: false }],
  };
  const replica = readReplica(
    {
      meta: new Map([['cursor', 'lost']]),
      rooms: new Map([['room', { room: null, log }]]),
      people: new Map(),
      members: new Map(),
      messages: new Map(),
    } as unknown as Parameters<typeof readReplica>[0],
    'person',
  );
  replica.apply({ kind: 'resync' });
  replica.apply({ kind: 'room', since: replica.version, room: FETCHED } as unknown as Input);
  expect(replica.staleRooms()).toEqual([]);
  const event = { __typename: 'ReadyEvent', roomId: null, changeSeq: null };
  replica.apply({ kind: 'event', userEvent: { cursor: 'new', event } } as unknown as Input);
  expect(replica.staleRooms()).toEqual(['room']);
});

test('what is the latest of a room that retention has emptied is taken, also where events came meanwhile', () => {
  const log = {
    ...{ roomId: 'room', changeSeq: 3, includedSeq: 3, threads: [], usedAt: 0 },
    ...{ isStale: false, areNumbersStale: false },
    stretches: [{ from: 1, to: 1, isLive: true, isDoubted: false }],
  };
  const room = {
    ...{ id: 'room', historyStartSeq: 1, unreadCount: 0, latestMessageId: 'gone', lastSeq: 1 },
    ...{ membership: { role: 'MEMBER', lastReadSeq: 1 }, memberCount: 2 },
  };
  const replica = readReplica(
    {
      meta: new Map([['cursor', 'known']]),
      rooms: new Map([['room', { room, log }]]),
      people: new Map(),
      members: new Map(),
      messages: new Map([['gone', { id: 'gone', roomId: 'room', seq: 1 }]]),
    } as unknown as Parameters<typeof readReplica>[0],
    'person',
  );
  const tell = (event: object) =>
    replica.apply({ kind: 'event', userEvent: { cursor: '', event } } as unknown as Input);
  const ofRoom = { __typename: 'RoomChangedEvent', event: 'UPDATE', roomId: 'room' };
  tell({ ...ofRoom, changeSeq: '4', room: { historyStartSeq: '2' } });
  const since = replica.version;
  tell({
    __typename: 'ReadReceiptEvent',
    roomId: 'room',
    changeSeq: '5',
    userId: 'other',
    lastReadSeq: '1',
  });
  const fetched = { ...FETCHED, changeSeq: '4', historyStartSeq: '2' };
  replica.apply({ kind: 'room', since, room: fetched } as unknown as Input);
  expect(replica.staleRooms()).toEqual(['room']); // It lacks what an event told: it is asked for again.
  const newer = { ...fetched, changeSeq: '5' };
  replica.apply({ kind: 'room', since: replica.version, room: newer } as unknown as Input);
  expect(replica.room('room')).toMatchObject({ latestMessageId: null });
  expect(replica.staleRooms()).toEqual([]);
});
