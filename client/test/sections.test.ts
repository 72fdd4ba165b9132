import fc from 'fast-check';
import type { ShownRoom } from '../src/shown.ts';
import { orderWith, type RoomArrangement, sectionsOf } from '../src/ui/arrangement/sections.ts';

/* The list of rooms in its sections, whatever a person has arranged. */

const room = fc.record({
  unreadCount: fc.nat(5),
  mentionCount: fc.nat(1),
  type: fc.constantFrom('PRIVATE', 'DIRECT'),
});
const arrangement = fc.option(
  fc.record({
    isFavorite: fc.boolean(),
    folder: fc.constantFrom(null, 'Work', 'Home'),
    place: fc.option(fc.nat(9)),
    isHidden: fc.boolean(),
  }),
);
const list = fc.array(fc.tuple(room, arrangement), { maxLength: 20 }).map((all) => ({
  rooms: all.map(([one], at) => ({ ...one, id: `room ${at}` }) as ShownRoom),
  arrangements: new Map(
    all.flatMap(([, one], at): [string, RoomArrangement][] =>
      one === null ? [] : [[`room ${at}`, { ...one, roomId: `room ${at}` }]],
    ),
  ),
}));

const sumOf = (rooms: readonly ShownRoom[], name: 'unreadCount' | 'mentionCount') =>
  rooms.reduce((sum, one) => sum + one[name], 0);

test('each room is in one section, and what is unread in all of them is what is unread in all rooms', () => {
  fc.assert(
    fc.property(list, ({ rooms, arrangements }) => {
      const sections = sectionsOf(rooms, arrangements);
      const shown = sections.flatMap((section) => section.rooms);
      expect(shown.map(({ id }) => id).sort()).toEqual(rooms.map(({ id }) => id).sort());
      for (const name of ['unreadCount', 'mentionCount'] as const) {
        const sums = sections.map((section) => sumOf(section.rooms, name));
        expect(sums.reduce((sum, one) => sum + one, 0)).toBe(sumOf(rooms, name));
      }
      expect(new Set(sections.map(({ key }) => key)).size).toBe(sections.length);
      const hidden = sections.find(({ kind }) => kind === 'hidden')?.rooms ?? [];
      expect(sumOf(hidden, 'mentionCount')).toBe(0);
    }),
  );
});

test('a section is ordered as it is said, and the others stay as they are', () => {
  fc.assert(
    fc.property(list, fc.nat(), fc.boolean(), (given, pick, isReversed) => {
      // Nothing is back that was hidden: that goes by activity, and is no matter of order.
      const rooms = given.rooms.map((one) => ({ ...one, unreadCount: 0, mentionCount: 0 }));
      const { arrangements } = given;
      const before = sectionsOf(rooms, arrangements);
      const section = before[pick % Math.max(1, before.length)];
      fc.pre(section !== undefined);
      const wanted = isReversed ? section.rooms.toReversed() : section.rooms;
      const order = orderWith(before, arrangements, section.key, wanted);
      const after = new Map(
        rooms.map(({ id }): [string, RoomArrangement] => {
          const place = order.indexOf(id);
          const plain = { roomId: id, isFavorite: false, folder: null, isHidden: false };
          return [
            id,
            { ...(arrangements.get(id) ?? plain), place: place === -1 ? null : place + 1 },
          ];
        }),
      );
      const sections = sectionsOf(rooms, after);
      const idsOf = (key: string, those: typeof sections) =>
        those.find((one) => one.key === key)?.rooms.map(({ id }) => id);
      expect(idsOf(section.key, sections)).toEqual(wanted.map(({ id }) => id));
      for (const { key } of before.filter((one) => one !== section)) {
        expect(idsOf(key, sections)).toEqual(idsOf(key, before));
      }
    }),
  );
});
