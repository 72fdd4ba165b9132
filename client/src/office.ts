import { type Barrier, createBarrier } from './barrier.ts';
import { connect } from './connection.ts';
import { throwDefect } from './errors.ts';
import { createFetcher } from './fetcher.ts';
import type { Fetch } from './http.ts';
import { createPauses } from './pauses.ts';
import { perform } from './queue/perform.ts';
import type { Queue } from './queue/queue.ts';
import { createSender } from './queue/sender.ts';
import type { Input } from './replica/inputs.ts';
import type { Replica } from './replica/replica.ts';
import type { Session } from './session.ts';
import type { ClientState } from './state.ts';
import type { Errand } from './tabs.ts';
import { MOST_SHOWN } from './timeline.ts';
import type { Uploader } from './uploads/uploader.ts';

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
  readonly fetch: Fetch;
  readonly session: Session;
  readonly replica: Replica;
  readonly queue: Queue;
  readonly messagesLimit: number;
  readonly dispatch: (input: Input) => void;
  readonly keepAll: () => Promise<void>;
  readonly setState: (state: ClientState) => void;
  /** So many bytes of a file are uploaded. */
  readonly onProgress: (fileId: string, bytes: number) => void;
  readonly onSignedOut: () => void;
}

/** As long as nothing comes while something should. */
const STANDING_MS = 10_000;
/** Until what is acknowledged and not shown is looked after. */
const SETTLING_MS = 2_000;

export function openOffice(options: OfficeOptions): Office {
  const { url, session, replica, queue, setState, onSignedOut } = options;
  const pauses = createPauses();
  const fetcher = createFetcher({ session, replica, dispatch, pauses });
  const sender = createSender({
    queue,
    perform: (action) => perform(session, action),
    dispatch: (input) => dispatch({ kind: 'queue', input }),
    pauses,
  });
  let uploader: Uploader | undefined;
  let isLoadingUploader = false;
  /** What is waited for while it catches up. */
  let catchingUp: Barrier | undefined;
  let settling: Barrier | undefined;
  /** Of the connection, the last time that it was asked what there is; undefined while there is no connection. */
  let asked: object | undefined;
  let isTrimming = false;
  let watch: ReturnType<typeof setTimeout> | undefined;
  let settlement: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  function dispatch(input: Input): void {
    options.dispatch(input);
    lookAtBarriers();
  }

  /** What uploads is loaded when there is something to upload. */
  async function lookAtFiles(): Promise<void> {
    uploader?.look();
    if (uploader !== undefined || isLoadingUploader || queue.roomsWithFiles().size === 0) {
      return;
    }
    isLoadingUploader = true;
    for (let failures = 0; uploader === undefined && !isClosed; failures += 1) {
      try {
        const { createUploader } = await import('./uploads/uploader.ts');
        uploader = createUploader({
          url,
          session,
          queue,
          dispatch: (input) => dispatch({ kind: 'queue', input }),
          onProgress: options.onProgress,
          pauses,
        });
      } catch {
        await pauses.after(failures); // There is no network to load it by.
      }
    }
    uploader?.look();
  }

  function lookAtBarriers(): void {
    if (catchingUp?.isPassed()) {
      catchingUp = undefined;
      clearTimeout(watch);
      setState('live');
      pauses.end();
    }
    if (settling?.isPassed()) {
      settling = undefined;
      settleLater();
    }
  }

  /**
   * @returns what is passed when the replica has what was committed until now, and no room that its person has left or
   * of which they want to be told otherwise than it knows: no event tells of that
   */
  async function raiseBarrier(): Promise<Barrier> {
    const acknowledged = queue.acknowledged();
    const heads = await fetcher.fetchHeads();
    const roomIds = [...replica.rooms()]
      .filter(
        ({ id, membership }) =>
          heads.get(id)?.viewerMembership?.notificationLevel !== membership.notificationLevel,
      )
      .map(({ id }) => id);
    if (roomIds.length > 0) {
      options.dispatch({ kind: 'behind', roomIds });
    }
    const awaited = new Map(roomIds.map((id) => [id, 0]));
    for (const [id, { changeSeq }] of heads) {
      awaited.set(id, Number(changeSeq));
    }
    return createBarrier(replica, awaited, () => {
      for (const { id } of acknowledged) {
        options.dispatch({ kind: 'queue', input: { kind: 'settled', id } });
      }
    });
  }

  /** Live is who has applied what was there when it asked, after it had subscribed. */
  async function catchUp(): Promise<void> {
    const asking = {};
    asked = asking;
    const isCurrent = () => asked === asking && !isClosed;
    for (let failures = 0; isCurrent(); failures += 1) {
      try {
        await fetcher.fetchInbox();
        const barrier = await raiseBarrier();
        if (isCurrent()) {
          catchingUp = barrier;
          watchStanding();
          lookAtBarriers();
        }
        return;
      } catch (error) {
        throwDefect(error);
        await pauses.after(failures);
      }
    }
  }

  /** Nothing may be waited for in vain: what does not come is fetched. */
  function watchStanding(): void {
    clearTimeout(watch);
    const { version } = replica;
    watch = setTimeout(() => {
      const roomIds = catchingUp?.roomsBehind() ?? [];
      if (replica.version === version && roomIds.length > 0) {
        dispatch({ kind: 'behind', roomIds });
      }
      if (catchingUp !== undefined) {
        watchStanding();
      }
    }, STANDING_MS);
  }

  /**
   * What is acknowledged is mostly shown a moment later. Where others have undone it already, the replica never looks as
   * if it had been done: then it is enough that the replica has come to where it must have been.
   */
  function settleLater(): void {
    const isLeft = queue.acknowledged().length > 0;
    if (isLeft && settlement === undefined && settling === undefined && !isClosed) {
      settlement = setTimeout(async () => {
        settlement = undefined;
        try {
          settling = await raiseBarrier();
          lookAtBarriers();
        } catch (error) {
          throwDefect(error);
          settleLater();
        }
      }, SETTLING_MS);
    }
  }

  /** What trims is loaded when there is too much; without a network, it is tried at the next input. */
  async function keepWithinLimit(): Promise<void> {
    const limit = options.messagesLimit;
    if (isTrimming || replica.messageCount() <= limit) {
      return;
    }
    isTrimming = true;
    const trimming = await import('./on-demand/trim.ts').catch(() => undefined);
    if (!isClosed) {
      trimming?.trim(replica, limit, MOST_SHOWN, options.dispatch);
    }
    isTrimming = false;
  }

  setState('offline');
  const connection = connect({
    url,
    WebSocket: options.WebSocket,
    fetch: options.fetch,
    accessToken: session.accessToken,
    refresh: session.refresh,
    cursor: () => replica.cursor,
    onReady() {
      setState('catching up');
      void catchUp();
    },
    onEvent: (userEvent) => dispatch({ kind: 'event', userEvent }),
    onResync: () => dispatch({ kind: 'resync' }),
    onLost() {
      asked = undefined;
      catchingUp = undefined;
      clearTimeout(watch);
      setState('offline');
    },
    onSignedOut,
    pauses,
  });
  sender.start();
  fetcher.mendRooms();
  void lookAtFiles();

  return {
    run(errand) {
      switch (errand.kind) {
        case 'room':
          return fetcher.fetchRoom(errand.roomId);
        case 'history':
          return fetcher.fetchHistory(errand.roomId, errand.request);
        case 'thread':
          return fetcher.fetchThread(errand.messageId, errand.after);
        case 'blocked':
          return fetcher.fetchInbox();
        case 'person':
          return fetcher.fetchPerson(errand.userId);
        case 'members':
          return fetcher.fetchMembers(errand.roomId);
        case 'keep':
          return options.keepAll();
        case 'use':
          dispatch({ kind: 'used', roomId: errand.roomId, at: Date.now(), seq: errand.seq });
          return Promise.resolve();
      }
    },
    look() {
      fetcher.mendRooms();
      sender.start();
      void lookAtFiles();
      settleLater();
      void keepWithinLimit();
    },
    hurry() {
      pauses.end();
      connection.check();
      if (asked) {
        void catchUp(); // What is being asked already may have been answered.
      }
    },
    async close() {
      isClosed = true;
      clearTimeout(watch);
      clearTimeout(settlement);
      fetcher.close();
      const ended = Promise.all([sender.close(), uploader?.close(), connection.close()]);
      pauses.end();
      await ended;
    },
  };
}
