import { log } from '../../process/log.ts';
import type { Patiently } from '../execution/patience.ts';
import type { DurableEvent, MemberEvent } from '../log/events.ts';
import type { Rooms } from './rooms.ts';
import type { UserSubscriptions } from './user-subscriptions.ts';

interface RoomChangesOptions {
  readonly rooms: Rooms;
  readonly users: UserSubscriptions;
  /** Asks the database soon who has come into which room. */
  readonly sweep: () => void;
  readonly patiently: Patiently;
  readonly isArchived: (roomId: string) => Promise<boolean>;
}

/** Gives new changes to their room, and does what they mean for who listens where. */
export type HearChanges = (roomId: string, changes: readonly DurableEvent[]) => void;

export function createRoomChanges(options: RoomChangesOptions): HearChanges {
  const { rooms, users } = options;

  async function endIfArchived(roomId: string, changeSeq: number): Promise<void> {
    if (await options.patiently(() => options.isArchived(roomId))) {
      rooms.get(roomId)?.archive(changeSeq);
    }
  }

  return function hearChanges(roomId, changes) {
    rooms.get(roomId)?.append(changes);
    if (changes.some((change) => isJoin(change) && users.has(change.userId))) {
      // The log may be old: whether someone is a member now, the sweep asks for all at once.
      options.sweep();
    }
    const settings = changes.findLast(({ __typename }) => __typename === 'RoomChangedEvent');
    if (settings !== undefined) {
      endIfArchived(roomId, settings.changeSeq).catch((error) => {
        log.error({ event: 'hub.archive_check_failed', roomId, error });
      });
    }
  };
}

function isJoin(change: DurableEvent): change is MemberEvent {
  return change.__typename === 'MemberEvent' && change.event === 'insert';
}
