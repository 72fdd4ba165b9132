import { BrokenFile, type Copy, type FileReader } from './copy.ts';
import type { Shown } from './shown.ts';

/*
 * Sounds in chunks, each with a type of four letters and a length: WAV, AIFF, CAF.
 */

const KEPT_IN_WAV = new Set(['fmt ', 'fact', 'data']);
const KEPT_IN_AIFF = new Set(['FVER', 'COMM', 'SSND']);
const KEPT_IN_CAF = new Set(['desc', 'data', 'pakt', 'kuki', 'chan']);
const HEADER_BYTES = 12;
const CAF_HEADER_BYTES = 8;
/** A recorder that was never stopped has not written how long it is. */
const UNKNOWN_LENGTHS = new Set([0xffffffff, 0x7fffffff]);

/** Copies what a WAV needs to be played. */
export function stripWav(file: FileReader, copy: Copy): void {
  checkMagic(file, ['RIFF'], ['WAVE']);
  keepChunks(file, copy, KEPT_IN_WAV, 'LE');
}

/** Copies what an AIFF, compressed or not, needs to be played. */
export function stripAiff(file: FileReader, copy: Copy): void {
  checkMagic(file, ['FORM'], ['AIFF', 'AIFC']);
  keepChunks(file, copy, KEPT_IN_AIFF, 'BE');
}

/** Copies what a CAF needs to be played. */
export function stripCaf(file: FileReader, copy: Copy): Shown {
  if (file.bytes(0, CAF_HEADER_BYTES).toString('latin1', 0, 4) !== 'caff') {
    throw new BrokenFile('Not a CAF');
  }
  copy.keep(0, CAF_HEADER_BYTES);
  const chunks = new Map<string, { content: number; end: number }>();
  for (let start = CAF_HEADER_BYTES; start + 12 <= file.size; ) {
    const head = file.bytes(start, 12);
    const type = head.toString('latin1', 0, 4);
    const length = head.readBigInt64BE(4);
    // Without a length, as sounds may be, it goes to the end.
    const end = length < 0n ? file.size : Math.min(start + 12 + Number(length), file.size);
    if (KEPT_IN_CAF.has(type)) {
      copy.keep(start, end);
    }
    chunks.set(type, { content: start + 12, end });
    start = end;
  }
  return { isVideo: false, durationMs: durationOfCaf(file, chunks) };
}

function durationOfCaf(
  file: FileReader,
  chunks: ReadonlyMap<string, { content: number; end: number }>,
): number | undefined {
  const [description, data, packets] = ['desc', 'data', 'pakt'].map((type) => chunks.get(type));
  if (description === undefined || data === undefined) {
    return undefined;
  }
  const fields = Buffer.from(file.bytes(description.content, 32));
  const [packetBytes, packetFrames] = [fields.readUInt32BE(16), fields.readUInt32BE(20)];
  // Data begins with a number of its own. Packets that differ in length are counted in a table.
  const frames =
    packets === undefined
      ? ((data.end - data.content - 4) / packetBytes) * packetFrames
      : Number(file.bytes(packets.content + 8, 8).readBigInt64BE());
  const duration = Math.round((frames / fields.readDoubleBE()) * 1_000);
  return Number.isFinite(duration) && duration > 0 ? duration : undefined;
}

function checkMagic(
  file: FileReader,
  containers: readonly string[],
  forms: readonly string[],
): void {
  const head = file.bytes(0, HEADER_BYTES).toString('latin1');
  if (!containers.includes(head.slice(0, 4)) || !forms.includes(head.slice(8))) {
    throw new BrokenFile('Not what its name says');
  }
}

function keepChunks(
  file: FileReader,
  copy: Copy,
  kept: ReadonlySet<string>,
  endianness: 'LE' | 'BE',
): void {
  copy.keep(0, HEADER_BYTES);
  for (let start = HEADER_BYTES; start + 8 <= file.size; ) {
    const head = file.bytes(start, 8);
    const type = head.toString('latin1', 0, 4);
    const length = endianness === 'LE' ? head.readUInt32LE(4) : head.readUInt32BE(4);
    const isUnknown = UNKNOWN_LENGTHS.has(length) || (type === 'data' && length === 0);
    // Of even length, with a byte more where it is not.
    const end = isUnknown ? file.size : Math.min(start + 8 + length + (length % 2), file.size);
    if (kept.has(type)) {
      copy.keep(start, end);
    }
    start = end;
  }
  const whole = Buffer.alloc(4);
  whole[endianness === 'LE' ? 'writeUInt32LE' : 'writeUInt32BE'](copy.length() - 8);
  copy.patch(4, whole);
}
