import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** Signs what is in an address, so that whoever holds it can show that it is one of ours. */
export interface AddressSignature {
  /** 43 characters that may stand in an address. */
  of(text: string): string;
  /** Whether a signature is that of a text; anything may be given for one. */
  isOf(text: string, signature: unknown): boolean;
}

/**
 * @param secret any text of 32 bytes or more
 * @param purpose what the addresses are for: a key for this alone is derived from the secret
 */
export function createAddressSignature(secret: string, purpose: string): AddressSignature {
  const key = Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));

  function bytesOf(text: string): Buffer {
    return createHmac('sha256', key).update(text).digest();
  }

  return {
    of: (text) => bytesOf(text).toString('base64url'),
    isOf(text, signature) {
      return (
        typeof signature === 'string' &&
        /^[\w-]{43}$/.test(signature) &&
        timingSafeEqual(bytesOf(text), Buffer.from(signature, 'base64url'))
      );
    },
  };
}
