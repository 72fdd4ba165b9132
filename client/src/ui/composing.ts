import { useMemo, useSyncExternalStore } from 'react';
import type { Deed, GivenFile } from '../queue/actions.ts';
import { useKit } from './provider.tsx';

/** What a composer is about, beside writing something new. */
export type Intent =
  | { readonly kind: 'new' }
  | { readonly kind: 'edit'; readonly messageId: string; readonly content: string }
  | { readonly kind: 'reply'; readonly messageId: string }
  /** A message, or a passage of it, that is shown with what is written. */
  | {
      readonly kind: 'quote';
      readonly messageId: string;
      readonly metadata: {
        readonly quote: { readonly messageId: string; readonly content?: string };
      };
    }
  /** A message that was refused: what is written takes its place. */
  | {
      readonly kind: 'mend';
      readonly actionId: string;
      readonly deed: TextDeed;
      readonly content: string;
    };

/** What somebody did by writing. */
export type TextDeed = Extract<Deed, { readonly kind: 'send' | 'edit' }>;

/** A file that was uploaded for a draft, and whose bytes this device does not have. */
export interface HeldFile {
  /** Of the upload. */
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  /** Where a small picture of it was to be had. */
  readonly pictureUrl?: string | undefined;
}

export type ChosenFile = GivenFile | HeldFile;

/** Where something is composed: in a room, or in a thread of it. */
export interface Place {
  readonly roomId: string;
  readonly threadId?: string | undefined;
}

/** What the composers are about, so that a list of messages can tell the composer below it. */
export interface Composing {
  get(place: Place): Intent;
  set(place: Place, intent: Intent): void;
  /** What a message is being changed to; not kept when the page goes. */
  change(place: Place): string;
  setChange(place: Place, text: string): void;
  /** What is to be sent with the next message. Until it is uploaded, it is not kept when the page goes. */
  files(place: Place): readonly ChosenFile[];
  setFiles(place: Place, files: readonly ChosenFile[]): void;
  subscribe(listener: () => void): () => void;
  clear(): void;
}

const NEW: Intent = { kind: 'new' };
const NO_FILES: readonly ChosenFile[] = [];

export function createComposing(): Composing {
  const intents = new Map<string, Intent>();
  const changes = new Map<string, string>();
  const chosen = new Map<string, readonly ChosenFile[]>();
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of [...listeners]) {
      listener();
    }
  };
  return {
    get: (place) => intents.get(nameOf(place)) ?? NEW,
    set(place, intent) {
      intents.set(nameOf(place), intent);
      changes.set(nameOf(place), 'content' in intent ? intent.content : '');
      tell();
    },
    change: (place) => changes.get(nameOf(place)) ?? '',
    setChange(place, text) {
      changes.set(nameOf(place), text);
    },
    files: (place) => chosen.get(nameOf(place)) ?? NO_FILES,
    setFiles(place, files) {
      chosen.set(nameOf(place), files);
      tell();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    clear() {
      intents.clear();
      changes.clear();
      chosen.clear();
      tell();
    },
  };
}

export function nameOf({ roomId, threadId }: Place): string {
  return `${roomId} ${threadId ?? ''}`;
}

export function useIntent({
  roomId,
  threadId,
}: Place): readonly [Intent, (intent: Intent) => void] {
  const { composing } = useKit();
  const intent = useSyncExternalStore(composing.subscribe, () =>
    composing.get({ roomId, threadId }),
  );
  const set = useMemo(
    () => (next: Intent) => composing.set({ roomId, threadId }, next),
    [composing, roomId, threadId],
  );
  return [intent, set];
}

export function useFiles({
  roomId,
  threadId,
}: Place): readonly [readonly ChosenFile[], (files: readonly ChosenFile[]) => void] {
  const { composing } = useKit();
  const files = useSyncExternalStore(composing.subscribe, () =>
    composing.files({ roomId, threadId }),
  );
  const set = useMemo(
    () => (next: readonly ChosenFile[]) => composing.setFiles({ roomId, threadId }, next),
    [composing, roomId, threadId],
  );
  return [files, set];
}
