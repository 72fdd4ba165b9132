import {
  type Client,
  createClient,
  type ExecutionResult,
  type Sink,
  type SubscribePayload,
} from 'graphql-ws';

/** Whose events these are. */
export interface LiveSession {
  accessToken(): string;
  /** Gets a new access token by `refreshSession`. */
  refresh(): Promise<void>;
}

const ACCESS_ENDED = 4403;
const TOO_MANY = 4429;
const MAX_PAUSE_MS = 10_000;

/** A client of `graphql-ws` that comes back after every cut, and goes on behind the last event that it has shown. */
export function createLiveClient(url: string, session: LiveSession): Client {
  let isRefused = false;
  const client = createClient({
    url,
    async connectionParams() {
      if (isRefused) {
        await session.refresh();
        isRefused = false;
      }
      return { authorization: `Bearer ${session.accessToken()}` };
    },
    shouldRetry: () => true,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait,
    on: {
      closed(event) {
        isRefused = (event as CloseEvent).code === ACCESS_ENDED;
      },
    },
  });
  return {
    ...client,
    subscribe: (payload, sink) => subscribeAndResume(client, payload, sink as never),
  };
}

/** Longer from time to time, and not the same for all who were cut at once. */
function retryWait(retries: number): Promise<void> {
  const pauseMs = Math.min(250 * 2 ** retries, MAX_PAUSE_MS);
  return new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random() / 2)));
}

function subscribeAndResume(
  client: Client,
  payload: SubscribePayload,
  sink: Sink<ExecutionResult<Record<string, { cursor?: string } | null>>>,
): () => void {
  let resumeAt: Record<string, string> = {};
  let stop: (() => void) | undefined;
  let retries = 0;
  let isOver = false;

  function begin(): void {
    stop = client.subscribe<Record<string, { cursor?: string } | null>>(
      {
        ...payload,
        // graphql-ws subscribes again with this very object: the getter is asked each time.
        get variables() {
          return { ...payload.variables, ...resumeAt };
        },
      },
      {
        next(result) {
          retries = 0;
          const { userEvents, roomEvents } = result.data ?? {};
          if (userEvents?.cursor) {
            resumeAt = { after: userEvents.cursor };
          } else if (roomEvents?.cursor) {
            resumeAt = { cursor: roomEvents.cursor };
          }
          sink.next(result as never);
        },
        complete: () => sink.complete(),
        async error(error) {
          // graphql-ws gives up at this code, whatever shouldRetry says.
          if ((error as Partial<CloseEvent>).code !== TOO_MANY) {
            sink.error(error);
            return;
          }
          await retryWait(retries);
          retries += 1;
          if (!isOver) {
            begin();
          }
        },
      },
    );
  }

  begin();
  return () => {
    isOver = true;
    stop?.();
  };
}
