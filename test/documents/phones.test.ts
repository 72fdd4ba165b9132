import { randomUUID } from 'node:crypto';
import { CLIENT_FRAME_TYPES } from '../../src/realtime/transports/json/client-frames.ts';
import { SERVER_FRAME_TYPES } from '../../src/realtime/transports/json/server-frames.ts';
import { type Frame, openJsonSocket } from '../../testing/json-socket.ts';
import { createRoomOfTwo, createTestWorld } from '../../testing/world.ts';
import { type Block, blocksIn } from './support/blocks.ts';

const PAGE = 'docs/start/phones.md';
const LANGUAGES = ['kotlin', 'swift', 'dart'];

/*
 * The script of the protocol is played against a real server, and the code of the page is held to it: no compiler for
 * these languages is part of the tests.
 */
const script =
  blocksIn('text')
    .find(({ document }) => document === PAGE)
    ?.text.trim() ?? '';
const framesBehind = (arrow: string): Frame[] =>
  Array.from(script.matchAll(new RegExp(`^${arrow} (.*)$`, 'gm')), ([, json]) =>
    JSON.parse(json ?? ''),
  );

const isName = (value: unknown): value is string =>
  typeof value === 'string' && /^[A-Z]{2,}$/.test(value) && value !== 'INSERT';

test('the script for phones is what the server says', async () => {
  const { database, server, close } = await createTestWorld();
  try {
    const { ada, bob, roomId } = await createRoomOfTwo(database);
    const known = new Map([
      ['TOKEN', ada.token],
      ['ME', ada.id],
      ['ROOM', roomId],
      ['NONCE', randomUUID()],
    ]);
    const filled = (frame: object, unknown: unknown): Frame =>
      Object.fromEntries(
        Object.entries(frame).map(([key, value]) => [
          key,
          isName(value) ? (known.get(value) ?? unknown) : value,
        ]),
      );

    let socket = await openJsonSocket(`${server.url}/ws`);
    for (const line of script.split('\n')) {
      const [sign, rest = ''] = line.split(/ (.*)/);
      if (sign === '→') {
        socket.send(filled(JSON.parse(rest), undefined));
      } else if (sign === '←') {
        const expected = JSON.parse(rest);
        const frame = await socket.nextOf(expected.type);
        const { cursor, ...same } = filled(expected, expect.anything());
        expect(frame).toMatchObject(same);
        expect(cursor === undefined || typeof frame.cursor === 'string').toBe(true);
        for (const [key, value] of Object.entries(expected)) {
          if (isName(value) && (!known.has(value) || value === 'CURSOR')) {
            known.set(value, frame[key]);
          }
        }
      } else {
        await socket.close();
        const [, text] = /"(.*)"/.exec(rest) ?? [];
        await database.sendMessage(bob, roomId, text ?? '');
        socket = await openJsonSocket(`${server.url}/ws`);
      }
    }
    const { rows } = await database.owner.query(
      'select content from app_public.messages where room_id = $1 order by seq',
      [roomId],
    );
    expect(rows).toEqual([{ content: 'Hello' }, { content: 'Are you there?' }]);
  } finally {
    await close();
  }
});

const clients = LANGUAGES.map((language): [string, Block[]] => [
  language,
  blocksIn(language).filter(({ document }) => document === PAGE),
]);

/** The words in quotation marks of either kind. */
const quoted = (code: string) =>
  new Set(Array.from(code.matchAll(/(["'])([a-z_]+)\1/g), ([, , word]) => word ?? ''));

/** What a client in another language has not of the script, or has beyond the protocol. */
function differences(code: string): string[] {
  const words = quoted(code);
  const sent = framesBehind('→');
  const missing = sent.flatMap(({ type, ...frame }) =>
    [type, ...Object.keys(frame)].filter((word) => !words.has(word)),
  );
  const unheard = ['ready', 'joined', 'ack', 'error', 'cursor', 'code', 'retry_after_ms'].filter(
    (word) => !words.has(word),
  );
  const known = new Set<string>([
    ...CLIENT_FRAME_TYPES,
    ...SERVER_FRAME_TYPES,
    ...sent.flatMap((frame) => Object.keys(frame)),
    ...['cursor', 'code', 'retry_after_ms'],
  ]);
  const strange = [...words].filter((word) => !known.has(word));
  const codes = ['4400', '4401', 'RESYNC', 'INTERRUPTED'].filter((word) => !code.includes(word));
  return [...missing, ...unheard, ...strange, ...codes];
}

test.each(clients)('the client in %s has the frames of the script, and no others', (_, blocks) => {
  expect(blocks).toHaveLength(1);
  const [{ text } = { text: '' }] = blocks;
  expect(differences(text)).toEqual([]);
  expect(differences(text.replace(/(["'])room_id\1/g, '$1roomid$1'))).toContain('room_id');
});
