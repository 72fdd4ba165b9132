import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { openClient } from 'trumpet-client';
import { cookieSession } from 'trumpet-client/cookie-session';
import { indexedDbStorage } from 'trumpet-client/indexed-db';
import { untilLoaded } from 'trumpet-client/ui';
import { App } from './app.tsx';
import { device } from './device.ts';
import { keepOffline } from './offline.ts';
import { openWhatIsChosen } from './push/chosen.ts';
import { takeReturn } from './sign-in/returned.ts';
import { expectSignIn, expectViews, loadViews, Shell } from './views.ts';
import { loadWords } from './words/words.tsx';
import 'trumpet-client/ui/styles.css';
import './styles.css';

/** How long what comes after the sign-in waits for somebody who signs in, in milliseconds. */
const UNUSED_MS = 10_000;

openWhatIsChosen();
// All that the first screen needs is on its way at the same time.
expectViews();
const loadingWords = untilLoaded(() => loadWords(device.get().language));

const client = await openClient({
  url: location.origin,
  storage: indexedDbStorage(),
  session: cookieSession(),
});
await takeReturn(client);
await (client.viewerId.get() === null ? expectSignIn() : Shell.load());

createRoot(document.getElementById('page') as HTMLElement).render(
  <StrictMode>
    <App client={client} firstWords={await loadingWords} />
  </StrictMode>,
);

whenIdle(() => {
  void untilLoaded(() => import('./push/push.ts')).then(({ watchPush }) => watchPush(client));
  void getReady();
});

/** A slow network brings what is shown next before all that may be shown some day, and neither while nobody signs in. */
async function getReady(): Promise<void> {
  if (client.viewerId.get() === null) {
    await firstUse();
  }
  await loadViews();
  if (import.meta.env.PROD) {
    await keepOffline();
  }
}

/** When somebody begins to use the page, or after a while. */
function firstUse(): Promise<unknown> {
  return new Promise((resolve) => {
    for (const kind of ['pointermove', 'pointerdown', 'keydown']) {
      window.addEventListener(kind, resolve, { once: true });
    }
    setTimeout(resolve, UNUSED_MS);
  });
}

/** Safari has no idle callback. */
function whenIdle(run: () => void): void {
  if ('requestIdleCallback' in globalThis) {
    requestIdleCallback(run);
  } else {
    setTimeout(run, 1_000);
  }
}
