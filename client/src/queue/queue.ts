import { type Message, PROVISIONAL_FROM } from '../replica/model.ts';
import type { Replica } from '../replica/replica.ts';
import type { Change, Snapshot } from '../store/store.ts';
import type { Action, Deed, QueuedFile } from './actions.ts';
import type { QueueInput } from './inputs.ts';

/** What a person did and the replica does not show yet, in the order in which they did it. */
export interface Queue {
  actions(): readonly Action[];
  /** What the server has done and the replica does not show. */
  acknowledged(): readonly Action[];
  get(id: string): Action | undefined;
  /** The first of a room that waits; nothing while there is none. */
  next(roomId: string): Action | undefined;
  waitingRooms(): ReadonlySet<string>;
  /** The first file of a room that is not uploaded yet. */
  nextFile(roomId: string): { readonly action: Action; readonly file: QueuedFile } | undefined;
  /** Rooms with files that are not uploaded yet. */
  roomsWithFiles(): ReadonlySet<string>;
  /** The bytes of a file; undefined when this device has them no more. */
  blob(fileId: string): Blob | undefined;
  nextOrder(): number;
  /** The messages that were sent from here, by the ids of their deeds: who remembers those goes on naming them so. */
  readonly sentAs: Map<string, string>;
  apply(input: QueueInput): void;
  /** Lets go of what the replica shows by now. */
  settle(replica: Replica): void;
  /** What has changed since this was last asked, with `message` and an id for what was done with a message. */
  takeTopics(): ReadonlySet<string>;
  takeChanges(): readonly Change[];
}

/** The queue as it was kept. @param sentAs of the one before it */
export function readQueue(
  kept: Pick<Snapshot, 'actions' | 'files'>,
  sentAs = new Map<string, string>(),
): Queue {
  const actions = new Map(
    ([...kept.actions.values()] as Action[])
      .sort((a, b) => a.order - b.order || a.at - b.at)
      .map((action) => [action.id, action]),
  );
  const blobs = new Map(kept.files as ReadonlyMap<string, Blob>);
  /** Of the same, by their ids: what is looked for at every input is not looked for in all. */
  const withFile = new Map<string, Action>();
  const acknowledged = new Map<string, Action>();
  let order = 0;
  let topics = new Set<string>();
  let changes = new Map<string, Change>();

  function keepFile(id: string, blob: Blob): void {
    blobs.set(id, blob);
    changes.set(id, { table: 'files', key: id, value: blob });
  }

  function forgetFile({ id }: QueuedFile): void {
    blobs.delete(id);
    changes.set(id, { table: 'files', key: id });
  }

  function index(action: Action): void {
    const { id, state } = action;
    order = Math.max(order, action.order);
    put(withFile, id, state === 'waiting' && filesOf(action).some(isLeft), action);
    put(acknowledged, id, state === 'acknowledged', action);
  }

  function set(given: Action): void {
    const action = withSentIds(given);
    actions.set(action.id, action);
    index(action);
    changes.set(action.id, { table: 'actions', key: action.id, value: action });
    tell(action);
  }

  /** What was done with a message names it as the server does, as soon as it has such an id. */
  function withSentIds(action: Action): Action {
    const { deed } = action;
    const id = sentAs.get(targetOf(deed) ?? '');
    return id === undefined
      ? action
      : {
          ...action,
          deed: { ...deed, [deed.kind === 'send' ? 'parentMessageId' : 'messageId']: id } as Deed,
        };
  }

  function remove(action: Action): void {
    actions.delete(action.id);
    withFile.delete(action.id);
    acknowledged.delete(action.id);
    changes.set(action.id, { table: 'actions', key: action.id });
    filesOf(action).forEach(forgetFile);
    tell(action);
  }

  function tell({ deed }: Action): void {
    topics.add('queue').add(`room ${deed.roomId}`).add(`messages ${deed.roomId}`).add('inbox');
    const target = targetOf(deed);
    if (target !== undefined) {
      topics.add(`message ${target}`).add(`thread ${target}`);
    }
  }

  /** What was done with a message before it had its id. */
  function dependents(id: string): Action[] {
    return [...actions.values()].filter(({ deed }) => targetOf(deed) === id);
  }

  /** What is sent next into a room comes behind this message. */
  function putNextBehind(roomId: string, seq: number): void {
    const next = actions
      .values()
      .find(
        ({ deed, state }) => deed.roomId === roomId && deed.kind === 'send' && state === 'waiting',
      );
    if (next !== undefined && seq > next.after && seq < PROVISIONAL_FROM) {
      set({ ...next, after: seq });
    }
  }

  function drop(action: Action): void {
    remove(action);
    for (const dependent of dependents(action.id)) {
      drop(dependent);
    }
  }

  function isReady(action: Action): boolean {
    const { state, deed } = action;
    if (state !== 'waiting') {
      return false;
    }
    const target = targetOf(deed);
    const isThere = target === undefined || !actions.has(target);
    return isThere && filesOf(action).every(({ uploadedAt }) => uploadedAt !== null);
  }

  function nextFile(roomId: string) {
    const action = withFile.values().find(({ deed }) => deed.roomId === roomId);
    const file = action && filesOf(action).find(isLeft);
    return file && { action, file };
  }

  actions.forEach(index);
  return {
    nextFile,
    roomsWithFiles: () => new Set(withFile.values().map(({ deed }) => deed.roomId)),
    acknowledged: () => [...acknowledged.values()],
    blob: (fileId) => blobs.get(fileId),
    actions: () => [...actions.values()],
    get: (id) => actions.get(id),
    next: (roomId) =>
      actions.values().find((action) => action.deed.roomId === roomId && isReady(action)),
    waitingRooms: () =>
      new Set([...actions.values()].filter(isReady).map(({ deed }) => deed.roomId)),
    nextOrder: () => order + 1,
    sentAs,
    apply(input) {
      if (input.kind === 'done') {
        if (actions.has(input.action.id)) {
          return; // Shown before it was told.
        }
        const { deed } = input.action;
        for (const earlier of actions.values()) {
          // Reading further includes what was read before.
          if (deed.kind === 'read' && isSameReading(earlier, deed)) {
            remove(earlier);
          }
        }
        set(input.action);
        for (const { id, blob } of input.files ?? []) {
          keepFile(id, blob);
        }
        return;
      }
      const action = actions.get(input.id);
      if (action === undefined) {
        return;
      }
      switch (input.kind) {
        case 'acknowledged':
          set({ ...action, state: 'acknowledged', sent: input.sent });
          if (input.sent !== undefined) {
            sentAs.set(action.id, input.sent.messageId);
            dependents(action.id).forEach(set);
            putNextBehind(action.deed.roomId, input.sent.seq);
          }
          break;
        case 'refused':
          set({ ...action, state: 'refused', refusal: input.refusal });
          break;
        case 'file': {
          const { uploadUrl, uploadedAt } = input;
          set(
            withFiles(action, (file) =>
              file.id === input.fileId ? { ...file, uploadUrl, uploadedAt } : file,
            ),
          );
          break;
        }
        case 'mended':
          filesOf(action)
            .filter((file) => !isFileOf(file, input.deed))
            .forEach(forgetFile);
          set({ ...action, deed: input.deed, state: 'waiting', refusal: undefined });
          break;
        case 'dropped':
          drop(action);
          break;
        case 'settled':
          remove(action);
          break;
      }
    },
    settle(replica) {
      for (const action of acknowledged.values()) {
        if (isShown(action, replica)) {
          remove(action);
        }
      }
    },
    takeTopics() {
      const taken = topics;
      topics = new Set();
      return taken;
    },
    takeChanges() {
      const taken = [...changes.values()];
      changes = new Map();
      return taken;
    },
  };
}

export function filesOf({ deed }: Pick<Action, 'deed'>): readonly QueuedFile[] {
  return (deed.kind === 'send' && deed.files) || [];
}

const isLeft = ({ uploadedAt }: QueuedFile) => uploadedAt === null;

function put<T>(map: Map<string, T>, key: string, isIn: boolean, value: T): void {
  if (isIn) {
    map.set(key, value);
  } else {
    map.delete(key);
  }
}

/** The message with which something is done, or which is answered. */
function targetOf(deed: Deed): string | undefined {
  return 'messageId' in deed
    ? deed.messageId
    : deed.kind === 'send'
      ? deed.parentMessageId
      : undefined;
}

function isFileOf({ id }: QueuedFile, deed: Deed): boolean {
  return filesOf({ deed }).some((file) => file.id === id);
}

function withFiles(action: Action, change: (file: QueuedFile) => QueuedFile): Action {
  const { deed } = action;
  return deed.kind === 'send' && deed.files
    ? { ...action, deed: { ...deed, files: deed.files.map(change) } }
    : action;
}

function isSameReading({ deed, state }: Action, { roomId }: Deed): boolean {
  return deed.kind === 'read' && deed.roomId === roomId && state !== 'acknowledged';
}

/** Whether the replica shows what was acknowledged, or will not show it at all. */
function isShown({ deed, sent }: Action, replica: Replica): boolean {
  const room = replica.room(deed.roomId);
  if (deed.kind === 'join') {
    return room !== undefined;
  }
  if (deed.kind === 'leave' || room === undefined) {
    return room === undefined;
  }
  if (deed.kind === 'send') {
    return (
      sent === undefined ||
      room.lastSeq >= sent.seq ||
      replica.message(sent.messageId) !== undefined
    );
  }
  const message = replica.message(deed.messageId);
  return message === undefined || showsDeed(message, deed, room.membership.lastReadSeq);
}

function showsDeed(message: Message, deed: Deed, lastReadSeq: number): boolean {
  switch (deed.kind) {
    case 'edit':
      return message.content === deed.content || message.deletedAt !== null;
    case 'delete':
      return message.deletedAt !== null;
    case 'react':
      return (
        message.deletedAt !== null ||
        message.reactions.some(
          ({ emoji, viewerHasReacted }) => emoji === deed.emoji && viewerHasReacted,
        ) === deed.isOn
      );
    case 'pin':
      return (message.pinnedAt !== null) === deed.isOn;
    case 'read':
      return lastReadSeq >= message.seq;
    default:
      return true;
  }
}
