import { Suspense, useCallback, useEffect, useState } from 'react';
import type { Client } from 'trumpet-client';
import { ChatProvider, type ChatProviderProps, untilLoaded } from 'trumpet-client/ui';
import { Route, Switch, useLocation } from 'wouter';
import { messageAddress } from './addresses.ts';
import { deferred } from './deferred.tsx';
import { device } from './device.ts';
import { SignIn } from './sign-in/sign-in.tsx';
import { useView } from './trumpet.tsx';
import { noteSignedIn, Shell } from './views.ts';
import type { Words } from './words/en.ts';
import { directionOf, loadWords, WordsContext } from './words/words.tsx';

const Verify = deferred(() => import('./sign-in/verify.tsx'));
const Reset = deferred(() => import('./sign-in/reset.tsx'));

interface AppProps {
  readonly client: Client;
  /** In the language that is chosen when it starts. */
  readonly firstWords: Words;
}

export function App({ client, firstWords }: AppProps) {
  const words = useChosenWords(firstWords);
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
  const openMessage = useCallback<NonNullable<ChatProviderProps['onOpenMessage']>>(
    (room, seq) => go(messageAddress(room, seq)),
    [go],
  );
  const viewerId = useView(client.viewerId);
  useEffect(() => noteSignedIn(viewerId !== null), [viewerId]);
  return (
    <WordsContext value={words}>
      <ChatProvider
        client={client}
        words={words.kit}
        emojiUrl="/emoji"
        onOpenPerson={openPerson}
        onOpenMessage={openMessage}
      >
        <Suspense fallback={<p className="trumpet-shell-note">{words.loading}</p>}>
          <Switch>
            <Route path="/verify" component={Verify} />
            <Route path="/reset" component={Reset} />
            <Route>{viewerId === null ? <SignIn /> : <Shell />}</Route>
          </Switch>
        </Suspense>
      </ChatProvider>
    </WordsContext>
  );
}

/** The words of the language that is chosen; those of the last one until they are here. */
function useChosenWords(firstWords: Words): Words {
  const { language } = useView(device);
  const [words, setWords] = useState(firstWords);
  useEffect(() => {
    let isCurrent = true;
    void untilLoaded(() => loadWords(language)).then((loaded) => {
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
