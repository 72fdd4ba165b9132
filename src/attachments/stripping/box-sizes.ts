import { type Box, slice } from './boxes.ts';
import { plainProfileInPlace } from './colour-profile.ts';
import { BrokenFile } from './copy.ts';

/*
 * How long the content of a box is by its format: what stands behind that, no reader looks at.
 */

/** The length, from the content as it is; its first byte is the version, in boxes that have one. */
type Size = number | ((content: Buffer) => number);

const byVersion =
  (short: number, long: number): Size =>
  (content) =>
    content[0] === 1 ? long : short;
/** A version, flags, a number of entries, and these. */
const entriesOf =
  (bytes: number, head = 8): Size =>
  (content) =>
    head + countAt(content, head - 4) * bytes;
const countAt = (content: Buffer, offset: number): number =>
  content.length < offset + 4 ? 0 : content.readUInt32BE(offset);

/** Boxes that are not here are as long as they say, or are looked into elsewhere. */
const SIZES: ReadonlyMap<string, Size> = new Map<string, Size>([
  ['mvhd', byVersion(100, 112)],
  ['tkhd', byVersion(84, 96)],
  ['mdhd', byVersion(24, 36)],
  ['mehd', byVersion(8, 12)],
  ['trex', 24],
  ['vmhd', 12],
  ['smhd', 8],
  ['elst', (content) => 8 + countAt(content, 4) * (content[0] === 1 ? 20 : 12)],
  ['clef', 12],
  ['prof', 12],
  ['enof', 12],
  ['stts', entriesOf(8)],
  ['ctts', entriesOf(8)],
  ['cslg', byVersion(24, 44)],
  ['stss', entriesOf(4)],
  ['stps', entriesOf(4)],
  ['stsc', entriesOf(12)],
  ['stco', entriesOf(4)],
  ['co64', entriesOf(8)],
  ['stsz', (content) => 12 + (countAt(content, 4) === 0 ? countAt(content, 8) * 4 : 0)],
  ['stz2', (content) => 12 + Math.ceil((countAt(content, 8) * (content[7] ?? 0)) / 8)],
  ['mfhd', 8],
  ['tfdt', byVersion(8, 12)],
  ['chan', entriesOf(20, 16)],
  ['colr', (content) => colourBytes(content)],
  ['pasp', 8],
  ['clap', 32],
  ['fiel', 2],
  ['gama', 4],
  ['btrt', 12],
  ['mdcv', 24],
  ['clli', 4],
  ['amve', 8],
  ['SmDm', 28],
  ['CoLL', 8],
  ['vpcC', 12],
  ['dvcC', 24],
  ['dvvC', 24],
  ['dvwC', 24],
  ['st3d', 5],
  ['srat', 8],
  ['frma', 4],
  ['enda', 2],
  ['alac', 52],
  ['damr', 9],
  ['dac3', 3],
]);

/** Colours by a profile. */
const PROFILES = new Set(['prof', 'rICC']);

/** Colours are numbers, or a profile, which is as long as it is. */
function colourBytes(content: Buffer): number {
  return { nclc: 10, nclx: 11 }[content.toString('latin1', 0, 4)] ?? content.length;
}

/** Blanks in place what boxes have behind what their format gives them, and all of a colour profile but the colours. */
export function cutToSize(bytes: Buffer, boxes: readonly Box[]): void {
  for (const box of boxes) {
    const size = SIZES.get(box.type);
    if (size !== undefined) {
      const content = slice(bytes, box.content, box.end - box.content);
      content.fill(0, Math.min(typeof size === 'number' ? size : size(content), content.length));
      if (box.type === 'colr' && PROFILES.has(content.toString('latin1', 0, 4))) {
        const profile = plainProfileInPlace(Buffer.from(content.subarray(4)));
        if (profile === undefined) {
          throw new BrokenFile('A colour profile that is none');
        }
        profile.copy(content, 4);
      }
    }
  }
}
