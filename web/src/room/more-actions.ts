import { useCallback, useEffect, useState } from 'react';
import { type Client, throwDefect } from 'trumpet-client';
import type { MoreActions } from 'trumpet-client/ui';
import { useLocation } from 'wouter';
import { messageAddress } from '../addresses.ts';
import { SaveMessageDocument, TranslationLanguagesDocument } from '../generated.ts';
import { useClient } from '../trumpet.tsx';
import { useWords } from '../words/words.tsx';

/** What the page can do with a message beyond the kit: its address, for later, and its details, with reporting it. */
export function useMoreActions(roomId: string): MoreActions {
  const words = useWords();
  const client = useClient();
  const [location, go] = useLocation();
  const isTranslated = useIsTranslated(client);
  return useCallback(
    ({ id, seq, messageType }) => {
      const room = client.room(roomId).get();
      return seq === null || room === undefined
        ? []
        : [
            {
              id: 'copy-link',
              label: words.copyLink,
              icon: 'copy',
              run: () =>
                void navigator.clipboard?.writeText(
                  new URL(messageAddress(room, seq), window.location.origin).href,
                ),
            },
            ...(messageType === 'SYSTEM'
              ? []
              : [
                  {
                    id: 'forward',
                    label: words.forward,
                    icon: 'forward' as const,
                    run: () => go(`${location}?panel=forward:${id}`),
                  },
                ]),
            {
              id: 'save',
              label: words.saveForLater,
              icon: 'bookmark',
              run: () => save(client, id).catch(throwDefect),
            },
            {
              id: 'remind',
              label: words.remindMe,
              icon: 'clock',
              run: () => go(`${location}?panel=reminder:${id}`),
            },
            ...(isTranslated
              ? [
                  {
                    id: 'translate',
                    label: words.translate,
                    icon: 'translate' as const,
                    run: () => go(`${location}?panel=translation:${id}`),
                  },
                ]
              : []),
            {
              id: 'details',
              label: words.details,
              icon: 'flag',
              run: () => go(`${location}?panel=message:${id}`),
            },
          ];
    },
    [words, client, roomId, location, go, isTranslated],
  );
}

const translated = new WeakMap<Client, Promise<boolean>>();

/** Whether the server can translate: asked once, and again only where there was no answer. */
function useIsTranslated(client: Client): boolean {
  const [isTranslated, setTranslated] = useState(false);
  useEffect(() => {
    const known =
      translated.get(client) ??
      client
        .ask(TranslationLanguagesDocument, {})
        .then(({ translationLanguages }) => translationLanguages?.[0] !== undefined);
    translated.set(client, known);
    known.then(setTranslated, () => translated.delete(client));
  }, [client]);
  return isTranslated;
}

async function save(client: Client, messageId: string): Promise<void> {
  await client.ask(SaveMessageDocument, { input: { messageId } });
}
