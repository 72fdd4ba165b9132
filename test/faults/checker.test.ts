import fc from 'fast-check';
import {
  check,
  checkShown,
  type Reading,
  type RoomTable,
  type Send,
  type Shown,
  type Sight,
} from './checker.ts';

const COUNT = 20;
const LENGTH = COUNT + 1;

function table(): RoomTable {
  const messages = Array.from({ length: COUNT }, (_, index) => ({
    id: `message-${index + 1}`,
    seq: index + 1,
    nonce: `nonce-${index + 1}`,
  }));
  const member = { changeSeq: 1, kind: 'member', op: 'insert', messageId: null };
  const changes = messages.map(({ id, seq }) => ({
    changeSeq: seq + 1,
    kind: 'message',
    op: 'insert',
    messageId: id,
  }));
  return { roomId: 'room', changes: [member, ...changes], messages };
}

function sends(): Send[] {
  return table().messages.map(({ id, seq, nonce }) => ({
    nonce,
    roomId: 'room',
    outcome: 'acknowledged',
    messageId: id,
    startedAt: seq * 10,
    endedAt: seq * 10 + 5,
    attempts: 1,
  }));
}

function reading(edit: (sights: Sight[]) => Sight[] = (sights) => sights, after = 0): Reading {
  const sights = table()
    .changes.filter(({ changeSeq }) => changeSeq > after)
    .map(({ changeSeq, messageId }) => ({ changeSeq, messageId, occurredAt: 0, receivedAt: 0 }));
  return { reader: 'ada', roomId: 'room', after, sights: edit(sights), mayRepeat: false };
}

const kinds = (tables: readonly RoomTable[], sent: readonly Send[], readings: readonly Reading[]) =>
  [...new Set(check(tables, sent, readings).map(({ kind }) => kind))].sort();

const position = fc.integer({ min: 0, max: LENGTH - 1 });

test('a faithful history has no findings, wherever the reader began', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: LENGTH }), (after) => {
      expect(check([table()], sends(), [reading(undefined, after)])).toEqual([]);
    }),
  );
});

test('an event that a reader never got is lost', () => {
  fc.assert(
    fc.property(position, (at) => {
      expect(kinds([table()], sends(), [reading((list) => list.toSpliced(at, 1))])).toEqual([
        'lost',
      ]);
    }),
  );
});

test('an event that comes twice is doubled, unless the reader drops what it has', () => {
  fc.assert(
    fc.property(position, position, (at, to) => {
      const twice = reading((list) => list.toSpliced(Math.max(at, to) + 1, 0, list[at] as Sight));
      expect(kinds([table()], sends(), [twice])).toEqual(['doubled']);
      expect(kinds([table()], sends(), [{ ...twice, mayRepeat: true }])).toEqual([]);
    }),
  );
});

test('an event that comes late is reordered, also for a reader that drops what it has', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: LENGTH - 2 }), fc.integer({ min: 1 }), (at, by) => {
      const late = reading((list) => {
        const rest = list.toSpliced(at, 1);
        return rest.toSpliced(Math.min(at + by, rest.length), 0, list[at] as Sight);
      });
      expect(kinds([table()], sends(), [late])).toEqual(['reordered']);
      expect(kinds([table()], sends(), [{ ...late, mayRepeat: true }])).toEqual(['reordered']);
    }),
  );
});

test('an event that the table does not have, or has otherwise, is invented', () => {
  const extra = { changeSeq: LENGTH + 1, messageId: 'x', occurredAt: 0, receivedAt: 0 };
  expect(kinds([table()], sends(), [reading((list) => [...list, extra])])).toEqual(['invented']);
  const other = reading((list) => list.with(3, { ...(list[3] as Sight), messageId: 'x' }));
  expect(kinds([table()], sends(), [other])).toEqual(['invented']);
  const early = { ...reading(undefined, 4), sights: reading(undefined, 3).sights };
  expect(kinds([table()], sends(), [early])).toEqual(['invented']);
});

test('a message that was acknowledged and is not there is lost', () => {
  const more: Send = { ...(sends()[0] as Send), nonce: 'gone' };
  expect(kinds([table()], [...sends(), more], [])).toEqual(['lost']);
});

test('a message without an answer may be there or not', () => {
  const unknown = sends().map((send): Send => ({ ...send, outcome: 'unknown' }));
  expect(check([table()], unknown, [])).toEqual([]);
  const absent: Send = { ...(unknown[0] as Send), nonce: 'never arrived' };
  expect(check([table()], [...unknown, absent], [])).toEqual([]);
});

test('a nonce with two rows is doubled', () => {
  const { changes, messages } = table();
  const twice: RoomTable = {
    roomId: 'room',
    messages: [...messages, { id: 'again', seq: COUNT + 1, nonce: 'nonce-1' }],
    changes: [
      ...changes,
      { changeSeq: LENGTH + 1, kind: 'message', op: 'insert', messageId: 'again' },
    ],
  };
  expect(kinds([twice], sends(), [])).toEqual(['doubled']);
});

test('a message that nobody sent, or that was refused, is invented', () => {
  expect(kinds([table()], sends().slice(1), [])).toEqual(['invented']);
  const refused = sends().with(0, { ...(sends()[0] as Send), outcome: 'refused' });
  expect(kinds([table()], refused, [])).toEqual(['invented']);
});

test('an acknowledgement that names another message is invented', () => {
  const wrong = sends().with(0, { ...(sends()[0] as Send), messageId: 'message-2' });
  expect(kinds([table()], wrong, [])).toEqual(['invented']);
});

test('a message that stands before one it followed is reordered', () => {
  const swapped = sends().map((send, index) =>
    index === 4 ? { ...send, startedAt: 500, endedAt: 505 } : send,
  );
  expect(kinds([table()], swapped, [])).toEqual(['reordered']);
  const overlapping = sends().map((send) => ({ ...send, endedAt: 1_000 }));
  expect(check([table()], overlapping, [])).toEqual([]);
});

test('a number that the log leaves out is lost, and one that it has twice too', () => {
  const { changes, messages } = table();
  const gap = { roomId: 'room', messages, changes: changes.toSpliced(0, 1) };
  expect(kinds([gap], sends(), [])).toEqual(['lost']);
  const duplicated = { roomId: 'room', messages, changes: [changes[0] as never, ...changes] };
  expect(kinds([duplicated], sends(), [])).toEqual(['lost']);
});

test('a log that names the messages in another order is reordered', () => {
  const { changes, messages } = table();
  const names = changes
    .map(({ messageId }) => messageId)
    .with(3, 'message-4')
    .with(4, 'message-3');
  const log = changes.map((change, index) => ({ ...change, messageId: names[index] as string }));
  expect(kinds([{ roomId: 'room', messages, changes: log }], sends(), [])).toEqual(['reordered']);
});

test('what a device has is the table, each message once and in its place', () => {
  const shown = (messages: Shown['messages']) =>
    checkShown([table()], { reader: 'ada', roomId: 'room', messages }).map(({ kind }) => kind);
  const { messages } = table();
  const third = messages[3] as Shown['messages'][number];
  expect(shown(messages)).toEqual([]);
  expect(shown(messages.toSpliced(3, 1))).toEqual(['lost']);
  expect(shown(messages.toSpliced(4, 0, third))).toEqual(['doubled']);
  expect(shown([...messages.toSpliced(3, 1), third])).toEqual(['reordered']);
  expect(shown(messages.with(3, { ...third, seq: 40 }))).toEqual(['reordered']);
  expect(shown([...messages, { id: 'x', seq: COUNT + 1, nonce: 'x' }])).toEqual(['invented']);
});
