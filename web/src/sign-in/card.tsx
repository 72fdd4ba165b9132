import { type ReactNode, Suspense } from 'react';
import { changeDevice, device, type Theme } from '../device.ts';
import { UpdateBanner } from '../shell/update-banner.tsx';
import { useView } from '../trumpet.tsx';
import { LANGUAGES, type Language, useWords } from '../words/words.tsx';
import { Developers } from './developers.tsx';

/** What there is before somebody is signed in, in the middle of the page. */
export function Card({ children }: { readonly children: ReactNode }) {
  const words = useWords();
  return (
    <main className="trumpet trumpet-sign-in">
      <UpdateBanner />
      <div className="trumpet-sign-in-card">
        <header>
          <img src="/icon.svg" alt="" width="48" height="48" />
          <h1>{words.appName}</h1>
        </header>
        <Suspense>{children}</Suspense>
      </div>
      <footer className="trumpet-sign-in-foot">
        <DeviceChoices />
        <Suspense>
          <Developers />
        </Suspense>
      </footer>
    </main>
  );
}

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

/** Language and theme, also for whoever cannot read the words that the browser has chosen. */
function DeviceChoices() {
  const words = useWords();
  const { language, theme } = useView(device);
  return (
    <div className="trumpet-sign-in-choices">
      <select
        aria-label={words.language}
        value={language}
        onChange={({ target }) => changeDevice({ language: target.value as Language })}
      >
        {Object.entries(LANGUAGES).map(([tag, name]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
      <select
        aria-label={words.theme}
        value={theme}
        onChange={({ target }) => changeDevice({ theme: target.value as Theme })}
      >
        {THEMES.map((each) => (
          <option key={each} value={each}>
            {words.themes[each]}
          </option>
        ))}
      </select>
    </div>
  );
}
