import type { Client } from '../../client.ts';
import { everyPage } from '../../every-page.ts';
import type { View } from '../../views.ts';
import { createAsking } from '../asking.ts';
import { ChangedEmojiDocument, type EmojiPartsFragment } from './generated.ts';

/** An emoji of the workspace's own. */
export type CustomEmoji = EmojiPartsFragment;

/** The emoji of the workspace by all of their names; and what has changed of them, as soon as the server tells of it. */
export interface CustomEmojiStore extends View<ReadonlyMap<string, CustomEmoji>> {
  /** Asks for what has changed. Never rejects. */
  refresh(): Promise<void>;
}

const EMOJI_OF_A_PAGE = 100;
const NONE: ReadonlyMap<string, CustomEmoji> = new Map();
const stores = new WeakMap<Client, CustomEmojiStore>();

/** The same for the same client. */
export function customEmojiOf(client: Client): CustomEmojiStore {
  const store = stores.get(client) ?? createStore(client);
  stores.set(client, store);
  return store;
}

function createStore(client: Client): CustomEmojiStore {
  const listeners = new Set<() => void>();
  let viewerId = client.viewerId.get();
  let byId = new Map<string, CustomEmoji>();
  let known = NONE;
  let version: string | null = null;

  function forget(): void {
    byId = new Map();
    version = null;
    show();
  }

  function show(): void {
    known = new Map(
      [...byId.values()]
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .flatMap((emoji) => [emoji.name, ...emoji.aliases].map((name) => [name, emoji] as const)),
    );
    listeners.forEach((listener) => {
      listener();
    });
  }

  function take(changed: readonly CustomEmoji[]): void {
    for (const emoji of changed) {
      if (emoji.pictureUrl === null) {
        byId.delete(emoji.id);
      } else {
        byId.set(emoji.id, emoji);
      }
    }
    version = changed.at(-1)?.version ?? version ?? '0';
    if (changed.length > 0) {
      show();
    }
  }

  const refresh = createAsking(client, async () => {
    if (viewerId === null) {
      return;
    }
    const asker = viewerId;
    const sinceVersion = version;
    const changed = await everyPage<CustomEmoji>(
      async (after) =>
        (
          await client.ask(ChangedEmojiDocument, {
            ...{ sinceVersion, first: EMOJI_OF_A_PAGE, after },
          })
        ).customEmoji,
    );
    if (asker === viewerId) {
      take(changed);
    }
  });

  // For as long as the client lives: whoever has shown an emoji shows it again.
  client.news('CustomEmojiEvent').subscribe(() => void refresh());
  client.state.subscribe(() => {
    if (client.state.get() === 'live') {
      void refresh();
    }
  });
  client.viewerId.subscribe(() => {
    if (client.viewerId.get() !== viewerId) {
      viewerId = client.viewerId.get();
      forget();
      void refresh();
    }
  });
  void refresh();

  return {
    get: () => known,
    subscribe(listener) {
      const call = () => listener();
      listeners.add(call);
      return () => listeners.delete(call);
    },
    refresh,
  };
}

/** Those of which a name begins so, then those of which one has it inside: each once. */
export function customEmojiNamed(
  all: ReadonlyMap<string, CustomEmoji>,
  start: string,
): readonly CustomEmoji[] {
  const wanted = foldedName(start);
  const found = [...all].filter(([name]) => name.includes(wanted));
  const inOrder = [
    ...found.filter(([name]) => name.startsWith(wanted)),
    ...found.filter(([name]) => !name.startsWith(wanted)),
  ];
  return [...new Set(inOrder.map(([, emoji]) => emoji))];
}

/** A name as the server keeps it. */
export function foldedName(name: string): string {
  return name.normalize('NFKC').toLowerCase().normalize('NFKC');
}
