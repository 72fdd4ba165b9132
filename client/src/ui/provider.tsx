import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef } from 'react';
import type { Client } from '../client.ts';
import { TrumpetProvider, useClient, useViewerId } from '../react/index.ts';
import { forgetArrangement } from './arrangement/noted.ts';
import { type Composing, createComposing } from './composing.ts';
import { forgetDrafts } from './drafts/local.ts';
import { createPlaces, type Places } from './places.ts';
import { en, type Words } from './words/en.ts';

export interface ChatProviderProps {
  readonly client: Client;
  /** The words of the kit, such as `de`. Default: English. */
  readonly words?: Words;
  /**
   * Where the files of `emojibase-data` are, such as `/emoji`: `<emojiUrl>/en/data.json`. Without it there are a few emoji
   * for reactions only.
   */
  readonly emojiUrl?: string;
  /** A person's name, picture or mention was chosen. */
  readonly onOpenPerson?: (userId: string) => void;
  /** The message that another was forwarded from was chosen, by its number in its room. */
  readonly onOpenMessage?: (
    room: { readonly id: string; readonly slug: string | null },
    seq: number,
  ) => void;
  readonly children?: ReactNode;
}

/** What all parts of the kit share. */
export interface Kit {
  readonly words: Words;
  readonly emojiUrl: string | undefined;
  readonly openPerson: ((userId: string) => void) | undefined;
  readonly openMessage: ChatProviderProps['onOpenMessage'] | undefined;
  readonly composing: Composing;
  readonly places: Places;
  /**
   * The rooms in which the person has marked something as unread since they opened them: until they open them again,
   * nothing there is read by looking at it.
   */
  readonly unreadRoomIds: Set<string>;
}

const KitContext = createContext<Kit | null>(null);

/** Goes around all parts of the kit; the hooks of `trumpet-client/react` work in it too. */
export function ChatProvider(props: ChatProviderProps): ReactNode {
  const { client, words = en, emojiUrl, onOpenPerson, onOpenMessage, children } = props;
  const own = useMemo(
    () => ({
      composing: createComposing(),
      places: createPlaces(),
      unreadRoomIds: new Set<string>(),
    }),
    [],
  );
  const kit = useMemo(
    () => ({ words, emojiUrl, openPerson: onOpenPerson, openMessage: onOpenMessage, ...own }),
    [words, emojiUrl, onOpenPerson, onOpenMessage, own],
  );
  return (
    <TrumpetProvider client={client}>
      <KitContext value={kit}>
        <SignOutWatch />
        {children}
      </KitContext>
    </TrumpetProvider>
  );
}

/** The kit of the provider around. @throws Error without one. */
export function useKit(): Kit {
  const kit = useContext(KitContext);
  if (kit === null) {
    throw new Error('Put a <ChatProvider> around this.');
  }
  return kit;
}

export function useWords(): Words {
  return useKit().words;
}

/** Takes a person's drafts off the device when they sign out. */
function SignOutWatch(): null {
  const viewerId = useViewerId();
  const { composing, places } = useKit();
  const client = useClient();
  const last = useRef(viewerId);
  useEffect(() => {
    if (last.current !== null && last.current !== viewerId && client.viewerId.get() === viewerId) {
      forgetDrafts(last.current);
      forgetArrangement(last.current);
      composing.clear();
      places.clear();
    }
    last.current = viewerId;
  }, [viewerId, client, composing, places]);
  return null;
}
