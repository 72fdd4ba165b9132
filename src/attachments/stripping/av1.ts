import { BrokenFile } from './copy.ts';
import { isKnownRegistered } from './registered-data.ts';

/*
 * AV1 consists of units, each with a head, mostly a length, and a content: https://aomediacodec.github.io/av1-spec/.
 */

const METADATA = 5;
const PADDING = 15;
const TYPE_BITS = 0x78;
const HAS_EXTENSION = 0x04;
const HAS_LENGTH = 0x02;
/** Sequences, limits, heads of pictures, pictures, and lists of tiles. */
const KEPT = new Set([1, 2, 3, 4, 6, 7, 8]);
/** The light of the screen that it was made on, and how it is scaled. */
const KEPT_METADATA = new Set([1, 2, 3]);
const REGISTERED = 4;
/** What ends the content of a unit, before zeros. */
const TRAILING = 0x80;

/** Makes padding, in place, of all units that no picture needs. */
export function cleanObus(bytes: Buffer): void {
  for (let offset = 0; offset < bytes.length; ) {
    const head = bytes[offset] as number;
    const type = (head & TYPE_BITS) >> 3;
    let content = offset + ((head & HAS_EXTENSION) === 0 ? 1 : 2);
    let end = bytes.length;
    if ((head & HAS_LENGTH) !== 0) {
      const { value, next } = readLeb128(bytes, content);
      content = next;
      end = content + value;
    }
    if (end > bytes.length) {
      throw new BrokenFile('A unit longer than what it is in');
    }
    if (!KEPT.has(type) && !(type === METADATA && isNeeded(bytes.subarray(content, end)))) {
      bytes[offset] = (head & ~TYPE_BITS) | (PADDING << 3);
      bytes.fill(0, content, end);
      if (end > content) {
        bytes[end - 1] = TRAILING;
      }
    }
    offset = end;
  }
}

function isNeeded(metadata: Buffer): boolean {
  const { value, next } = readLeb128(metadata, 0);
  return (
    KEPT_METADATA.has(value) || (value === REGISTERED && isKnownRegistered(metadata.subarray(next)))
  );
}

function readLeb128(bytes: Buffer, from: number): { value: number; next: number } {
  let value = 0;
  for (let index = 0; index < 8; index++) {
    const byte = bytes[from + index];
    if (byte === undefined) {
      throw new BrokenFile('A number ends too early');
    }
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) {
      return { value, next: from + index + 1 };
    }
  }
  throw new BrokenFile('A number of too many bytes');
}
