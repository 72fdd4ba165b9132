import { expect, test } from '@jest/globals';
import type { DurableEvent } from '../../src/realtime/log/events.ts';
import { createWatchedRooms } from '../../src/realtime/log/watched-rooms.ts';

function changes(...numbers: number[]): DurableEvent[] {
  return numbers.map((changeSeq) => ({
    __typename: 'RoomChangedEvent',
    roomId: 'r',
    changeSeq,
    event: 'update',
    occurredAt: '2026-01-31T09:30:00Z',
  }));
}

test('a room is due when it is new and when it rings, once until it is taken', () => {
  const rooms = createWatchedRooms();
  expect(rooms.watch('r', 4)).toBe(true);
  expect(rooms.watch('r', 9)).toBe(false);
  expect(rooms.makeDue('r')).toBe(false);
  expect(rooms.takeDue(10)).toEqual(['r']);
  expect(rooms.takeDue(10)).toEqual([]);
  expect(rooms.makeDue('r')).toBe(true);
  expect(rooms.known('r')).toBe(4);
});

test('rooms that ring while others are read are taken in the order in which they rang', () => {
  const rooms = createWatchedRooms();
  for (const roomId of ['a', 'b', 'c']) {
    rooms.watch(roomId, 0);
  }
  expect(rooms.takeDue(2)).toEqual(['a', 'b']);
  rooms.makeDue('a');
  expect(rooms.takeDue(2)).toEqual(['c', 'a']);
});

test('changes are handed over directly behind those before, or not at all', () => {
  const rooms = createWatchedRooms();
  rooms.watch('r', 4);
  expect(rooms.advance(changes(6, 7))).toBe(false);
  expect(rooms.advance(changes(4, 5))).toBe(false);
  expect(rooms.advance(changes(5, 7))).toBe(false);
  expect(rooms.advance(changes(5, 6))).toBe(true);
  expect(rooms.list()).toEqual([['r', 6]]);
});

test('a room that nobody listens to is not due, whatever rings', () => {
  const rooms = createWatchedRooms();
  rooms.watch('r', 4);
  rooms.unwatch('r');
  expect(rooms.makeDue('r')).toBe(false);
  expect([rooms.count, rooms.dueCount]).toEqual([0, 0]);
});
