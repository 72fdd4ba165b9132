import { Readable } from 'node:stream';
import { createVirusScanner } from '../../src/attachments/virus-scanner.ts';
import { startClamd, VIRUS } from './support/clamd.ts';
import { uploadFile } from './support/upload.ts';
import { createAttachmentsWorld } from './support/world.ts';

const clamd = await startClamd();
const world = await createAttachmentsWorld({ CLAMD_URL: `127.0.0.1:${clamd.port}` });
afterAll(async () => {
  await world.close();
  await clamd.close();
});
const { database, server } = world;
const ada = await database.createUser();
const room = await database.createRoom(ada);

async function upload(bytes: Buffer): Promise<string> {
  return (await uploadFile(server.url, ada, bytes, { filename: 'file.bin' })).id;
}

test('a file is held until it is found clean', async () => {
  clamd.hold();
  const message = await world.send(ada, room.id, [await upload(Buffer.from('harmless'))]);
  await expect(world.attachmentsOf(message.id, ada)).resolves.toMatchObject([
    { status: 'PROCESSING', url: null },
  ]);
  clamd.answer();

  const [attachment] = await world.processed(message.id, ada);
  expect(attachment?.status).toBe('READY');
  expect((await world.fetch(attachment?.url ?? '')).status).toBe(200);
  expect(clamd.scanned.at(-1)?.toString()).toBe('harmless');
});

test('an infected file that has been sent already is never given out', async () => {
  clamd.hold();
  const message = await world.send(ada, room.id, [await upload(Buffer.from(`a ${VIRUS} b`))]);
  clamd.answer();
  await expect(world.processed(message.id, ada)).resolves.toMatchObject([
    { status: 'REFUSED', url: null },
  ]);
});

test.each([
  ['infected', Buffer.from(`before ${VIRUS} after`)],
  ['too large to be scanned', Buffer.alloc(3_000_000, 'x')],
])('a file found %s cannot be sent', async (_what, bytes) => {
  const id = await upload(bytes);
  await expect(world.verdictOn(id)).resolves.toBe('refused');
  await expect(world.send(ada, room.id, [id])).rejects.toThrow('BAD_INPUT');
});

test('every byte of a large file reaches the scanner, in order', async () => {
  const bytes = Buffer.from(Array.from({ length: 900_000 }, (_, index) => index % 251));
  const scan = createVirusScanner({ host: '127.0.0.1', port: clamd.port });

  const file = Readable.from([bytes.subarray(0, 7), bytes.subarray(7)]);
  await expect(scan(file, bytes.length)).resolves.toBe('clean');
  expect(clamd.scanned.at(-1)?.equals(bytes)).toBe(true);
});

test('without a scanner to reach there is no verdict', async () => {
  const gone = await startClamd();
  await gone.close();
  const scan = createVirusScanner({ host: '127.0.0.1', port: gone.port });

  await expect(scan(Readable.from([Buffer.from('x')]), 1)).rejects.toThrow('ECONNREFUSED');
});
