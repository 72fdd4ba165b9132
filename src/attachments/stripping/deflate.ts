import { BrokenFile, type FileReader, type Stretch } from './copy.ts';

/*
 * Finds where compressed data ends (RFC 1950 and 1951): its codes are read, and nothing is made of them.
 */

const PIECE_BYTES = 64 * 1024;
const CHECKSUM_BYTES = 4;
const END_OF_BLOCK = 256;
const LONGEST_CODE = 15;
/** In which order the lengths of the codes for lengths are given. */
const LENGTHS_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Symbols by the bits of their codes: 4 bits for how long the code is, the symbol above. */
interface Codes {
  readonly bits: number;
  readonly symbols: Uint16Array;
}

/**
 * How many bytes of stretches of a file a stream of zlib takes.
 *
 * @throws BrokenFile when it is none, or does not end in them
 */
export function bytesOfZlib(file: FileReader, stretches: readonly Stretch[]): number {
  const bits = createBitReader(file, stretches);
  const head = bits.take(16);
  if ((head & 0xf) !== 8 || (head & 0x2000) !== 0) {
    throw new BrokenFile('Data that is not compressed as its format says');
  }
  for (let isLast = false; !isLast; ) {
    isLast = bits.take(1) === 1;
    const kind = bits.take(2);
    if (kind === 0) {
      bits.align();
      const length = bits.take(16);
      if ((length ^ bits.take(16)) !== 0xffff) {
        throw new BrokenFile('A length that is not the same twice');
      }
      bits.skipBytes(length);
    } else if (kind === 3) {
      throw new BrokenFile('Data of a kind that zlib does not have');
    } else {
      const [literals, distances] = kind === 1 ? FIXED : readCodes(bits);
      skipBlock(bits, literals, distances);
    }
  }
  bits.align();
  bits.skipBytes(CHECKSUM_BYTES);
  return bits.position();
}

type BitReader = ReturnType<typeof createBitReader>;

function createBitReader(file: FileReader, stretches: readonly Stretch[]) {
  let held = 0;
  let heldBits = 0;
  let piece = Buffer.alloc(0);
  let at = 0;
  let passed = 0;
  let stretch = 0;
  let offset = stretches[0]?.start ?? 0;

  function load(): boolean {
    while (stretch < stretches.length && offset >= (stretches[stretch] as Stretch).end) {
      stretch++;
      offset = stretches[stretch]?.start ?? 0;
    }
    const end = stretches[stretch]?.end ?? offset;
    passed += piece.length;
    piece = Buffer.from(file.bytes(offset, Math.min(PIECE_BYTES, end - offset)));
    offset += piece.length;
    at = 0;
    return piece.length > 0;
  }
  function nextByte(): number {
    if (at === piece.length && !load()) {
      throw new BrokenFile('Compressed data that does not end');
    }
    return piece[at++] as number;
  }
  /** Makes sure that there are so many bits; behind the end, zeros. */
  function fill(count: number): void {
    while (heldBits < count) {
      held |= (at < piece.length || load() ? (piece[at++] as number) : zero()) << heldBits;
      heldBits += 8;
    }
  }
  let beyond = 0;
  function zero(): number {
    if (++beyond > 4) {
      throw new BrokenFile('Compressed data that does not end');
    }
    return 0;
  }
  function take(count: number): number {
    fill(count);
    const value = held & ((1 << count) - 1);
    held >>>= count;
    heldBits -= count;
    return value;
  }
  return {
    take,
    /** The symbol that follows. */
    symbol({ bits, symbols }: Codes): number {
      fill(bits);
      const entry = symbols[held & ((1 << bits) - 1)] as number;
      const length = entry & 0xf;
      if (length === 0) {
        throw new BrokenFile('A code that stands for nothing');
      }
      held >>>= length;
      heldBits -= length;
      return entry >> 4;
    },
    /** Goes on with the next whole byte. */
    align(): void {
      take(heldBits & 7);
    },
    /** From a whole byte on. */
    skipBytes(count: number): void {
      let left = count;
      for (; left > 0 && heldBits > 0; left--) {
        take(8);
      }
      for (; left > 0; left--) {
        nextByte();
      }
    },
    /** How many bytes have been taken, at a whole byte. */
    position(): number {
      if (beyond * 8 > heldBits) {
        throw new BrokenFile('Compressed data that does not end');
      }
      return passed + at + beyond - heldBits / 8;
    },
  };
}

function skipBlock(bits: BitReader, literals: Codes, distances: Codes): void {
  for (
    let symbol = bits.symbol(literals);
    symbol !== END_OF_BLOCK;
    symbol = bits.symbol(literals)
  ) {
    if (symbol > 285) {
      throw new BrokenFile('A length that there is not');
    }
    if (symbol > END_OF_BLOCK) {
      const isLongest = symbol === 285;
      bits.take(symbol < 265 || isLongest ? 0 : (symbol - 261) >> 2);
      const distance = bits.symbol(distances);
      if (distance > 29) {
        throw new BrokenFile('A distance that there is not');
      }
      bits.take(distance < 4 ? 0 : (distance - 2) >> 1);
    }
  }
}

function readCodes(bits: BitReader): readonly [literals: Codes, distances: Codes] {
  const literalCount = bits.take(5) + 257;
  const distanceCount = bits.take(5) + 1;
  const lengthCount = bits.take(4) + 4;
  const lengthLengths = new Uint8Array(LENGTHS_ORDER.length);
  for (const symbol of LENGTHS_ORDER.slice(0, lengthCount)) {
    lengthLengths[symbol] = bits.take(3);
  }
  const lengthCodes = codesOf(lengthLengths);
  const lengths = new Uint8Array(literalCount + distanceCount);
  for (let index = 0; index < lengths.length; ) {
    const symbol = bits.symbol(lengthCodes);
    if (symbol < 16) {
      lengths[index++] = symbol;
      continue;
    }
    const repeated = symbol === 16 ? (lengths[index - 1] ?? 0) : 0;
    const times =
      symbol === 16 ? 3 + bits.take(2) : symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7);
    lengths.fill(repeated, index, index + times);
    index += times;
  }
  return [codesOf(lengths.subarray(0, literalCount)), codesOf(lengths.subarray(literalCount))];
}

/** The codes that follow from how long they are, each by its bits from the lowest on. */
function codesOf(lengths: Uint8Array): Codes {
  const counts = new Uint16Array(LONGEST_CODE + 1);
  for (const length of lengths) {
    counts[length] = (counts[length] as number) + 1;
  }
  const bits = Math.max(
    1,
    counts.findLastIndex((count, length) => length > 0 && count > 0),
  );
  const next = new Uint16Array(LONGEST_CODE + 2);
  for (let length = 1, code = 0; length <= LONGEST_CODE; length++) {
    next[length] = code;
    code = (code + (counts[length] as number)) << 1;
  }
  const symbols = new Uint16Array(1 << bits);
  for (const [symbol, length] of lengths.entries()) {
    if (length > 0) {
      const code = next[length] as number;
      next[length] = code + 1;
      if (code >> length > 0) {
        throw new BrokenFile('More codes than there is room for');
      }
      let reversed = 0;
      for (let bit = 0; bit < length; bit++) {
        reversed |= ((code >> bit) & 1) << (length - 1 - bit);
      }
      for (let index = reversed; index < symbols.length; index += 1 << length) {
        symbols[index] = (symbol << 4) | length;
      }
    }
  }
  return { bits, symbols };
}

const FIXED = [
  codesOf(Uint8Array.from({ length: 288 }, (_, symbol) => fixedLength(symbol))),
  codesOf(new Uint8Array(30).fill(5)),
] as const;

function fixedLength(symbol: number): number {
  return symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8;
}
