import type { Client } from '../../client.ts';
import type { TrumpetError } from '../../errors.ts';
import { everyPage } from '../../every-page.ts';
import { readNote, writeNote } from '../../notes.ts';
import type { GivenFile } from '../../queue/actions.ts';
import { mayPass } from '../../queue/may-pass.ts';
import type { View } from '../../views.ts';
import { createAsking, pauseAfter } from '../asking.ts';
import { type ChosenFile, type HeldFile, nameOf, type Place } from '../composing.ts';
import {
  DiscardDraftDocument,
  type DraftPartsFragment,
  DraftsDocument,
  SaveDraftDocument,
} from './generated.ts';
import { draftNotes, readDraft, readFiles, writeDraft, writeFiles } from './local.ts';

/*
 * Drafts on all devices. What is noted on this device (local.ts) is what its composers show; beside each draft it is noted
 * what the server has of it. Where the two differ, it was written here and is to be brought there, however long ago.
 *
 *   written here ── soon, or at once when it was sent ──▶ saveDraft ──▶ the server has it
 *   told by the server ──▶ myDrafts ──▶ nothing was written here meanwhile: taken over
 *                                   └─▶ something was: saved, and the server keeps what loses
 *
 * A file that was chosen is uploaded at once, and belongs to the draft from then on: other devices have it without its
 * bytes. What could not be uploaded stays in its composer and goes with the message, which says why it does not.
 */

/** Drafts of a person on all of their devices. */
export interface Drafts {
  /** The rooms where something was begun. */
  readonly roomIds: View<ReadonlySet<string>>;
  /** What was written beside the draft of a place and lost to it. */
  setAside(place: Place): View<readonly DraftPartsFragment[]>;
  /** Tells whenever the draft on this device is another. @param files what its composer has @returns ends it */
  watch(place: Place, files: readonly ChosenFile[], listener: Watcher): () => void;
  /** What is to go with the draft is something else. */
  choose(place: Place, files: readonly ChosenFile[]): void;
  /** The draft on this device was written or ended: it is brought to the others soon. */
  touch(place: Place): void;
  /** Brings to the others at once what has not been brought, as when the composer goes. */
  flush(): void;
  /** Removes what lost, for all devices. Rejects as `ask` does. */
  discard(draftId: string): Promise<void>;
}

/** @param text and files of the draft */
export type Watcher = (text: string, files: readonly ChosenFile[]) => void;

type DraftFile = DraftPartsFragment['attachments'][number];

/** What the server has of a draft, and what is known of where it came from. */
interface Known {
  /** Null from when something was sent there until it has answered: the answer may be lost, and then it is sent again. */
  readonly content: string | null;
  /** The writings that this device has seen or made, the newest last. */
  readonly revisions: readonly string[];
  /** When it was last written here. */
  readonly at?: string;
}

const SAVE_EVERY_MS = 2_000;
const DRAFTS_OF_A_PAGE = 100;
const REVISIONS_LIMIT = 50;
const FILES_LIMIT = 10;
/** What the server takes: more stays on this device until it is less. */
const CHARACTERS_LIMIT = 8_000;
/** Behind the name of a place: what is known of its draft. */
const KNOWN = ' known';
const UNKNOWN: Known = { content: '', revisions: [] };
const NONE: readonly DraftPartsFragment[] = [];
const stores = new WeakMap<Client, Drafts>();

/** The same for the same client. */
export function draftsOf(client: Client): Drafts {
  const store = stores.get(client) ?? createDrafts(client);
  stores.set(client, store);
  return store;
}

function createDrafts(client: Client): Drafts {
  const watchers = new Map<string, Set<Watcher>>();
  const listeners = new Set<() => void>();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const saving = new Set<string>();
  /** What the composers have, by place. */
  const chosen = new Map<string, readonly ChosenFile[]>();
  /** By the ids of their uploads: each is the same as long as nothing more is known of it. */
  const held = new Map<string, HeldFile>();
  const refused = new Set<GivenFile>();
  let uploading: { readonly file: GivenFile; readonly ending: AbortController } | undefined;
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

  const filesOf = (name: string) => (viewerId === null ? [] : readFiles(viewerId, placeOf(name)));

  const idsOf = (name: string) => filesOf(name).map(({ id }) => id);

  const contentOf = (name: string) => asContent(textOf(name), idsOf(name));

  /** What the composer of a place has, with what became of it elsewhere. */
  function filesFor(name: string): readonly ChosenFile[] {
    const before = chosen.get(name) ?? [];
    const here = new Map(before.map((file) => [uploadIdOf(file), file]));
    const after = [
      ...filesOf(name).map((file) => {
        const own = here.get(file.id);
        return own instanceof File ? own : (held.get(file.id) ?? remember(file));
      }),
      ...before.filter((file) => uploadIdOf(file) === undefined),
    ];
    const isSame = after.length === before.length && after.every((file, at) => file === before[at]);
    if (!isSame) {
      chosen.set(name, after);
    }
    return isSame ? before : after;
  }

  function remember(file: HeldFile): HeldFile {
    held.set(file.id, file);
    return file;
  }

  /** All places of which something is noted here. */
  function places(): readonly string[] {
    const notes = viewerId === null ? [] : draftNotes(viewerId);
    return [...new Set(notes.map((name) => name.replace(/ (known|files)$/, '')))];
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
      const [text, files] = [textOf(name), filesFor(name)];
      for (const watcher of [...all]) {
        watcher(text, files);
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
    const [text, ids, known, asker] = [textOf(name), idsOf(name), knownOf(name), viewerId];
    const content = asContent(text, ids);
    if (saving.has(name) || content === known.content || [...text].length > CHARACTERS_LIMIT) {
      return;
    }
    saving.add(name);
    const revision = crypto.randomUUID();
    note(name, { ...known, content: null, revisions: [...known.revisions, revision] });
    const { roomId, threadId } = placeOf(name);
    const isHere = () => asker === viewerId;
    let again: number | undefined;
    try {
      const { saveDraft } = await client.ask(SaveDraftDocument, {
        input: {
          roomId,
          content: text,
          attachmentIds: ids,
          revision,
          basedOn: [...known.revisions],
          ...(threadId !== undefined && { parentMessageId: threadId }),
          ...(known.at !== undefined && { writtenAt: known.at }),
        },
      });
      const draft = saveDraft?.draft;
      if (draft !== undefined && isHere()) {
        take(name, text, ids, revision, draft);
        again = contentOf(name) === knownOf(name).content ? undefined : SAVE_EVERY_MS;
      }
    } catch (error) {
      const isRefused = !mayPass(error);
      if (isHere() && !isRefused) {
        again = pauseAfter(client, error);
      } else if (isHere() && isOver(error as TrumpetError, placeOf(name))) {
        drop(name);
      } else if (isHere() && knownOf(name).content === null) {
        note(name, { ...knownOf(name), content: known.content }); // Nothing has changed there.
      }
    } finally {
      saving.delete(name);
      saves.set(name, (saves.get(name) ?? 0) + 1);
    }
    if (again !== undefined) {
      soon(name, again);
    }
  }

  /** @param text with `ids` what was saved, as `revision` */
  function take(
    name: string,
    text: string,
    ids: readonly string[],
    revision: string,
    draft: DraftPartsFragment,
  ): void {
    const { revisions, at } = knownOf(name);
    const [sent, isSaved] = [asContent(text, ids), draft.revision === revision];
    // Files that are gone are left out.
    const saved = asContent(text, idsIn(draft.attachments));
    if (contentOf(name) === sent && !(isSaved && saved === sent)) {
      adopt(name, isSaved ? { ...draft, content: text } : draft);
    } else if (isSaved) {
      note(name, { content: saved, revisions, ...(at !== undefined && { at }) });
    }
  }

  /** What the server has takes the place of what is here. */
  function adopt(
    name: string,
    draft: Pick<DraftPartsFragment, 'attachments' | 'content' | 'revision'> | null,
  ): void {
    const { revisions } = knownOf(name);
    const [text, files] = [draft?.content ?? '', draft?.attachments ?? []];
    note(name, {
      content: asContent(text, idsIn(files)),
      revisions: draft === null ? revisions : [...revisions, draft.revision],
    });
    writeDraft(viewerId as string, placeOf(name), text);
    writeFiles(viewerId as string, placeOf(name), files.map(asHeld));
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
    writeFiles(viewerId as string, placeOf(name), []);
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
      for (const file of node.attachments) {
        if (file.thumbnailUrl !== null && held.get(file.id)?.pictureUrl === undefined) {
          remember(asHeld(file));
        }
      }
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
      const isNews =
        draft === null ? known.content !== '' : !known.revisions.includes(draft.revision);
      if (contentOf(name) !== known.content) {
        if (!timers.has(name) && !saving.has(name)) {
          soon(name, 0);
        }
      } else if (isNews && isCertain(name)) {
        adopt(name, draft);
      }
    }
    tell();
  }

  /** What the composer has that is uploaded is what the draft has. */
  function noteFiles(name: string): void {
    const files = (chosen.get(name) ?? []).flatMap((file) => {
      const id = uploadIdOf(file);
      return id === undefined ? [] : [{ id, name: file.name, type: file.type, size: file.size }];
    });
    const kept = files.slice(0, FILES_LIMIT);
    if (kept.map(({ id }) => id).join() !== idsOf(name).join()) {
      writeFiles(viewerId as string, placeOf(name), kept);
      touch(name, knownOf(name).at);
    }
  }

  /** One file after another. */
  async function uploadNext(): Promise<void> {
    const [name, file] = nextUpload() ?? [];
    if (uploading !== undefined || name === undefined || file === undefined) {
      return;
    }
    const [asker, ending] = [viewerId, new AbortController()];
    uploading = { file, ending };
    let pause: number | undefined = 0;
    try {
      await client.upload(file, ending.signal);
      if (asker === viewerId && chosen.get(name)?.includes(file)) {
        noteFiles(name);
      }
    } catch (error) {
      if (mayPass(error)) {
        pause = ending.signal.aborted ? 0 : pauseAfter(client, error);
      } else {
        refused.add(file);
      }
    } finally {
      uploading = undefined;
    }
    if (pause !== undefined) {
      setTimeout(() => void uploadNext(), pause);
    }
  }

  function nextUpload(): readonly [string, GivenFile] | undefined {
    for (const [name, files] of viewerId === null ? [] : chosen) {
      for (const file of files) {
        if (file instanceof File && uploadIdOf(file) === undefined && !refused.has(file)) {
          return [name, file];
        }
      }
    }
    return undefined;
  }

  /** @param at when it was written */
  function touch(name: string, at = new Date().toISOString()): void {
    const known = knownOf(name);
    const content = contentOf(name);
    if (viewerId === null || content === known.content) {
      return;
    }
    note(name, { ...known, at });
    soon(name, content === '' ? 0 : SAVE_EVERY_MS);
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
      void uploadNext();
    }
  });
  client.viewerId.subscribe(() => {
    if (client.viewerId.get() !== viewerId) {
      viewerId = client.viewerId.get();
      apart = new Map();
      chosen.clear();
      uploading?.ending.abort();
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
    watch(place, files, listener) {
      const name = nameOf(place);
      const all = watchers.get(name) ?? new Set();
      watchers.set(name, all.add(listener));
      chosen.set(name, files);
      listener(textOf(name), filesFor(name));
      void uploadNext();
      return () => all.delete(listener);
    },
    choose(place, files) {
      const name = nameOf(place);
      chosen.set(name, files);
      if (viewerId !== null) {
        // A file counts from when it was chosen, however long it takes.
        note(name, { ...knownOf(name), at: new Date().toISOString() });
        noteFiles(name);
      }
      // What was sent goes on being uploaded from the queue.
      if (![...chosen.values()].some((all) => uploading && all.includes(uploading.file))) {
        uploading?.ending.abort();
      }
      void uploadNext();
    },
    touch: (place) => touch(nameOf(place)),
    flush,
    async discard(draftId) {
      await client.ask(DiscardDraftDocument, { draftId });
      await refresh();
    },
  };
}

/** Both in one, so that they can be compared. */
function asContent(text: string, ids: readonly string[]): string {
  return ids.length === 0 ? text : `${text}\0${ids.join()}`;
}

const idsIn = (files: readonly DraftFile[]) => files.map(({ id }) => id);

function asHeld({ id, filename, mimeType, byteSize, thumbnailUrl }: DraftFile): HeldFile {
  return {
    ...{ id, name: filename, type: mimeType, size: Number(byteSize) },
    pictureUrl: thumbnailUrl ?? undefined,
  };
}

/** The id of its upload; undefined until all of it is there. */
function uploadIdOf(file: ChosenFile): string | undefined {
  if (!(file instanceof File)) {
    return file.id;
  }
  return file.uploadedAt === undefined ? undefined : file.uploadUrl?.split('/').at(-1);
}

/** @returns the files with those of another draft that are not among them, as far as a message takes them */
export function withMore(
  files: readonly ChosenFile[],
  more: readonly DraftFile[],
): readonly ChosenFile[] {
  const ids = new Set(files.map(uploadIdOf));
  return [...files, ...more.filter(({ id }) => !ids.has(id)).map(asHeld)].slice(0, FILES_LIMIT);
}

function placeOf(name: string): Place {
  const [roomId, threadId] = name.split(' ') as [string, string];
  return { roomId, threadId: threadId || undefined };
}
