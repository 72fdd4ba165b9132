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

test('what retention took while it was on its way does not come back', () => {
  const log = {
    ...{ roomId: 'room', changeSeq: 3, includedSeq: 3, threads: [], usedAt: 0 },
    ...{ isStale: false, areNumbersStale: false },
    stretches: [{ from: 3, to: 3, isLive: true, isDoubted: false }],
  };
  const room = {
    ...{ id: 'room', historyStartSeq: 1, unreadCount: 0, latestMessageId: 'c', lastSeq: 3 },
    ...{ membership: { role: 'MEMBER', lastReadSeq: 3 }, memberCount: 2 },
  };
  const author = { id: 'author' };
  const message = (id: string, seq: number) => ({
    ...{ id, roomId: 'room', seq: String(seq), author, authorId: 'author', reactions: [] },
    ...{ attachments: [], linkPreviews: [], mentions: [] },
  });
  const [a, b, c] = [message('a', 1), message('b', 2), message('c', 3)];
  const page = { nodes: [a, b], pageInfo: { hasNextPage: false } };
  const answers = {
    history: {
      kind: 'history',
      roomId: 'room',
      request: { kind: 'before', seq: 3 },
      messages: page,
    },
    room: {
      ...{ kind: 'room' },
      room: {
        ...{ ...FETCHED, changeSeq: '3', latestMessage: c },
        messages: { nodes: [c, b, a], pageInfo: { hasNextPage: false } },
      },
    },
    thread: {
      ...{ kind: 'thread', after: null },
      message: { ...a, replies: { nodes: [b], pageInfo: { hasNextPage: false, endCursor: null } } },
    },
  };
  for (const answer of Object.values(answers)) {
    const replica = readReplica(
      {
        meta: new Map([['cursor', 'known']]),
        rooms: new Map([['room', { room, log }]]),
        people: new Map(),
        members: new Map(),
        messages: new Map([['c', { id: 'c', roomId: 'room', seq: 3 }]]),
      } as unknown as Parameters<typeof readReplica>[0],
      'person',
    );
    const since = replica.version;
    const event = {
      ...{ __typename: 'RoomChangedEvent', event: 'UPDATE', roomId: 'room', changeSeq: '4' },
      room: { historyStartSeq: '3' },
    };
    replica.apply({ kind: 'event', userEvent: { cursor: '', event } } as unknown as Input);
    replica.apply({ ...answer, since } as unknown as Input);
    expect(replica.messages('room', 1, 9).map(({ id }) => id)).toEqual(['c']);
  }
});

describe('what was asked for before somebody was removed, and comes after', () => {
  const membership = { ...FETCHED.viewerMembership };
  const author = { id: 'author' };
  const messages = { nodes: [], pageInfo: { hasNextPage: false } };
  const fetched = { ...FETCHED, changeSeq: '3', viewerMembership: membership, messages };
  const answers = {
    'their rooms': { kind: 'inbox', conversations: [{ room: fetched }] },
    'the room': { kind: 'room', room: fetched },
  };

  function removed() {
    const log = {
      ...{ roomId: 'room', changeSeq: 3, includedSeq: 3, threads: [], usedAt: 0 },
      ...{ isStale: false, areNumbersStale: false },
      stretches: [{ from: 1, to: 1, isLive: true, isDoubted: false }],
    };
    const room = {
      ...{ id: 'room', historyStartSeq: 1, unreadCount: 0, latestMessageId: null, lastSeq: 1 },
      ...{ membership: { role: 'MEMBER', lastReadSeq: 1 }, memberCount: 2 },
    };
    const replica = readReplica(
      {
        meta: new Map([['cursor', 'known']]),
        rooms: new Map([['room', { room, log }]]),
        people: new Map(),
        members: new Map(),
        messages: new Map(),
      } as unknown as Parameters<typeof readReplica>[0],
      'person',
    );
    const tell = (event: string, changeSeq: string) =>
      replica.apply({
        kind: 'event',
        userEvent: {
          cursor: changeSeq,
          event: {
            ...{ __typename: 'MemberEvent', event, changeSeq, roomId: 'room' },
            ...{ userId: 'person', role: 'MEMBER', user: author },
          },
        },
      } as unknown as Input);
    const since = replica.version;
    tell('DELETE', '4');
    return { replica, since, tell };
  }

  for (const [what, answer] of Object.entries(answers)) {
    test(`${what}: the room stays away, and comes back when they do`, () => {
      const { replica, since, tell } = removed();
      replica.apply({ ...answer, since } as unknown as Input);
      expect([...replica.rooms()]).toEqual([]);
      expect(replica.staleRooms()).toEqual([]);
      tell('INSERT', '5');
      expect(replica.staleRooms()).toEqual(['room']);
      const room = { ...fetched, changeSeq: '5' };
      replica.apply({ kind: 'room', since: replica.version, room } as unknown as Input);
      expect([...replica.rooms()]).toHaveLength(1);
      expect(replica.staleRooms()).toEqual([]);
    });
  }

  test('that there is no such room: it is asked for again where they have come back', () => {
    const { replica, tell } = removed();
    const since = replica.version;
    tell('INSERT', '5');
    replica.apply({ kind: 'room gone', since, roomId: 'room' });
    expect(replica.staleRooms()).toEqual(['room']);
    replica.apply({ kind: 'room gone', since: replica.version, roomId: 'room' });
    expect(replica.staleRooms()).toEqual([]);
  });
});

test('numbers that are newer than what is known bring what else has changed of the room', () => {
  const log = {
    ...{ roomId: 'room', changeSeq: 3, includedSeq: 3, threads: [], usedAt: 0 },
    ...{ isStale: false, areNumbersStale: true },
    stretches: [{ from: 1, to: 2, isLive: true, isDoubted: false }],
  };
  const room = {
    ...{ id: 'room', historyStartSeq: 1, unreadCount: 0, latestMessageId: 'b', lastSeq: 2 },
    ...{ membership: { role: 'MEMBER', lastReadSeq: 1 }, memberCount: 2, directUserId: null },
  };
  const replica = readReplica(
    {
      meta: new Map([['cursor', 'known']]),
      rooms: new Map([['room', { room, log }]]),
      people: new Map(),
      members: new Map(),
      messages: new Map([
        ['a', { id: 'a', roomId: 'room', seq: 1 }],
        ['b', { id: 'b', roomId: 'room', seq: 2 }],
      ]),
    } as unknown as Parameters<typeof readReplica>[0],
    'person',
  );
  const { messages: _, heldMessages: __, latestMessage: ___, ...parts } = FETCHED;
  const numbers = { ...parts, changeSeq: '4', historyStartSeq: '2', description: 'new' };
  replica.apply({ kind: 'numbers', since: replica.version, room: numbers } as unknown as Input);
  const event = {
    ...{ __typename: 'RoomChangedEvent', event: 'UPDATE', roomId: 'room', changeSeq: '4' },
    room: { historyStartSeq: '2', description: 'new' },
  };
  replica.apply({ kind: 'event', userEvent: { cursor: '', event } } as unknown as Input);
  expect(replica.room('room')).toMatchObject({ historyStartSeq: 2, description: 'new' });
  expect(replica.room('room')).toMatchObject({ latestMessageId: 'b', lastSeq: 2 });
  expect(replica.room('room')).not.toHaveProperty('changeSeq');
  expect(replica.messages('room', 1, 9).map(({ id }) => id)).toEqual(['b']);
  expect(replica.staleRooms()).toEqual([]);
});

test('of a room that was left while the inbox was read nothing stays that keeps it from being fetched later', () => {
  const replica = readReplica(
    {
      meta: new Map([['cursor', 'known']]),
      rooms: new Map(),
      people: new Map(),
      members: new Map(),
      messages: new Map(),
    } as unknown as Parameters<typeof readReplica>[0],
    'person',
  );
  const room = { ...FETCHED, viewerMembership: null };
  const conversations = [{ room }];
  replica.apply({ kind: 'inbox', since: replica.version, conversations } as unknown as Input);
  const event = {
    ...{ __typename: 'MemberEvent', event: 'INSERT', changeSeq: '7', roomId: 'room' },
    ...{ userId: 'person', role: 'MEMBER', user: { id: 'person' } },
  };
  replica.apply({ kind: 'event', userEvent: { cursor: '', event } } as unknown as Input);
  expect(replica.staleRooms()).toEqual(['room']);
});

test('who begins to hide that they are there knows of nobody else any more, as after a reload', () => {
  const replica = readReplica(
    {
      meta: new Map([['cursor', 'known']]),
      rooms: new Map(),
      people: new Map(),
      members: new Map(),
      messages: new Map(),
    } as unknown as Parameters<typeof readReplica>[0],
    'person',
  );
  const told = { userId: 'other', status: 'ONLINE' };
  const event = { __typename: 'PresenceEvent', roomId: 'room', changeSeq: null, ...told };
  replica.apply({ kind: 'event', userEvent: { cursor: '', event } } as unknown as Input);
  expect(replica.presence('other')).toBe('ONLINE');
  // Their subscription ends with RESYNC.
  replica.apply({ kind: 'resync' });
  expect(replica.presence('other')).toBeUndefined();
});
