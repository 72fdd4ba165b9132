/** As many as file systems give a name. */
const MAX_BYTES = 255;
/** What a file is: its last part, and what it was before it was packed, as in `.tar.gz`. */
const EXTENSION = /(?:\.tar)?\.[^.\s]{1,32}$/iu;
const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' });
const NAMELESS = 'file';

/** Control characters, line separators, and those that turn the direction of writing to hide an extension. */
const INVISIBLE = /[\p{Cc}\p{Cs}\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * The name under which a file is shown and downloaded: what its sender called it, without folders and without what
 * cannot be seen. It is text for people; files are stored under their ids.
 */
export function cleanFilename(given: string | null | undefined): string {
  const base = (given ?? '').replace(INVISIBLE, '').split(/[/\\]/).at(-1)?.trim() ?? '';
  // "." and ".." and names of dots alone are folders to some systems.
  const name = /^\.*$/.test(base) ? NAMELESS : base;
  const end = EXTENSION.exec(name)?.[0] ?? '';
  // The end says what kind of file it is; one too long to be kept says nothing.
  const extension = Buffer.byteLength(end) <= MAX_BYTES / 2 ? end : '';
  const stem = name.slice(0, name.length - extension.length);
  return cut(stem, MAX_BYTES - Buffer.byteLength(extension)) + extension;
}

/** As much of a text as fits, cut between what people see as letters. */
function cut(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) {
    return text;
  }
  let fitting = '';
  let bytes = 0;
  for (const { segment } of GRAPHEMES.segment(text)) {
    bytes += Buffer.byteLength(segment);
    if (bytes > maxBytes) {
      break;
    }
    fitting += segment;
  }
  // One letter under a tower of marks may be too much.
  return fitting.trimEnd() || NAMELESS;
}
