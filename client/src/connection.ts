import { refusalOf, TrumpetError, throwDefect } from './errors.ts';
import { UserEventsDocument } from './generated.ts';
import type { Fetch } from './http.ts';
import {
  BROKEN,
  type Ending,
  type Listening,
  type Result,
  SOCKETS_OPEN,
} from './listening/listening.ts';
import { listenBySocket } from './listening/socket.ts';
import { loaded } from './loaded.ts';
import type { Pauses } from './pauses.ts';
import type { UserEvent } from './replica/inputs.ts';

/*
 * One subscription to all rooms, kept up:
 *
 *            ┌─────────────── pause ◀───────────────┐
 *            ▼                                      │
 *   token ──▶ connecting ──Ready──▶ subscribed ──▶ ended
 *     ▲                                             │
 *     └──── 4401, 4403: new tokens · RESYNC: at once, without a cursor
 *
 * It ends for good when the server gives no more tokens. Where sockets do not open, as behind some proxies, every second
 * attempt is by Server-Sent Events; a stream that holds is left when sockets open again.
 */

export interface ConnectionOptions {
  readonly url: string;
  readonly WebSocket: typeof WebSocket;
  readonly fetch: Fetch;
  readonly accessToken: () => Promise<string>;
  readonly refresh: (refused: string) => Promise<void>;
  /** Where to resume. */
  readonly cursor: () => string | null;
  /** After Ready was handed over: from here on nothing is missed. */
  readonly onReady: () => void;
  readonly onEvent: (userEvent: UserEvent) => void;
  readonly onResync: () => void;
  readonly onLost: () => void;
  /** There are no tokens any more. */
  readonly onSignedOut: () => void;
  readonly pauses: Pauses;
}

export interface Connection {
  /** Looks whether the server still answers, as after a sleep. */
  check(): void;
  /** Ends at once; the pauses have to be ended too. */
  close(): Promise<void>;
}

/** Codes of docs/protocol.md after which to come back at once. */
const AT_ONCE: ReadonlySet<number> = new Set([1001, 1012]);
const NEW_TOKENS: ReadonlySet<number> = new Set([4401, 4403]);

/** After so many sockets that did not open, every second attempt is a stream. */
const SOCKETS_BEFORE_STREAM = 2;

export function connect(options: ConnectionOptions): Connection {
  const { accessToken, refresh, onLost, onResync, onSignedOut, pauses } = options;
  let isClosed = false;
  let listening: Listening | undefined;
  /** How many attempts in a row have failed since a socket last opened. */
  let unopened = 0;

  /** One subscription, from its beginning to its end. */
  async function subscribe(token: string, onReady: () => void): Promise<Ending> {
    const isByStream = unopened >= SOCKETS_BEFORE_STREAM && unopened % 2 === 0;
    let isReady = false;
    const now = await listen(isByStream, token, ({ data, errors }) => {
      if (errors !== undefined || !data) {
        now.end({ kind: 'refused', refusal: refusalOf(errors ?? []) });
        return;
      }
      options.onEvent((data as { readonly userEvents: UserEvent }).userEvents);
      if (!isReady) {
        isReady = true;
        unopened = isByStream ? unopened : 0;
        onReady();
        options.onReady();
      }
    });
    listening = now;
    if (isClosed) {
      now.end(BROKEN);
    }
    const ending = await now.ended;
    listening = undefined;
    if (ending === SOCKETS_OPEN) {
      unopened = 0;
    } else if (!isReady && isUnheard(ending)) {
      unopened += 1;
    }
    return ending;
  }

  async function listen(
    isByStream: boolean,
    token: string,
    onResult: (result: Result) => void,
  ): Promise<Listening> {
    const { url, fetch, WebSocket } = options;
    const query = UserEventsDocument.toString();
    const payload = { query, variables: { after: options.cursor() } };
    const how = { url, WebSocket, token, payload, onResult };
    if (!isByStream) {
      return listenBySocket(how);
    }
    const { listenByStream } = await loaded(import('./listening/stream.ts')).catch((error) => {
      unopened += 1;
      throw error;
    });
    return listenByStream({ ...how, fetch });
  }

  async function keepUp(): Promise<void> {
    let attempt = 0;
    while (!isClosed) {
      try {
        const token = await accessToken();
        if (isClosed) {
          return;
        }
        const ending = await subscribe(token, () => {
          attempt = 0;
        });
        onLost();
        if (ending.kind === 'refused' && isResync(ending.refusal) && options.cursor() !== null) {
          onResync();
          continue;
        }
        if (needsNewTokens(ending)) {
          await refresh(token);
        } else if (ending.kind === 'closed' && AT_ONCE.has(ending.code) && attempt === 0) {
          attempt += 1;
          continue;
        }
      } catch (error) {
        if (isUnauthenticated(error)) {
          onSignedOut();
          return;
        }
        throwDefect(error);
      }
      if (!isClosed) {
        await pauses.after(attempt);
        attempt += 1;
      }
    }
  }

  const ended = keepUp();
  return {
    check: () => listening?.check(),
    async close() {
      isClosed = true;
      listening?.end(BROKEN);
      await ended;
    },
  };
}

/** A cursor that is not of this database is of another log, too. */
function isResync({ code }: TrumpetError): boolean {
  return code === 'RESYNC' || code === 'BAD_INPUT';
}

function needsNewTokens(ending: Ending): boolean {
  return ending.kind === 'closed' ? NEW_TOKENS.has(ending.code) : isUnauthenticated(ending.refusal);
}

/** Whether nothing was heard of the server. */
function isUnheard(ending: Ending): boolean {
  return ending.kind === 'closed'
    ? ending.code === BROKEN.code
    : !isResync(ending.refusal) && !isUnauthenticated(ending.refusal);
}

function isUnauthenticated(error: unknown): boolean {
  return error instanceof TrumpetError && error.code === 'UNAUTHENTICATED';
}
