import { BrokenFile } from './copy.ts';

/*
 * How MPEG-4 describes a stream: descriptors within each other, each with a tag, a length and a content.
 */

const STREAM = 3;
const DECODER = 4;
const DECODER_SETUP = 5;
const SYNC_LAYER = 6;
/** Kind of its content, buffers and bit rates. */
const DECODER_FIELDS_BYTES = 13;

export interface StreamDescription {
  /** What it is coded as, by a number of https://mp4ra.org/registered-types/object-types. */
  readonly objectType: number;
  /** What a decoder is told first. */
  readonly setup: Buffer;
}

/** Reads the description of a stream, and blanks in place what follows it. */
export function readStreamDescription(bytes: Buffer): StreamDescription {
  const stream = descriptorAt(bytes, 0);
  if (stream.tag !== STREAM || stream.content.length < 3) {
    throw new BrokenFile('A description of no stream');
  }
  bytes.fill(0, stream.end);
  const flags = stream.content[2] as number;
  if ((flags & 0xe0) !== 0) {
    throw new BrokenFile('A stream that needs another');
  }
  const decoder = descriptorAt(stream.content, 3);
  if (decoder.tag !== DECODER || decoder.content.length < DECODER_FIELDS_BYTES) {
    throw new BrokenFile('A stream without a decoder');
  }
  const afterDecoder = stream.content.subarray(decoder.end);
  const layer = afterDecoder.length > 0 ? descriptorAt(afterDecoder, 0) : undefined;
  afterDecoder.fill(0, layer?.tag === SYNC_LAYER && layer.content.length === 1 ? layer.end : 0);
  const [objectType] = decoder.content as unknown as [number];
  if (decoder.content.length === DECODER_FIELDS_BYTES) {
    return { objectType, setup: Buffer.alloc(0) };
  }
  const setup = descriptorAt(decoder.content, DECODER_FIELDS_BYTES);
  if (setup.tag !== DECODER_SETUP) {
    throw new BrokenFile('A decoder that is told something unknown');
  }
  decoder.content.fill(0, setup.end);
  return { objectType, setup: setup.content };
}

function descriptorAt(bytes: Buffer, from: number) {
  let length = 0;
  let offset = from + 1;
  for (let byte = 0x80; (byte & 0x80) !== 0; offset++) {
    byte = bytes[offset] ?? 0;
    length = length * 128 + (byte & 0x7f);
    if (offset > from + 4 || offset >= bytes.length) {
      throw new BrokenFile('A length of too many bytes');
    }
  }
  const end = offset + length;
  if (end > bytes.length) {
    throw new BrokenFile('A descriptor longer than what it is in');
  }
  return { tag: bytes[from] as number, content: bytes.subarray(offset, end), end };
}
