import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { createTestDatabase } from '../../testing/database.ts';
import { freePort } from '../../testing/free-port.ts';
import { openJsonSocket } from '../../testing/json-socket.ts';
import { startTestServer } from '../../testing/server.ts';
import { openSocket } from '../../testing/socket.ts';

/*
 * The files of ops/ as they are, with another port, address and certificate in them, in front of a real server.
 */
const REPOSITORY = join(import.meta.dirname, '../..');
/** What goes up in one request; `UPLOAD_BYTES=1000000000` is what docs/deploy.md promises. */
const UPLOAD_BYTES = Number(process.env.UPLOAD_BYTES ?? 40_000_000);
const UPLOAD_TIMEOUT_MS = 300_000;
const CHUNK = Buffer.alloc(1_000_000, 'x');

const folder = mkdtempSync(join(tmpdir(), 'trumpet-proxies-'));
const certificate = join(folder, 'localhost.crt');
const key = join(folder, 'localhost.key');
const database = await createTestDatabase();

beforeAll(() => {
  execFileSync(
    'openssl',
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost'
      .split(' ')
      .concat('-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate),
    { stdio: 'pipe' },
  );
  setDefaultCACertificates([...getCACertificates(), readFileSync(certificate, 'utf8')]);
});

afterAll(async () => {
  setDefaultCACertificates(getCACertificates('bundled'));
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

type Run = (upstream: string, port: number) => ChildProcess;

const runNginx: Run = (upstream, port) => {
  const site = readFileSync(join(REPOSITORY, 'ops/nginx/trumpet.conf'), 'utf8')
    .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replace('127.0.0.1:8000', upstream)
    .replaceAll('/etc/ssl/chat.example.org', join(folder, 'localhost'))
    .replace('/var/log/nginx/trumpet.log', join(folder, 'nginx-access.log'))
    .replace('server_name chat.example.org', 'server_name localhost');
  writeFileSync(join(folder, 'trumpet.conf'), site);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => {
    mkdirSync(join(folder, name), { recursive: true });
    return `${name}_temp_path ${join(folder, name)};`;
  });
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/nginx.pid; error_log stderr; worker_processes 1;
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    events {} http { ${temporary.join(' ')} include ${folder}/trumpet.conf; }`,
  );
  return spawn('nginx', ['-c', join(folder, 'nginx.conf'), '-e', 'stderr'], { stdio: 'ignore' });
};

const runCaddy: Run = (upstream, port) => {
  const site = readFileSync(join(REPOSITORY, 'ops/caddy/Caddyfile'), 'utf8')
    .replace('chat.example.org {', `https://localhost:${port} {\n\ttls ${certificate} ${key}`)
    .replace('127.0.0.1:8000', upstream);
  writeFileSync(
    join(folder, 'Caddyfile'),
    `{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}\n${site}`,
  );
  return spawn('caddy', ['run', '--config', join(folder, 'Caddyfile')], {
    stdio: 'ignore',
    env: { PATH: process.env.PATH, HOME: folder },
  });
};

async function isServing(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    ({ status }) => status === 200,
    () => false,
  );
}

describe.each([
  ['nginx', runNginx],
  ['caddy', runCaddy],
] as const)('behind %s', (name, run) => {
  const isThere = spawnSync(name, ['-v']).error === undefined;
  if (!isThere) {
    console.log(`Skipped: ${name} is not on this machine`);
  }
  const testBehind = isThere ? test : test.skip;
  let url: string;
  let child: ChildProcess | undefined;

  beforeAll(async () => {
    if (isThere) {
      const port = await freePort();
      url = `https://localhost:${port}`;
      const server = await startTestServer(database, {
        PUBLIC_URL: url,
        TRUST_PROXY: '127.0.0.1',
        ATTACHMENT_MAX_BYTES: String(UPLOAD_BYTES),
        METRICS_PORT: '',
      });
      child = run(new URL(server.url).host, port);
      while (!(await isServing(url))) {
        expect(child.exitCode).toBeNull();
      }
    }
  });

  afterAll(async () => {
    if (child !== undefined && child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  });

  testBehind('GraphQL and its WebSocket work from a page of the same origin', async () => {
    const ada = await database.createUser();
    const room = await database.createRoom(ada);
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${ada.token}`,
        origin: url,
      },
      body: JSON.stringify({ query: '{ currentUser { id } }' }),
    });
    expect(await answer.json()).toEqual({ data: { currentUser: { id: ada.id } } });

    const socket = await openSocket(`${url}/graphql`, { token: ada.token, origin: url });
    const subscription = socket.subscribe(
      'subscription ($roomId: UUID!) { roomEvents(roomId: $roomId) { __typename } }',
      { roomId: room.id },
    );
    expect(await subscription.nextData()).toEqual({ roomEvents: { __typename: 'ReadyEvent' } });
    await database.sendMessage(ada, room.id, 'through the proxy');
    expect(await subscription.nextData()).toEqual({ roomEvents: { __typename: 'MessageEvent' } });
    await socket.close();

    const json = await openJsonSocket(`${url}/ws?access_token=${ada.token}`, { origin: url });
    expect(await json.next()).toMatchObject({ type: 'ready' });
    await json.close();
  });

  testBehind('an event stream is not held back: each event comes when it happens', async () => {
    const ada = await database.createUser();
    const room = await database.createRoom(ada);
    const ending = new AbortController();
    const { body } = await fetch(`${url}/events/${room.id}`, {
      headers: { authorization: `Bearer ${ada.token}`, 'accept-encoding': 'gzip' },
      signal: ending.signal,
    });
    const text = (body as ReadableStream<Uint8Array>)
      .pipeThrough(new TextDecoderStream())
      .getReader();
    let got = '';
    const until = async (part: string) => {
      while (!got.includes(part)) {
        got += (await text.read()).value;
      }
    };
    await until('event: joined');
    for (const content of ['first of all', 'second of all']) {
      await database.sendMessage(ada, room.id, content);
      await until(content);
    }
    ending.abort();
    await text.read().catch(() => {});
  });

  testBehind(
    `${UPLOAD_BYTES} bytes go up in one request, and are not kept on the way`,
    async () => {
      const ada = await database.createUser();
      const begun = await fetch(`${url}/attachments`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${ada.token}`,
          'tus-resumable': '1.0.0',
          'upload-length': String(UPLOAD_BYTES),
          'upload-metadata': `filename ${Buffer.from('big.txt').toString('base64')}`,
        },
      });
      expect(begun.status).toBe(201);
      const place = new URL(begun.headers.get('location') ?? '', url);
      expect(place.origin).toBe(url);
      let heldUp = 0;
      const answer = await fetch(place, {
        method: 'PATCH',
        headers: {
          authorization: `Bearer ${ada.token}`,
          'tus-resumable': '1.0.0',
          'upload-offset': '0',
          'content-type': 'application/offset+octet-stream',
          'content-length': String(UPLOAD_BYTES),
        },
        body: Readable.toWeb(
          Readable.from(
            (function* () {
              for (let sent = 0; sent < UPLOAD_BYTES; sent += CHUNK.length) {
                heldUp = Math.max(heldUp, temporaryBytes());
                yield CHUNK;
              }
            })(),
          ),
        ) as ReadableStream,
        duplex: 'half',
      } as RequestInit);
      expect(answer.status).toBe(204);
      expect(answer.headers.get('upload-offset')).toBe(String(UPLOAD_BYTES));
      expect(heldUp).toBe(0);
    },
    UPLOAD_TIMEOUT_MS,
  );

  testBehind(
    'who asks is known by the address that the proxy saw, not by one made up',
    async () => {
      const ada = await database.createUser();
      const asked = request(`${url}/graphql`, {
        method: 'POST',
        localAddress: '127.0.0.2',
        agent: false,
        headers: { 'content-type': 'application/json', 'x-forwarded-for': '198.51.100.7' },
      });
      asked.end(
        JSON.stringify({
          query: `mutation { signIn(input: { username: "${ada.username}", password: "wrong wrong" }) { clientMutationId } }`,
        }),
      );
      const [response] = await once(asked, 'response');
      response.resume();
      await once(response, 'end');
      const { rows } = await database.owner.query(
        `select
        exists (select from app_private.failed_proofs where subject like '%127.0.0.2%') as seen,
        exists (select from app_private.failed_proofs where subject like '%198.51.100.7%') as made_up`,
      );
      expect(rows).toEqual([{ seen: true, made_up: false }]);
      await database.owner.query('delete from app_private.failed_proofs');
    },
  );

  testBehind('metrics are not for those outside', async () => {
    expect((await fetch(`${url}/metrics`)).status).toBe(403);
  });
});

/** What nginx has put into files instead of passing it on. */
function temporaryBytes(): number {
  const { stdout } = spawnSync('find', [folder, '-path', '*client_body/*', '-type', 'f']);
  return String(stdout).split('\n').filter(Boolean).length;
}
