import { z } from 'zod';
import { flag } from './fields.ts';

const SIGN_UP = ['open', 'invited', 'closed'] as const;

/** How accounts begin, and how people sign in. The database keeps to it, see `app_private.account_rules`. */
export interface AccountSettings {
  /** Who may make an account: everybody, who has an invitation to a room, or nobody by themselves. */
  readonly signUp: (typeof SIGN_UP)[number];
  /** Whether people sign in with a password of Trumpet's own. */
  readonly localPasswords: boolean;
}

export const accountsShape = z.object({
  SIGN_UP: z.enum(SIGN_UP, { error: `must be one of ${SIGN_UP.join(', ')}` }).default('open'),
  LOCAL_PASSWORDS: flag.default(true),
});

export function accountSettings(values: z.output<typeof accountsShape>): AccountSettings {
  return { signUp: values.SIGN_UP, localPasswords: values.LOCAL_PASSWORDS };
}
