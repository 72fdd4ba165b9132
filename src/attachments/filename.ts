const MAX_CHARACTERS = 255;
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
  const characters = Array.from(name);
  if (characters.length <= MAX_CHARACTERS) {
    return name;
  }
  // The end says what kind of file it is.
  const extension = /\.[^.\s]{1,16}$/u.exec(name)?.[0] ?? '';
  return characters.slice(0, MAX_CHARACTERS - Array.from(extension).length).join('') + extension;
}
