import { connect } from './connection.ts';
import { NetworkError, TrumpetError } from './errors.ts';
import { createFetcher } from './fetcher.ts';
import { createPauses } from './pauses.ts';
import { perform } from './queue/perform.ts';
import type { Queue } from './queue/queue.ts';
import { createSender } from './queue/sender.ts';
import type { Input } from './replica/inputs.ts';
import type { Replica } from './replica/replica.ts';
import type { Session } from './session.ts';
import type { ClientState } from './state.ts';
import type { Errand } from './tabs.ts';

/** What the leading tab does: all that speaks with the server, and makes inputs of it. */
export interface Office {
  run(errand: Errand): Promise<void>;
  /** Looks what an input has left to do. */
  look(): void;
  hurry(): void;
  close(): Promise<void>;
}

export interface OfficeOptions {
  readonly url: string;
  readonly WebSocket: typeof WebSocket;
  readonly session: Session;
  readonly replica: Replica;
  readonly queue: Queue;
  readonly dispatch: (input: Input) => void;
  readonly setState: (state: ClientState) => void;
  readonly onSignedOut: () => void;
}

export function openOffice(options: OfficeOptions): Office {
  const { url, session, replica, queue, dispatch, setState, onSignedOut } = options;
  const pauses = createPauses();
  const fetcher = createFetcher({ session, replica, dispatch, pauses });
  const sender = createSender({
    queue,
    perform: (action) => perform(session, action),
    dispatch: (input) => dispatch({ kind: 'queue', input }),
    pauses,
  });
  /** How far the log of each room went when it was asked, until the replica is there. */
  let targets: ReadonlyMap<string, number> | undefined;
  let connections = 0;
  let isClosed = false;

  /** Live is who has applied what was there when it asked, after it had subscribed. */
  function lookWhetherLive(): void {
    const isThere = ([roomId, head]: [string, number]) => {
      const log = replica.log(roomId);
      return log !== undefined && !log.isStale && (log.changeSeq ?? 0) >= head;
    };
    if (targets !== undefined && [...targets].every(isThere)) {
      targets = undefined;
      setState('live');
      pauses.end();
    }
  }

  async function catchUp(connection: number): Promise<void> {
    const isCurrent = () => connections === connection && !isClosed;
    for (let failures = 0; isCurrent(); failures += 1) {
      try {
        if (replica.cursor === null) {
          await fetcher.fetchInbox();
        }
        const heads = await fetcher.fetchHeads();
        if (isCurrent()) {
          targets = heads;
          lookWhetherLive();
        }
        return;
      } catch (error) {
        if (!(error instanceof NetworkError || error instanceof TrumpetError)) {
          throw error;
        }
        await pauses.after(failures);
      }
    }
  }

  setState('offline');
  const connection = connect({
    url,
    WebSocket: options.WebSocket,
    accessToken: session.accessToken,
    refresh: session.refresh,
    cursor: () => replica.cursor,
    onReady() {
      connections += 1;
      setState('catching up');
      void catchUp(connections);
    },
    onEvent: (userEvent) => dispatch({ kind: 'event', userEvent }),
    onResync: () => dispatch({ kind: 'resync' }),
    onLost() {
      connections += 1;
      targets = undefined;
      setState('offline');
    },
    onSignedOut,
    pauses,
  });
  sender.start();
  fetcher.mendRooms();

  return {
    run(errand) {
      switch (errand.kind) {
        case 'room':
          return fetcher.fetchRoom(errand.roomId);
        case 'history':
          return fetcher.fetchHistory(errand.roomId, errand.request);
        case 'members':
          return fetcher.fetchMembers(errand.roomId);
      }
    },
    look() {
      fetcher.mendRooms();
      sender.start();
      lookWhetherLive();
    },
    hurry: () => pauses.end(),
    async close() {
      isClosed = true;
      fetcher.close();
      const ended = Promise.all([sender.close(), connection.close()]);
      pauses.end();
      await ended;
    },
  };
}
