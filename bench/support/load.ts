import { WebSocket } from 'ws';
import { epochMs } from '../../testing/clock.ts';

/*
 * The load, as a process of its own: sockets that listen and count. The same code listens to Trumpet, to the stock
 * server and to a raw broadcast, so that whatever it costs is in every figure alike.
 *
 * A message's text may carry the time it was sent as `t=<epoch ms>;`: the delay is then taken from it.
 */
export interface OpenRequest {
  readonly type: 'open';
  readonly url: string;
  readonly sockets: readonly SocketPlan[];
  /** How many sockets to open at once. */
  readonly concurrency: number;
}

export interface SocketPlan {
  readonly token: string | null;
  /** Null: a raw socket that is only counted. */
  readonly subscription: {
    readonly query: string;
    readonly variables: Record<string, unknown>;
  } | null;
}

export interface ExpectRequest {
  readonly type: 'expect';
  /** Frames with an event, over all sockets, since the last `expect` was answered. */
  readonly frames: number;
  readonly timeoutMs: number;
}

export interface Expectation {
  readonly frames: number;
  readonly bytes: number;
  /** performance.timeOrigin-based epoch milliseconds of the last frame. */
  readonly lastAt: number;
  readonly delaysMs: number[];
}

const sockets: WebSocket[] = [];
let frames = 0;
let bytes = 0;
let lastAt = 0;
let delaysMs: number[] = [];
let wanted = Number.POSITIVE_INFINITY;
let reached: (() => void) | undefined;

function count(data: Buffer): void {
  frames += 1;
  bytes += data.length;
  lastAt = epochMs();
  const at = data.indexOf('t=');
  if (at >= 0) {
    delaysMs.push(lastAt - Number.parseFloat(data.toString('latin1', at + 2, at + 22)));
  }
  if (frames >= wanted) {
    reached?.();
  }
}

/** Resolves when the socket has heard `Ready` (or, raw, is open). */
function open(url: string, plan: SocketPlan): Promise<void> {
  const { subscription } = plan;
  const socket = new WebSocket(url, subscription === null ? [] : 'graphql-transport-ws', {
    perMessageDeflate: false,
  });
  sockets.push(socket);
  return new Promise((resolve, reject) => {
    let isReady = false;
    socket.on('error', reject);
    socket.on('close', (code) => reject(new Error(`A socket closed with ${code}`)));
    socket.on('open', () => {
      if (subscription === null) {
        resolve();
        isReady = true;
      } else {
        socket.send(
          JSON.stringify({
            type: 'connection_init',
            payload: plan.token === null ? {} : { authorization: `Bearer ${plan.token}` },
          }),
        );
      }
    });
    socket.on('message', (data: Buffer) => {
      if (isReady) {
        if (data.includes('"next"') || subscription === null) {
          count(data);
        } else if (data.includes('"ping"')) {
          socket.send('{"type":"pong"}');
        }
        return;
      }
      const frame = JSON.parse(data.toString());
      if (frame.type === 'connection_ack') {
        socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: subscription }));
      } else if (frame.type === 'next') {
        isReady = true;
        resolve();
      } else if (frame.type !== 'ping') {
        reject(new Error(data.toString()));
      }
    });
  });
}

async function openAll({ url, sockets: plans, concurrency }: OpenRequest): Promise<void> {
  const waiting = [...plans];
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (let plan = waiting.pop(); plan !== undefined; plan = waiting.pop()) {
        await open(url, plan);
      }
    }),
  );
}

async function expectFrames({ frames: target, timeoutMs }: ExpectRequest): Promise<Expectation> {
  wanted = target;
  if (frames < wanted) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      reached = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
  const result = { frames, bytes, lastAt, delaysMs };
  frames = 0;
  bytes = 0;
  delaysMs = [];
  wanted = Number.POSITIVE_INFINITY;
  reached = undefined;
  return result;
}

function closeAll(): void {
  for (const socket of sockets.splice(0)) {
    socket.removeAllListeners('close');
    socket.on('error', () => {});
    socket.terminate();
  }
}

process.on('message', async (request: OpenRequest | ExpectRequest | { type: 'close' }) => {
  try {
    switch (request.type) {
      case 'open':
        await openAll(request);
        return process.send?.({ opened: request.sockets.length });
      case 'expect':
        return process.send?.(await expectFrames(request));
      case 'close':
        closeAll();
        return process.send?.({});
    }
  } catch (error) {
    process.send?.({ error: String(error) });
  }
});
process.on('disconnect', () => process.exit());
