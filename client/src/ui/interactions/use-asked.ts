import { useEffect, useSyncExternalStore } from 'react';
import { throwDefect } from '../../errors.ts';
import { useClient } from '../../react/index.ts';
import type { Command } from './commands.ts';
import { type Asked, interactionsOf } from './store.ts';

/** What this person has asked of bots in a room, the latest last. */
export function useAsked(roomId: string): readonly Asked[] {
  const interactions = interactionsOf(useClient());
  useEffect(() => interactions.recall(roomId), [interactions, roomId]);
  return useSyncExternalStore(interactions.subscribe, () => interactions.asked(roomId));
}

/** The commands of a room, once they are wanted. */
export function useCommands(roomId: string, isWanted: boolean): readonly Command[] {
  const interactions = interactionsOf(useClient());
  useEffect(() => {
    if (isWanted) {
      interactions.commands(roomId).catch(throwDefect);
    }
  }, [interactions, roomId, isWanted]);
  return useSyncExternalStore(interactions.subscribe, () => interactions.knownCommands(roomId));
}
