import { useEffect } from 'react';
import { throwDefect } from 'trumpet-client';
import { useRoute } from 'wouter';
import { UpdatePresenceDocument } from '../generated.ts';
import { useClient, useView } from '../trumpet.tsx';
import { chosenStatus } from './chosen-status.ts';

/** The server forgets a presence after 90 seconds. A page in the background runs its timers once a minute at most. */
const AGAIN_EVERY_MS = 60_000;

/** This page among the devices of the person: another one after a reload, and the old one lapses. */
const SESSION_ID = crypto.randomUUID();

/** Tells the server that the person is here, and which room they look at: that one does not notify them. */
export function Presence() {
  const client = useClient();
  const chosen = useView(chosenStatus);
  const roomId = useOpenRoom();
  useEffect(() => {
    const tell = () => {
      const isSeen = document.visibilityState === 'visible';
      const input = {
        sessionId: SESSION_ID,
        status: isSeen || chosen === 'BUSY' ? chosen : ('AWAY' as const),
        roomId: isSeen ? (roomId ?? null) : null,
      };
      client.ask(UpdatePresenceDocument, { input }).catch(throwDefect); // The next time tells it again.
    };
    tell();
    const timer = setInterval(tell, AGAIN_EVERY_MS);
    document.addEventListener('visibilitychange', tell);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tell);
    };
  }, [client, chosen, roomId]);
  return null;
}

function useOpenRoom(): string | undefined {
  const [isInRoom, parameters] = useRoute('/r/:room/*?');
  const rooms = useView(useClient().rooms);
  const room = isInRoom ? parameters.room : undefined;
  return rooms.find(({ id, slug }) => id === room || (slug !== null && slug === room))?.id;
}
