import { randomBytes } from 'node:crypto';

export type Status = 'online' | 'away' | 'busy' | 'offline';

/** A presence session: one tab or device of one person. */
export interface PresenceSession {
  readonly userId: string;
  readonly key: string;
}

export interface SessionWithStatus extends PresenceSession {
  readonly status: Status;
}

/** For a socket, which is one device by itself. */
export function sessionOfSocket(userId: string): PresenceSession {
  return { userId, key: `socket-${randomBytes(9).toString('base64url')}` };
}

export function idOf({ userId, key }: PresenceSession): string {
  return `${userId} ${key}`;
}
