import { createRoot } from 'react-dom/client';
import { openClient } from 'trumpet-client';
import { indexedDbStorage } from 'trumpet-client/indexed-db';
import { Chat, ChatProvider } from 'trumpet-client/ui';
import 'trumpet-client/ui/styles.css';

const client = await openClient({ url: 'http://127.0.0.1:8000', storage: indexedDbStorage() });
if (client.viewerId.get() === null) {
  await client.signIn({ username: 'alice', password: 'trumpet-demo' });
}

const place = document.body.appendChild(document.createElement('main'));
place.style.height = '100dvh';
createRoot(place).render(
  <ChatProvider client={client}>
    <Chat />
  </ChatProvider>,
);
