import type { Client } from '../../client.ts';
import type { TrumpetError } from '../../errors.ts';
import { everyPage } from '../../every-page.ts';
import { readNote, writeNote } from '../../notes.ts';
import { mayPass } from '../../queue/may-pass.ts';
import type { View } from '../../views.ts';
import { createAsking, pauseAfter } from '../asking.ts';
import { nameOf, type Place } from '../composing.ts';
import {
  DiscardDraftDocument,
  type DraftPartsFragment,
  DraftsDocument,
  SaveDraftDocument,
} from './generated.ts';
import { draftNotes, readDraft, writeDraft } from './local.ts';

/*
 * Drafts on all devices. What is noted on this device (local.ts) is what its composers show; beside each draft it is noted
 * what the server has of it. Where the two differ, it was written here and is to be brought there, however long ago.
 *
 *   written here ── soon, or at once when it was sent ──▶ saveDraft ──▶ the server has it
 *   told by the server ──▶ myDrafts ──▶ nothing was written here meanwhile: taken over
 *                                   └─▶ something was: saved, and the server keeps what loses
 */

/** Drafts of a person on all of their devices. */
export interface Drafts {
  /** The rooms where something was begun. */
  readonly roomIds: View<ReadonlySet<string>>;
  /** What was written beside the draft of a place and lost to it. */
  setAside(place: Place): View<readonly DraftPartsFragment[]>;
  /** Tells whenever the draft on this device is another, with its text. @returns ends it */
  watch(place: Place, listener: (text: string) => void): () => void;
  /** The draft on this device was written or ended: it is brought to the others soon. */
  touch(place: Place): void;
  /** Brings to the others at once what has not been brought, as when the composer goes. */
  flush(): void;
  /** Removes what lost, for all devices. Rejects as `ask` does. */
  discard(draftId: string): Promise<void>;
}

/** What the server has of a draft, and what is known of where it came from. */
interface Known {
  /** Null from when something was sent there until it has answered: the answer may be lost, and then it is sent again. */
  readonly text: string | null;
  /** The writings that this device has seen or made, the newest last. */
  readonly revisions: readonly string[];
  /** When it was last written here. */
  readonly at?: string;
}

const SAVE_EVERY_MS = 2_000;
const DRAFTS_OF_A_PAGE = 100;
const REVISIONS_LIMIT = 50;
/** What the server takes: more stays on this device until it is less. */
const CHARACTERS_LIMIT = 8_000;
/** Behind the name of a place: what is known of its draft. */
const KNOWN = ' known';
const UNKNOWN: Known = { text: '', revisions: [] };
const NONE: readonly DraftPartsFragment[] = [];
const stores = new WeakMap<Client, Drafts>();

/** The same for the same client. */
export function draftsOf(client: Client): Drafts {
  const store = stores.get(client) ?? createDrafts(client);
  stores.set(client, store);
  return store;
}

function createDrafts(client: Client): Drafts {
  const watchers = new Map<string, Set<(text: string) => void>>();
  const listeners = new Set<() => void>();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const saving = new Set<string>();
  /** How often each place was saved: an answer that was asked for before says nothing of it. */
  const saves = new Map<string, number>();
  let viewerId = client.viewerId.get();
  let apart: ReadonlyMap<string, readonly DraftPartsFragment[]> = new Map();
  let roomIds = findRooms();

  const keyOf = (name: string) => `trumpet draft ${viewerId} ${name}${KNOWN}`;

  function knownOf(name: string): Known {
    const note = readNote(keyOf(name));
    return note === null ? UNKNOWN : (JSON.parse(note) as Known);
  }

  function note(name: string, known: Known): void {
    writeNote(
      keyOf(name),
      JSON.stringify({ ...known, revisions: known.revisions.slice(-REVISIONS_LIMIT) }),
    );
  }

  const textOf = (name: string) => (viewerId === null ? '' : readDraft(viewerId, placeOf(name)));

  /** All places of which something is noted here. */
  function places(): readonly string[] {
    const notes = viewerId === null ? [] : draftNotes(viewerId);
    return [
      ...new Set(notes.map((name) => (name.endsWith(KNOWN) ? name.slice(0, -KNOWN.length) : name))),
    ];
  }

  function findRooms(): ReadonlySet<string> {
    const names = viewerId === null ? [] : draftNotes(viewerId);
    return new Set(
      names.filter((name) => !name.endsWith(KNOWN)).map((name) => placeOf(name).roomId),
    );
  }

  function tell(): void {
    const found = findRooms();
    if ([...found].join() !== [...roomIds].join()) {
      roomIds = found;
    }
    for (const listener of [...listeners]) {
      listener();
    }
    for (const [name, all] of watchers) {
      const text = textOf(name);
      for (const watcher of [...all]) {
        watcher(text);
      }
    }
  }

  function soon(name: string, milliseconds: number): void {
    if (milliseconds === 0) {
      clearTimeout(timers.get(name));
    } else if (timers.has(name)) {
      return;
    }
    timers.set(
      name,
      setTimeout(() => {
        timers.delete(name);
        void save(name);
      }, milliseconds),
    );
  }

  /** One after another: a request that waits for its answer has the next one behind it. */
  async function save(name: string): Promise<void> {
    const [text, known, asker] = [textOf(name), knownOf(name), viewerId];
    if (saving.has(name) || text === known.text || [...text].length > CHARACTERS_LIMIT) {
      return;
    }
    saving.add(name);
    const revision = crypto.randomUUID();
    note(name, { ...known, text: null, revisions: [...known.revisions, revision] });
    const { roomId, threadId } = placeOf(name);
    const isHere = () => asker === viewerId;
    let again: number | undefined;
    try {
      const { saveDraft } = await client.ask(SaveDraftDocument, {
        input: {
          roomId,
          content: text,
          revision,
          basedOn: [...known.revisions],
          ...(threadId !== undefined && { parentMessageId: threadId }),
          ...(known.at !== undefined && { writtenAt: known.at }),
        },
      });
      const draft = saveDraft?.draft;
      if (draft !== undefined && isHere()) {
        take(name, text, revision, draft);
        again = textOf(name) === knownOf(name).text ? undefined : SAVE_EVERY_MS;
      }
    } catch (error) {
      const isRefused = !mayPass(error);
      if (isHere() && !isRefused) {
        again = pauseAfter(client, error);
      } else if (isHere() && isOver(error as TrumpetError, placeOf(name))) {
        drop(name);
      } else if (isHere() && knownOf(name).text === null) {
        note(name, { ...knownOf(name), text: known.text }); // Nothing has changed there.
      }
    } finally {
      saving.delete(name);
      saves.set(name, (saves.get(name) ?? 0) + 1);
    }
    if (again !== undefined) {
      soon(name, again);
    }
  }

  /** @param sent what was saved, as `revision` */
  function take(name: string, sent: string, revision: string, draft: DraftPartsFragment): void {
    const { revisions, at } = knownOf(name);
    if (draft.revision === revision) {
      note(name, { text: sent, revisions, ...(at !== undefined && { at }) });
    } else if (textOf(name) === sent) {
      adopt(name, draft);
    }
  }

  /** What the server has takes the place of what is here. */
  function adopt(
    name: string,
    draft: Pick<DraftPartsFragment, 'content' | 'revision'> | null,
  ): void {
    const { revisions } = knownOf(name);
    const text = draft?.content ?? '';
    note(name, { text, revisions: draft === null ? revisions : [...revisions, draft.revision] });
    writeDraft(viewerId as string, placeOf(name), text);
    tell();
  }

  /** Whether the room was left, or the message of the thread is gone. */
  function isOver({ code }: TrumpetError, { roomId, threadId }: Place): boolean {
    return code === 'NOT_FOUND'
      ? threadId !== undefined || client.room(roomId).get() === undefined
      : ['FORBIDDEN', 'BANNED'].includes(code) && client.room(roomId).get() === undefined;
  }

  function drop(name: string): void {
    writeDraft(viewerId as string, placeOf(name), '');
    writeNote(keyOf(name), null);
    tell();
  }

  const refresh = createAsking(client, async () => {
    if (viewerId === null) {
      return;
    }
    const [asker, before] = [viewerId, new Map(saves)];
    const nodes = await everyPage<DraftPartsFragment>(
      async (after) =>
        (await client.ask(DraftsDocument, { first: DRAFTS_OF_A_PAGE, after })).myDrafts,
    );
    if (asker === viewerId) {
      takeAll(nodes, (name) => !saving.has(name) && saves.get(name) === before.get(name));
    }
  });

  function takeAll(
    nodes: readonly DraftPartsFragment[],
    isCertain: (name: string) => boolean,
  ): void {
    const current = new Map<string, DraftPartsFragment>();
    const others = new Map<string, DraftPartsFragment[]>();
    for (const node of nodes) {
      const name = nameOf({ roomId: node.roomId, threadId: node.parentMessageId ?? undefined });
      if (node.isSetAside) {
        others.set(name, [...(others.get(name) ?? []), node]);
      } else {
        current.set(name, node);
      }
    }
    apart = others;
    for (const name of new Set([...places(), ...current.keys()])) {
      const [draft, known] = [current.get(name) ?? null, knownOf(name)];
      const isNews = draft === null ? known.text !== '' : !known.revisions.includes(draft.revision);
      if (textOf(name) !== known.text) {
        if (!timers.has(name) && !saving.has(name)) {
          soon(name, 0);
        }
      } else if (isNews && isCertain(name)) {
        adopt(name, draft);
      }
    }
    tell();
  }

  function view<T>(get: () => T): View<T> {
    return {
      get,
      subscribe(listener) {
        const call = () => listener();
        listeners.add(call);
        return () => listeners.delete(call);
      },
    };
  }

  client.news('PersonalEvent').subscribe(() => void refresh());
  client.state.subscribe(() => {
    if (client.state.get() === 'live') {
      void refresh();
    }
  });
  client.viewerId.subscribe(() => {
    if (client.viewerId.get() !== viewerId) {
      viewerId = client.viewerId.get();
      apart = new Map();
      timers.forEach((timer) => {
        clearTimeout(timer);
      });
      timers.clear();
      tell();
      void refresh();
    }
  });
  // Another tab has written.
  addEventListener('storage', ({ key }) => {
    if (key === null || key.startsWith(`trumpet draft ${viewerId} `)) {
      tell();
    }
  });
  document.addEventListener('visibilitychange', () => flush());
  void refresh();

  function flush(): void {
    for (const name of [...timers.keys()]) {
      soon(name, 0);
    }
  }

  return {
    roomIds: view(() => roomIds),
    setAside: (place) => view(() => apart.get(nameOf(place)) ?? NONE),
    watch(place, listener) {
      const name = nameOf(place);
      const all = watchers.get(name) ?? new Set();
      watchers.set(name, all.add(listener));
      listener(textOf(name));
      return () => all.delete(listener);
    },
    touch(place) {
      const name = nameOf(place);
      const known = knownOf(name);
      const text = textOf(name);
      if (viewerId === null || text === known.text) {
        return;
      }
      note(name, { ...known, at: new Date().toISOString() });
      soon(name, text === '' ? 0 : SAVE_EVERY_MS);
      tell();
    },
    flush,
    async discard(draftId) {
      await client.ask(DiscardDraftDocument, { draftId });
      await refresh();
    },
  };
}

function placeOf(name: string): Place {
  const [roomId, threadId] = name.split(' ') as [string, string];
  return { roomId, threadId: threadId || undefined };
}
