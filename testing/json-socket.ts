import { WebSocket } from 'ws';
import { Queue } from './queue.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
export type Frame = any;

export interface JsonSocket {
  send(frame: unknown): void;
  /** The next frame, presence left out: it comes whenever someone connects. */
  next(): Promise<Frame>;
  /** The next frame of a type, and like `match`; the others before it are put aside. */
  nextOf(type: string, match?: object): Promise<Frame>;
  /** What has arrived and `next` would return. */
  pending(): readonly Frame[];
  /** What has arrived and `nextOf` would return. */
  pendingOf(type: string, match?: object): readonly Frame[];
  /** Resolves when the server has dealt with all frames before, and with what they led to on this socket. */
  settled(): Promise<void>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  close(): Promise<void>;
}

/** A client for the JSON protocol that keeps what arrives in a queue, in order. */
export async function openJsonSocket(
  url: string,
  headers: { readonly origin?: string } = {},
): Promise<JsonSocket> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), headers);
  const queue = new Queue<Frame>();
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => {
      queue.fail(new Error(`The socket closed with ${code} ${reason}`));
      resolve({ code, reason: reason.toString() });
    });
  });
  socket.on('message', (data) => queue.push(JSON.parse(data.toString())));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve).once('error', reject);
  });
  socket.on('error', () => {}); // A close follows and tells.

  const aside: Frame[] = [];
  let marks = 0;
  async function take(isWanted: (frame: Frame) => boolean): Promise<Frame> {
    const index = aside.findIndex(isWanted);
    if (index >= 0) {
      return aside.splice(index, 1)[0];
    }
    for (;;) {
      const frame = await queue.shift();
      if (isWanted(frame)) {
        return frame;
      }
      aside.push(frame);
    }
  }

  const self: JsonSocket = {
    closed,
    send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    next: () => take(isNoPresence),
    nextOf: (type, match) => take(isLike({ type, ...match })),
    pending: () => [...aside, ...queue.waiting()].filter(isNoPresence),
    pendingOf: (type, match) => [...aside, ...queue.waiting()].filter(isLike({ type, ...match })),
    async settled() {
      // What is refused is answered in its turn.
      marks += 1;
      const ref = `mark ${marks}`;
      self.send({ type: 'auth', token: 'again', ref });
      await take(isLike({ type: 'error', ref }));
    },
    async close() {
      socket.close(1000);
      await closed;
    },
  };
  return self;
}

function isNoPresence(frame: Frame): boolean {
  return frame.type !== 'presence_event';
}

function isLike(match: object): (frame: Frame) => boolean {
  return (frame) => Object.entries(match).every(([key, value]) => frame[key] === value);
}
