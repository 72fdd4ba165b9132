/*
 * What a translation leaves as it is: code, links, mentions, emoji. A translator is given the text line by line, with a
 * mark in the place of each of these; where the marks do not come back, each once, it is given what stands between them.
 */

/** In the order in which they are looked for at a place. */
const KEPT = new RegExp(
  [
    // Marks of the text's own would be taken for ours.
    '\\{\\{(?:[^{}\\n]*\\}\\})?',
    // As Markdown has it: closed by as many backticks, on a later line of the paragraph, too.
    '(?<![\\\\`])(?<ticks>`+)(?!`)(?:(?!\\n[ \\t]*\\n)[^])*?(?<!`)\\k<ticks>(?!`)',
    '(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{1,30}://[^\\s<>]+',
    '\\b(?:mailto:|tel:|www\\.)[^\\s<>]+',
    '(?<![\\w.+-])[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+',
    '[@#][\\p{L}\\p{N}_][\\p{L}\\p{N}_.-]*',
    ':[a-z0-9_+-]+:',
    // The letters behind a black flag are those of Scotland's, say.
    '(?:\\p{Extended_Pictographic}|\\p{Regional_Indicator}|[0-9#*]\\ufe0f?\\u20e3)[\\p{Extended_Pictographic}\\p{Regional_Indicator}\\p{Emoji_Modifier}\\u200d\\ufe0f\\u20e3\\u{e0020}-\\u{e007f}]*',
  ].join('|'),
  'giu',
);
/** What a line may begin with before a block of code: quotes, and points of lists. */
const BEFORE_BLOCK = /^(?:[ \t]*(?:>|[-*+][ \t]|\d{1,9}[.)][ \t]))*[ \t]*/;
const BLOCK_BEGINS = /^(?:(`{3,})[^`]*|(~{3,}).*)$/;
const LETTER = /\p{L}/u;
/** Stands for what is kept. Translators leave it alone more often than anything that looks like a tag or a word. */
const mark = (index: number) => `{{${index}}}`;
const MARK = /\{\{\s*(\d+)\s*\}\}/g;

/** Translates several texts of one line each, in their order. */
export type TranslateLines = (lines: readonly string[]) => Promise<readonly string[]>;

/**
 * Translates a text and keeps its lines, and in them what is not language.
 *
 * @param translate is asked once, and a second time when it has lost a mark. It is not asked about what has no letters.
 */
export async function translateKeeping(text: string, translate: TranslateLines): Promise<string> {
  const lines = linesOf(text);
  const translated = await translateSome(
    lines.map(({ marked }) => marked),
    translate,
  );
  const restored = lines.map((line, index) => restore(line, translated[index] as string));
  const lost = lines.filter((_line, index) => restored[index] === undefined);
  const pieces = lost.flatMap(({ between }) => between);
  const ofPieces = [...(await translateSome(pieces, translate))];
  return lines
    .map((line, index) => {
      const whole = restored[index];
      return whole ?? joined(ofPieces.splice(0, line.between.length), line.kept);
    })
    .join('\n');
}

/** The language of a text is guessed without what is none. */
export function wordsOf(text: string): string {
  return linesOf(text)
    .flatMap(({ between }) => between)
    .join(' ')
    .trim();
}

interface Line {
  readonly marked: string;
  readonly kept: readonly string[];
  /** One more than is kept: what is before, between and behind. */
  readonly between: readonly string[];
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let words: string[] = [];
  let code: Block | undefined;
  const flush = () => {
    lines.push(...(words.length === 0 ? [] : linesOfWords(words.join('\n'))));
    words = [];
  };
  for (const line of text.split('\n')) {
    code = code?.isQuoted && !line.includes('>') ? undefined : code;
    const begun = code === undefined ? blockBegunBy(line) : undefined;
    if (code === undefined && begun === undefined) {
      words.push(line);
    } else {
      flush();
      lines.push({ marked: mark(0), kept: [line], between: ['', ''] });
    }
    code = begun ?? (code !== undefined && isEndOf(code, line) ? undefined : code);
  }
  flush();
  return lines;
}

/** A block of code, by what it began with. */
interface Block {
  readonly fence: string;
  readonly isQuoted: boolean;
}

function blockBegunBy(line: string): Block | undefined {
  const before = BEFORE_BLOCK.exec(line)?.[0] ?? '';
  const begins = BLOCK_BEGINS.exec(line.slice(before.length));
  const fence = begins?.[1] ?? begins?.[2];
  return fence === undefined ? undefined : { fence, isQuoted: before.includes('>') };
}

function isEndOf({ fence, isQuoted }: Block, line: string): boolean {
  const rest = (isQuoted ? line.replace(/^[ \t>]*/, '') : line).trim();
  return rest.length >= fence.length && rest === (fence[0] as string).repeat(rest.length);
}

function linesOfWords(text: string): Line[] {
  const lines = [{ kept: [] as string[], between: [''] }];
  const add = (piece: string, isKept: boolean) => {
    for (const [index, part] of piece.split('\n').entries()) {
      if (index > 0) {
        lines.push({ kept: [], between: [''] });
      }
      const { kept, between } = lines.at(-1) as (typeof lines)[number];
      if (!isKept) {
        between.push((between.pop() as string) + part);
      } else if (part !== '') {
        kept.push(part);
        between.push('');
      }
    }
  };
  let behind = 0;
  for (const { 0: piece, index } of text.matchAll(KEPT)) {
    add(text.slice(behind, index), false);
    add(piece, true);
    behind = index + piece.length;
  }
  add(text.slice(behind), false);
  return lines.map(({ kept, between }) => ({
    marked: between
      .map((piece, index) => piece + (index < kept.length ? mark(index) : ''))
      .join(''),
    kept,
    between,
  }));
}

function restore({ kept, marked }: Line, translated: string): string | undefined {
  if (kept.length === 0) {
    return translated;
  }
  if (translated === marked) {
    return translated.replace(MARK, (_mark, index) => kept[Number(index)] as string);
  }
  const seen = [...translated.matchAll(MARK)].map(([, index]) => Number(index));
  const isWhole =
    seen.length === kept.length &&
    new Set(seen).size === seen.length &&
    Math.max(...seen) < kept.length;
  return isWhole
    ? translated.replace(MARK, (_mark, index) => kept[Number(index)] as string)
    : undefined;
}

const joined = (between: readonly string[], kept: readonly string[]) =>
  between.map((piece, index) => piece + (kept[index] ?? '')).join('');

/** Asks about what has letters, without the space around it, and puts it back in its place. */
async function translateSome(
  texts: readonly string[],
  translate: TranslateLines,
): Promise<readonly string[]> {
  const asked = texts
    .map((text, index) => ({ text, index }))
    .filter(({ text }) => LETTER.test(text));
  if (asked.length === 0) {
    return texts;
  }
  const answers = await translate(asked.map(({ text }) => text.trim()));
  const all = [...texts];
  asked.forEach(({ text, index }, place) => {
    const start = text.slice(0, text.length - text.trimStart().length);
    const end = text.slice(text.trimEnd().length);
    // A line stays a line, whatever the service does.
    all[index] = `${start}${(answers[place] as string).replaceAll(/\s*\n\s*/g, ' ').trim()}${end}`;
  });
  return all;
}
