import { useCallback, useEffect, useState } from 'react';
import type { Client } from 'trumpet-client';
import { ChatProvider } from 'trumpet-client/ui';
import { useLocation } from 'wouter';
import { device } from './device.ts';
import { Shell } from './shell/shell.tsx';
import { SignIn } from './sign-in/sign-in.tsx';
import { useView } from './trumpet.tsx';
import type { Words } from './words/en.ts';
import { directionOf, loadWords, WordsContext } from './words/words.tsx';

export function App({ client }: { readonly client: Client }) {
  const words = useChosenWords();
  useChosenTheme();
  const [, go] = useLocation();
  const openPerson = useCallback(
    (userId: string) => {
      const person = client.person(userId).get();
      if (person !== undefined) {
        go(`/people/${encodeURIComponent(person.username)}`);
      }
    },
    [client, go],
  );
  const viewerId = useView(client.viewerId);
  return (
    words && (
      <WordsContext value={words}>
        <ChatProvider client={client} words={words.kit} emojiUrl="/emoji" onOpenPerson={openPerson}>
          {viewerId === null ? <SignIn /> : <Shell />}
        </ChatProvider>
      </WordsContext>
    )
  );
}

/** The words of the language that is chosen; those of the last one until they are here. */
function useChosenWords(): Words | null {
  const { language } = useView(device);
  const [words, setWords] = useState<Words | null>(null);
  useEffect(() => {
    let isCurrent = true;
    void loadWords(language).then((loaded) => {
      if (isCurrent) {
        document.documentElement.lang = language;
        document.documentElement.dir = directionOf(language);
        setWords(loaded);
      }
    });
    return () => {
      isCurrent = false;
    };
  }, [language]);
  return words;
}

function useChosenTheme(): void {
  const { theme } = useView(device);
  useEffect(() => {
    if (theme === 'system') {
      delete document.documentElement.dataset.theme;
    } else {
      document.documentElement.dataset.theme = theme;
    }
  }, [theme]);
}
