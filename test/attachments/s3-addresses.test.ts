import { picture } from './support/pictures.ts';
import { startS3Server } from './support/s3-server.ts';
import { signatureFault } from './support/s3-signature.ts';
import { uploadFile } from './support/upload.ts';
import { createAttachmentsWorld } from './support/world.ts';

const s3 = await startS3Server();
const world = await createAttachmentsWorld(s3.settings);
afterAll(async () => {
  await world.close();
  await s3.close();
});
const ada = await world.database.createUser();
const room = await world.database.createRoom(ada);
const bytes = await picture('png');
const location = await redirectOf("it's *mine* (é) ✓.png");

/** Where the download of a file is redirected to. */
async function redirectOf(filename: string): Promise<string> {
  const { id } = await uploadFile(world.server.url, ada, bytes, { filename });
  const message = await world.send(ada, room.id, [id]);
  const [attachment] = await world.processed(message.id, ada);
  const response = await fetch(new URL(attachment?.url ?? '', world.server.url), {
    redirect: 'manual',
    headers: { connection: 'close' },
  });
  expect(response.status).toBe(302);
  return response.headers.get('location') ?? '';
}

async function statusOf(address: string | URL): Promise<number> {
  const response = await fetch(address, { headers: { connection: 'close' } });
  await response.arrayBuffer();
  return response.status;
}

test('the address that a download leads to is signed, with the headers it is to have', async () => {
  const response = await fetch(location, { headers: { connection: 'close' } });

  expect(response.status).toBe(200);
  expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
  expect(response.headers.get('content-type')).toBe('image/png');
  expect(response.headers.get('content-disposition')).toMatch(
    /^inline; filename=.*filename\*=UTF-8''/,
  );
});

test.each([
  'response-content-type',
  'response-content-disposition',
  'X-Amz-Expires',
  'X-Amz-Signature',
  'X-Amz-Credential',
])('an address whose %s was changed is refused', async (name) => {
  const address = new URL(location);
  const value = address.searchParams.get(name) ?? '';
  address.searchParams.set(name, name === 'X-Amz-Expires' ? '604800' : value.replace(/.$/, '0x'));

  await expect(statusOf(address)).resolves.toBe(403);
});

test('an address does not lead to another file', async () => {
  const other = new URL(await redirectOf('other.png'));
  const address = new URL(location);
  address.pathname = other.pathname;

  await expect(statusOf(other)).resolves.toBe(200);
  await expect(statusOf(address)).resolves.toBe(403);
});

test('nothing is to be had, or done, without a signature', async () => {
  const { origin, pathname } = new URL(location);

  await expect(statusOf(origin + pathname)).resolves.toBe(403);
  const removal = await fetch(location, { method: 'DELETE', headers: { connection: 'close' } });
  expect(removal.status).toBe(403);
});

test('an address ends with the five minutes of the one that led to it', async () => {
  const expires = Number(new URL(location).searchParams.get('X-Amz-Expires'));
  expect(expires).toBeLessThanOrEqual(300);
  s3.advanceClock((expires + 1) * 1_000);
  await expect(statusOf(location)).resolves.toBe(403);
  s3.advanceClock(0);
  await expect(statusOf(location)).resolves.toBe(200);
});

test('a server with a wrong key is refused', async () => {
  const stranger = await createAttachmentsWorld(
    { ...s3.settings, S3_SECRET_ACCESS_KEY: 'guessed' },
    { worker: false },
  );
  const eve = await stranger.database.createUser();
  const upload = uploadFile(stranger.server.url, eve, Buffer.from('hello'));
  await expect(upload).rejects.toMatchObject({ status: 500 });
  await stranger.close();
});

test("the check finds the signature of Amazon's own example right", () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
  const url =
    '/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404';
  const keys = {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  };
  const request = { method: 'GET', url, headers: { host: 'examplebucket.s3.amazonaws.com' } };
  const then = Date.UTC(2013, 4, 24, 1);

  expect(signatureFault(request, keys, then)).toBeUndefined();
  expect(signatureFault(request, keys, then + 86_400_000)).toBe('It has expired');
});
