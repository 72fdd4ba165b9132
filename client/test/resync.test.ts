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
