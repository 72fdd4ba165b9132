import { waveFormatBytes } from './chunked-sounds.ts';
import { BrokenFile, type Copy, type FileReader } from './copy.ts';
import type { Shown } from './shown.ts';
import { cleanSample, codingOfFourcc, type VideoCoding } from './video-coding.ts';

const HEAD_BYTES = 8;
const LIST_HEAD_BYTES = 12;
/** Lists whose content is looked at: the video, its head, a stream's head, its data, a record of data. */
const LISTS = new Set(['AVI ', 'AVIX', 'hdrl', 'strl', 'odml', 'movi', 'rec ']);
const KEPT = new Set(['avih', 'strh', 'strf', 'indx', 'vprp', 'dmlh', 'idx1']);
const MAX_STREAMS = 100;
/** Of chunks that are no longer than this by their format; the head of OpenDML has one number, and space. */
const SIZES: Readonly<Record<string, number>> = { avih: 56, strh: 56, dmlh: 4 };

/** Its description, before what a decoder is told. */
const BITMAP_HEAD_BYTES = 40;

interface Stream {
  readonly kind: 'vids' | 'auds' | 'other';
  /** Undefined of sounds, and until it is described. */
  coding?: VideoCoding;
}

/**
 * Copies an AVI with its streams of pictures and sounds, and everything else blank: what its camera wrote about it,
 * streams of texts, chunks that are not known here. Nothing moves, because its index counts from the beginning.
 */
export function stripAvi(file: FileReader, copy: Copy): Shown {
  const head = file.bytes(0, LIST_HEAD_BYTES).toString('latin1');
  if (!head.startsWith('RIFF') || !head.endsWith('AVI ')) {
    throw new BrokenFile('Not an AVI');
  }
  const streams: Stream[] = [];
  let shown: Shown = {};

  function strip(from: number, to: number): void {
    let start = from;
    while (start + HEAD_BYTES <= to) {
      const { type, end, list } = readChunk(file, start, to);
      if (list !== undefined && LISTS.has(list)) {
        copy.keep(start, start + LIST_HEAD_BYTES);
        strip(start + LIST_HEAD_BYTES, end);
      } else if (isKept(type)) {
        note(type, start + HEAD_BYTES);
        keep(type, start, end);
      } else {
        blank(start, end);
      }
      start = end;
    }
    copy.blank(to - start);
  }

  function isKept(type: string): boolean {
    const isOfText = type === 'strf' && streams.at(-1)?.kind === 'other';
    return (KEPT.has(type) && !isOfText) || isKeptData(type);
  }

  /** Whether it is a piece of a stream of pictures or sounds, or an index of such a stream. */
  function isKeptData(type: string): boolean {
    const [, number, what] = /^(\d\d)(dc|db|wb)$/.exec(type) ?? /^ix(\d\d)$/.exec(type) ?? [];
    const kind = streams[Number(number)]?.kind ?? 'other';
    return kind !== 'other' && (what === undefined || (what === 'wb') === (kind === 'auds'));
  }

  function keep(type: string, start: number, end: number): void {
    const stream = streams.at(-1);
    if (type === 'strf' && stream?.kind === 'vids') {
      const bytes = Buffer.from(file.bytes(start, end - start));
      const description = bytes.subarray(HEAD_BYTES);
      stream.coding = codingOfFourcc(
        description.toString('latin1', 16, 20),
        description.subarray(BITMAP_HEAD_BYTES),
      );
      copy.insert(bytes);
      return;
    }
    const size =
      type === 'strf'
        ? waveFormatBytes(file.bytes(start + HEAD_BYTES, Math.min(18, end - start - HEAD_BYTES)))
        : SIZES[type];
    const contentEnd = start + HEAD_BYTES + (size ?? end);
    copy.keep(start, Math.min(contentEnd, end));
    copy.blank(end - copy.length());
    if (/^\d\dd[cb]$/.test(type)) {
      const { coding } = streams[Number(type.slice(0, 2))] as Stream;
      if (coding === undefined) {
        throw new BrokenFile('Pictures that are not described');
      }
      cleanSample(file, copy, { start: start + HEAD_BYTES, end }, coding);
    }
  }

  function note(type: string, start: number): void {
    if (type === 'strh') {
      const fields = file.bytes(start, 4).toString('latin1');
      if (fields === 'iavs') {
        throw new BrokenFile('Pictures of a kind that is not known here');
      }
      const kind = fields === 'vids' || fields === 'auds' ? fields : 'other';
      if (streams.push({ kind }) > MAX_STREAMS) {
        throw new BrokenFile('Too many streams');
      }
    } else if (type === 'avih') {
      const fields = file.bytes(start, 40);
      const frames = fields.readUInt32LE(16);
      const duration = Math.round((fields.readUInt32LE(0) * frames) / 1_000);
      shown = {
        width: fields.readUInt32LE(32) || undefined,
        height: fields.readUInt32LE(36) || undefined,
        durationMs: duration || undefined,
      };
    }
  }

  function blank(start: number, end: number): void {
    const head = Buffer.from(file.bytes(start, HEAD_BYTES));
    head.write('JUNK', 'latin1');
    copy.insert(head);
    copy.blank(end - start - HEAD_BYTES);
  }

  strip(0, file.size);
  return { ...shown, isVideo: streams.some(({ kind }) => kind === 'vids') };
}

/** A chunk; the last may be longer than the file, as when its camera fell. */
function readChunk(file: FileReader, start: number, to: number) {
  const head = file.bytes(start, HEAD_BYTES);
  const type = head.toString('latin1', 0, 4);
  const length = head.readUInt32LE(4);
  const end = Math.min(start + HEAD_BYTES + length + (length % 2), to);
  const isList = (type === 'LIST' || type === 'RIFF') && start + LIST_HEAD_BYTES <= end;
  const list = isList ? file.bytes(start + HEAD_BYTES, 4).toString('latin1') : undefined;
  return { type, end, list };
}
