import { useEffect, useMemo } from 'react';
import { useClient, useRooms } from '../../react/index.ts';
import { useView } from '../../react/use-view.ts';
import { type Arrangements, isBack, type RoomSection, sectionsOf } from './sections.ts';
import { arrangementOf } from './store.ts';

export interface ArrangedRooms {
  readonly sections: readonly RoomSection[];
  readonly arrangements: Arrangements;
  /** Asks the server again, such as after something was changed. */
  readonly refresh: () => Promise<void>;
}

/** The rooms of the person as they have arranged them, on whichever of their devices. */
export function useArrangedRooms(): ArrangedRooms {
  const store = arrangementOf(useClient());
  const rooms = useRooms();
  const arrangements = useView(store);
  const sections = useMemo(() => sectionsOf(rooms, arrangements), [rooms, arrangements]);
  // What has come back stays when it is read: the server knows by now.
  const back = rooms.filter((room) => arrangements.get(room.id)?.isHidden && isBack(room));
  const backIds = back.map(({ id }) => id).join();
  useEffect(() => {
    if (backIds !== '') {
      void store.refresh();
    }
  }, [store, backIds]);
  return useMemo(
    () => ({ sections, arrangements, refresh: store.refresh }),
    [sections, arrangements, store],
  );
}
