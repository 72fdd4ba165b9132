import { readSync, writeSync } from 'node:fs';

const WINDOW_BYTES = 256 * 1024;
const ZEROS = Buffer.alloc(64 * 1024);

/** The file is not built as its format says. */
export class BrokenFile extends Error {}

/** A file that is read anywhere, through one window: its size does not matter to memory. */
export interface FileReader {
  readonly size: number;
  /**
   * Bytes of the file, good until the next call.
   *
   * @throws BrokenFile when they are not all in it
   */
  bytes(offset: number, length: number): Buffer;
  /** Where the byte next stands, from `offset` on; the size of the file when it does not. */
  find(byte: number, offset: number): number;
}

/** @param fd an open file, read synchronously: whoever reads strangers' files has nothing else to do meanwhile */
export function createFileReader(fd: number, size: number): FileReader {
  const window = Buffer.alloc(WINDOW_BYTES);
  let start = 0;
  let end = 0;

  function load(offset: number): void {
    start = offset;
    end = offset + readSync(fd, window, 0, WINDOW_BYTES, offset);
    if (end === start) {
      throw new BrokenFile('The file has become shorter');
    }
  }

  return {
    size,
    bytes(offset, length) {
      if (offset < 0 || offset + length > size) {
        throw new BrokenFile('A place outside of the file');
      }
      if (length > WINDOW_BYTES) {
        const bytes = Buffer.alloc(length);
        readSync(fd, bytes, 0, length, offset);
        return bytes;
      }
      if (offset < start || offset + length > end) {
        load(offset);
      }
      return window.subarray(offset - start, offset - start + length);
    },
    find(byte, offset) {
      for (let from = offset; from < size; from = end) {
        if (from < start || from >= end) {
          load(from);
        }
        const found = window.subarray(0, end - start).indexOf(byte, from - start);
        if (found >= 0) {
          return start + found;
        }
      }
      return size;
    },
  };
}

/** A stretch of bytes of a file. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Writes a file that consists of stretches of another and of bytes that take the place of some. */
export interface Copy {
  keep(from: number, to: number): void;
  insert(bytes: Uint8Array): void;
  /** Appends zeros. */
  blank(length: number): void;
  /** Writes over what was written before. */
  patch(position: number, bytes: Uint8Array): void;
  /** How much has been written. */
  length(): number;
  /** Writes out what is waiting, and tells whether the copy differs from what it was made from. */
  finish(): boolean;
}

export function createCopy(reader: FileReader, fd: number): Copy {
  const waiting = Buffer.alloc(WINDOW_BYTES);
  let filled = 0;
  let written = 0;
  let differs = false;

  function write(): void {
    for (let done = 0; done < filled; ) {
      done += writeSync(fd, waiting, done, filled - done, written + done);
    }
    written += filled;
    filled = 0;
  }
  function append(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.byteLength; ) {
      if (filled === WINDOW_BYTES) {
        write();
      }
      const part = bytes.subarray(done, done + WINDOW_BYTES - filled);
      waiting.set(part, filled);
      filled += part.byteLength;
      done += part.byteLength;
    }
  }

  /** Whether the file has these bytes at a place already. */
  function stands(bytes: Uint8Array, position: number): boolean {
    return (
      position + bytes.byteLength <= reader.size &&
      reader.bytes(position, bytes.byteLength).equals(bytes)
    );
  }

  function insert(bytes: Uint8Array): void {
    differs ||= !stands(bytes, written + filled);
    append(bytes);
  }

  return {
    insert,
    keep(from, to) {
      differs ||= from !== written + filled;
      for (let offset = from; offset < to; offset += WINDOW_BYTES) {
        append(reader.bytes(offset, Math.min(WINDOW_BYTES, to - offset)));
      }
    },
    blank(length) {
      for (let left = length; left > 0; left -= ZEROS.length) {
        insert(ZEROS.subarray(0, left));
      }
    },
    patch(position, bytes) {
      differs ||= !stands(bytes, position);
      write();
      writeSync(fd, bytes, 0, bytes.byteLength, position);
    },
    length: () => written + filled,
    finish() {
      write();
      return differs || written !== reader.size;
    },
  };
}

export const byStart = (one: Stretch, other: Stretch): number => one.start - other.start;

/** The same bytes as stretches in order that neither meet nor overlap. */
export function merged(stretches: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  let last: { start: number; end: number } | undefined;
  for (const { start, end } of stretches.toSorted(byStart)) {
    if (last !== undefined && start <= last.end) {
      last.end = Math.max(last.end, end);
    } else if (end > start) {
      last = { start, end };
      result.push(last);
    }
  }
  return result;
}

/**
 * Copies from one offset to another: the stretches as they are, blanks between them.
 *
 * @param stretches as `merged` gives them
 */
export function keepStretches(
  copy: Copy,
  stretches: readonly Stretch[],
  from: number,
  to: number,
): void {
  let offset = from;
  for (let index = firstBehind(stretches, from); index < stretches.length; index++) {
    const { start, end } = stretches[index] as Stretch;
    if (start >= to) {
      break;
    }
    const keptFrom = Math.max(start, offset);
    const keptTo = Math.min(end, to);
    copy.blank(keptFrom - offset);
    copy.keep(keptFrom, keptTo);
    offset = keptTo;
  }
  copy.blank(to - offset);
}

/** Where in the list the first stretch is that ends behind an offset: a file of many pieces asks for it often. */
function firstBehind(stretches: readonly Stretch[], offset: number): number {
  let low = 0;
  let high = stretches.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((stretches[middle] as Stretch).end > offset) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}
