import type { MemberRole, Permission } from '../generated.ts';
import type { Membership } from '../replica/model.ts';
import type { ShownRoom } from '../shown.ts';

/** What `may` reads of a room. */
export type RoomOfMember = Pick<
  ShownRoom,
  'type' | 'writingRole' | 'replyRole' | 'reactionRole' | 'uploadRole'
> & {
  readonly membership: Pick<Membership, 'role' | 'grantedPermissions' | 'deniedPermissions'>;
};

const RANKS = { MEMBER: 0, MODERATOR: 1, ADMIN: 2, OWNER: 3 };

/** The least built-in role that has a permission, where that is not a moderator. What is not here is no menu's yet. */
const LEAST_ROLES: { readonly [permission in Permission]?: MemberRole } = {
  USE_COMMANDS: 'MEMBER',
  CREATE_POLLS: 'MEMBER',
  EDIT_ROOM: 'ADMIN',
  SET_DISAPPEARING: 'ADMIN',
  MANAGE_WRITING: 'ADMIN',
  MANAGE_RULES: 'ADMIN',
  MANAGE_WEBHOOKS: 'ADMIN',
  ADD_BOTS: 'ADMIN',
  MANAGE_ROLES: 'ADMIN',
  SET_RETENTION: 'OWNER',
  ARCHIVE_ROOM: 'OWNER',
};

/** Which of the settings of a room says the least role for a permission. */
const SET_BY_ROOM: {
  readonly [permission in Permission]?: 'writingRole' | 'replyRole' | 'reactionRole' | 'uploadRole';
} = {
  SEND_MESSAGES: 'writingRole',
  REPLY_IN_THREADS: 'replyRole',
  ATTACH_FILES: 'uploadRole',
  ADD_REACTIONS: 'reactionRole',
};

/**
 * Whether the person may do something in a room, as the server decides it: by their built-in role, by roles of the
 * workspace's own and by exceptions. Use this to show a button, and never the role itself. The people of a direct
 * conversation are equals: there, `PIN_MESSAGES`, `EDIT_ROOM` and `SET_DISAPPEARING` are everybody's to whom they are not
 * denied.
 */
export function may(room: RoomOfMember, permission: Permission): boolean {
  const { role, grantedPermissions, deniedPermissions } = room.membership;
  if (role === 'OWNER') {
    return true;
  }
  if (deniedPermissions?.includes(permission)) {
    return false;
  }
  if (room.type === 'DIRECT' && OF_EQUALS.includes(permission)) {
    return true;
  }
  const setting = SET_BY_ROOM[permission];
  const least = setting ? room[setting] : (LEAST_ROLES[permission] ?? 'MODERATOR');
  return RANKS[role] >= RANKS[least] || (grantedPermissions?.includes(permission) ?? false);
}

const OF_EQUALS: readonly Permission[] = ['PIN_MESSAGES', 'EDIT_ROOM', 'SET_DISAPPEARING'];
