import type { MemberRole } from '../../generated.ts';

const ORDER: readonly MemberRole[] = ['MEMBER', 'MODERATOR', 'ADMIN', 'OWNER'];

/** Whether a role may act on another: nobody may on an equal or higher one. */
export function isAbove(role: MemberRole, other: MemberRole): boolean {
  return ORDER.indexOf(role) > ORDER.indexOf(other);
}

/** The roles that one may give: those below one's own. */
export function rolesBelow(role: MemberRole): readonly MemberRole[] {
  return ORDER.filter((each) => isAbove(role, each));
}
