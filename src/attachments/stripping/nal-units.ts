import { BrokenFile } from './copy.ts';
import { isKnownRegistered } from './registered-data.ts';

/*
 * H.264 and H.265 are units, each with a type: pictures, what decoders need to know of them, and information that goes
 * with them. What encoders and cameras have written there for themselves is overwritten.
 */

export type NalCodec = 'h264' | 'h265';

/** Units of supplemental information. */
const INFORMATION: Record<NalCodec, ReadonlySet<number>> = {
  h264: new Set([6]),
  h265: new Set([39, 40]),
};
/** Pictures, parameters and limits, and those of Dolby Vision. Decoders skip all others. */
const KEPT: Record<NalCodec, ReadonlySet<number>> = {
  h264: new Set([1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 13, 14, 15, 19, 20, 21, 28, 30]),
  h265: new Set([
    ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 18, 19, 20, 21],
    ...[32, 33, 34, 35, 36, 37, 62, 63],
  ]),
};
const HEAD_BYTES: Record<NalCodec, number> = { h264: 1, h265: 2 };
/** Of what a standard outside of these says. */
const REGISTERED = 4;
/** Of what its writer alone understands. Cameras put their place there. */
const UNREGISTERED = 5;
/** Not zero: three zeros in a row mean something. */
const FILLER = 0x2e;

/** Whether there is something in a unit of this beginning that may have to be overwritten. */
export function mayHoldMore(first: number, codec: NalCodec): boolean {
  return !KEPT[codec].has(typeOf(first, codec));
}

/** Overwrites in place what a unit holds that is not needed to show pictures. */
export function cleanUnit(unit: Buffer, codec: NalCodec): void {
  if (unit.length <= HEAD_BYTES[codec]) {
    return;
  }
  const type = typeOf(unit[0] as number, codec);
  const content = unit.subarray(HEAD_BYTES[codec]);
  if (INFORMATION[codec].has(type)) {
    cleanMessages(content);
  } else if (!KEPT[codec].has(type)) {
    content.fill(FILLER);
  }
}

function typeOf(first: number, codec: NalCodec): number {
  return codec === 'h264' ? first & 0x1f : (first >> 1) & 0x3f;
}

/** Cleans the units that decoders of H.264 are told first, as `avcC` has them. */
export function cleanAvcSetup(setup: Buffer): void {
  const units = createUnitReader(setup, 'h264');
  units.skip(5);
  units.clean(units.next(1) & 0x1f);
  units.clean(units.next(1));
  // Only the higher profiles have more.
  if ([100, 110, 122, 144].includes(setup[1] as number) && units.left() >= 4) {
    units.skip(3);
    units.clean(units.next(1));
  }
  units.blankRest();
}

/**
 * Cleans the units that decoders of H.265 are told first, as `hvcC` and `lhvC` have them.
 *
 * @param headBytes how many stand before the number of lists
 */
export function cleanHevcSetup(setup: Buffer, headBytes: number): void {
  const units = createUnitReader(setup, 'h265');
  units.skip(headBytes);
  for (let lists = units.next(1); lists > 0; lists--) {
    units.skip(1);
    units.clean(units.next(2));
  }
  units.blankRest();
}

function createUnitReader(setup: Buffer, codec: NalCodec) {
  let offset = 0;
  function take(length: number): Buffer {
    if (offset + length > setup.length) {
      throw new BrokenFile('Not what a decoder is told first');
    }
    offset += length;
    return setup.subarray(offset - length, offset);
  }
  const next = (byteCount: 1 | 2): number => take(byteCount).readUIntBE(0, byteCount);
  return {
    next,
    skip: take,
    left: () => setup.length - offset,
    clean(count: number) {
      for (let unit = 0; unit < count; unit++) {
        cleanUnit(take(next(2)), codec);
      }
    },
    blankRest: () => void setup.fill(0, offset),
  };
}

/** Messages follow each other, each with a type and a length that are sums of bytes, the last of them below 255. */
function cleanMessages(messages: Buffer): void {
  let offset = 0;
  const sum = (): number => {
    let total = 0;
    for (let byte = 0xff; byte === 0xff && offset < messages.length; ) {
      byte = messages[offset++] as number;
      total += byte;
    }
    return total;
  };
  while (offset + 2 < messages.length) {
    const type = sum();
    const length = sum();
    const filled = fill(messages, offset, length);
    if (!isNeeded(type, messages.subarray(offset, offset + filled.length))) {
      filled.copy(messages, offset);
    }
    offset += filled.length;
  }
}

/** Times, colours, views and the like have types below 57 and from 128 to 212; the rest is reserved. */
function isNeeded(type: number, payload: Buffer): boolean {
  if (type === REGISTERED) {
    return isKnownRegistered(payload);
  }
  return type !== UNREGISTERED && (type < 57 || (type >= 128 && type <= 212));
}

/** As many bytes as a message of this length takes. Bytes of 3 that keep zeros apart stay, and do not count. */
function fill(messages: Buffer, from: number, length: number): Buffer {
  const filled: number[] = [];
  for (let left = length; left > 0 && from + filled.length < messages.length; ) {
    const offset = from + filled.length;
    const isEscape =
      filled.length >= 2 &&
      messages[offset] === 3 &&
      messages[offset - 1] === 0 &&
      messages[offset - 2] === 0;
    if (isEscape) {
      filled.splice(-2, 2, 0, 0, 3);
    } else {
      filled.push(FILLER);
      left--;
    }
  }
  return Buffer.from(filled);
}
