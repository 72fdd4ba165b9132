import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BenchEnvironment } from '../../testing/environment.ts';
import type { Send } from './checker.ts';
import { type Claim, exactly, faithful } from './support/claim.ts';
import { createPopulation } from './support/population.ts';
import { readTables } from './support/tables.ts';
import { createSender } from './support/writer.ts';

const ROOMS = 4;
const SENDERS = 16;
const DROPPED_SHARE = 0.2;

/** Answers get lost on their way, and the sender cannot know whether the message was written. */
export async function droppedResponses(
  env: BenchEnvironment,
  { sends: wanted }: { sends: number },
): Promise<Claim[]> {
  const server = await env.startServer();
  const proxy = await startDroppingProxy(server.url);
  const { roomIds, authors } = await createPopulation(env.owner, env.jwtSecret, SENDERS, ROOMS);
  const sender = createSender(() => proxy.url);
  const sends: Send[] = [];
  let begun = 0;
  await Promise.all(
    authors.map(async ({ person, roomIds: rooms }) => {
      while (begun < wanted) {
        begun += 1;
        sends.push(await sender.send(person, rooms[begun % rooms.length] as string));
      }
    }),
  );
  sender.close();
  const tables = await readTables(env.owner, roomIds);
  proxy.close();
  await server.stop();
  const rows = tables.reduce((sum, { messages }) => sum + messages.length, 0);
  const whole = faithful(tables, sends, []);
  return [
    exactly(`${wanted.toLocaleString('en')} sends make exactly as many rows`, rows, wanted),
    { ...whole, measured: `${whole.measured}; ${proxy.dropped()} answers dropped` },
  ];
}

async function startDroppingProxy(target: string) {
  let dropped = 0;
  const proxy = createServer((request, response) => {
    const onward = httpRequest(
      target + request.url,
      { method: request.method, headers: request.headers },
      (answer) => {
        if (Math.random() < DROPPED_SHARE) {
          dropped += 1;
          answer.resume();
          request.socket.destroy();
        } else {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        }
      },
    );
    onward.on('error', () => request.socket.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    dropped: () => dropped,
    close() {
      proxy.close();
      proxy.closeAllConnections();
    },
  };
}
