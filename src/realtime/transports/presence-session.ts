export type Status = 'online' | 'away' | 'busy' | 'offline';

/** A presence session: one tab or device of one person. */
export interface PresenceSession {
  readonly userId: string;
  readonly key: string;
}

export interface SessionWithStatus extends PresenceSession {
  readonly status: Status;
}

export function idOf({ userId, key }: PresenceSession): string {
  return `${userId} ${key}`;
}
