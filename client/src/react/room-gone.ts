import { useEffect, useState } from 'react';
import { TrumpetError, throwDefect } from '../errors.ts';
import { useClientState, useRoom } from './hooks.ts';
import { useClient } from './provider.tsx';

/** After these nobody has to ask again: there is no such room, or it is not this person's. */
const GONE: ReadonlySet<string> = new Set(['NOT_FOUND', 'FORBIDDEN', 'BAD_INPUT']);

/**
 * Whether the server has said that there is no such room, or that this person is not in it. While it is being loaded,
 * `useRoom` is undefined, too.
 */
export function useIsRoomGone(roomId: string): boolean {
  const client = useClient();
  const isHere = useRoom(roomId) !== undefined;
  const isLive = useClientState() === 'live';
  const [goneId, setGoneId] = useState<string | null>(null);
  useEffect(() => {
    if (isHere || !isLive) {
      return;
    }
    let isOver = false;
    const settle = () => {
      if (!isOver && client.room(roomId).get() === undefined) {
        setGoneId(roomId);
      }
    };
    // Whoever has just come into it is told before the event of it is here.
    client
      .timeline(roomId)
      .jumpToNewest()
      .then(settle, (error) => {
        throwDefect(error);
        if (error instanceof TrumpetError && GONE.has(error.code)) {
          settle();
        }
      });
    return () => {
      isOver = true;
    };
  }, [client, roomId, isHere, isLive]);
  return !isHere && goneId === roomId;
}
