import { BrokenFile, type Copy, type FileReader } from './copy.ts';
import { fillSegments } from './jpeg.ts';
import type { Shown } from './shown.ts';

const HEAD_BYTES = 8;
const LIST_HEAD_BYTES = 12;
/** Lists whose content is looked at: the video, its head, a stream's head, its data, a record of data. */
const LISTS = new Set(['AVI ', 'AVIX', 'hdrl', 'strl', 'odml', 'movi', 'rec ']);
const KEPT = new Set(['avih', 'strh', 'strf', 'indx', 'vprp', 'dmlh', 'idx1']);
const MAX_STREAMS = 100;

interface Stream {
  readonly kind: string;
  readonly isJpeg: boolean;
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
  const pictures: { start: number; end: number }[] = [];
  let shown: Shown = {};

  function strip(from: number, to: number): void {
    let start = from;
    while (start + HEAD_BYTES <= to) {
      const { type, end, list } = readChunk(file, start, to);
      if (list !== undefined && LISTS.has(list)) {
        copy.keep(start, start + LIST_HEAD_BYTES);
        strip(start + LIST_HEAD_BYTES, end);
      } else if (isKept(type)) {
        note(type, start + HEAD_BYTES, end);
        copy.keep(start, end);
      } else {
        blank(start, end);
      }
      start = end;
    }
    copy.blank(to - start);
  }

  function isKept(type: string): boolean {
    const isOfText = type === 'strf' && streams.at(-1)?.kind === '';
    return (KEPT.has(type) && !isOfText) || isKeptData(type);
  }

  /** Whether it is a piece of a stream of pictures or sounds, or an index of such a stream. */
  function isKeptData(type: string): boolean {
    const [, number, what] = /^(\d\d)(dc|db|wb|__)$/.exec(type) ?? /^ix(\d\d)$/.exec(type) ?? [];
    const kind = streams[Number(number)]?.kind;
    return kind !== undefined && kind !== '' && (what !== 'wb' || kind === 'auds');
  }

  function note(type: string, start: number, end: number): void {
    if (type === 'strh') {
      const fields = file.bytes(start, 8).toString('latin1');
      const kind = ['vids', 'auds', 'iavs'].find((known) => fields.startsWith(known)) ?? '';
      if (streams.push({ kind, isJpeg: /^mjpg$/i.test(fields.slice(4)) }) > MAX_STREAMS) {
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
    } else if (/^\d\dd[cb]$/.test(type) && streams[Number(type.slice(0, 2))]?.isJpeg) {
      pictures.push({ start, end });
    }
  }

  function blank(start: number, end: number): void {
    const head = Buffer.from(file.bytes(start, HEAD_BYTES));
    head.write('JUNK', 'latin1');
    copy.insert(head);
    copy.blank(end - start - HEAD_BYTES);
  }

  strip(0, file.size);
  for (const picture of pictures) {
    fillSegments(file, copy, picture);
  }
  return { ...shown, isVideo: streams.some(({ kind }) => kind === 'vids' || kind === 'iavs') };
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
