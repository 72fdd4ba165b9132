import { box, fullBox, numbers } from './videos.ts';

/*
 * Videos of one sample in each container, coded as a test says it.
 */

export interface VideoStream {
  /** By what containers call how it is coded. */
  readonly names: { readonly mp4?: string; readonly matroska?: string; readonly avi?: string };
  /** What a decoder is told first. */
  readonly setup: Buffer;
  /** The box that MP4 has it in; in MPEG-4's own, within a description. */
  readonly setupBox?: 'avcC' | 'hvcC' | 'av1C' | 'esds' | 'glbl';
  readonly sample: Buffer;
  /** More boxes of MP4, in the description of the samples and in the track. */
  readonly inEntry?: readonly Buffer[];
  readonly inTrack?: readonly Buffer[];
}

export function mp4Of(stream: VideoStream): Buffer {
  const { names, setup, setupBox, sample, inEntry = [], inTrack = [] } = stream;
  const head = box('ftyp', 'isom\0\0\0\0isommp41');
  const fields = Buffer.alloc(78);
  fields.writeUInt16BE(1, 6);
  const described = setupBox === 'esds' ? streamDescription(setup) : setup;
  const entry = box(
    names.mp4 ?? '',
    fields,
    ...(setupBox ? [box(setupBox, described)] : []),
    ...inEntry,
  );
  const tables = box(
    'stbl',
    fullBox('stsd', numbers(1), entry),
    fullBox('stts', numbers(1, 1, 1_000)),
    fullBox('stsc', numbers(1, 1, 1, 1)),
    fullBox('stsz', numbers(0, 1, sample.length)),
    fullBox('stco', numbers(1, head.length + 8)),
  );
  const track = box(
    'trak',
    fullBox('tkhd', Buffer.alloc(8), numbers(1), Buffer.alloc(60), numbers(64 << 16, 48 << 16)),
    ...inTrack,
    box(
      'mdia',
      fullBox('mdhd', numbers(0, 0, 1_000, 1_000, 0)),
      fullBox('hdlr', Buffer.alloc(4), 'vide', Buffer.alloc(13)),
      box('minf', tables),
    ),
  );
  const movie = box('moov', fullBox('mvhd', numbers(0, 0, 1_000, 1_000), Buffer.alloc(80)), track);
  return Buffer.concat([head, box('mdat', sample), movie]);
}

function streamDescription(setup: Buffer): Buffer {
  const descriptor = (tag: number, ...contents: Buffer[]) => {
    const content = Buffer.concat(contents);
    return Buffer.concat([Buffer.from([tag, content.length]), content]);
  };
  const decoder = descriptor(
    4,
    Buffer.from([0x20, 0x11, ...Buffer.alloc(11)]),
    descriptor(5, setup),
  );
  const syncLayer = descriptor(6, Buffer.from([2]));
  return Buffer.concat([
    Buffer.alloc(4),
    descriptor(3, Buffer.from([0, 1, 0]), decoder, syncLayer),
  ]);
}

export function matroskaOf({ names, setup, sample }: VideoStream): Buffer {
  const name = names.matroska ?? '';
  const isOfWindows = name === 'V_MS/VFW/FOURCC';
  const described = isOfWindows ? bitmapHead(names.avi ?? '', setup) : setup;
  const track = element(
    'ae',
    element('d7', '\x01'),
    element('83', '\x01'),
    element('86', name),
    ...(described.length > 0 ? [element('63a2', described)] : []),
    element('e0', element('b0', '\x40'), element('ba', '\x30')),
  );
  const block = element('a3', '\x81\0\0\x80', sample);
  return Buffer.concat([
    element('1a45dfa3', element('4282', 'matroska')),
    element(
      '18538067',
      element('1654ae6b', track),
      element('1f43b675', element('e7', '\0'), block),
    ),
  ]);
}

function element(id: string, ...contents: (Buffer | string)[]): Buffer {
  const content = Buffer.concat(contents.map((part) => Buffer.from(part as string, 'latin1')));
  const length = numbers(content.length);
  length[0] = 0x10; // A number of four bytes.
  return Buffer.concat([Buffer.from(id, 'hex'), length, content]);
}

export function aviOf({ names, setup, sample }: VideoStream): Buffer {
  const stream = list(
    'strl',
    chunk('strh', Buffer.from('vids\0\0\0\0'), Buffer.alloc(48)),
    chunk('strf', bitmapHead(names.avi ?? '', setup)),
  );
  return list(
    'AVI ',
    list('hdrl', chunk('avih', Buffer.alloc(56)), stream),
    list('movi', chunk('00dc', sample)),
  );
}

/** Windows' description of a picture, and what its decoder is told. */
function bitmapHead(fourcc: string, setup: Buffer): Buffer {
  const head = Buffer.alloc(40);
  head.writeUInt32LE(head.length + setup.length, 0);
  head.write(fourcc, 16, 'latin1');
  return Buffer.concat([head, setup]);
}

export function chunk(type: string, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const head = Buffer.from(`${type}\0\0\0\0`, 'latin1');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}

function list(type: string, ...contents: Buffer[]): Buffer {
  const name = Buffer.from(type, 'latin1');
  return chunk(type === 'AVI ' ? 'RIFF' : 'LIST', name, ...contents);
}
