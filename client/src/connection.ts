import { createClient, type Sink } from 'graphql-ws';
import { type GraphqlError, NetworkError, refusalOf, TrumpetError } from './errors.ts';
import { UserEventsDocument } from './generated.ts';
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
 * It ends for good when the server gives no more tokens.
 */

export interface ConnectionOptions {
  readonly url: string;
  readonly WebSocket: typeof WebSocket;
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

/** Until Ready; as long as the server waits for a token. */
const READY_TIMEOUT_MS = 10_000;
const PING_EVERY_MS = 15_000;
const PONG_TIMEOUT_MS = 10_000;
const PING = JSON.stringify({ type: 'ping' });

/** Codes of docs/protocol.md after which to come back at once. */
const AT_ONCE: ReadonlySet<number> = new Set([1001, 1012]);
const NEW_TOKENS: ReadonlySet<number> = new Set([4401, 4403]);

type Ending =
  | { readonly kind: 'closed'; readonly code: number }
  | { readonly kind: 'refused'; readonly refusal: TrumpetError };

export function connect(options: ConnectionOptions): Connection {
  const { accessToken, refresh, onLost, onResync, onSignedOut, pauses } = options;
  let isClosed = false;
  let terminate: () => void = () => {};
  let check: () => void = () => {};

  /** One subscription, from its socket to its end. */
  function subscribe(token: string, onReady: () => void): Promise<Ending> {
    return new Promise((resolve) => {
      let isReady = false;
      let deadline: ReturnType<typeof setTimeout> | undefined;
      const within = (ms: number) => {
        clearTimeout(deadline);
        deadline = setTimeout(() => client.terminate(), ms);
      };
      const client = createClient({
        url: `${options.url.replace(/^http/, 'ws')}/graphql`,
        webSocketImpl: options.WebSocket,
        connectionParams: { authorization: `Bearer ${token}` },
        retryAttempts: 0,
        keepAlive: PING_EVERY_MS,
        on: {
          ping: (isReceived) => {
            if (!isReceived) {
              within(PONG_TIMEOUT_MS);
            }
          },
          opened(socket) {
            check = () => {
              if (isReady) {
                (socket as WebSocket).send(PING);
                within(PONG_TIMEOUT_MS);
              }
            };
          },
          pong: (isReceived) => {
            if (isReceived) {
              clearTimeout(deadline);
            }
          },
        },
      });
      const end = (ending: Ending) => {
        clearTimeout(deadline);
        check = () => {};
        client.terminate();
        resolve(ending);
      };
      const sink: Sink<{
        data?: { userEvents: UserEvent } | null;
        errors?: readonly GraphqlError[];
      }> = {
        next({ data, errors }) {
          if (errors !== undefined || !data) {
            end({ kind: 'refused', refusal: refusalOf(errors ?? []) });
            return;
          }
          options.onEvent(data.userEvents);
          if (!isReady) {
            isReady = true;
            clearTimeout(deadline);
            onReady();
            options.onReady();
          }
        },
        error: (error) => end(endingOf(error)),
        complete: () => end({ kind: 'closed', code: 1000 }),
      };
      terminate = () => client.terminate();
      within(READY_TIMEOUT_MS);
      client.subscribe(
        {
          query: UserEventsDocument.toString(),
          operationName: 'UserEvents',
          variables: { after: options.cursor() },
        },
        sink as Sink,
      );
    });
  }

  async function keepUp(): Promise<void> {
    let attempt = 0;
    while (!isClosed) {
      const failures = attempt;
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
        if (ending.kind === 'closed' && NEW_TOKENS.has(ending.code)) {
          await refresh(token);
        } else if (ending.kind === 'closed' && AT_ONCE.has(ending.code) && failures === 0) {
          attempt += 1;
          continue;
        }
      } catch (error) {
        if (error instanceof TrumpetError && error.code === 'UNAUTHENTICATED') {
          onSignedOut();
          return;
        }
        if (!(error instanceof NetworkError || error instanceof TrumpetError)) {
          throw error;
        }
      }
      if (!isClosed) {
        await pauses.after(attempt);
        attempt += 1;
      }
    }
  }

  const ended = keepUp();
  return {
    check: () => check(),
    async close() {
      isClosed = true;
      terminate();
      await ended;
    },
  };
}

/** A cursor that is not of this database is of another log, too. */
function isResync({ code }: TrumpetError): boolean {
  return code === 'RESYNC' || code === 'BAD_INPUT';
}

function endingOf(error: unknown): Ending {
  if (Array.isArray(error)) {
    return { kind: 'refused', refusal: refusalOf(error) };
  }
  const code = (error as { code?: unknown }).code;
  return { kind: 'closed', code: typeof code === 'number' ? code : 1006 };
}
