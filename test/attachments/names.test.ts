import { readdirSync } from 'node:fs';
import { parse } from 'content-disposition';
import fc from 'fast-check';
import { cleanFilename } from '../../src/attachments/filename.ts';
import { HOSTILE_NAMES } from './support/names.ts';
import { uploadFile } from './support/upload.ts';
import { createAttachmentsWorld } from './support/world.ts';

/** What no name that is shown may hold: folders, and what cannot be seen. */
const FORBIDDEN = /[\p{Cc}\p{Cs}/\\\u202a-\u202e\u2066-\u2069]/u;

test('whatever a file is called, its name is shown without folders and fits', () => {
  expect(HOSTILE_NAMES.length).toBeGreaterThanOrEqual(200);
  const unit = fc.constantFrom('binary', 'grapheme') as fc.Arbitrary<'binary' | 'grapheme'>;
  const anyName = unit.chain((kind) => fc.string({ unit: kind, maxLength: 400 }));
  fc.assert(
    fc.property(fc.oneof(fc.constantFrom(...HOSTILE_NAMES), anyName), (given) => {
      const name = cleanFilename(given);
      expect(name).not.toMatch(FORBIDDEN);
      expect(name).not.toMatch(/^\.*$/);
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
      expect(cleanFilename(name)).toBe(name);
    }),
    { numRuns: 2_000 },
  );
  for (const given of HOSTILE_NAMES) {
    expect(cleanFilename(given)).not.toMatch(FORBIDDEN);
  }
});

test('a name of any script survives', () => {
  for (const name of [
    'Größe 📷.png',
    '日本語.txt',
    '👩‍👩‍👧‍👦.png',
    'e\u0301.txt',
    'it\'s; "odd" %20.txt',
  ]) {
    expect(cleanFilename(name)).toBe(name);
  }
});

test('a long name keeps its end, and fits where the file is saved', () => {
  expect(cleanFilename(`${'x'.repeat(300)}.pdf`)).toBe(`${'x'.repeat(251)}.pdf`);
  expect(cleanFilename(`${'x'.repeat(300)}.tar.gz`)).toBe(`${'x'.repeat(248)}.tar.gz`);
  // File systems count bytes: two for this letter, four for that picture, 25 for this family.
  expect(cleanFilename(`${'é'.repeat(200)}.pdf`)).toBe(`${'é'.repeat(125)}.pdf`);
  expect(cleanFilename(`${'📷'.repeat(200)}.jpeg`)).toBe(`${'📷'.repeat(62)}.jpeg`);
  expect(cleanFilename(`${'👩‍👩‍👧‍👦'.repeat(50)}.png`)).toBe(`${'👩‍👩‍👧‍👦'.repeat(10)}.png`);
  expect(cleanFilename(`a${'\u0301'.repeat(300)}.txt`)).toBe('file.txt');
  expect(cleanFilename(`${'x'.repeat(300)}.sketchbook-document`)).toMatch(/\.sketchbook-document$/);
});

test('files of 200 hostile names are stored under their ids, and downloaded under the names that are shown', async () => {
  await using stack = new AsyncDisposableStack();
  const world = await createAttachmentsWorld({ ATTACHMENT_MAX_FILES_A_DAY: '1000' });
  stack.defer(world.close);
  const { server, database } = world;
  const ada = await database.createUser();
  const room = await database.createRoom(ada);

  const ids: string[] = [];
  for (const given of HOSTILE_NAMES) {
    // Those that lie about being a picture are refused, which is another test's.
    const filename = given.replace(/\.(png|svg)$/, '.txt');
    ids.push((await uploadFile(server.url, ada, Buffer.from('hello'), { filename })).id);
  }
  expect(new Set(readdirSync(world.folder))).toEqual(
    new Set(ids.flatMap((id) => [id, `${id}.json`])),
  );

  for (let start = 0; start < ids.length; start += 10) {
    const message = await world.send(ada, room.id, ids.slice(start, start + 10));
    for (const { filename, url } of await world.processed(message.id, ada)) {
      const response = await world.fetch(url ?? '');
      expect(await response.text()).toBe('hello');
      const { type, parameters } = parse(response.headers.get('content-disposition') ?? '');
      expect(type).toBe('attachment');
      expect(parameters.filename).toBe(filename);
    }
  }
}, 60_000);
