/*
 * Files as phones and cameras write them, with samples that a test recognises: no encoder of theirs is needed to see
 * what of a file stays.
 */

/** Where it was made, as every file here says it somewhere. */
export const PLACE = 'N 52 30 0, E 13 22 0';

export function box(type: string, ...contents: (Buffer | string)[]): Buffer {
  const content = Buffer.concat(contents.map((part) => Buffer.from(part as string, 'latin1')));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length + 8);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, content]);
}

/** A box with a version and flags. */
export function fullBox(type: string, ...contents: (Buffer | string)[]): Buffer {
  return box(type, Buffer.alloc(4), ...contents);
}

export function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => void bytes.writeUInt32BE(value >>> 0, index * 4));
  return bytes;
}

function shorts(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => void bytes.writeUInt16BE(value, index * 2));
  return bytes;
}

interface TrackPlan {
  readonly handler: 'vide' | 'soun' | 'meta' | 'text';
  readonly codec: string;
  readonly samples: readonly Buffer[];
}

const TIMESCALE = 600;
const SAMPLE_DURATION = 60;

function track(id: number, plan: TrackPlan, offsets: readonly number[]): Buffer {
  const isVideo = plan.handler === 'vide';
  const duration = plan.samples.length * SAMPLE_DURATION;
  const matrix = numbers(0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000); // Turned by 90 degrees.
  const fields = isVideo
    ? [Buffer.alloc(24), shorts(64, 48), Buffer.alloc(50), box('avcC', '\x01\x64\0\x0a\xff\xe0\0')]
    : [Buffer.alloc(28)];
  const entry = box(plan.codec, ...(plan.handler === 'meta' ? [Buffer.alloc(8), PLACE] : fields));
  return box(
    'trak',
    fullBox(
      'tkhd',
      numbers(1, 1, id, 0, duration, 0, 0, 0, 0),
      matrix,
      numbers(64 << 16, 48 << 16),
    ),
    box(
      'mdia',
      fullBox('mdhd', numbers(1, 1, TIMESCALE, duration, 0)),
      fullBox('hdlr', 'mhlr', plan.handler, Buffer.alloc(12), `${PLACE}\0`),
      box(
        'minf',
        box('dinf', fullBox('dref', numbers(1), box('alis', numbers(1), `Disk of Ada: ${PLACE}`))),
        box(
          'stbl',
          fullBox('stsd', numbers(1), entry),
          fullBox('stts', numbers(1, plan.samples.length, SAMPLE_DURATION)),
          fullBox('stsc', numbers(1, 1, 1, 1)),
          fullBox(
            'stsz',
            numbers(0, plan.samples.length, ...plan.samples.map(({ length }) => length)),
          ),
          fullBox('stco', numbers(offsets.length, ...offsets)),
        ),
      ),
    ),
    box('udta', box('name', PLACE)),
    box('meta', PLACE),
  );
}

/** Supplemental information of a picture in H.264, as it is found in videos of cameras. */
function supplemental(payloadType: number, payload: string): Buffer {
  const message = Buffer.from([
    6,
    payloadType,
    payload.length,
    ...Buffer.from(payload, 'latin1'),
    0x80,
  ]);
  return Buffer.concat([numbers(message.length), message]);
}

export const CAPTION = 'What is said';

/** A picture in H.264: what its camera adds, what is said, and pixels. */
function h264(text: string): Buffer {
  const pixels = Buffer.from(`\x65${text}`, 'latin1');
  return Buffer.concat([
    supplemental(5, `0123456789abcdef${PLACE}`),
    supplemental(4, `\xb5\0\x31GA94\x03${CAPTION}`),
    numbers(pixels.length),
    pixels,
  ]);
}

export const PICTURES = ['Picture one', 'Picture two', 'Picture three'];
export const SOUNDS = ['Sound one', 'Sound two', 'Sound three'];

/** A video of a phone, turned, with a track of places and one of texts, and all that phones write about it. */
export function phoneVideo(): Buffer {
  const plans: TrackPlan[] = [
    { handler: 'vide', codec: 'avc1', samples: PICTURES.map(h264) },
    { handler: 'soun', codec: 'mp4a', samples: SOUNDS.map((text) => Buffer.from(text)) },
    { handler: 'meta', codec: 'mebx', samples: SOUNDS.map((text) => Buffer.from(PLACE + text)) },
    { handler: 'text', codec: 'text', samples: SOUNDS.map((text) => Buffer.from(text + PLACE)) },
  ];
  const head = Buffer.concat([box('ftyp', 'qt  \0\0\0\0qt  '), box('wide')]);
  const data: Buffer[] = [];
  let offset = head.length + 8;
  const offsets = plans.map((): number[] => []);
  for (let sample = 0; sample < SOUNDS.length; sample++) {
    for (const [index, plan] of plans.entries()) {
      const bytes = plan.samples[sample] as Buffer;
      offsets[index]?.push(offset);
      const gap = Buffer.from(`freeGPS ${PLACE}`);
      data.push(bytes, gap);
      offset += bytes.length + gap.length;
    }
  }
  const key = 'com.apple.quicktime.location.ISO6709';
  const movie = box(
    'moov',
    fullBox('mvhd', numbers(1, 1, TIMESCALE, SOUNDS.length * SAMPLE_DURATION), Buffer.alloc(80)),
    ...plans.map((plan, index) => track(index + 1, plan, offsets[index] as number[])),
    box(
      'meta',
      fullBox('hdlr', Buffer.alloc(4), 'mdta', Buffer.alloc(13)),
      fullBox('keys', numbers(1), box('mdta', key)),
      box('ilst', box('\0\0\0\x01', box('data', numbers(1, 0), PLACE))),
    ),
    box('udta', box('\xa9xyz', `\0\x10\x15\xc7${PLACE}`), fullBox('loci', `\x15\xc7${PLACE}\0`)),
  );
  return Buffer.concat([
    head,
    box('mdat', ...data),
    movie,
    box('uuid', Buffer.from('be7acfcb97a942e89c71999491e3afac', 'hex'), `<x:xmpmeta>${PLACE}`),
    box('free', PLACE),
    box('gps ', PLACE),
  ]);
}

/** A photo of a phone: tiles in H.265, EXIF and XMP, turned, with the pixels that a test gives it. */
export function phonePhoto(texts: readonly string[]): Buffer {
  const unit = (head: string, content: string) =>
    String.fromCharCode(content.length + 2) + head + content;
  const information = `\x05${String.fromCharCode(16 + PLACE.length)}0123456789abcdef${PLACE}\x80`;
  const tiles = texts.map((text) => unit('\x4e\x01', information) + unit('\x26\x01', text));
  const units = `\0\x01${String.fromCharCode(0, information.length + 2)}\x4e\x01${information}`;
  const setup = Buffer.concat([Buffer.alloc(22), Buffer.from(`\x01\x27${units}`, 'latin1')]);
  const exif = `\0\0\0\x06Exif\0\0MM\0*${PLACE}`;
  const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/">${PLACE}</x:xmpmeta>`;
  const pieces = [...tiles, exif, xmp];
  const entry = (id: number, type: string, rest = '\0') =>
    box('infe', '\x02\0\0\0', shorts(id, 0), type, rest);
  const items = [
    ...tiles.map((_, index) => entry(index + 1, 'hvc1')),
    entry(tiles.length + 1, 'Exif'),
    entry(tiles.length + 2, 'mime', '\0application/rdf+xml\0'),
    entry(tiles.length + 3, 'grid'),
  ];
  const grid = '\0\0\0\x01\x0f\xc0\x0b\xd0'; // Two tiles beside each other, 4032 by 3024.
  const properties = box(
    'iprp',
    box(
      'ipco',
      fullBox('ispe', numbers(4_032, 3_024)),
      box('irot', '\x03'),
      box('hvcC', setup),
      box('udes', PLACE),
    ),
    fullBox('ipma', numbers(1), shorts(tiles.length + 3), '\x02\x81\x82'),
  );
  const meta = (offset: number): Buffer => {
    let at = offset;
    const locations = pieces.map((piece, index) => {
      const location = Buffer.concat([shorts(index + 1, 0, 0, 1), numbers(at, piece.length)]);
      at += piece.length;
      return location;
    });
    const inDirectory = Buffer.concat([shorts(tiles.length + 3, 1, 0, 1), numbers(0, grid.length)]);
    return fullBox(
      'meta',
      fullBox('hdlr', Buffer.alloc(4), 'pict', Buffer.alloc(13)),
      fullBox('pitm', shorts(tiles.length + 3)),
      box('iloc', '\x01\0\0\0\x44\0', shorts(pieces.length + 1), ...locations, inDirectory),
      fullBox('iinf', shorts(items.length), ...items),
      box('idat', grid),
      properties,
      box('xml ', PLACE),
    );
  };
  const head = box('ftyp', 'heic\0\0\0\0mif1heic');
  const offset = head.length + meta(0).length + 8;
  return Buffer.concat([head, meta(offset), box('mdat', ...pieces), box('uuid', PLACE)]);
}

/** A picture of Windows, of some colours, with a name of a profile and more behind its end. */
export function bmp(width: number, height: number): Buffer {
  const rowBytes = Math.ceil((width * 24) / 32) * 4;
  const header = Buffer.alloc(14 + 124);
  header.write('BM', 'latin1');
  header.writeUInt32LE(header.length, 10);
  header.writeUInt32LE(124, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(-height, 22); // From the top down.
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(24, 28);
  header.write('KNIL', 14 + 56, 'latin1');
  header.writeUInt32LE(124 + rowBytes * height, 14 + 112);
  header.writeUInt32LE(PLACE.length, 14 + 116);
  return Buffer.concat([header, Buffer.alloc(rowBytes * height, 'pixels'), Buffer.from(PLACE)]);
}
