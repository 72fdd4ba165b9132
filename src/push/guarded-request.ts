import http, {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import https from 'node:https';
import { wallClockMs } from '../process/clock.ts';
import {
  checkEndpoint,
  EndpointRefusedError,
  type EndpointRules,
  guardedLookup,
  type Resolve,
} from './endpoint-guard.ts';

const TIMEOUT_MS = 10_000;
/** Those who are asked answer with a line; more is not read. */
const ANSWER_CAP_BYTES = 16_384;
/** Under what servers commonly allow, so that we end an idle connection before they do. */
const IDLE_MS = 4_000;

export interface GuardedRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: Buffer | string;
  /** How long it may take until its answer, where it is less than usual. */
  readonly timeoutMs?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** At most 16 kB of it, unless the client reads more. */
  readonly body: string;
}

export class UnansweredError extends Error {
  /** True when the request cannot have reached anyone: it may be sent again without being sent twice. */
  readonly unsent: boolean;

  constructor(unsent: boolean, cause: unknown) {
    super(unsent ? 'Not reached' : 'Sent, but not answered', { cause });
    this.name = 'UnansweredError';
    this.unsent = unsent;
  }
}

/** A request whose head has been sent, and whose body has not: nobody can have acted on it. */
export interface OpenRequest {
  /**
   * Writes the body, before this call returns. For those who have to do something else in the same moment.
   *
   * @throws UnansweredError when the network fails, or has failed since the request was opened
   */
  finish(): Promise<Answer>;
  /** Ends it unfinished. */
  abandon(): void;
}

export interface GuardedClient {
  /**
   * Connects for one request, which has 10 s from now on until its answer; no redirects.
   *
   * @throws EndpointRefusedError before anything is connected to
   * @throws UnansweredError when the network fails
   */
  open(request: GuardedRequest): Promise<OpenRequest>;
  /** Opens and finishes a request. */
  send(request: GuardedRequest): Promise<Answer>;
  close(): void;
}

export interface GuardedClientOptions extends EndpointRules {
  readonly timeoutMs?: number;
  /** How many connections one origin gets; what waits for one spends its time. 32 unless given. */
  readonly socketsPerOrigin?: number;
  /** How much of an answer is read. 16 kB unless given. */
  readonly answerCapBytes?: number;
  /** How names become addresses; for tests. */
  readonly resolve?: Resolve;
  /** Certificates to trust beside the system's; for tests. */
  readonly ca?: string | undefined;
}

/** An HTTPS client that connects to where the rules let it, by HTTP only where they trust. */
export function createGuardedClient(options: GuardedClientOptions): GuardedClient {
  const { socketsPerOrigin: maxSockets = 32, ca } = options;
  const shared = { keepAlive: true, timeout: IDLE_MS, maxSockets, ca };
  const guarded = new https.Agent({ ...shared, lookup: guardedLookup(options.resolve) });
  const trusting = new https.Agent(shared);
  const plain = new http.Agent({ keepAlive: true, timeout: IDLE_MS, maxSockets });
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const capBytes = options.answerCapBytes ?? ANSWER_CAP_BYTES;

  async function open(wanted: GuardedRequest): Promise<OpenRequest> {
    const url = checkEndpoint(wanted.url, options);
    const trusted = url.protocol === 'https:' ? trusting : plain;
    const agent = options.trustedOrigins.includes(url.origin) ? trusted : guarded;
    return openRequest(url, { timeoutMs, ...wanted }, agent, capBytes);
  }

  return {
    open,
    async send(wanted) {
      return (await open(wanted)).finish();
    },
    close() {
      guarded.destroy();
      trusting.destroy();
      plain.destroy();
    },
  };
}

async function openRequest(
  url: URL,
  { method, headers, body = '', timeoutMs }: GuardedRequest & { readonly timeoutMs: number },
  agent: http.Agent,
  capBytes: number,
): Promise<OpenRequest> {
  let finished = false;
  const isPlain = url.protocol === 'http:';
  const outgoing = (isPlain ? http : https).request(url, {
    method,
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    agent,
    signal: AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs))),
  });
  const answer = new Promise<Answer>((resolve, reject) => {
    outgoing.on('response', (incoming) => resolve(read(incoming, capBytes)));
    outgoing.on('error', (error) => {
      const refused = error instanceof EndpointRefusedError;
      reject(refused ? error : new UnansweredError(!finished, error));
    });
  });
  answer.catch(() => {}); // Whoever finishes it hears of that.
  const connected = new Promise<void>((resolve) => {
    outgoing.on('socket', (socket) => {
      if (outgoing.reusedSocket) {
        resolve();
      } else {
        socket.once(isPlain ? 'connect' : 'secureConnect', resolve);
      }
    });
  });
  outgoing.flushHeaders();
  await Promise.race([connected, answer]);
  return {
    finish() {
      finished = true;
      outgoing.end(body);
      return answer;
    },
    abandon() {
      outgoing.destroy();
    },
  };
}

/** Never rejects: the status has come, and that is the answer, whatever happens to the rest. */
function read(incoming: IncomingMessage, capBytes: number): Promise<Answer> {
  return new Promise((resolve) => {
    let body = '';
    const finish = () =>
      resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body });
    incoming.setEncoding('utf8');
    incoming.on('data', (chunk: string) => {
      body += chunk;
      if (body.length > capBytes) {
        body = body.slice(0, capBytes);
        finish();
        incoming.destroy();
      }
    });
    incoming.on('end', finish);
    incoming.on('error', finish);
    incoming.on('close', finish);
  });
}

/** Retry-After, in seconds or as a date, as milliseconds from now. */
export function retryAfterMs(
  headers: IncomingHttpHeaders,
  now = wallClockMs(),
): number | undefined {
  const value = headers['retry-after'];
  if (value === undefined) {
    return undefined;
  }
  if (/^\d+$/.test(value)) {
    return Number(value) * 1_000;
  }
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
