import { NetworkError, TrumpetError } from './errors.ts';
import type { Fetch } from './http.ts';
import { type Office, openOffice } from './office.ts';
import type { Action } from './queue/actions.ts';
import type { QueueInput } from './queue/inputs.ts';
import { filesOf, type Queue, readQueue } from './queue/queue.ts';
import type { Input } from './replica/inputs.ts';
import { type Replica, readReplica, versionOf } from './replica/replica.ts';
import type { Session } from './session.ts';
import type { ClientState } from './state.ts';
import { openFirst } from './store/open-first.ts';
import { type Change, FORMAT, type Snapshot, type Storage, type Table } from './store/store.ts';
import { type Errand, joinTabs, type TabMessage } from './tabs.ts';

/** What there is while somebody is signed in: their replica and queue, in this tab. */
export interface Desk {
  readonly userId: string;
  /** Whether it is kept on this device. */
  readonly isKept: boolean;
  /** Of the server. */
  readonly url: string;
  /** To ask as the person. */
  readonly session: Session;
  readonly replica: Replica;
  readonly queue: Queue;
  readonly state: ClientState;
  /** How many bytes of a file are uploaded. */
  progress(fileId: string): number;
  /** Shows it at once, and hands it to the tab that leads. */
  act(input: QueueInput): void;
  /** Resolves when what was fetched is in the replica. @throws TrumpetError, NetworkError. */
  run(errand: Errand): Promise<void>;
  hurry(): void;
  /** Resolves when all until now is kept on this device. @throws TrumpetError NOT_KEPT when it does not take it. */
  kept(): Promise<void>;
  /** Resolves when what was to be written is; once it is closed, there is no more. */
  written(): Promise<void>;
  close(): Promise<void>;
}

export interface DeskOptions {
  readonly name: string;
  readonly userId: string;
  readonly url: string;
  readonly WebSocket: typeof WebSocket;
  readonly fetch: Fetch;
  /** Undefined where the device is to keep nothing. */
  readonly storage: Storage | undefined;
  readonly messagesLimit: number;
  readonly session: Session;
  readonly notify: (topics: Iterable<string>) => void;
  readonly onSignedOut: () => void;
}

/** How long somebody is shown as typing without being heard of again. */
export const TYPING_LASTS_MS = 10_000;

interface RunningErrand {
  readonly errand: Errand;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export async function openDesk(options: DeskOptions): Promise<Desk> {
  const { name, userId, url, session, notify } = options;
  const { storage, store } = await openFirst(options.storage, name);
  let state: ClientState = 'offline';
  let replica: Replica;
  /** The replica's version when it was read from what is kept. */
  let readAt = 0;
  let queue: Queue;
  let office: Office | null = null;
  let isClosed = false;
  /** What other tabs told while this one was reading what is kept, or about to lead. */
  let unread: TabMessage[] | null = [];
  /** When somebody who has not been heard of again is typing no more. */
  const agains = new Set<ReturnType<typeof setTimeout>>();
  const errands = new Map<string, RunningErrand>();
  const progress = new Map<string, number>();

  let unwritten: ReadonlyMap<string, Change> = new Map();
  /** What the device has not taken, and is not written again. */
  const lost = new Set<string>();
  let writing: Promise<void> = Promise.resolve();
  let isWriting = false;
  /** Whether the device took nothing of what was to be written last. */
  let isRefused = false;

  function receive(message: TabMessage): void {
    if (unread !== null) {
      unread.push(message);
    } else if (!isClosed) {
      hear(message);
    }
  }

  const tabs = joinTabs(name, storage.isShared, receive);

  /** @param isLeading whether what is brought to the newest format is kept so */
  async function load(isLeading = false): Promise<Snapshot> {
    const kept = await store.load();
    if (isOfNewestFormat(kept)) {
      return kept;
    }
    const { stepsToNewest, withChanges } = await import('./store/formats.ts');
    const changes = stepsToNewest(kept);
    if (isLeading) {
      await store.write(changes);
    }
    return withChanges(kept, changes);
  }

  /** What is kept may be taken away under its tabs: then they go on from memory. */
  const loadOrNothing = (tables: readonly Table[]) => store.load(tables).catch(() => NOTHING);

  function take(snapshot: Snapshot): void {
    replica = readReplica(snapshot, userId);
    readAt = replica.version;
    queue = readQueue(snapshot, queue?.sentAs);
    unwritten = new Map();
    notify(['viewer']);
  }

  async function read(): Promise<void> {
    unread ??= [];
    await load().then(take, () => {}); // It may be taken away: what is shown stays.
    hearUnread();
  }

  function hearUnread(): void {
    const messages = unread ?? [];
    unread = null;
    messages.forEach(receive);
  }

  function apply(input: Input): void {
    replica.apply(input);
    if (input.kind === 'queue') {
      queue.apply(input.input);
    }
    queue.settle(replica);
    const topics = [...replica.takeTopics(), ...topicsOfQueue()];
    notify(topics);
    for (const topic of topics) {
      if (topic.startsWith('typing ')) {
        const again = setTimeout(() => {
          agains.delete(again);
          notify([topic]);
        }, TYPING_LASTS_MS + 1); // A timer may come a part of a millisecond early.
        agains.add(again);
      }
    }
  }

  /** What was done with an answer is shown in its thread. */
  function topicsOfQueue(): readonly string[] {
    return [...queue.takeTopics()].flatMap((topic) => {
      const [kind, id = ''] = topic.split(' ');
      const parentId = kind === 'message' && replica.message(id)?.parentMessageId;
      return parentId ? [topic, `thread ${parentId}`] : [topic];
    });
  }

  /** As the leader: applies an input, tells the other tabs and keeps what it changed. */
  function dispatch(input: Input): void {
    if (isClosed) {
      return; // What is kept may be removed by now.
    }
    apply(input);
    if (!tabs.post({ kind: 'input', version: replica.version, input })) {
      void sayHere(); // They read it from what is kept.
    }
    if (!isWriting) {
      isWriting = true;
      queueMicrotask(() => {
        isWriting = false;
        write();
      });
    }
    office?.look();
  }

  function collect(ofQueue = queue.takeChanges()): void {
    unwritten = mapped([...unwritten.values(), ...replica.takeChanges(), ...ofQueue]);
  }

  function write(): void {
    collect();
    writing = writing.then(async () => {
      const changes = [...unwritten.values()];
      unwritten = new Map();
      if (changes.length > 0) {
        await keep(changes).catch(() => keepSmall(changes));
      }
    });
  }

  async function keep(changes: readonly Change[]): Promise<void> {
    await store.write(changes);
    isRefused = false;
    for (const change of changes) {
      lost.delete(keyOf(change));
    }
  }

  /** Files may be more than the device keeps. Without them the rest is kept; they are lost by a reload. */
  async function keepSmall(changes: readonly Change[]): Promise<void> {
    const small = changes.filter(({ table, value }) => table !== 'files' || value === undefined);
    for (const change of changes) {
      if (!small.includes(change)) {
        lost.add(keyOf(change));
      }
    }
    // What is not taken now is written with the next ones. What is kept meanwhile is a state that was.
    await keep(small).catch(() => {
      isRefused = true;
      unwritten = mapped([...small, ...unwritten.values()]);
    });
  }

  function setProgress(fileId: string, bytes: number): void {
    progress.set(fileId, bytes);
    notify([`progress ${fileId}`]);
  }

  function setState(to: ClientState): void {
    if (to !== state) {
      state = to;
      notify(['state']);
    }
  }

  /** Whether it was asked for before this tab read what is kept: what came meanwhile is known to the leader alone. */
  const isOfBefore = (input: Input) => 'since' in input && input.since < readAt;

  function hear(message: TabMessage): void {
    switch (message.kind) {
      case 'input':
        if (message.version === replica.version + 1 && !isOfBefore(message.input)) {
          apply(message.input);
        } else if (message.version > replica.version) {
          unread = [];
          tabs.post({ kind: 'hello' });
          void read();
        }
        break;
      case 'hello':
        if (office !== null) {
          void sayHere();
        }
        break;
      case 'here':
        setState(message.state);
        if (message.version > replica.version) {
          void read();
        }
        for (const [id, { errand }] of errands) {
          tabs.post({ kind: 'errand', id, errand });
        }
        break;
      case 'state':
        setState(message.state);
        break;
      case 'progress':
        setProgress(message.fileId, message.bytes);
        break;
      case 'queue':
        if (office !== null) {
          void takeDeed(message.input);
        }
        break;
      case 'errand':
        void runFor(message.id, message.errand);
        break;
      case 'errand done':
        settleErrand(message.id, message.failure);
        break;
      case 'hurry':
        office?.hurry();
        break;
    }
  }

  /** As the leader: what was done in another tab. Files that could not be told are kept. */
  async function takeDeed(input: QueueInput): Promise<void> {
    if (input.kind === 'done' && input.files === undefined && filesOf(input.action).length > 0) {
      unread = [];
      const { files } = await loadOrNothing(['files']);
      dispatch({ kind: 'queue', input: withFiles(input.action, files) });
      hearUnread();
    } else {
      dispatch({ kind: 'queue', input });
    }
  }

  /** As another tab: hands it to the leader. */
  function tell(input: QueueInput): void {
    if (!tabs.post({ kind: 'queue', input }) && input.kind === 'done') {
      tabs.post({ kind: 'queue', input: { kind: 'done', action: input.action } });
    }
  }

  async function sayHere(): Promise<void> {
    const { version } = replica;
    write();
    await writing;
    tabs.post({ kind: 'here', version, state });
  }

  /** As the leader: resolves when all until now is kept. */
  async function keepAll(): Promise<void> {
    write();
    await writing;
    if (lost.size > 0 || isRefused) {
      throw new TrumpetError('NOT_KEPT', 'It is not kept.');
    }
  }

  async function runFor(id: string, errand: Errand): Promise<void> {
    if (office === null) {
      return;
    }
    let failure = null;
    try {
      await office.run(errand);
    } catch (error) {
      const code = error instanceof TrumpetError ? error.code : NETWORK;
      failure = { code, message: (error as Error).message };
    }
    tabs.post({ kind: 'errand done', id, failure });
  }

  function settleErrand(
    id: string,
    failure: { readonly code: string; readonly message: string } | null,
  ): void {
    const running = errands.get(id);
    errands.delete(id);
    if (failure === null) {
      running?.resolve();
    } else {
      const { code, message } = failure;
      running?.reject(
        code === NETWORK ? new NetworkError(message) : new TrumpetError(code, message),
      );
    }
  }

  /** From what the last leader has kept and told. */
  async function lead(): Promise<void> {
    if (isClosed) {
      return;
    }
    unread ??= [];
    await writing; // What was done here is kept before it is looked for there.
    // Reading all of it once more would keep whoever looks at the first screen waiting.
    const head = await loadOrNothing(['meta']);
    const isKnown = isOfNewestFormat(head) && versionOf(head) <= replica.version;
    const kept = isKnown ? head : await load(true);
    if (versionOf(kept) > replica.version) {
      take(kept);
    } else {
      write();
    }
    let written: Promise<void>;
    let done: Pick<Snapshot, 'actions' | 'files'>;
    do {
      written = writing;
      await written;
      done = await loadOrNothing(['actions', 'files']);
    } while (writing !== written); // Something was done here meanwhile, such as dropping one of them.
    if (isClosed) {
      return;
    }
    office = openOffice({
      url,
      WebSocket: options.WebSocket,
      fetch: options.fetch,
      messagesLimit: options.messagesLimit,
      session,
      replica,
      queue,
      dispatch,
      keepAll,
      setState(to) {
        setState(to);
        tabs.post({ kind: 'state', state: to });
      },
      onProgress(fileId, bytes) {
        setProgress(fileId, bytes);
        tabs.post({ kind: 'progress', fileId, bytes });
      },
      onSignedOut: options.onSignedOut,
    });
    // What was done in another tab, and not heard by the last leader.
    for (const action of readQueue(done).actions()) {
      if (queue.get(action.id) === undefined) {
        dispatch({ kind: 'queue', input: withFiles(action, done.files) });
      }
    }
    hearUnread();
    await sayHere();
    for (const [id, { errand, resolve, reject }] of errands) {
      errands.delete(id);
      office.run(errand).then(resolve, reject);
    }
  }

  take(await load());
  hearUnread();
  tabs.lead(() => {
    lead().catch((error) => {
      if (!isClosed) {
        throw error;
      }
    });
  });
  tabs.post({ kind: 'hello' });

  function run(errand: Errand): Promise<void> {
    if (office !== null) {
      return office.run(errand);
    }
    const id = crypto.randomUUID();
    if (errand.kind === 'use') {
      tabs.post({ kind: 'errand', id, errand });
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      errands.set(id, { errand, resolve, reject });
      tabs.post({ kind: 'errand', id, errand });
    });
  }

  return {
    userId,
    url,
    isKept: storage === options.storage,
    session,
    get replica() {
      return replica;
    },
    get queue() {
      return queue;
    },
    get state() {
      return state;
    },
    progress: (fileId) => progress.get(fileId) ?? 0,
    act(input) {
      if (office !== null) {
        dispatch({ kind: 'queue', input });
        return;
      }
      collect();
      queue.apply(input);
      notify(topicsOfQueue());
      // Kept before the leader hears of it: what it makes of it is written after this, and the next one finds it.
      const rows = queue.takeChanges();
      collect(rows);
      writing = writing
        .then(() => keep(rows))
        .catch(() => {}) // The leader keeps it, or says that it does not.
        .then(() => tell(input));
    },
    run,
    hurry() {
      office?.hurry();
      tabs.post({ kind: 'hurry' });
    },
    async kept() {
      await writing; // What was done here is told to the leader.
      await run({ kind: 'keep' });
    },
    written: () => writing,
    async close() {
      isClosed = true;
      for (const again of agains) {
        clearTimeout(again);
      }
      const ended = office?.close();
      if (office !== null) {
        write();
      }
      await ended;
      await writing;
      tabs.close();
      await store.close();
      for (const { reject } of errands.values()) {
        reject(new NetworkError('It was closed.'));
      }
    },
  };
}

const NETWORK = 'NETWORK';

/** Files that are not there are lost, and whoever uploads them says so. */
const NOTHING = { meta: new Map(), actions: new Map(), files: new Map() } as unknown as Snapshot;

const keyOf = ({ table, key }: Change) => `${table} ${key}`;

/** The last of each key. */
const mapped = (changes: readonly Change[]) =>
  new Map(changes.map((change) => [keyOf(change), change]));

/** What was done, with the files that are kept of it. */
function withFiles(action: Action, kept: Snapshot['files']): QueueInput {
  const files = filesOf(action).flatMap(({ id }) => {
    const blob = kept.get(id) as Blob | undefined;
    return blob === undefined ? [] : [{ id, blob }];
  });
  return { kind: 'done', action, files };
}

/** Nothing at all is, too. */
function isOfNewestFormat({ meta }: Snapshot): boolean {
  return meta.get('format') === FORMAT || !(meta.has('format') || meta.has('version'));
}
