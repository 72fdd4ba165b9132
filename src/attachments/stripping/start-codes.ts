import { cleanUnit, type NalCodec } from './nal-units.ts';

/*
 * Videos whose parts each begin with zeros and a one, which stand nowhere else in them: MPEG-1, MPEG-2, MPEG-4 part 2,
 * and H.264 and H.265 where they do not give lengths.
 */

const START = Buffer.from([0, 0, 1]);
const USER_DATA = 0xb2;
const FILLER = 0x2e;
/** What is said, as ATSC, DVDs and ETSI have it, and how old encoders tell decoders of their mistakes. */
const CAPTIONS = ['GA94\x03', 'DTG1', 'CC\x01\xf8'];
const ENCODER = /^(?:DivX\d{3}(?:b|Build)\d{3,4}p?|XviD\d{4})\0*$/;

/** Overwrites in place what is between the pictures of MPEG-1, MPEG-2 and MPEG-4 part 2, and is none. */
export function cleanUserData(bytes: Buffer): void {
  for (const part of partsOf(bytes)) {
    const data = part.subarray(1);
    if (part[0] === USER_DATA && !isNeeded(data.toString('latin1'))) {
      data.fill(FILLER);
    }
  }
}

function isNeeded(text: string): boolean {
  return ENCODER.test(text) || CAPTIONS.some((head) => text.startsWith(head));
}

/** Overwrites in place what is between the pictures of H.264 or H.265. */
export function cleanUnits(bytes: Buffer, codec: NalCodec): void {
  for (const unit of partsOf(bytes)) {
    cleanUnit(unit, codec);
  }
}

/** What stands between the start codes; what stands before the first belongs to a part before it. */
function* partsOf(bytes: Buffer): Generator<Buffer> {
  for (let start = bytes.indexOf(START); start >= 0; ) {
    const next = bytes.indexOf(START, start + START.length);
    let end = next < 0 ? bytes.length : next;
    // Zeros may stand before a start code.
    while (next >= 0 && end > start + START.length && bytes[end - 1] === 0) {
      end--;
    }
    yield bytes.subarray(start + START.length, end);
    start = next;
  }
}
