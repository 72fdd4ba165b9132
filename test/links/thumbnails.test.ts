import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { loadConfig } from '../../src/config/load.ts';
import { startWorker } from '../../src/worker/run.ts';
import { createRoomOfTwo, createTestWorld } from '../../testing/world.ts';

/* Previews have small pictures of our own; they can be removed, and a room may have none. */

/** Sites of this machine: one that is asked because it is trusted, and one that must not be asked. */
const pictureOf = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
const [wide, tiny] = [await pictureOf(1_200, 630), await pictureOf(1, 1)];
const asked: string[] = [];
let secretAsked = 0;
const secret = createServer((_, response) => {
  secretAsked += 1;
  response.setHeader('content-type', 'image/png').end(wide);
}).listen(0, '127.0.0.1');
await once(secret, 'listening');
const secretOrigin = `http://127.0.0.1:${(secret.address() as AddressInfo).port}`;
const PICTURES: Record<string, string> = {
  '/wide': '/wide.png',
  '/tiny': '/tiny.png',
  '/page': '/wide',
  '/secret': `${secretOrigin}/wide.png`,
  '/around': '/to-secret',
  '/script': 'javascript:alert(1)',
  '/bomb': '/endless',
};
const site = createServer((request, response) => {
  const path = request.url ?? '';
  asked.push(path);
  if (path.endsWith('.png')) {
    // Whatever it says of itself, the bytes are a picture.
    response.setHeader('content-type', 'text/plain').end(path === '/tiny.png' ? tiny : wide);
  } else if (path === '/to-secret') {
    response.writeHead(302, { location: `${secretOrigin}/wide.png` }).end();
  } else if (path === '/endless') {
    response.setHeader('content-type', 'image/png').write(wide);
    const chunk = Buffer.alloc(1_000_000);
    const more = () => response.destroyed || response.write(chunk, more);
    more();
  } else {
    const picture = PICTURES[path];
    response
      .setHeader('content-type', 'text/html')
      .end(
        `<title>Page ${path}</title>${picture === undefined ? '' : `<meta property="og:image" content="${picture}">`}`,
      );
  }
}).listen(0, '127.0.0.1');
await once(site, 'listening');
const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;

const dataDir = mkdtempSync(join(tmpdir(), 'trumpet-links-test-'));
const environment = { DATA_DIR: dataDir };
const { database, server, close } = await createTestWorld(environment);
const { owner, call } = database;
const { attachments } = loadConfig({ ...process.env, ...environment, JWT_SECRET: 'x'.repeat(32) });
const worker = await startWorker(database.databaseUrl, {
  links: { trustedOrigins: [origin] },
  attachments,
});
database.closeFirst.add(() => worker.stop());
afterAll(async () => {
  await close();
  for (const one of [site, secret]) {
    one.closeAllConnections();
    one.close();
  }
  rmSync(dataDir, { recursive: true, force: true });
});

async function workedOff(): Promise<void> {
  for (;;) {
    const { rows } = await owner.query(
      `select from graphile_worker.jobs
        where task_identifier in ('read_links', 'fetch_link', 'remove_uploads') and run_at <= now() limit 1`,
    );
    if (rows.length === 0) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

interface Preview {
  readonly id: string;
  readonly title: string;
  readonly thumbnailUrl: string | null;
  readonly width: number | null;
  readonly height: number | null;
}

async function previewsOf(messageId: string, token: string): Promise<Preview[]> {
  await workedOff();
  const query =
    'query ($id: UUID!) { message(id: $id) { linkPreviews { id title thumbnailUrl width height } } }';
  return (await server.graphql(query, { id: messageId }, token)).data.message.linkPreviews;
}

const { ada, bob, roomId } = await createRoomOfTwo(database);

async function say(path: string): Promise<string> {
  return (await database.sendMessage(ada, roomId, `look: ${origin}${path}`)).id;
}

test('a page has a small picture, which comes from here', async () => {
  const [preview] = await previewsOf(await say('/wide'), bob.token);
  expect(preview).toMatchObject({ title: 'Page /wide', width: 512, height: 269 });
  const response = await fetch(preview?.thumbnailUrl ?? '');
  expect(response.headers.get('content-type')).toBe('image/webp');
  const { width, height, format } = await sharp(await response.arrayBuffer()).metadata();
  expect({ width, height, format }).toEqual({ width: 512, height: 269, format: 'webp' });
  expect((await fetch(`${server.url}/link-thumbnails/${crypto.randomUUID()}.webp`)).status).toBe(
    404,
  );
  expect((await fetch(`${server.url}/link-thumbnails/x.webp`)).status).toBe(404);
  const again = await previewsOf(await say('/wide'), bob.token);
  expect(again[0]?.thumbnailUrl).toBe(preview?.thumbnailUrl);
  expect(asked.filter((path) => path === '/wide.png')).toHaveLength(1);
});

test.each(['/tiny', '/page', '/secret', '/around', '/script', '/bomb', '/none'])(
  'a page whose picture is none, endless, or at a private address has no picture: %s',
  async (path) => {
    expect(await previewsOf(await say(path), bob.token)).toMatchObject([
      { title: `Page ${path}`, thumbnailUrl: null, width: null, height: null },
    ]);
    expect(secretAsked).toBe(0);
  },
);

test('a picture that no preview shows any more is removed from the storage', async () => {
  const id = await say('/wide');
  const [preview] = await previewsOf(id, bob.token);
  const name = /([0-9a-f-]{36})\.webp$/.exec(preview?.thumbnailUrl ?? '')?.[1] ?? '';
  const path = join(dataDir, 'attachments', `${name}.thumbnail`);
  expect(existsSync(path)).toBe(true);
  await owner.query(
    `update app_private.link_thumbnails set created_at = created_at - interval '2 hours'`,
  );
  const clean = async () => {
    await owner.query(`select graphile_worker.add_job('remove_uploads')`);
    await workedOff();
  };
  await clean();
  expect(existsSync(path)).toBe(true);
  await owner.query('delete from app_public.link_previews');
  await owner.query('delete from app_private.links');
  await clean();
  expect(existsSync(path)).toBe(false);
  expect((await fetch(preview?.thumbnailUrl ?? '')).status).toBe(404);
});

test('its author removes a preview, and it stays away for as long as its link is there', async () => {
  const remove = (who: { token: string }, linkPreviewId: string | undefined) =>
    server.graphql(
      'mutation ($input: RemoveLinkPreviewInput!) { removeLinkPreview(input: $input) { message { linkPreviews { title } } } }',
      { input: { linkPreviewId } },
      who.token,
    );
  const id = await say('/none');
  const stranger = await database.createUser();
  const [preview] = await previewsOf(id, bob.token);
  expect((await remove(stranger, preview?.id)).errors?.[0]?.extensions?.code).toBe('NOT_FOUND');
  expect((await remove(bob, preview?.id)).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  const socket = await server.socket({ token: bob.token });
  const live = socket.subscribe(
    `subscription ($roomId: UUID!) { roomEvents(roomId: $roomId) {
      ... on MessageEvent { event message { id linkPreviews { title } } } } }`,
    { roomId },
  );
  await live.nextData();
  expect((await remove(ada, preview?.id)).data.removeLinkPreview.message.linkPreviews).toEqual([]);
  expect(await live.nextData()).toMatchObject({
    roomEvents: { event: 'UPDATE', message: { id, linkPreviews: [] } },
  });
  expect((await remove(ada, preview?.id)).errors?.[0]?.extensions?.code).toBe('NOT_FOUND');
  await call(ada, 'edit_message', id, `still: ${origin}/none`);
  expect(await previewsOf(id, bob.token)).toEqual([]);
  await call(ada, 'edit_message', id, 'nothing');
  await previewsOf(id, bob.token);
  await call(ada, 'edit_message', id, `again: ${origin}/none`);
  expect(await previewsOf(id, bob.token)).toMatchObject([{ title: 'Page /none' }]);
});

test('a room that wants none hides those that are there, and has nothing fetched', async () => {
  const id = await say('/wide');
  expect(await previewsOf(id, bob.token)).toHaveLength(1);
  const set = (who: { id: string }, isHidden: boolean) =>
    call(who, 'set_room_link_previews', roomId, isHidden);
  await expect(set(bob, true)).rejects.toMatchObject({ code: 'TR403' });
  await set(ada, true);
  expect(await previewsOf(id, bob.token)).toEqual([]);
  const { rows } = await owner.query(
    `select kind from app_private.room_changes where room_id = $1 order by change_seq desc limit 1`,
    [roomId],
  );
  expect(rows).toEqual([{ kind: 'room' }]);
  asked.length = 0;
  const later = await say('/later');
  expect(await previewsOf(later, bob.token)).toEqual([]);
  expect(asked).toEqual([]);
  await set(ada, false);
  expect(await previewsOf(id, bob.token)).toHaveLength(1);
  expect(await previewsOf(later, bob.token)).toEqual([]);
});
