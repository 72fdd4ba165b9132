import type { DurableEvent, MemberEvent } from '../log/events.ts';
import type { Follower } from './follower.ts';
import type { Group } from './group.ts';

/** Who was removed from one room. Their access ends in all of its groups. */
export interface Revocations {
  /** Ends the access of a person who was removed. */
  revoke(removal: MemberEvent): void;
  /** Ends the access of all who were removed by these changes. */
  hear(changes: readonly DurableEvent[]): void;
  /** Ends the access of a new follower if the person was removed since the check: the others have been told. */
  recheck(follower: Follower, group: Group): void;
}

/** @param groups all groups of the room, as they are when somebody is removed */
export function createRevocations(groups: Iterable<Group>): Revocations {
  /** The last removal of each person since the room is listened to here: it reaches whoever was checked before it. */
  const removals = new Map<string, MemberEvent>();

  function revoke(removal: MemberEvent): void {
    removals.set(removal.userId, removal);
    for (const group of groups) {
      const removed = [...group.followers].filter((follower) => isRemovedBy(removal, follower));
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
        }
      }
    },
    recheck(follower, group) {
      const removal = removals.get(follower.userId);
      if (removal !== undefined && isRemovedBy(removal, follower)) {
        group.remove([follower], removal);
      }
    },
  };
}

function isRemovedBy(removal: MemberEvent, { userId, checkedAt }: Follower): boolean {
  return removal.userId === userId && removal.changeSeq > checkedAt;
}
