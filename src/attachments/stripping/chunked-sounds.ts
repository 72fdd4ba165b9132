import { BrokenFile, type Copy, type FileReader } from './copy.ts';
import type { Shown } from './shown.ts';

/*
 * Sounds in chunks, each with a type of four letters and a length: WAV, AIFF, CAF.
 */

/** What is kept of a chunk: as much of its content, or all. */
type Kept = (content: Buffer, form: string) => Buffer | 'all';

const HEAD_BYTES = 8;
const KEPT_IN_WAV: Readonly<Record<string, Kept>> = {
  'fmt ': waveFormat,
  fact: (content) => first(content, 4),
  data: () => 'all',
};
const KEPT_IN_AIFF: Readonly<Record<string, Kept>> = {
  FVER: (content) => first(content, 4),
  COMM: aiffFormat,
  SSND: () => 'all',
};
const KEPT_IN_CAF = new Set(['desc', 'data', 'pakt', 'kuki', 'chan']);
/** How many bytes follow the fields of all, by how a WAV is coded. Others are refused. */
const WAVE_EXTENSIONS: ReadonlyMap<number, number> = new Map([
  ...[0x01, 0x03, 0x06, 0x07].map((tag) => [tag, 0] as const), // Samples, with 8 bits by A-law or μ-law.
  [0x02, 32], // ADPCM of Microsoft, and of IMA.
  [0x11, 2],
  [0x31, 2], // GSM.
  [0x50, 22], // MPEG, and its layer 3.
  [0x55, 12],
  [0xfffe, 22], // Samples of many channels.
]);
const WAVE_FIELDS_BYTES = 16;
/** Of AAC: 2 to 5 bytes of how it is coded, or 12 before them. */
const MAX_EXTENSION_BYTES = 18;
const AIFF_FIELDS_BYTES = 18;
const MAX_FORMAT_BYTES = 512;
const HEADER_BYTES = 12;
const CAF_HEADER_BYTES = 8;
/** What decoders are told first has 24 to 48 bytes of Apple Lossless, about 40 of AAC. */
const MAX_COOKIE_BYTES = 64;
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
    if (type === 'desc' || type === 'chan') {
      const size = type === 'desc' ? 32 : channelsBytes(file, start + 12, end);
      if (end - start - 12 !== size) {
        throw new BrokenFile('A chunk of another length than its format says');
      }
    }
    if (type === 'kuki' && end - start - 12 > MAX_COOKIE_BYTES) {
      throw new BrokenFile('More for a decoder than any needs');
    }
    if (KEPT_IN_CAF.has(type)) {
      copy.keep(start, end);
    }
    chunks.set(type, { content: start + 12, end });
    start = end;
  }
  return { isVideo: false, durationMs: durationOfCaf(file, chunks) };
}

/** A layout by a number, or by a list of channels of 20 bytes each. */
function channelsBytes(file: FileReader, start: number, end: number): number {
  return 12 + (end - start < 12 ? 0 : file.bytes(start + 8, 4).readUInt32BE() * 20);
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
  kept: Readonly<Record<string, Kept>>,
  endianness: 'LE' | 'BE',
): void {
  const form = file.bytes(8, 4).toString('latin1');
  const lengthOf = (bytes: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length[endianness === 'LE' ? 'writeUInt32LE' : 'writeUInt32BE'](bytes.length);
    return length;
  };
  copy.keep(0, HEADER_BYTES);
  for (let start = HEADER_BYTES; start + HEAD_BYTES <= file.size; ) {
    const head = file.bytes(start, HEAD_BYTES);
    const type = head.toString('latin1', 0, 4);
    const length = endianness === 'LE' ? head.readUInt32LE(4) : head.readUInt32BE(4);
    const isUnknown = UNKNOWN_LENGTHS.has(length) || (type === 'data' && length === 0);
    // Of even length, with a byte more where it is not.
    const end = isUnknown
      ? file.size
      : Math.min(start + HEAD_BYTES + length + (length % 2), file.size);
    const content = Buffer.from(
      file.bytes(start + HEAD_BYTES, Math.min(end - start - HEAD_BYTES, MAX_FORMAT_BYTES, length)),
    );
    const left = kept[type]?.(content, form);
    if (left === 'all') {
      copy.keep(start, end);
    } else if (left !== undefined) {
      copy.insert(Buffer.concat([Buffer.from(type, 'latin1'), lengthOf(left), left]));
    }
    start = end;
  }
  const whole = Buffer.alloc(4);
  whole[endianness === 'LE' ? 'writeUInt32LE' : 'writeUInt32BE'](copy.length() - 8);
  copy.patch(4, whole);
}

/** @throws BrokenFile when there are not so many bytes */
function first(content: Buffer, length: number): Buffer {
  if (content.length < length) {
    throw new BrokenFile('A chunk shorter than its format says');
  }
  return content.subarray(0, length);
}

/** How many bytes say how a sound in a WAV or an AVI is coded; a coding that is not known here says it itself, in a few. */
export function waveFormatBytes(content: Buffer): number {
  const extension = content.length < 18 ? 0 : content.readUInt16LE(WAVE_FIELDS_BYTES);
  const known = WAVE_EXTENSIONS.get(content.length < 2 ? -1 : content.readUInt16LE());
  return WAVE_FIELDS_BYTES + 2 + Math.min(extension, known ?? MAX_EXTENSION_BYTES);
}

/** How a WAV is coded, without what its coding does not have. */
function waveFormat(content: Buffer): Buffer {
  const extension = WAVE_EXTENSIONS.get(content.length < 2 ? -1 : content.readUInt16LE());
  const isShort = content.length < WAVE_FIELDS_BYTES + 2 + (extension ?? 0);
  if (extension === undefined || content.length < WAVE_FIELDS_BYTES || (isShort && extension > 0)) {
    throw new BrokenFile('Sounds of a kind that is not known here');
  }
  const isPlain = isShort || (extension === 0 && content.readUInt16LE(WAVE_FIELDS_BYTES) !== 0);
  return content.subarray(0, isPlain ? WAVE_FIELDS_BYTES : WAVE_FIELDS_BYTES + 2 + extension);
}

/** How an AIFF is coded; compressed ones have a name of four letters and one for people, which goes. */
function aiffFormat(content: Buffer, form: string): Buffer {
  const fields = first(content, AIFF_FIELDS_BYTES + (form === 'AIFC' ? 4 : 0));
  return form === 'AIFC' ? Buffer.concat([fields, Buffer.alloc(2)]) : fields;
}
