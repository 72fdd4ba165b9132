import type { DurableEvent, MemberEvent } from '../log/events.ts';
import { widerHistory } from '../log/resync.ts';
import type { Follower } from './follower.ts';
import type { Group } from './group.ts';

/**
 * Who was removed from one room, and who was let see more of it. What they listen to ends in all of its groups: access
 * itself, or what was made for less than they see.
 */
export interface Revocations {
  /** Ends the access of a person who was removed. */
  revoke(removal: MemberEvent): void;
  /** Ends the access of all who were removed by these changes, and has those begin anew who see more by them. */
  hear(changes: readonly DurableEvent[]): void;
  /** Does the same to a new follower if the person was removed, or let see more, since the check: the others have been told. */
  recheck(follower: Follower, group: Group): void;
}

/** @param groups all groups of the room, as they are when somebody is removed */
export function createRevocations(groups: Iterable<Group>): Revocations {
  /** The last removal of each person since the room is listened to here: it reaches whoever was checked before it. */
  const removals = new Map<string, MemberEvent>();

  /** The last widening of each person, in the same way. */
  const widenings = new Map<string, MemberEvent>();

  function beginAnew(widening: MemberEvent): void {
    widenings.set(widening.userId, widening);
    for (const group of groups) {
      for (const follower of group.followers) {
        if (isMeant(widening, follower)) {
          group.release(follower, widerHistory());
        }
      }
    }
  }

  function revoke(removal: MemberEvent): void {
    removals.set(removal.userId, removal);
    for (const group of groups) {
      const removed = [...group.followers].filter((follower) => isMeant(removal, follower));
      if (removed.length > 0) {
        group.remove(removed, removal);
      }
    }
  }

  return {
    revoke,
    hear(changes) {
      for (const change of changes) {
        if (change.__typename === 'MemberEvent' && change.event === 'delete') {
          revoke(change);
        } else if (change.__typename === 'MemberEvent' && change.isWidening) {
          beginAnew(change);
        }
      }
    },
    recheck(follower, group) {
      const removal = removals.get(follower.userId);
      if (removal !== undefined && isMeant(removal, follower)) {
        group.remove([follower], removal);
      }
      const widening = widenings.get(follower.userId);
      if (widening !== undefined && isMeant(widening, follower)) {
        group.release(follower, widerHistory());
      }
    },
  };
}

function isMeant(change: MemberEvent, { userId, checkedAt }: Follower): boolean {
  return change.userId === userId && change.changeSeq > checkedAt;
}
