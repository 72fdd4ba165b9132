import fc from 'fast-check';
import { type Bell, formatBell, packBells, parseBells } from '../../src/realtime/bells/bells.ts';

const uuid = fc.uuid();
const bell: fc.Arbitrary<Bell> = fc.oneof(
  fc.record({ kind: fc.constant('changes' as const), roomId: uuid }),
  fc.record({
    kind: fc.constant('typing' as const),
    roomId: uuid,
    userId: uuid,
    event: fc.constantFrom('insert' as const, 'delete' as const),
  }),
  fc.record({
    kind: fc.constant('presence' as const),
    userId: uuid,
    status: fc.constantFrom('online', 'away', 'busy', 'offline'),
  }),
  fc.record({ kind: fc.constant('session' as const), sessionId: uuid }),
  fc.record({
    kind: fc.constant('trace' as const),
    roomId: uuid,
    traceId: fc.stringMatching(/^[0-9a-f]{32}$/),
    spanId: fc.stringMatching(/^[0-9a-f]{16}$/),
  }),
);

test('a bell that is written can be read again', () => {
  fc.assert(
    fc.property(bell, (sent) => {
      expect(parseBells(formatBell(sent))).toEqual({ sender: undefined, bells: [sent] });
    }),
  );
});

test('packed bells arrive once each, with their sender, in payloads that a NOTIFY can carry', () => {
  fc.assert(
    fc.property(fc.array(bell, { maxLength: 300 }), (sent) => {
      const payloads = packBells('node1', [...sent, ...sent], 1_000);
      expect(Math.max(...payloads.map((payload) => payload.length))).toBeLessThanOrEqual(1_000);
      const messages = payloads.map(parseBells);
      expect(new Set(messages.map(({ sender }) => sender))).toEqual(new Set(['node1']));
      expect(messages.flatMap(({ bells }) => bells.map(formatBell)).sort()).toEqual(
        [...new Set(sent.map(formatBell))].sort(),
      );
    }),
  );
});

test('what is no bell is left out: anyone may NOTIFY on the channel', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseBells(text).bells).toEqual([]);
    }),
  );
  expect(parseBells('c:not-a-uuid t: p:1:online s:; drop table x').bells).toEqual([]);
});
