/** A sound of silence: one channel, 8,000 samples a second. */
export function wav(seconds: number): Buffer {
  const samples = Buffer.alloc(seconds * 8_000 * 2);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8_000, 24);
  header.writeUInt32LE(16_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

/** The container of a video, with no picture in it: a player shows its size and length. */
export function mp4(seconds: number, width: number, height: number): Buffer {
  const timescale = 1_000;
  const duration = seconds * timescale;
  const movieHeader = fields(100, { 12: timescale, 16: duration, 20: 0x10000, 96: 2 });
  const trackHeader = fields(84, { 0: 3, 12: 1, 20: duration, 76: width << 16, 80: height << 16 });
  const mediaHeader = fields(24, { 12: timescale, 16: duration });
  const handler = Buffer.concat([Buffer.alloc(8), Buffer.from('vide'), Buffer.alloc(13)]);
  const sampleEntry = box(
    'avc1',
    sampleDescription(width, height),
    box('avcC', Buffer.from([1, 100, 0, 10, 0xff, 0xe0, 0])),
  );
  const descriptions = box('stsd', Buffer.concat([fields(8, { 4: 1 }), sampleEntry]));
  const tables = [
    descriptions,
    box('stts', Buffer.alloc(8)),
    box('stsc', Buffer.alloc(8)),
    box('stsz', Buffer.alloc(12)),
    box('stco', Buffer.alloc(8)),
  ];
  const track = box(
    'trak',
    box('tkhd', trackHeader),
    box(
      'mdia',
      box('mdhd', mediaHeader),
      box('hdlr', handler),
      box('minf', box('stbl', ...tables)),
    ),
  );
  return Buffer.concat([
    box('ftyp', Buffer.from('isom\0\0\0\0isommp41', 'latin1')),
    box('moov', box('mvhd', movieHeader), track),
    box('mdat', Buffer.alloc(16)),
  ]);
}

function box(type: string, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(content.length + 8, 0);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, content]);
}

/** So many bytes, zero but for the numbers of 32 bits at the places given. */
function fields(length: number, numbers: Record<number, number>): Buffer {
  const bytes = Buffer.alloc(length);
  for (const [offset, value] of Object.entries(numbers)) {
    bytes.writeUInt32BE(value >>> 0, Number(offset));
  }
  return bytes;
}

function sampleDescription(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(78);
  bytes.writeUInt16BE(1, 6);
  bytes.writeUInt16BE(width, 24);
  bytes.writeUInt16BE(height, 26);
  return bytes;
}
