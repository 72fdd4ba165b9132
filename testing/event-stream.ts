import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { Queue } from './queue.ts';

export interface StreamEvent {
  readonly id: string | undefined;
  readonly event: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  readonly data: any;
}

export interface EventStream {
  readonly headers: Headers;
  /** What the server asked for as the time to wait before reconnecting. */
  readonly retryMs: number | undefined;
  /** The next event, presence left out: it comes whenever someone connects. */
  next(): Promise<StreamEvent>;
  pending(): readonly StreamEvent[];
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;
  /** Stops reading, as a stalled client does. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** A client for Server-Sent Events that keeps what arrives in a queue, in order. */
export async function openEventStream(
  url: string,
  headers: Record<string, string> = {},
): Promise<EventStream> {
  const request = get(url, { headers, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) {
    throw new Error(`The answer is ${response.statusCode}`);
  }
  const queue = new Queue<StreamEvent>();
  let retryMs: number | undefined;
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (chunk) => {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map(fieldOf));
      const data = fields.get('data');
      if (fields.has('retry')) {
        retryMs = Number(fields.get('retry'));
      }
      if (data !== undefined && fields.get('event') !== 'presence_event') {
        queue.push({ id: fields.get('id'), event: fields.get('event'), data: JSON.parse(data) });
      }
    }
  });
  const ended = new Promise<void>((resolve) => {
    response.once('close', () => {
      queue.fail(new Error('The stream has ended'));
      resolve();
    });
  });
  response.on('error', () => {}); // `close` follows.
  return {
    headers: new Headers(response.headers as Record<string, string>),
    get retryMs() {
      return retryMs;
    },
    next: () => queue.shift(),
    pending: () => queue.waiting(),
    ended,
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    close: () => void request.destroy(),
  };
}

function fieldOf(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
}
