import { createAsking } from './asking.ts';
import { type Desk, openDesk, TYPING_LASTS_MS } from './desk.ts';
import { TrumpetError } from './errors.ts';
import type { Fetch, TypedDocument } from './http.ts';
import { loaded } from './loaded.ts';
import { watchNetwork } from './network.ts';
import type * as AtOnce from './on-demand/at-once.ts';
import type { Action, Deed, FileBytes, GivenFile, NewDeed } from './queue/actions.ts';
import type { Member, Person } from './replica/model.ts';
import { type KeptSession, openSession } from './session.ts';
import type { Account, Proof, SessionMethod } from './session-method.ts';
import { type ShownMessage, type ShownRoom, showMessage, showRoom } from './shown.ts';
import type { ClientState } from './state.ts';
import { openFirst } from './store/open-first.ts';
import type { Storage } from './store/store.ts';
import { alone, openChannel } from './tabs.ts';
import { createThread, type Thread } from './thread.ts';
import { createTimeline, type Timeline } from './timeline.ts';
import { tokensLock } from './tokens-lock.ts';
import { createNotifier, type View } from './views.ts';

export interface ClientOptions {
  /** Where the server is, such as `https://chat.example`. */
  readonly url: string;
  /** What keeps on this device. Default: memory. */
  readonly storage?: Storage;
  /** How sessions begin and go on. Default: by the API, with the tokens kept in the storage. */
  readonly session?: SessionMethod;
  /** How many messages are kept; the history that nobody looked at for longest goes first. Default: 20,000. */
  readonly messagesLimit?: number;
  readonly fetch?: Fetch;
  readonly WebSocket?: typeof WebSocket;
}

export interface Client {
  readonly state: View<ClientState>;
  /** Who is signed in. */
  readonly viewerId: View<string | null>;
  /**
   * False where the device takes nothing, as in some private windows, or took nothing when this person signed in: what is
   * here lasts as long as the client.
   */
  readonly isKept: boolean;
  /**
   * Resolves when the rooms of the person are here.
   *
   * @param proof what the kind of session asks for: left out where it has its own, as with `tokenSession`
   */
  signIn(proof?: Proof): Promise<void>;
  signUp(account: Account): Promise<void>;
  /** Removes all that is kept of the person on this device, also what was not sent. */
  signOut(): Promise<void>;

  /** The rooms that the person is in, the newest activity first. */
  readonly rooms: View<readonly ShownRoom[]>;
  room(roomId: string): View<ShownRoom | undefined>;
  person(userId: string): View<Person | undefined>;
  /** Undefined while it is not on this device. */
  message(roomId: string, messageId: string): View<ShownMessage | undefined>;
  /** Whom the person has blocked: their messages are still there, and hidden by whoever shows them. */
  readonly blockedIds: View<ReadonlySet<string>>;
  /** Undefined until they have come: looking at it asks for them. */
  members(roomId: string): View<ReadonlyMap<string, Member> | undefined>;
  /**
   * The members whose names begin so, 20 at most, the best first; those of a room of any size, without fetching all.
   *
   * @throws TrumpetError, NetworkError.
   */
  searchMembers(roomId: string, query: string): Promise<readonly Person[]>;
  /** The ids of those who are typing. */
  typing(roomId: string): View<readonly string[]>;
  /** What a person is now, such as `ONLINE`; undefined until they have been heard of. */
  presence(userId: string): View<string | undefined>;
  /**
   * Another value whenever something has come for the person alone: what was asked of a bot or answered by it
   * (docs/bots.md), or a change of what they keep for themselves, such as what they send later. Of `CustomEmojiEvent`, whenever
   * the emoji of their workspace have changed. Of `DeliveryReceiptEvent`, whenever
   * messages have come to a device of somebody in a room that wants to be told. Of `ThreadReceiptEvent`, whenever somebody
   * has read a thread. Of `MessageEvent`, whenever something has become of a message anywhere.
   */
  news(
    kind:
      | 'CustomEmojiEvent'
      | 'DeliveryReceiptEvent'
      | 'InteractionEvent'
      | 'MessageEvent'
      | 'PersonalEvent'
      | 'ProfileEvent'
      | 'StatusTextEvent'
      | 'ThreadReceiptEvent',
  ): View<unknown>;
  /** The messages of a room, the newest first to be there: looking at it asks for them. */
  timeline(roomId: string): Timeline;
  /** The answers to a message. */
  thread(messageId: string): Thread;

  /** What is not acknowledged yet, and what was refused. */
  readonly queue: View<readonly Action[]>;
  /** Does it: shown at once, sent until it is acknowledged or refused. @returns the id of the action */
  act(deed: NewDeed): string;
  /** How many bytes of a file in the queue are uploaded. */
  progress(fileId: string): View<number>;
  /** Sends what was refused again, changed or not. */
  mend(actionId: string, deed: Deed): void;
  /** Gives it up, with what was done with it. */
  drop(actionId: string): void;
  /** Uploads a picture and makes it the person's own. Not in the queue: it needs a network. */
  setAvatar(picture: File, onProgress?: (bytes: number) => void): Promise<void>;
  /** Uploads a picture and adds it to the emoji of the workspace. Not in the queue: it needs a network. */
  addEmoji(picture: File, name: string, aliases?: readonly string[]): Promise<void>;
  /**
   * Uploads a file before its message is written, and notes in it how far it is: given to `act`, it is not uploaded again.
   * Not in the queue: it needs a network, and goes on where it was left.
   */
  upload(file: GivenFile, signal?: AbortSignal): Promise<void>;
  /** Blocks somebody, or ends that. Not in the queue: it needs a network. */
  block(userId: string, isOn: boolean): Promise<void>;
  /** Fetches what is shown of a person, as after a change of one's own profile. */
  lookUp(userId: string): Promise<void>;
  /** Tells that the person is typing; lost when there is no network. */
  type(roomId: string): void;
  /** Asks the server for something else, as the person. Of a text without types, the answer may be anything. */
  // biome-ignore lint/suspicious/noExplicitAny: as with `JSON.parse`, it is for the caller to know
  ask<Result = any, Variables = object>(
    document: TypedDocument<Result, Variables>,
    variables: Variables,
  ): Promise<Result>;

  /**
   * Tries at once what waits for the network, and asks for what no event tells (of what in a room the person wants to be
   * told, whom they have blocked), as when an app comes to the foreground. In a browser it does so by itself.
   */
  hurry(): void;
  /** Resolves when all until now is kept on this device. */
  kept(): Promise<void>;
  /** Ends the connection; the person stays signed in. */
  close(): Promise<void>;
}

const NOBODY: ReadonlySet<string> = new Set();
const MESSAGES_LIMIT = 20_000;

/** The usual sessions. Whoever has others does not load what they need. */
const loadedSession = async () => (await loaded(import('./api-session/api-session.ts'))).apiSession;

export async function openClient(options: ClientOptions): Promise<Client> {
  const { fetch = globalThis.fetch.bind(globalThis) } = options;
  const url = options.url.replace(/\/+$/, '');
  const name = `trumpet ${url}`;
  const notifier = createNotifier();
  const { storage, store: sessions } = await openFirst(options.storage, name);
  let desk: Desk | null = null;
  /** Until the desk of who was here before is closed. */
  let leaving: Promise<unknown> | undefined;
  let seating: Promise<void> | undefined;

  const session = await openSession({
    url,
    fetch,
    method: async () => options.session ?? loadedSession(),
    async read() {
      const { meta } = await sessions.load();
      return (meta.get('session') as KeptSession | undefined) ?? null;
    },
    write: (kept) => sessions.write([{ table: 'meta', key: 'session', value: kept ?? undefined }]),
    onNext() {
      leaving = Promise.all([leaving, standUp()]);
    },
    alone: (run) => alone(tokensLock(url), storage.isShared, run),
  });

  /** Somebody has signed in or out, perhaps in another tab: with the person, where what was kept of them is removed. */
  const others = openChannel(name, storage.isShared, async (removedId) => {
    await session.reread();
    if (desk !== null && removedId === desk.userId) {
      await standUp(); // They have signed in again since.
    }
    await changeSeats();
  });

  /** Whoever is signed in sits at the desk, also where that changes while it is opened. */
  function changeSeats(): Promise<void> {
    seating ??= takeSeats().finally(() => {
      seating = undefined;
    });
    return seating;
  }

  async function takeSeats(): Promise<void> {
    while (session.userId !== (desk?.userId ?? null)) {
      await Promise.all([leaving?.catch(() => {}), standUp()]);
      await sitDown();
    }
  }

  async function sitDown(): Promise<void> {
    const { userId } = session;
    if (userId === null) {
      return;
    }
    const isKept = await onReplicas(() => makeOwn(userId));
    if (session.userId !== userId) {
      return;
    }
    desk = await openDesk({
      name: `${name} ${userId}`,
      userId,
      url,
      WebSocket: options.WebSocket ?? globalThis.WebSocket,
      fetch,
      storage: isKept ? storage : undefined,
      messagesLimit: options.messagesLimit ?? MESSAGES_LIMIT,
      session: session.of(userId),
      notify: notifier.notify,
      onSignedOut: () => void changeSeats().then(() => others?.postMessage(null)),
    });
    notifier.notify(['viewer', 'state']);
  }

  /** One after another among all tabs. */
  const onReplicas = <T>(run: () => Promise<T>) => alone(`${name} replicas`, storage.isShared, run);

  /** @returns whether the device notes whose it is: otherwise it is to keep nothing, as the next one would not remove it */
  async function makeOwn(userId: string): Promise<boolean> {
    await session.reread();
    const { meta } = await sessions.load();
    const last = meta.get('person');
    if (last === userId || session.userId !== userId) {
      return true;
    }
    if (last !== undefined) {
      await storage.remove(`${name} ${last}`);
    }
    return sessions.write([{ table: 'meta', key: 'person', value: userId }]).then(
      () => true,
      () => false,
    );
  }

  /** What is at the desk ends at once, though it takes a moment. */
  async function standUp(): Promise<void> {
    const left = desk;
    desk = null;
    const closed = left?.close();
    notifier.notify(['viewer', 'state']);
    await closed;
  }

  /** Forgets the person on this device, before anybody signs in again. */
  async function leave(): Promise<void> {
    const left = desk;
    const ending = session.signOut();
    const closed = standUp();
    leaving = onReplicas(async () => {
      if (left !== null) {
        await left.written();
        await storage.remove(`${name} ${left.userId}`);
        await sessions.write([{ table: 'meta', key: 'person' }]);
      }
    });
    await Promise.all([ending, closed, leaving.then(() => others?.postMessage(left?.userId))]);
  }

  const ask = createAsking(() => desk);

  function atDesk(): Desk {
    if (desk === null) {
      throw new TrumpetError('UNAUTHENTICATED', 'Sign in first.');
    }
    return desk;
  }

  /** What is done at once, or fails. */
  function atOnce<Args extends unknown[], Result>(
    pick: (module: typeof AtOnce) => (desk: Desk, ...args: Args) => Promise<Result>,
  ): (...args: Args) => Promise<Result> {
    return async (...args) => {
      const at = atDesk();
      return pick(await loaded(import('./on-demand/at-once.ts')))(at, ...args);
    };
  }

  const tellTyping = atOnce((module) => module.tellTyping);

  async function enter(signIn: () => Promise<string>): Promise<void> {
    await signIn();
    await changeSeats();
    others?.postMessage(null);
    await inboxIsThere();
  }

  function inboxIsThere(): Promise<void> {
    const cursor = notifier.view(['inbox', 'viewer'], () => desk === null || desk.replica.cursor);
    return new Promise((resolve) => {
      const look = () => {
        if (cursor.get() !== null) {
          stop();
          resolve();
        }
      };
      const stop = cursor.subscribe(look);
      look();
    });
  }

  await changeSeats();
  const unwatch = watchNetwork(() => desk?.hurry());

  return {
    state: notifier.view(['state', 'viewer'], () => desk?.state ?? 'signed out'),
    viewerId: notifier.view(['viewer'], () => desk?.userId ?? null),
    get isKept() {
      return storage === options.storage && desk?.isKept !== false;
    },
    signIn: (proof) => enter(() => session.signIn(proof as Proof)),
    signUp: (account) => enter(() => session.signUp(account)),
    signOut: leave,
    rooms: notifier.view(['inbox', 'viewer'], () => {
      if (desk === null) {
        return [];
      }
      const { replica, queue } = desk;
      return [...replica.rooms()]
        .map((room) => showRoom(room, queue, replica))
        .sort((a, b) => compareTimes(b.lastActivityAt, a.lastActivityAt));
    }),
    room: (roomId) =>
      notifier.view([`room ${roomId}`, 'viewer'], () => {
        const room = desk?.replica.room(roomId);
        return room && desk ? showRoom(room, desk.queue, desk.replica) : undefined;
      }),
    person: (userId) =>
      notifier.view([`person ${userId}`, 'viewer'], () => desk?.replica.person(userId)),
    message: (roomId, messageId) =>
      notifier.view([`messages ${roomId}`, 'viewer'], () => {
        const message = desk?.replica.message(desk.queue.sentAs.get(messageId) ?? messageId);
        return message && desk ? showMessage(message, desk.queue.actions()) : undefined;
      }),
    blockedIds: notifier.view(['blocked', 'viewer'], () => desk?.replica.blockedIds ?? NOBODY),
    members: (roomId) =>
      notifier.view([`members ${roomId}`, 'viewer', 'state'], () => {
        const members = desk?.replica.members(roomId);
        if (members === undefined) {
          ask.quietly({ kind: 'members', roomId });
        }
        return members && new Map(members);
      }),
    searchMembers: atOnce(({ searchMembers }) => searchMembers),
    typing: (roomId) =>
      notifier.view([`typing ${roomId}`, 'viewer'], () => {
        const now = performance.now();
        return [...(desk?.replica.typing(roomId) ?? [])]
          .filter(([, at]) => now - at < TYPING_LASTS_MS)
          .map(([id]) => id);
      }),
    presence: (userId) =>
      notifier.view([`presence ${userId}`, 'viewer'], () => desk?.replica.presence(userId)),
    news: (kind) => notifier.view([kind], () => ({})),
    timeline: (roomId) => createTimeline({ roomId, notifier, desk: () => desk, ask }),
    thread: (messageId) => createThread({ messageId, notifier, desk: () => desk, ask }),
    queue: notifier.view(['queue', 'viewer'], () => desk?.queue.actions() ?? []),
    act(deed) {
      const { queue, replica, act } = atDesk();
      const id = crypto.randomUUID();
      JSON.stringify(deed); // What is no JSON is the caller's mistake, and not to be found out when it is sent.
      const { files, ...taken } = takeFiles(deed);
      const action = {
        id,
        order: queue.nextOrder(),
        ...taken,
        after: replica.room(deed.roomId)?.lastSeq ?? Number.POSITIVE_INFINITY,
        at: Date.now(),
        state: 'waiting',
      } as const;
      act({ kind: 'done', action, files });
      return id;
    },
    mend: (id, deed) => atDesk().act({ kind: 'mended', id, deed }),
    progress: (fileId) =>
      notifier.view([`progress ${fileId}`, 'viewer'], () => desk?.progress(fileId) ?? 0),
    setAvatar: atOnce(({ setAvatar }) => setAvatar),
    addEmoji: atOnce(({ addEmoji }) => addEmoji),
    upload: atOnce(({ upload }) => upload),
    block: atOnce(({ block }) => block),
    lookUp: async (userId) => atDesk().run({ kind: 'person', userId }),
    drop: (id) => atDesk().act({ kind: 'dropped', id }),
    type(roomId) {
      tellTyping(roomId).catch(() => {});
    },
    ask: (document, variables) => session.of(session.userId).ask(document, variables),
    hurry: () => desk?.hurry(),
    kept: async () => desk?.kept(),
    async close() {
      unwatch();
      others?.close();
      await standUp();
      await sessions.close();
    },
  };
}

/** The bytes go beside the deed: what is done with it is written often, and they once. */
function takeFiles(deed: NewDeed): {
  readonly deed: Deed;
  readonly files?: readonly FileBytes[];
} {
  if (deed.kind !== 'send' || deed.files === undefined) {
    return { deed: deed as Deed };
  }
  const files = deed.files.map((blob) => ({ id: crypto.randomUUID(), blob }));
  const queued = files.map(
    ({ id, blob: { name, type, size, uploadUrl = null, uploadedAt = null } }) => ({
      ...{ id, name, type, size, uploadUrl, uploadedAt },
    }),
  );
  return { deed: { ...deed, files: queued }, files };
}

/** To the microsecond, which dates of JavaScript do not have. */
function compareTimes(a: string, b: string): number {
  return Date.parse(a) - Date.parse(b) || (a < b ? -1 : 1);
}
