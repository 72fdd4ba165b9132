/*
 * Colour profiles (ICC.1) hold texts, dates, and tables of any size beside the colours. Of those that mix three primaries,
 * or grey, a few numbers say all: the profile is made anew of these. Others (of printers and scanners) go, and what has
 * none is shown as sRGB.
 */

const HEADER_BYTES = 128;
const ENTRY_BYTES = 12;
const MAX_TAGS = 100;
/** As many values as any curve of a screen has. */
const MAX_CURVE_VALUES = 4096;
/** By the kind of a curve that is a formula, how many numbers it has. */
const FORMULA_NUMBERS = [1, 3, 4, 5, 7];
const D50 = [0xf6d6, 0x10000, 0xd32d] as const;

type Part = (element: Buffer) => number | undefined;

const PARTS: Readonly<Record<'point' | 'curve' | 'adaptation', Part>> = {
  point: (element) => (typeOf(element) === 'XYZ ' ? 20 : undefined),
  curve: curveBytes,
  adaptation: (element) => (typeOf(element) === 'sf32' ? 44 : undefined),
};
const SHARED = [
  ['wtpt', 'point', false],
  ['chad', 'adaptation', false],
] as const;
/** What is kept of a profile by its colours, and whether there is no profile without it. */
const TAGS: Readonly<Record<string, readonly (readonly [string, keyof typeof PARTS, boolean])[]>> =
  {
    'RGB ': [
      ...SHARED,
      ...['rXYZ', 'gXYZ', 'bXYZ'].map((tag) => [tag, 'point', true] as const),
      ...['rTRC', 'gTRC', 'bTRC'].map((tag) => [tag, 'curve', true] as const),
    ],
    GRAY: [...SHARED, ['kTRC', 'curve', true]],
  };

/** The colours of a profile, in no more bytes than it had; undefined when it has others than are known here. */
export function plainProfile(profile: Buffer): Buffer | undefined {
  if (profile.length < HEADER_BYTES + 4 || profile.toString('latin1', 36, 40) !== 'acsp') {
    return undefined;
  }
  const space = profile.toString('latin1', 16, 20);
  const connection = profile.toString('latin1', 20, 24);
  const version = profile[8] as number;
  const tags = TAGS[space];
  if (tags === undefined || (version !== 2 && version !== 4) || connection !== 'XYZ ') {
    return undefined;
  }
  const elements: [string, Buffer][] = [];
  for (const [tag, part, isNeeded] of tags) {
    const element = elementOf(profile, tag);
    const length = element === undefined ? undefined : PARTS[part](element);
    if (element !== undefined && length !== undefined && length <= element.length) {
      const kept = Buffer.from(element.subarray(0, length));
      kept.fill(0, 4, 8);
      elements.push([tag, kept]);
    } else if (isNeeded) {
      return undefined;
    }
  }
  const made = makeProfile({ version, space, intent: (profile[67] as number) & 3, elements });
  return made.length > profile.length ? undefined : made;
}

/** The same in as many bytes as before; sRGB instead of colours that are not known. Undefined when that is too long. */
export function plainProfileInPlace(profile: Buffer): Buffer | undefined {
  const plain = plainProfile(profile) ?? SRGB;
  if (plain.length > profile.length) {
    return undefined;
  }
  const made = Buffer.concat([plain, Buffer.alloc(profile.length - plain.length)]);
  made.writeUInt32BE(made.length);
  return made;
}

function makeProfile(of: {
  readonly version: number;
  readonly space: string;
  readonly intent: number;
  readonly elements: readonly (readonly [string, Buffer])[];
}): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header[8] = of.version;
  header.write('mntr', 12, 'latin1');
  header.write(of.space, 16, 'latin1');
  header.write('XYZ ', 20, 'latin1');
  // A date that is one.
  header.writeUInt16BE(2000, 24);
  header.writeUInt16BE(1, 26);
  header.writeUInt16BE(1, 28);
  header.write('acsp', 36, 'latin1');
  header[67] = of.intent;
  numbers(D50).copy(header, 68);

  const table = Buffer.alloc(4 + of.elements.length * ENTRY_BYTES);
  table.writeUInt32BE(of.elements.length);
  const placed: { readonly element: Buffer; readonly offset: number }[] = [];
  let offset = HEADER_BYTES + table.length;
  for (const [index, [tag, element]] of of.elements.entries()) {
    let place = placed.find((earlier) => earlier.element.equals(element));
    if (place === undefined) {
      place = { element, offset };
      placed.push(place);
      offset += padded(element.length);
    }
    const entry = 4 + index * ENTRY_BYTES;
    table.write(tag, entry, 'latin1');
    table.writeUInt32BE(place.offset, entry + 4);
    table.writeUInt32BE(element.length, entry + 8);
  }
  header.writeUInt32BE(offset);
  return Buffer.concat(
    [
      header,
      table,
      ...placed.flatMap(({ element }) => [
        element,
        Buffer.alloc(padded(element.length) - element.length),
      ]),
    ],
    offset,
  );
}

function elementOf(profile: Buffer, tag: string): Buffer | undefined {
  const count = Math.min(profile.readUInt32BE(HEADER_BYTES), MAX_TAGS);
  for (let index = 0; index < count; index += 1) {
    const entry = HEADER_BYTES + 4 + index * ENTRY_BYTES;
    if (entry + ENTRY_BYTES > profile.length) {
      return undefined;
    }
    if (profile.toString('latin1', entry, entry + 4) === tag) {
      const offset = profile.readUInt32BE(entry + 4);
      return profile.subarray(offset, offset + profile.readUInt32BE(entry + 8));
    }
  }
  return undefined;
}

/** A curve is a formula, or values that rise: others are none, and could be anything. */
function curveBytes(element: Buffer): number | undefined {
  if (element.length < 12) {
    return undefined;
  }
  if (typeOf(element) === 'para') {
    const count = FORMULA_NUMBERS[element.readUInt16BE(8)];
    return count === undefined || element.readUInt16BE(10) !== 0 ? undefined : 12 + count * 4;
  }
  const count = element.readUInt32BE(8);
  if (typeOf(element) !== 'curv' || count > MAX_CURVE_VALUES || element.length < 12 + count * 2) {
    return undefined;
  }
  for (let index = 1; index < count; index += 1) {
    if (element.readUInt16BE(12 + index * 2) < element.readUInt16BE(10 + index * 2)) {
      return undefined;
    }
  }
  return 12 + count * 2;
}

function typeOf(element: Buffer): string {
  return element.toString('latin1', 0, 4);
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

/** Numbers of 32 bits. */
function numbers(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => {
    bytes.writeUInt32BE(value, index * 4);
  });
  return bytes;
}

function element(type: string, values: readonly number[]): Buffer {
  return Buffer.concat([Buffer.from(type, 'latin1'), Buffer.alloc(4), numbers(values)]);
}

/** IEC 61966-2-1, its curve as the formula number 3. */
const SRGB_CURVE = element('para', [0x30000, 0x26666, 0xf2a7, 0x0d59, 0x13d0, 0x0a5b]);
const SRGB = makeProfile({
  version: 4,
  space: 'RGB ',
  intent: 0,
  elements: [
    ['wtpt', element('XYZ ', D50)],
    ['rXYZ', element('XYZ ', [0x6fa2, 0x38f5, 0x0390])],
    ['gXYZ', element('XYZ ', [0x6299, 0xb785, 0x18da])],
    ['bXYZ', element('XYZ ', [0x24a0, 0x0f84, 0xb6cf])],
    ['rTRC', SRGB_CURVE],
    ['gTRC', SRGB_CURVE],
    ['bTRC', SRGB_CURVE],
  ],
});
