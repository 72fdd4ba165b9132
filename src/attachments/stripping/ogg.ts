import { BrokenFile, type Copy, type FileReader } from './copy.ts';
import type { Shown } from './shown.ts';
import { type CommentedCodec, withoutComments } from './vorbis-comment.ts';

const PAGE_HEAD_BYTES = 27;
const IS_CONTINUED = 0x01;
const IS_FIRST = 0x02;
const MAX_STREAMS = 1_000;

/** By how the first packet of a stream begins. Streams that are none of these go. */
const CODECS: readonly (readonly [magic: string, codec: CommentedCodec | 'flac'])[] = [
  ['\x01vorbis', 'vorbis'],
  ['OpusHead', 'opus'],
  ['\x80theora', 'theora'],
  ['Speex   ', 'speex'],
  ['OVP80\x01', 'vp8'],
  ['\x7fFLAC', 'flac'],
];

interface Stream {
  readonly codec: CommentedCodec | 'flac';
  /** Which packet comes next or goes on, and how much of it has come. */
  packet: number;
  position: number;
  /** In FLAC, whether the packets that describe are over. */
  isDescribed: boolean;
  /** Of the packet of FLAC that comes, whether it loses its content, and whether it is the last that describes. */
  isBlanked: boolean;
  isLastBlock: boolean;
}

/**
 * Copies the streams of pictures and sounds of an Ogg, without comments: a packet of comments stays as long as it was,
 * and has none. Other streams, of texts, go, and what is between pages.
 */
export function stripOgg(file: FileReader, copy: Copy): Shown {
  const streams = new Map<number, Stream>();
  let isVideo = false;
  for (let offset = findPage(file, 0); offset < file.size; offset = findPage(file, offset)) {
    const page = readPage(file, offset);
    if (page === undefined) {
      break; // The last is cut.
    }
    offset += page.bytes.length;
    if (page.isFirst) {
      const codec = codecOf(page.bytes.subarray(page.content));
      if (codec === undefined) {
        streams.delete(page.serial);
      } else {
        streams.set(page.serial, beginStream(codec));
        isVideo ||= codec === 'theora' || codec === 'vp8';
      }
      if (streams.size > MAX_STREAMS) {
        throw new BrokenFile('Too many streams');
      }
    }
    const stream = streams.get(page.serial);
    if (stream !== undefined) {
      if (stripPage(page, stream)) {
        page.bytes.writeUInt32LE(0, 22);
        page.bytes.writeUInt32LE(checksum(page.bytes), 22);
      }
      copy.insert(page.bytes);
    }
  }
  if (streams.size === 0) {
    throw new BrokenFile('An Ogg with nothing to see or hear');
  }
  return { isVideo };
}

function beginStream(codec: Stream['codec']): Stream {
  return {
    codec,
    packet: 0,
    position: 0,
    isDescribed: false,
    isBlanked: false,
    isLastBlock: false,
  };
}

interface Page {
  readonly bytes: Buffer;
  readonly serial: number;
  readonly isFirst: boolean;
  readonly isContinued: boolean;
  /** Where its packets begin, and how long each piece of them is; 255 says that it goes on. */
  readonly content: number;
  readonly lacing: Buffer;
}

function readPage(file: FileReader, offset: number): Page | undefined {
  if (offset + PAGE_HEAD_BYTES > file.size) {
    return undefined;
  }
  const lacingBytes = file.bytes(offset, PAGE_HEAD_BYTES)[26] as number;
  const content = PAGE_HEAD_BYTES + lacingBytes;
  if (offset + content > file.size) {
    return undefined;
  }
  const lacing = Buffer.from(file.bytes(offset + PAGE_HEAD_BYTES, lacingBytes));
  const length = content + lacing.reduce((total, byte) => total + byte, 0);
  if (offset + length > file.size) {
    return undefined;
  }
  const bytes = Buffer.from(file.bytes(offset, length));
  const flags = bytes[5] as number;
  return {
    bytes,
    serial: bytes.readUInt32LE(14),
    isFirst: (flags & IS_FIRST) !== 0,
    isContinued: (flags & IS_CONTINUED) !== 0,
    content,
    lacing,
  };
}

function findPage(file: FileReader, from: number): number {
  for (let offset = from; ; offset++) {
    offset = file.find(0x4f, offset);
    if (offset + 4 > file.size) {
      return file.size;
    }
    if (file.bytes(offset, 4).toString('latin1') === 'OggS') {
      return offset;
    }
  }
}

function codecOf(packet: Buffer): Stream['codec'] | undefined {
  const head = packet.toString('latin1', 0, 8);
  return CODECS.find(([magic]) => head.startsWith(magic))?.[1];
}

/** Blanks what is a comment of a page, and tells whether there was any. */
function stripPage(page: Page, stream: Stream): boolean {
  const before = Buffer.from(page.bytes);
  if (!page.isContinued && stream.position > 0) {
    stream.packet++;
    stream.position = 0;
  }
  let offset = page.content;
  for (const length of page.lacing) {
    const piece = page.bytes.subarray(offset, offset + length);
    if (stream.codec === 'flac') {
      stripFlacPacket(piece, stream);
    } else if (stream.packet === 1) {
      const begins = withoutComments(stream.codec);
      piece.fill(0);
      begins.copy(piece, 0, Math.min(stream.position, begins.length));
    } else if (stream.packet === 0 && stream.codec === 'speex' && stream.position === 0) {
      if (piece.length >= 72 && piece.readUInt32LE(68) !== 0) {
        throw new BrokenFile('A Speex with packets that are not known here');
      }
    }
    offset += length;
    stream.position += length;
    if (length < 255) {
      stream.packet++;
      stream.position = 0;
    }
  }
  return !before.equals(page.bytes);
}

/** Packets that describe are blocks of FLAC: comments lose their content, all but the first become padding. */
function stripFlacPacket(piece: Buffer, stream: Stream): void {
  if (stream.packet === 0 || stream.isDescribed || piece.length === 0) {
    return;
  }
  let from = 0;
  if (stream.position === 0) {
    const head = piece[0] as number;
    const type = head & 0x7f;
    if (head === 0xff) {
      stream.isDescribed = true; // Sounds already.
      return;
    }
    stream.isBlanked = type !== 0 && type !== 3;
    if (stream.isBlanked && type !== 4) {
      piece[0] = (head & 0x80) | 1;
    }
    from = 4;
    stream.isLastBlock = (head & 0x80) !== 0;
  }
  if (stream.isBlanked) {
    piece.fill(0, Math.min(from, piece.length));
  }
  if (piece.length < 255 && stream.isLastBlock) {
    stream.isDescribed = true;
  }
}

const CHECKSUMS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) {
    value = (value & 0x80000000) === 0 ? value << 1 : (value << 1) ^ 0x04c11db7;
  }
  return value >>> 0;
});

function checksum(bytes: Buffer): number {
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) ^ (CHECKSUMS[((value >>> 24) ^ byte) & 0xff] as number)) >>> 0;
  }
  return value;
}
