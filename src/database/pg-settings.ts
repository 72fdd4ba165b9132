import { LOCK_TIMEOUT_MS, STATEMENT_TIMEOUT_MS } from '../process/time-limits.ts';
import { roleName } from './role-names.ts';

/** For whom statements run, as a verified access token says. */
interface ActingPerson {
  readonly userId: string;
  readonly sessionId: string;
  readonly key?: { readonly id: string; readonly mayRead: boolean };
}

/** From where a request came. */
export interface VisitorOrigin {
  readonly address?: string | undefined;
  /** The host name that it was sent to. */
  readonly host?: string | undefined;
}

/**
 * The Postgres settings that a request's transaction begins with: the role, and who it is for. Nothing that a caller
 * sends reaches them but by way of a verified token.
 *
 * @param visitor where the request came from: proofs of identity that fail are counted by its address, and whoever has
 *   not signed in comes to the workspace of the host name
 */
export function pgSettingsFor(
  person: ActingPerson | undefined,
  visitor: VisitorOrigin = {},
): Record<string, string> {
  return {
    role: roleOf(person),
    'trumpet.user_id': person?.userId ?? '',
    'trumpet.session_id': person?.sessionId ?? '',
    'trumpet.key_id': person?.key?.id ?? '',
    ...(visitor.address === undefined ? {} : { 'trumpet.client_address': visitor.address }),
    ...(person !== undefined || visitor.host === undefined ? {} : { 'trumpet.host': visitor.host }),
    statement_timeout: String(STATEMENT_TIMEOUT_MS),
    lock_timeout: String(LOCK_TIMEOUT_MS),
  };
}

function roleOf(person: ActingPerson | undefined): string {
  if (person === undefined) {
    return roleName('visitor');
  }
  return roleName(person.key?.mayRead === false ? 'key' : 'user');
}

/**
 * The same for what everyone sees who may listen to these rooms.
 *
 * @param onlyListener whose it is when nobody else listens in that way: it gives no right, but it is they who wait
 */
export function broadcastSettings(
  roomIds: readonly string[],
  onlyListener?: string,
): Record<string, string> {
  return {
    role: roleName('broadcast'),
    ...(onlyListener === undefined ? {} : { 'trumpet.only_listener': onlyListener }),
    'trumpet.broadcast_rooms': roomIds.join(','),
    statement_timeout: String(STATEMENT_TIMEOUT_MS),
  };
}
