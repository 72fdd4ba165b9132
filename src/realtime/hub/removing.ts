import { log } from '../../process/log.ts';
import { createBatch, type SharedResult } from '../execution/result.ts';
import type { DurableEvent, Happening } from '../log/events.ts';
import { deliverRemoval, type Follower, remove } from './follower.ts';

interface RemovingOptions {
  readonly roomId: string;
  /** Executes the recipe over events as those may see them who are not in the room. */
  readonly runOutside: (events: readonly Happening[]) => Promise<SharedResult[]>;
  /** Lets a follower go. */
  readonly release: (follower: Follower) => void;
}

/** Ends the access of followers by this change: they get it, and nothing else that they have not got yet. */
export type RemoveFollowers = (removed: readonly Follower[], removal: DurableEvent) => void;

/*
 * What is computed from now on is computed after the access has ended. So changes that a removed follower has not got
 * are left out, and its removal is computed as for someone outside.
 */
export function createRemoving({ roomId, runOutside, release }: RemovingOptions): RemoveFollowers {
  async function tell(removed: readonly Follower[], removal: DurableEvent): Promise<void> {
    const batch = createBatch(await runOutside([removal]));
    for (const follower of removed) {
      if (follower.state === 'removed' && follower.lastAllowed === removal.changeSeq) {
        deliverRemoval(follower, batch);
        release(follower);
      }
    }
  }

  return function removeFollowers(removed, removal) {
    for (const follower of removed) {
      remove(follower, removal.changeSeq);
    }
    tell(removed, removal).catch((error) => {
      log.error({ event: 'group.removal_failed', roomId, error });
      for (const follower of removed) {
        if (follower.state === 'removed') {
          release(follower);
        }
      }
    });
  };
}
