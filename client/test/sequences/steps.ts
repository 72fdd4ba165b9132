import fc from 'fast-check';
import { historyDeed, roomDeed } from '../../../testing/room-deeds.ts';

/** Which message a step is about: an index into those that are shown, taken round. */
const pick = fc.nat(20);
/** One of the person's rooms: they own the first, and can be taken out of the second. */
const at = fc.nat(1);

const kinds = <const Kind extends string>(weight: number, ...those: Kind[]) => ({
  weight,
  arbitrary: fc.record({ kind: fc.constantFrom(...those), at, pick }),
});

/** What happens in a sequence: what people do, and what becomes of network, server, log, app and tabs. */
export const step = fc.oneof(
  { weight: 20, arbitrary: fc.record({ kind: fc.constant('others'), at, pick, deed: roomDeed }) },
  // The person, by their app.
  kinds(7, 'send'),
  kinds(2, 'send file'),
  kinds(4, 'answer'),
  kinds(8, 'edit', 'delete', 'react', 'unreact'),
  kinds(4, 'pin', 'read'),
  kinds(2, 'block', 'unblock'),
  kinds(2, 'leave', 'join'),
  kinds(1, 'type'),
  kinds(4, 'older', 'thread', 'members'),
  // Others, with what only they can do.
  kinds(2, 'mention', 'they type'),
  kinds(2, 'kick', 'ban', 'unban'),
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('others'), at, pick, deed: historyDeed }),
  },
  kinds(1, 'many'),
  kinds(1, 'history trimmed'),
  // The network, the server and its log.
  kinds(4, 'cut', 'live'),
  kinds(2, 'away', 'back'),
  kinds(1, 'kill'),
  kinds(1, 'log lost'),
  // The app and its tabs.
  kinds(2, 'reload', 'crash'),
  kinds(3, 'open tab', 'close tab', 'other tab'),
);

export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
