import type { Copy, FileReader, Stretch } from './copy.ts';

/** How H.264 and H.265 call what goes with the pictures and is none: supplemental information. */
const INFORMATION: Record<NalCodec, ReadonlySet<number>> = {
  h264: new Set([6]),
  h265: new Set([39, 40]),
};
/** Of what its writer alone understands. Cameras put their place there. */
const UNREGISTERED = 5;
/** Not zero: three zeros in a row mean something. */
const FILLER = 0x2e;
const MAX_INFORMATION_BYTES = 1024 * 1024;

export type NalCodec = 'h264' | 'h265';

/** How a track of pictures is coded whose units each have their length before them. */
export interface NalCoding {
  readonly codec: NalCodec;
  readonly lengthBytes: number;
}

/**
 * Overwrites, in the copy of a video whose bytes are where they were, what encoders and cameras have written between
 * the pictures for themselves.
 */
export function fillUnregistered(
  file: FileReader,
  copy: Copy,
  sample: Stretch,
  { codec, lengthBytes }: NalCoding,
): void {
  const headBytes = codec === 'h264' ? 1 : 2;
  for (let offset = sample.start; offset + lengthBytes + headBytes < sample.end; ) {
    const start = offset + lengthBytes;
    const head = file.bytes(offset, lengthBytes + 1);
    const end = Math.min(start + head.readUIntBE(0, lengthBytes), sample.end);
    const first = head[lengthBytes] as number;
    const type = codec === 'h264' ? first & 0x1f : (first >> 1) & 0x3f;
    if (INFORMATION[codec].has(type) && end > start + headBytes) {
      const unit = file.bytes(start, Math.min(end - start, MAX_INFORMATION_BYTES));
      fillMessages(Buffer.from(unit.subarray(headBytes)), start + headBytes, copy);
    }
    offset = end;
  }
}

/** Messages follow each other, each with a type and a length that are sums of bytes, the last of them below 255. */
function fillMessages(messages: Buffer, position: number, copy: Copy): void {
  let offset = 0;
  const sum = (): number => {
    let total = 0;
    for (let byte = 0xff; byte === 0xff && offset < messages.length; ) {
      byte = messages[offset++] as number;
      total += byte;
    }
    return total;
  };
  while (offset + 2 < messages.length) {
    const type = sum();
    const length = sum();
    const filled = fill(messages, offset, length);
    if (type === UNREGISTERED) {
      copy.patch(position + offset, filled);
    }
    offset += filled.length;
  }
}

/** As many bytes as a message of this length takes. Bytes of 3 that keep zeros apart stay, and do not count. */
function fill(messages: Buffer, from: number, length: number): Buffer {
  const filled: number[] = [];
  for (let left = length; left > 0 && from + filled.length < messages.length; ) {
    const offset = from + filled.length;
    const isEscape =
      filled.length >= 2 &&
      messages[offset] === 3 &&
      messages[offset - 1] === 0 &&
      messages[offset - 2] === 0;
    if (isEscape) {
      filled.splice(-2, 2, 0, 0, 3);
    } else {
      filled.push(FILLER);
      left--;
    }
  }
  return Buffer.from(filled);
}
