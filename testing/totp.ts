import { createHmac } from 'node:crypto';

/* What an app on a phone does, written after RFC 6238 and RFC 4648 and not after our SQL. */

const STEP_MS = 30_000;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The six digits of a step of 30 seconds. */
export function totpCode(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac('sha1', secret).update(counter).digest();
  const word = hash.readUInt32BE((hash.at(-1) as number) & 15) & 0x7f_ff_ff_ff;
  return String(word % 1_000_000).padStart(6, '0');
}

export const totpStep = () => Math.floor(Date.now() / STEP_MS);

/** A secret as people type it. */
export function totpSecret(base32: string): Buffer {
  const bits = [...base32]
    .map((letter) => LETTERS.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
