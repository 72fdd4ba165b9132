import { Agent, request as httpRequest } from 'node:http';

/*
 * Load over HTTP: so many kept-alive connections, each posting as fast as it is answered.
 */
export interface HttpLoadRequest {
  readonly type: 'run';
  readonly url: string;
  /** What each connection posts, again and again. */
  readonly connections: readonly { readonly token: string; readonly bodies: readonly string[] }[];
  readonly seconds: number;
}

function post(agent: Agent, url: string, token: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      url,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          authorization: `Bearer ${token}`,
        },
      },
      (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => {
          if (response.statusCode === 200 && text.includes('"seq"')) {
            resolve();
          } else {
            reject(new Error(`${response.statusCode} ${text}`));
          }
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

async function run({ url, connections, seconds }: HttpLoadRequest) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections.length });
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  let sent = 0;
  await Promise.all(
    connections.map(async ({ token, bodies }) => {
      for (let turn = 0; performance.now() < endsAt; turn += 1) {
        await post(agent, url, token, bodies[turn % bodies.length] as string);
        sent += 1;
      }
    }),
  );
  const perSecond = (sent / (performance.now() - startedAt)) * 1000;
  agent.destroy();
  return { perSecond };
}

process.on('message', async (request: HttpLoadRequest) => {
  try {
    process.send?.(await run(request));
  } catch (error) {
    process.send?.({ error: String(error) });
  }
});
process.on('disconnect', () => process.exit());
