import { randomBytes } from 'node:crypto';
import { picture } from './support/pictures.ts';
import {
  GIF_AND_SCRIPT,
  gifBomb,
  HTML,
  pngBomb,
  pngTextBomb,
  SVG,
  solidBomb,
} from './support/traps.ts';
import { uploadFile } from './support/upload.ts';
import { createAttachmentsWorld } from './support/world.ts';

const world = await createAttachmentsWorld({ ATTACHMENT_MAX_BYTES: '3000000' });
afterAll(() => world.close());
const { database, server } = world;
const ada = await database.createUser();
const room = await database.createRoom(ada);

afterEach(async () => {
  // Whatever came in, the server goes on.
  expect((await world.fetch('/healthz')).status).toBe(200);
});

test.each([
  ['a PNG of 30,000 by 30,000', 'bomb.png', () => pngBomb(30_000)],
  ['a JPEG of 9,000 by 9,000', 'bomb.jpg', () => solidBomb('jpeg', 9_000)],
  ['a WebP of 9,000 by 9,000', 'bomb.webp', () => solidBomb('webp', 9_000)],
  ['an AVIF of 7,000 by 7,000', 'bomb.avif', () => solidBomb('avif', 7_000)],
  ['an animation of 50 frames of 2,000 by 2,000', 'bomb.gif', () => gifBomb(2_000, 50)],
])('%s is refused as too large', async (_what, filename, make) => {
  const bomb = await make();
  const before = process.memoryUsage.rss();
  await expect(uploadFile(server.url, ada, bomb, { filename })).rejects.toMatchObject({
    code: 'TOO_LARGE',
    status: 413,
  });
  expect(process.memoryUsage.rss() - before).toBeLessThan(100_000_000);
});

test.each([
  ['HTML with the name of a picture', HTML, { filename: 'cat.png' }],
  ['HTML sent as a picture', HTML, { filename: 'cat', filetype: 'image/jpeg' }],
  ['an SVG with a script', SVG, { filename: 'logo.svg', filetype: 'image/svg+xml' }],
  ['random bytes with the name of a picture', randomBytes(2_000), { filename: 'cat.webp' }],
  ['a file without a byte', Buffer.alloc(0), { filename: 'empty.txt' }],
])('%s is refused', async (_what, bytes, settings) => {
  await expect(uploadFile(server.url, ada, bytes, settings)).rejects.toMatchObject({
    code: 'BAD_INPUT',
    status: 400,
  });
});

test.each([
  ['a script that begins like a GIF', GIF_AND_SCRIPT, 'trick.gif'],
  ['a PNG that lacks the pixels it promises', pngBomb(5_000), 'hollow.png'],
])('%s is refused once it has been looked at', async (_what, bytes, filename) => {
  const { id } = await uploadFile(server.url, ada, bytes, { filename });

  await expect(world.verdictOn(id)).resolves.toBe('refused');
  await expect(world.send(ada, room.id, [id])).rejects.toThrow('BAD_INPUT');
});

test('a picture with megabytes of text packed into its header is shown without unpacking them', async () => {
  const { id } = await uploadFile(server.url, ada, pngTextBomb(), { filename: 'wordy.png' });
  const message = await world.send(ada, room.id, [id]);

  expect(await world.processed(message.id, ada)).toMatchObject([{ status: 'READY', width: 1 }]);
});

test('what is not a safe picture is saved to disk and never shown, whatever it is called', async () => {
  const pictureAndPage = Buffer.concat([await picture('png', { width: 10, height: 10 }), HTML]);
  const files = [
    { bytes: HTML, filename: 'page.html', type: 'application/octet-stream', how: 'attachment' },
    { bytes: SVG, filename: 'drawing.txt', type: 'application/octet-stream', how: 'attachment' },
    { bytes: pictureAndPage, filename: 'both.html', type: 'image/png', how: 'inline' },
  ];
  for (const { bytes, filename, type, how } of files) {
    const { id } = await uploadFile(server.url, ada, bytes, { filename });
    const message = await world.send(ada, room.id, [id]);
    const [attachment] = await world.processed(message.id, ada);
    const { headers } = await world.fetch(attachment?.url ?? '');

    expect(headers.get('content-type')).toBe(type);
    expect(headers.get('content-disposition')).toMatch(new RegExp(`^${how}; filename=`));
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain('sandbox');
  }
});

describe('a request that is not tus', () => {
  const authorization = `Bearer ${ada.token}`;
  const tus = { 'tus-resumable': '1.0.0', authorization };
  const patch = { ...tus, 'content-type': 'application/offset+octet-stream' };
  const long = 'filename '.concat('A'.repeat(12_000));

  test.each([
    ['without a version', 412, { authorization, 'upload-length': '5' }],
    ['of another version', 400, { ...tus, 'tus-resumable': '0.2.2', 'upload-length': '5' }],
    ['without a length', 400, { ...tus }],
    ['with its length deferred', 400, { ...tus, 'upload-defer-length': '1' }],
    ['with a negative length', 400, { ...tus, 'upload-length': '-1' }],
    ['with a length of words', 400, { ...tus, 'upload-length': 'much' }],
    ['with a length in other notation', 400, { ...tus, 'upload-length': '1e3' }],
    ['with a length beyond the limit', 413, { ...tus, 'upload-length': '3000001' }],
    ['with a length beyond counting', 413, { ...tus, 'upload-length': `1${'0'.repeat(20)}` }],
    ['with broken metadata', 400, { ...tus, 'upload-length': '5', 'upload-metadata': ',,, ;' }],
    [
      'with metadata that is no base64',
      400,
      { ...tus, 'upload-length': '5', 'upload-metadata': 'filename ÿ%' },
    ],
    ['with a part of several', 400, { ...tus, 'upload-length': '5', 'upload-concat': 'partial' }],
    ['with too long a name', 201, { ...tus, 'upload-length': '5', 'upload-metadata': long }],
  ])('%s has an answer', async (_what, status, headers) => {
    const response = await fetch(`${server.url}/attachments`, {
      method: 'POST',
      headers: { connection: 'close', ...(headers as unknown as Record<string, string>) },
    });

    expect(response.status).toBe(status);
    if (status >= 400) {
      const { errors } = (await response.json()) as { errors: [{ extensions: { code: string } }] };
      expect(errors[0].extensions.code).toBe(status === 413 ? 'TOO_LARGE' : 'BAD_INPUT');
    }
  });

  test('has an answer when it goes on wrongly', async () => {
    const begun = await fetch(`${server.url}/attachments`, {
      method: 'POST',
      headers: { ...tus, 'upload-length': '10', connection: 'close' },
    });
    const address = new URL(begun.headers.get('location') ?? '', server.url);
    const attempts: [number, Record<string, string>, string][] = [
      [403, { ...tus, 'upload-offset': '0' }, 'hello'],
      [403, patch, 'hello'],
      [409, { ...patch, 'upload-offset': '5' }, 'hello'],
      [400, { ...patch, 'upload-offset': 'x' }, 'hello'],
      [413, { ...patch, 'upload-offset': '0' }, 'longer than was said'],
    ];
    for (const [status, headers, body] of attempts) {
      const response = await fetch(address, {
        method: 'PATCH',
        headers: { ...headers, connection: 'close' },
        body: Buffer.from(body),
      });
      expect(response.status).toBe(status);
      expect(await response.json()).toHaveProperty('errors');
    }
  });

  test.each([
    '/attachments/not-an-id',
    '/attachments/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '/attachments/..%2fsecrets.json',
    '/attachments/%00',
    '/attachments/%ff',
    '/attachments/01a20425-0e69-7dbb-8a77-f46729c63d50.json',
  ])('to %s finds nothing', async (path) => {
    for (const method of ['HEAD', 'PATCH', 'DELETE', 'GET']) {
      const response = await fetch(`${server.url}${path}`, {
        method,
        headers: { ...patch, 'upload-offset': '0', connection: 'close' },
      });
      expect([400, 404]).toContain(response.status);
    }
  });
});
