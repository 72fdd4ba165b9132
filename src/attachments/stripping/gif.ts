import { BrokenFile, type Copy, type FileReader } from './copy.ts';

const SCREEN_END = 13;
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const GRAPHIC_CONTROL = 0xf9;
const APPLICATION = 0xff;
/** How the extension that says how often to repeat begins: a name of eleven bytes, and a block of three. */
const LOOP_HEADS = ['\x0bNETSCAPE2.0\x03\x01', '\x0bANIMEXTS1.0\x03\x01'];
const LOOP_BYTES = 19;

/** Copies the frames of a GIF, how long each stays, and how often they repeat. */
export function stripGif(file: FileReader, copy: Copy): void {
  const screen = file.bytes(0, SCREEN_END);
  if (!/^GIF8[79]a/.test(screen.toString('latin1', 0, 6))) {
    throw new BrokenFile('Not a GIF');
  }
  let offset = SCREEN_END + colourTableBytes(screen[10] as number);
  copy.keep(0, offset);
  for (;;) {
    const kind = file.bytes(offset, 1)[0];
    if (kind === TRAILER) {
      copy.keep(offset, offset + 1);
      return;
    }
    if (kind === IMAGE) {
      const flags = file.bytes(offset + 9, 1)[0] as number;
      const end = endOfBlocks(file, offset + 11 + colourTableBytes(flags));
      copy.keep(offset, end);
      offset = end;
    } else if (kind === EXTENSION) {
      const end = endOfBlocks(file, offset + 2);
      if (isKept(file, offset, end)) {
        copy.keep(offset, end);
      }
      offset = end;
    } else {
      throw new BrokenFile('Neither a frame nor an extension');
    }
  }
}

function isKept(file: FileReader, start: number, end: number): boolean {
  const label = file.bytes(start + 1, 1)[0];
  if (label === GRAPHIC_CONTROL) {
    return end - start === 8;
  }
  return (
    label === APPLICATION &&
    end - start === LOOP_BYTES &&
    LOOP_HEADS.includes(file.bytes(start + 2, 14).toString('latin1'))
  );
}

function colourTableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

/** Data is in blocks of up to 255 bytes, each behind its length; one of length zero ends it. */
function endOfBlocks(file: FileReader, from: number): number {
  for (let offset = from; ; ) {
    const length = file.bytes(offset, 1)[0] as number;
    offset += 1 + length;
    if (length === 0) {
      return offset;
    }
  }
}
