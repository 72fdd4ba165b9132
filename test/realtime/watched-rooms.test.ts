import { expect, test } from '@jest/globals';
import type { DurableEvent } from '../../src/realtime/log/events.ts';
import type { LogPlace } from '../../src/realtime/log/place.ts';
import { createWatchedRooms } from '../../src/realtime/log/watched-rooms.ts';

function changes(...numbers: number[]): DurableEvent[] {
  return numbers.map((changeSeq) => ({
    __typename: 'RoomChangedEvent',
    roomId: 'r',
    changeSeq,
    cursor: `${changeSeq}`,
    event: 'update',
    occurredAt: '2026-01-31T09:30:00Z',
  }));
}

const behind = (seq: number): LogPlace => ({ seq, at: null });

test('a room is due when it is new and when it rings, once until it is taken', () => {
  const rooms = createWatchedRooms();
  expect(rooms.watch('r', behind(4))).toBe(true);
  expect(rooms.watch('r', behind(9))).toBe(false);
  expect(rooms.makeDue('r')).toBe(false);
  expect(rooms.takeDue(10)).toEqual(['r']);
  expect(rooms.takeDue(10)).toEqual([]);
  expect(rooms.makeDue('r')).toBe(true);
  expect(rooms.known('r')).toEqual(behind(4));
});

test('rooms that ring while others are read are taken in the order in which they rang', () => {
  const rooms = createWatchedRooms();
  for (const roomId of ['a', 'b', 'c']) {
    rooms.watch(roomId, behind(0));
  }
  expect(rooms.takeDue(2)).toEqual(['a', 'b']);
  rooms.makeDue('a');
  expect(rooms.takeDue(2)).toEqual(['c', 'a']);
});

test('changes are handed over directly behind those before, or not at all', () => {
  const rooms = createWatchedRooms();
  rooms.watch('r', behind(4));
  expect(rooms.advance(changes(6, 7))).toBe(false);
  expect(rooms.advance(changes(4, 5))).toBe(false);
  expect(rooms.advance(changes(5, 7))).toBe(false);
  expect(rooms.advance(changes(5, 6))).toBe(true);
  expect(rooms.list()).toEqual([['r', { seq: 6, at: Date.UTC(2026, 0, 31, 9, 30) * 1_000 }]]);
});

test('a room that nobody listens to is not due, whatever rings', () => {
  const rooms = createWatchedRooms();
  rooms.watch('r', behind(4));
  rooms.unwatch('r');
  expect(rooms.makeDue('r')).toBe(false);
  expect([rooms.count, rooms.dueCount]).toEqual([0, 0]);
});
