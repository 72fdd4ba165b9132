import { useEffect, useState } from 'react';
import { device } from './device.ts';
import { Shell } from './shell/shell.tsx';
import { SignIn } from './sign-in/sign-in.tsx';
import { useClient, useView } from './trumpet.tsx';
import type { Words } from './words/en.ts';
import { directionOf, loadWords, WordsContext } from './words/words.tsx';

export function App() {
  const viewerId = useView(useClient().viewerId);
  const words = useChosenWords();
  useChosenTheme();
  return (
    words && <WordsContext value={words}>{viewerId === null ? <SignIn /> : <Shell />}</WordsContext>
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
