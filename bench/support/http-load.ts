import { Agent } from 'node:http';
import { post } from './post.ts';

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

async function run({ url, connections, seconds }: HttpLoadRequest) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections.length });
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  let sent = 0;
  await Promise.all(
    connections.map(async ({ token, bodies }) => {
      for (let turn = 0; performance.now() < endsAt; turn += 1) {
        const { status, text } = await post(
          agent,
          url,
          token,
          bodies[turn % bodies.length] as string,
        );
        if (status !== 200 || !text.includes('"seq"')) {
          throw new Error(`${status} ${text}`);
        }
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
