import { useMemo } from 'react';
import type { Member, ShownRoom, View } from 'trumpet-client';
import {
  type MemberRole,
  type Permission,
  RoomPermissionsDocument,
  type UserStatus,
} from '../../generated.ts';
import { useClient, useView } from '../../trumpet.tsx';
import { isAtLeast } from '../room/roles.ts';
import { useAsked } from './asked.ts';

const NONE: readonly Permission[] = [];

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

/**
 * Whether the viewer has a permission in a room, as it changes. Until that has been asked for, whether their built-in role
 * has it.
 */
export function useMay(
  roomId: string,
  role: MemberRole | undefined,
): (permission: Permission, least: MemberRole) => boolean {
  const members = useMembersView(roomId);
  const { value } = useAsked(RoomPermissionsDocument, { roomId }, members);
  const permissions = value?.room?.viewerPermissions;
  return (permission, least) =>
    permissions?.includes(permission) ?? isAtLeast(role ?? 'MEMBER', least);
}

/** What the viewer may do in a room, as it changes: with their roles, and with the settings of the room. */
export function usePermissions(roomId: string): readonly Permission[] {
  const members = useMembersView(roomId);
  const { value } = useAsked(RoomPermissionsDocument, { roomId }, members);
  return value?.room?.viewerPermissions ?? NONE;
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
