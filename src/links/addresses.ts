/** So many links of a message have a preview. */
export const MOST_PREVIEWS = 3;
const MOST_CHARACTERS = 2_000;

const FENCED = /^ {0,3}(`{3,}|~{3,})[^\n]*\n(?:.*?^ {0,3}\1[`~]* *$|.*)/gms;
const INDENTED = /(?:^|\n[ \t]*\n)(?:(?: {4}|\t)[^\n]*(?:\n|$))+/g;
/** Lines one behind the other that are quoted. */
const QUOTED = /(?:^ {0,3}>[^\n]*(?:\n|$))+/gm;
const QUOTE_MARK = /^ {0,3}> ?/gm;
/** So many quotes may stand within one another until what is deeper is read as it is written. */
const MOST_QUOTES = 10;
const IN_LINE = /(?<!`)(`+)(?!`)(?:(?!\n[ \t]*\n).)*?(?<!`)\1(?!`)/gs;
const ADDRESS = /\bhttps?:\/\/[^\s<>"\\^`{|}]+/gi;

/**
 * The addresses in a text in Markdown that are to have a preview, in its order, each once and without what is behind `#`:
 * none of what is code.
 */
export function linksIn(markdown: string): string[] {
  const prose = proseOf(markdown.replaceAll('\r\n', '\n'));
  const found = new Set<string>();
  for (const [written] of prose.matchAll(ADDRESS)) {
    const url = written.length > MOST_CHARACTERS ? null : URL.parse(withoutEnd(written));
    if (url !== null) {
      url.hash = '';
      if (url.href.length <= MOST_CHARACTERS) {
        found.add(url.href);
      }
    }
    if (found.size === MOST_PREVIEWS) {
      break;
    }
  }
  return [...found];
}

/** Without what is code, in quotes too. */
function proseOf(markdown: string, quotesLeft = MOST_QUOTES): string {
  const text = markdown.replaceAll(FENCED, '\n').replaceAll(INDENTED, '\n');
  const quotes: string[] = [];
  // What is quoted is a text of its own: a block of code in it ends with it.
  const outside =
    quotesLeft === 0
      ? text
      : text.replaceAll(QUOTED, (quoted) => {
          quotes.push(proseOf(quoted.replaceAll(QUOTE_MARK, ''), quotesLeft - 1));
          return '\n\n\0\n\n';
        });
  return outside.replaceAll(IN_LINE, ' ').replaceAll('\0', () => quotes.shift() ?? '');
}

/** Without what ends the sentence, or the brackets around it, as GitHub's Markdown reads addresses. */
function withoutEnd(address: string): string {
  const end = address.length - (/[?!.,:;*_~'\])]*$/.exec(address)?.[0].length ?? 0);
  const closing = address[end] === ')' && address.slice(0, end).includes('(') ? ')' : '';
  return address.slice(0, end) + closing;
}
