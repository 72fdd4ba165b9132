/*
 * Roles belong to a whole cluster, and two installations in one must not have the same: the first word of their names is
 * a setting. It is read here, because every query of the process needs it and a process is of one installation;
 * src/config/database.ts checks it.
 */
const DEFAULT_PREFIX = 'trumpet';

/** The first word of the roles' names. */
export const ROLE_PREFIX = process.env.ROLE_PREFIX || DEFAULT_PREFIX;

const KINDS = ['visitor', 'user', 'key', 'broadcast', 'admin', 'auditor', 'authenticator'] as const;
type Kind = (typeof KINDS)[number];
const WORDS = new RegExp(`\\b${DEFAULT_PREFIX}_(${KINDS.join('|')})\\b`, 'g');

/** The name that a role of ours has in this installation. */
export function roleName(kind: Kind): string {
  return `${ROLE_PREFIX}_${kind}`;
}

/** All of them. */
export const ROLE_NAMES = KINDS.map(roleName);

/** SQL that was written for the roles `trumpet_…`, for those of this installation. */
export function withRoleNames(sql: string): string {
  return ROLE_PREFIX === DEFAULT_PREFIX ? sql : sql.replaceAll(WORDS, `${ROLE_PREFIX}_$1`);
}
