import {
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { z } from 'zod';

/** How far the audit log was at a time, signed. Kept elsewhere, it shows when what is before it was changed since. */
export interface Checkpoint {
  /** The number of the last entry. */
  readonly seq: number;
  /** What the chain had come to with it, in hex. */
  readonly hash: string;
  /** ISO 8601. */
  readonly signedAt: string;
  /** Ed25519, base64url. */
  readonly publicKey: string;
  /** Of `checkpointText`, base64url. */
  readonly signature: string;
}

/** A checkpoint as somebody kept it. */
export const checkpointShape = z.object({
  seq: z.number().int().positive(),
  hash: z.hex().length(64),
  signedAt: z.iso.datetime(),
  publicKey: z.string(),
  signature: z.string(),
});

/** What comes before the 32 bytes of a key in PKCS #8 (RFC 8410). */
const PKCS8_OF_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * The key that signs the audit log: it follows from the secret that servers and workers have, and that is not in the
 * database.
 */
export function auditKey(secret: string): KeyObject {
  const seed = Buffer.from(hkdfSync('sha256', secret, '', 'trumpet audit log', 32));
  return createPrivateKey({
    key: Buffer.concat([PKCS8_OF_ED25519, seed]),
    format: 'der',
    type: 'pkcs8',
  });
}

/** The part of a key that everybody may have, base64url. */
export function publicKeyOf(key: KeyObject): string {
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  return x as string;
}

/** What is signed. */
function checkpointText({ seq, hash, signedAt }: Pick<Checkpoint, 'seq' | 'hash' | 'signedAt'>) {
  return Buffer.from(`trumpet audit log\n${seq}\n${hash}\n${signedAt}`);
}

export function signCheckpoint(
  key: KeyObject,
  end: Pick<Checkpoint, 'seq' | 'hash' | 'signedAt'>,
): Checkpoint {
  return {
    ...end,
    publicKey: publicKeyOf(key),
    signature: sign(null, checkpointText(end), key).toString('base64url'),
  };
}

/** Whether whoever has the private part of its public key signed it. */
export function isSigned(checkpoint: Checkpoint): boolean {
  try {
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: checkpoint.publicKey },
      format: 'jwk',
    });
    return verify(
      null,
      checkpointText(checkpoint),
      key,
      Buffer.from(checkpoint.signature, 'base64url'),
    );
  } catch {
    return false; // The key is none.
  }
}
