import { BrokenFile, type Copy, type FileReader } from './copy.ts';
import { endWithoutTags, startBehindTags } from './tags.ts';

const LAST = 0x80;
const STREAM_INFORMATION = 0;
const PADDING = 1;
const SEEK_TABLE = 3;
const COMMENTS = 4;
const HEAD_BYTES = 4;

/** Copies the sounds of a FLAC, what decoders need to know of them, and the table for seeking. */
export function stripFlac(file: FileReader, copy: Copy): void {
  let offset = startBehindTags(file);
  if (file.bytes(offset, 4).toString('latin1') !== 'fLaC') {
    throw new BrokenFile('Not a FLAC');
  }
  copy.keep(offset, offset + 4);
  offset += 4;
  const kept: { start: number; end: number; type: number }[] = [];
  for (let isLast = false; !isLast; ) {
    const head = file.bytes(offset, HEAD_BYTES);
    const type = (head[0] as number) & ~LAST;
    isLast = ((head[0] as number) & LAST) !== 0;
    const end = offset + HEAD_BYTES + head.readUIntBE(1, 3);
    if (type === STREAM_INFORMATION || type === SEEK_TABLE) {
      kept.push({ start: offset, end, type });
    }
    offset = end;
  }
  if (kept.length === 0) {
    throw new BrokenFile('A FLAC that says nothing of its sounds');
  }
  for (const [index, { start, end, type }] of kept.entries()) {
    copy.insert(Buffer.from([index === kept.length - 1 ? type | LAST : type]));
    copy.keep(start + 1, end);
  }
  copy.keep(offset, Math.max(offset, endWithoutTags(file)));
}

/** Blanks, in place, what describes a FLAC within another container. */
export function blankFlacBlocks(blocks: Buffer): void {
  for (let offset = 0; offset + HEAD_BYTES <= blocks.length; ) {
    const end = offset + HEAD_BYTES + blocks.readUIntBE(offset + 1, 3);
    blankFlacBlock(blocks, offset, end);
    offset = end;
  }
}

/** A block of comments stays one, because some containers need one, but has none. */
function blankFlacBlock(blocks: Buffer, start: number, end: number): void {
  const head = blocks[start] as number;
  const type = head & ~LAST;
  if (type === STREAM_INFORMATION || type === SEEK_TABLE) {
    return;
  }
  if (type !== COMMENTS) {
    blocks[start] = (head & LAST) | PADDING;
  }
  blocks.fill(0, start + HEAD_BYTES, Math.min(end, blocks.length));
}
