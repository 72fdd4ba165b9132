import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { type Client, openClient } from '../../src/index.ts';
import { indexedDbStorage } from '../../src/store/indexed-db.ts';
import { ar, Chat, ChatProvider, de, en, ja } from '../../src/ui/index.ts';

/* A page of the kit, as an app would make one. Its address says how: `?server=…&language=ar&theme=dark`. */

declare global {
  interface Window {
    client: Client;
  }
}

const query = new URLSearchParams(location.search);
const words = { ar, de, en, ja }[query.get('language') ?? 'en'] ?? en;
document.documentElement.lang = words.language;
document.documentElement.dir = words.direction;
document.documentElement.dataset.theme = query.get('theme') ?? 'light';

window.client = await openClient({
  url: query.get('server') ?? location.origin,
  storage: indexedDbStorage(),
});

const username = query.get('username');
if (username !== null && window.client.viewerId.get() === null) {
  await window.client.signIn({ username, password: query.get('password') ?? username });
}

/** Exported, so that the bundler takes this for needed: the package says that its modules do nothing by themselves. */
export const root = createRoot(document.getElementById('page') as HTMLElement);

root.render(
  <StrictMode>
    <ChatProvider client={window.client} words={words} emojiUrl="/emoji" onOpenPerson={() => {}}>
      <Chat roomId={query.get('room') ?? undefined} onSearch={() => {}} />
    </ChatProvider>
  </StrictMode>,
);
