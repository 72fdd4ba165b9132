import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { openClient } from 'trumpet-client';
import { cookieSession } from 'trumpet-client/cookie-session';
import { indexedDbStorage } from 'trumpet-client/indexed-db';
import { navigate } from 'wouter/use-browser-location';
import { App } from './app.tsx';
import { keepOffline } from './offline.ts';
import { watchPush } from './push/push.ts';
import 'trumpet-client/ui/styles.css';
import './styles.css';

const client = await openClient({
  url: location.origin,
  storage: indexedDbStorage(),
  session: cookieSession(),
});

createRoot(document.getElementById('page') as HTMLElement).render(
  <StrictMode>
    <App client={client} />
  </StrictMode>,
);

watchPush(client);
if (import.meta.env.PROD) {
  void keepOffline(navigate);
}
