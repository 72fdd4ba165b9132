import { createAddressSignature } from '../addresses/signature.ts';

export interface UnsubscribeSigner {
  /** The path at which a person's digests are switched off, without signing in and for as long as the secret is used. */
  sign(userId: string): string;
  /** Whether `signature` is the last part of the path that `sign` gives for this person. */
  verify(userId: string, signature: string): boolean;
}

/**
 * Makes addresses for mails: whoever holds one can switch off one person's digests and do nothing else. They do not
 * expire, because old mails are kept and RFC 8058 wants their button to work.
 *
 * @param secret any text of 32 bytes or more; a key for this purpose alone is derived from it
 */
export function createUnsubscribeSigner(secret: string): UnsubscribeSigner {
  const signatures = createAddressSignature(secret, 'trumpet unsubscribe addresses');
  return {
    sign: (userId) => `/unsubscribe/${userId}/${signatures.of(userId)}`,
    verify: (userId, signature) => signatures.isOf(userId, signature),
  };
}
