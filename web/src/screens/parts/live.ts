import { useMemo } from 'react';
import type { Member, ShownRoom, View } from 'trumpet-client';
import { may } from 'trumpet-client/ui';
import type { Permission, UserStatus } from '../../generated.ts';
import { useClient, useView } from '../../trumpet.tsx';

/** A room of the person, as it changes. */
export function useRoomView(roomId: string): View<ShownRoom | undefined> {
  const client = useClient();
  return useMemo(() => client.room(roomId), [client, roomId]);
}

/** The members of a room, as they come, go and change. */
export function useMembersView(roomId: string): View<ReadonlyMap<string, Member> | undefined> {
  const client = useClient();
  return useMemo(() => client.members(roomId), [client, roomId]);
}

/** Whether the viewer has a permission in a room, as it changes: see `may` of the kit. */
export function useMay(roomId: string): (permission: Permission) => boolean {
  const room = useView(useRoomView(roomId));
  return (permission) => room !== undefined && may(room, permission);
}

/** What a person is now, if it was heard of. */
export function usePresence(userId: string): UserStatus | undefined {
  const client = useClient();
  const view = useMemo(() => client.presence(userId), [client, userId]);
  return useView(view) as UserStatus | undefined;
}

/** Changes with whatever the person changes for themselves, on whatever device. */
export function usePersonalNews(): View<number> {
  const client = useClient();
  return useMemo(() => {
    let count = 0;
    return {
      get: () => count,
      subscribe: (listener) =>
        client.news('PersonalEvent').subscribe(() => {
          count += 1;
          listener();
        }),
    };
  }, [client]);
}

/** Which of the newest messages of a room are pinned. */
export function usePinsView(roomId: string): View<string> {
  const client = useClient();
  return useMemo(
    () =>
      changesOf(client.timeline(roomId), ({ messages }) =>
        messages.flatMap(({ id, pinnedAt }) => (pinnedAt === null ? [] : [id])).join(),
      ),
    [client, roomId],
  );
}

/** A view of what is computed from another one: it tells only when that has changed. */
function changesOf<T, Computed>(view: View<T>, compute: (value: T) => Computed): View<Computed> {
  return {
    get: () => compute(view.get()),
    subscribe(listener) {
      let was = compute(view.get());
      return view.subscribe(() => {
        const now = compute(view.get());
        if (now !== was) {
          was = now;
          listener();
        }
      });
    },
  };
}
