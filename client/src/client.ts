import { type Connection, connect } from './connection.ts';
import { NetworkError, TrumpetError } from './errors.ts';
import { createFetcher, type Fetcher } from './fetcher.ts';
import { SetTypingDocument, type TypedDocumentString } from './generated.ts';
import type { Fetch } from './http.ts';
import { createPauses, type Pauses } from './pauses.ts';
import type { Action, Deed } from './queue/actions.ts';
import { perform } from './queue/perform.ts';
import { loadQueue, type Queue, type QueueInput } from './queue/queue.ts';
import { createSender, type Sender } from './queue/sender.ts';
import type { Input } from './replica/inputs.ts';
import type { Member, Person } from './replica/model.ts';
import { loadReplica, type Replica } from './replica/replica.ts';
import {
  type Account,
  type Credentials,
  openSession,
  type Session,
  type Tokens,
} from './session.ts';
import { type ShownRoom, showRoom } from './shown.ts';
import { memoryStorage } from './store/memory.ts';
import type { Storage, Store } from './store/store.ts';
import { createTimeline, type Timeline } from './timeline.ts';
import { createNotifier, type View } from './views.ts';

/**
 * `live`: everything that was committed until now is here. `catching up`: connected, and what was missed is coming.
 * `offline`: no connection; it is tried again by itself. `signed out`: nobody is signed in.
 */
export type ClientState = 'live' | 'catching up' | 'offline' | 'signed out';

export interface ClientOptions {
  /** Where the server is, such as `https://chat.example`. */
  readonly url: string;
  /** What keeps on this device. Default: memory. */
  readonly storage?: Storage;
  readonly fetch?: Fetch;
  readonly WebSocket?: typeof WebSocket;
}

export interface Client {
  readonly state: View<ClientState>;
  /** Who is signed in. */
  readonly viewerId: View<string | null>;
  signIn(credentials: Credentials): Promise<void>;
  signUp(account: Account): Promise<void>;
  /** Removes all that is kept of the person on this device, also what was not sent. */
  signOut(): Promise<void>;

  /** The rooms that the person is in, the newest activity first. */
  readonly rooms: View<readonly ShownRoom[]>;
  room(roomId: string): View<ShownRoom | undefined>;
  person(userId: string): View<Person | undefined>;
  /** Undefined until they have come; asked for by this. */
  members(roomId: string): View<ReadonlyMap<string, Member> | undefined>;
  typing(roomId: string): View<readonly string[]>;
  /** The messages of a room, the newest first to be there. */
  timeline(roomId: string): Timeline;

  /** What is not acknowledged yet, and what was refused. */
  readonly queue: View<readonly Action[]>;
  /** Does it: shown at once, sent until it is acknowledged or refused. @returns the id of the action */
  act(deed: Deed): string;
  /** Sends what was refused again, changed or not. */
  mend(actionId: string, deed: Deed): void;
  /** Gives it up, with what was done with it. */
  drop(actionId: string): void;
  /** Tells that the person is typing; lost when there is no network. */
  type(roomId: string): void;
  /** Asks the server for something else, as the person. */
  ask<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
  ): Promise<Result>;

  /** Tries at once what waits for the network, as when an app comes to the foreground. */
  hurry(): void;
  /** Resolves when all until now is kept on this device. */
  kept(): Promise<void>;
  /** Ends the connection; the person stays signed in. */
  close(): Promise<void>;
}

/** How long somebody is shown as typing without hearing of it again. */
const TYPING_LASTS_MS = 10_000;

/** What there is while somebody is signed in. */
interface Desk {
  readonly store: Store;
  readonly replica: Replica;
  readonly queue: Queue;
  readonly fetcher: Fetcher;
  readonly sender: Sender;
  readonly connection: Connection;
  /** What waits until it is tried again. */
  readonly pauses: Pauses;
}

export async function openClient(options: ClientOptions): Promise<Client> {
  const { storage = memoryStorage(), fetch = globalThis.fetch.bind(globalThis) } = options;
  const url = options.url.replace(/\/+$/, '');
  const socketClass = options.WebSocket ?? globalThis.WebSocket;
  const notifier = createNotifier();
  const sessions = await storage.open(`trumpet ${url}`);
  let state: ClientState = 'signed out';
  let desk: Desk | null = null;
  let writing: Promise<void> = Promise.resolve();

  const session: Session = await openSession({
    url,
    fetch,
    async read() {
      const [row] = await sessions.read('meta', 'tokens');
      return (row?.[1] as Tokens | undefined) ?? null;
    },
    write: (tokens) =>
      sessions.write([{ table: 'meta', key: 'tokens', value: tokens ?? undefined }]),
    alone: (run) => run(),
  });

  function setState(to: ClientState): void {
    if (to !== state) {
      state = to;
      notifier.notify(['state']);
    }
  }

  function nameOf(userId: string): string {
    return `trumpet ${url} ${userId}`;
  }

  /** Writes what has changed, after what was written before. */
  function keep({ store, replica, queue }: Pick<Desk, 'store' | 'replica' | 'queue'>): void {
    const changes = [...replica.takeChanges(), ...queue.takeChanges()];
    if (changes.length > 0) {
      writing = writing.then(() => store.write(changes)).catch(() => {});
    }
  }

  async function sitDown({ userId }: Tokens): Promise<void> {
    const store = await storage.open(nameOf(userId));
    const [replica, queue] = await Promise.all([loadReplica(store, userId), loadQueue(store)]);
    const pauses = createPauses();
    let targets: ReadonlyMap<string, number> | undefined;
    let connections = 0;
    let isKeeping = false;

    function changed(): void {
      queue.settle(replica);
      notifier.notify([...replica.takeTopics(), ...queue.takeTopics()]);
      if (!isKeeping) {
        isKeeping = true;
        queueMicrotask(() => {
          isKeeping = false;
          keep({ store, replica, queue });
        });
      }
    }

    function dispatch(input: Input): void {
      replica.apply(input);
      changed();
      fetcher.mendRooms();
      lookWhetherLive();
    }

    function dispatchToQueue(input: QueueInput): void {
      queue.apply(input);
      changed();
    }

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

    async function catchUp(connectionNumber: number): Promise<void> {
      const isCurrent = () => connections === connectionNumber && desk?.replica === replica;
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

    const fetcher = createFetcher({ session, replica, dispatch, pauses });
    const sender = createSender({
      queue,
      perform: (action) => perform(session, action),
      dispatch: dispatchToQueue,
      pauses,
    });
    setState('offline');
    const connection = connect({
      url,
      WebSocket: socketClass,
      accessToken: session.accessToken,
      refresh: session.refresh,
      cursor: () => replica.cursor,
      onEvent(userEvent) {
        dispatch({ kind: 'event', userEvent });
        if (userEvent.event.__typename === 'ReadyEvent' && state === 'offline') {
          setState('catching up');
          connections += 1;
          void catchUp(connections);
        }
      },
      onResync: () => dispatch({ kind: 'resync' }),
      onLost() {
        connections += 1;
        targets = undefined;
        setState('offline');
      },
      onSignedOut: () => void standUp(true),
      pauses,
    });
    desk = { store, replica, queue, fetcher, sender, connection, pauses };
    notifier.notify(['viewer', 'inbox', 'queue']);
    sender.start();
    fetcher.mendRooms();
  }

  /** @param isForGood whether what is kept goes too */
  async function standUp(isForGood: boolean): Promise<void> {
    const left = desk;
    if (left === null) {
      return;
    }
    desk = null;
    setState('signed out');
    notifier.notify(['viewer', 'inbox', 'queue']);
    left.fetcher.close();
    const ended = Promise.all([left.sender.close(), left.connection.close()]);
    left.pauses.end();
    await ended;
    keep(left);
    await writing;
    await left.store.close();
    if (isForGood) {
      await storage.remove(nameOf(left.replica.userId));
    }
  }

  function atDesk(): Desk {
    if (desk === null) {
      throw new TrumpetError('UNAUTHENTICATED', 'Sign in first.');
    }
    return desk;
  }

  function change(input: QueueInput): void {
    const { queue, sender, replica } = atDesk();
    queue.apply(input);
    queue.settle(replica);
    notifier.notify(queue.takeTopics());
    keep(atDesk());
    sender.start();
  }

  if (session.tokens !== null) {
    await sitDown(session.tokens);
  }

  return {
    state: notifier.view(['state'], () => state),
    viewerId: notifier.view(['viewer'], () => desk?.replica.userId ?? null),
    async signIn(credentials) {
      await standUp(false);
      await sitDown(await session.signIn(credentials));
    },
    async signUp(account) {
      await standUp(false);
      await sitDown(await session.signUp(account));
    },
    async signOut() {
      await standUp(true);
      await session.signOut();
    },
    rooms: notifier.view(['inbox', 'viewer'], () => {
      if (desk === null) {
        return [];
      }
      const { replica, queue } = desk;
      return [...replica.rooms()]
        .map((room) => showRoom(room, queue, replica))
        .sort((a, b) => Date.parse(b.lastActivityAt) - Date.parse(a.lastActivityAt));
    }),
    room: (roomId) =>
      notifier.view([`room ${roomId}`, 'viewer'], () => {
        const room = desk?.replica.room(roomId);
        return desk === null || room === undefined
          ? undefined
          : showRoom(room, desk.queue, desk.replica);
      }),
    person: (userId) =>
      notifier.view([`person ${userId}`, 'viewer'], () => desk?.replica.person(userId)),
    members(roomId) {
      if (desk !== null && desk.replica.members(roomId) === undefined) {
        desk.fetcher.fetchMembers(roomId).catch(() => {});
      }
      return notifier.view([`members ${roomId}`, 'viewer'], () => {
        const members = desk?.replica.members(roomId);
        return members && new Map(members);
      });
    },
    typing: (roomId) =>
      notifier.view([`typing ${roomId}`, 'viewer'], () => {
        const since = Date.now() - TYPING_LASTS_MS;
        return [...(desk?.replica.typing(roomId) ?? [])]
          .filter(([, at]) => at > since)
          .map(([id]) => id);
      }),
    timeline: (roomId) => createTimeline({ roomId, notifier, desk: () => desk }),
    queue: notifier.view(['queue', 'viewer'], () => desk?.queue.actions() ?? []),
    act(deed) {
      const { queue } = atDesk();
      const id = crypto.randomUUID();
      const action = {
        id,
        order: queue.nextOrder(),
        deed,
        at: Date.now(),
        state: 'waiting',
      } as const;
      change({ kind: 'done', action });
      return id;
    },
    mend: (id, deed) => change({ kind: 'mended', id, deed }),
    drop: (id) => change({ kind: 'dropped', id }),
    type(roomId) {
      session.ask(SetTypingDocument, { input: { roomId, isTyping: true } }).catch(() => {});
    },
    ask: session.ask,
    hurry: () => desk?.pauses.end(),
    async kept() {
      await Promise.resolve();
      if (desk !== null) {
        keep(desk);
      }
      await writing;
    },
    close: () => standUp(false),
  };
}
