import type { Journal } from './journal.ts';
import type { Member } from './model.ts';
import { createPatches } from './patches.ts';

/** The members of the rooms of which they were asked for, with what events did to those that are being fetched. */
export interface Members {
  /** Those of a room by their user's id; undefined until they are fetched. */
  of(roomId: string): ReadonlyMap<string, Member> | undefined;
  set(member: Member): void;
  remove(roomId: string, userId: string): void;
  /** Takes those of a room as fetched anew: there are none until they are set. */
  restart(roomId: string): void;
  /** Those of a room are not known any more. */
  forgetRoom(roomId: string): void;
  /** Does what an event says of a reading member: now, if it is known, and when it is fetched. */
  read(roomId: string, userId: string, lastReadSeq: number): void;
  /** What was fetched, with what was read after this version of the replica. */
  withReading(fetched: Member, since: number): Member;
  /** Members of this room came, went or changed their role. */
  noteChange(roomId: string): void;
  /** Whether they did so after this version of the replica. */
  haveChanged(roomId: string, since: number): boolean;
}

export function createMembers(journal: Journal, kept: readonly Member[]): Members {
  const members = new Map<string, Map<string, Member>>();
  const receipts = createPatches<Member>();
  const changedAt = new Map<string, number>();

  for (const member of kept) {
    put(member);
  }

  function put(member: Member): void {
    const known = members.get(member.roomId) ?? new Map<string, Member>();
    members.set(member.roomId, known.set(member.userId, member));
  }

  function set(member: Member): void {
    put(member);
    journal.keep('members', keyOf(member), member);
    journal.tell(`members ${member.roomId}`);
  }

  function forgetRoom(roomId: string): void {
    for (const member of members.get(roomId)?.values() ?? []) {
      journal.keep('members', keyOf(member), undefined);
    }
    members.delete(roomId);
    journal.tell(`members ${roomId}`);
  }

  return {
    of: (roomId) => members.get(roomId),
    set,
    remove(roomId, userId) {
      members.get(roomId)?.delete(userId);
      journal.keep('members', keyOf({ roomId, userId }), undefined);
      journal.tell(`members ${roomId}`);
    },
    restart(roomId) {
      forgetRoom(roomId);
      members.set(roomId, new Map());
    },
    forgetRoom,
    read(roomId, userId, lastReadSeq) {
      const patch = (member: Member) => ({ ...member, lastReadSeq });
      receipts.add(keyOf({ roomId, userId }), journal.version, patch);
      const known = members.get(roomId)?.get(userId);
      if (known !== undefined) {
        set(patch(known));
      }
    },
    withReading: (fetched, since) => receipts.over(keyOf(fetched), fetched, since) ?? fetched,
    noteChange(roomId) {
      changedAt.set(roomId, journal.version);
    },
    haveChanged: (roomId, since) => (changedAt.get(roomId) ?? -1) > since,
  };
}

const keyOf = ({ roomId, userId }: Pick<Member, 'roomId' | 'userId'>) => `${roomId} ${userId}`;
