import { decodeNamedCharacterReference } from 'decode-named-character-reference';

/** What a page says of itself: text in one line. */
export interface Page {
  readonly title: string;
  readonly description: string | null;
  readonly siteName: string | null;
  /** The address of a picture, as the page writes it. */
  readonly picture: string | null;
}

const MOST_CHARACTERS = { title: 200, description: 300, siteName: 100, picture: 2_000 };

const MOST_ATTRIBUTES = 20;

/** Comments, and elements whose content is no markup. */
const SKIPPED = /<!--.*?(?:-->|$)|<(script|style|noscript|template)\b.*?(?:<\/\1\s*>|$)/gis;
const TITLE = /<title(?:\s[^>]{0,500})?>([^<]{0,2000})/i;
const META = /<meta(?=[\s/])/gi;
/** The next attribute of an element, where the last one ended. */
const ATTRIBUTE = /[\s/]*([^\s"'=<>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/y;

/** Reads the head of a page in HTML. Null when it has no title. */
export function readPage(html: string): Page | null {
  const head = html.replaceAll(SKIPPED, ' ');
  const said = new Map<string, string>();
  for (const { index } of head.matchAll(META)) {
    const attributes = attributesAt(head, index + '<meta'.length);
    const name = (attributes.get('property') ?? attributes.get('name') ?? '').toLowerCase();
    // The first one counts.
    if (!said.has(name)) {
      said.set(name, attributes.get('content') ?? '');
    }
  }
  const first = (most: number, ...texts: readonly (string | undefined)[]) =>
    texts.map((text) => inOneLine(withoutReferences(text ?? ''), most)).find((text) => text !== '');
  const title = first(
    MOST_CHARACTERS.title,
    said.get('og:title'),
    said.get('twitter:title'),
    TITLE.exec(head)?.[1],
  );
  if (title === undefined) {
    return null;
  }
  const description = first(
    MOST_CHARACTERS.description,
    said.get('og:description'),
    said.get('twitter:description'),
    said.get('description'),
  );
  return {
    title,
    description: description ?? null,
    siteName: first(MOST_CHARACTERS.siteName, said.get('og:site_name')) ?? null,
    picture:
      first(
        MOST_CHARACTERS.picture,
        said.get('og:image:secure_url'),
        said.get('og:image'),
        said.get('og:image:url'),
        said.get('twitter:image'),
      ) ?? null,
  };
}

function attributesAt(html: string, start: number): Map<string, string> {
  const attributes = new Map<string, string>();
  ATTRIBUTE.lastIndex = start;
  for (let match = ATTRIBUTE.exec(html); match !== null; match = ATTRIBUTE.exec(html)) {
    const [, name = '', ...texts] = match;
    attributes.set(name.toLowerCase(), texts.find((text) => text !== undefined) ?? '');
    if (attributes.size === MOST_ATTRIBUTES) {
      break;
    }
  }
  return attributes;
}

function withoutReferences(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{1,31}));/gi, (whole, ...parts) => {
    const [decimal, hexadecimal, name] = parts as (string | undefined)[];
    if (name !== undefined) {
      return decodeNamedCharacterReference(name) || whole;
    }
    const point = decimal !== undefined ? Number(decimal) : Number.parseInt(hexadecimal ?? '', 16);
    return point > 0x10ffff ? '\ufffd' : String.fromCodePoint(point);
  });
}

/**
 * Without what nobody sees or what turns the direction of what follows; joiners between letters stay, which some scripts
 * and emoji need.
 */
function inOneLine(text: string, most: number): string {
  const seen = text
    .toWellFormed()
    .replaceAll(/(?![\u200c\u200d])[\p{Cf}\p{Co}]/gu, '')
    .replaceAll(/[\s\p{Cc}\p{Zl}\p{Zp}\u2800\u3164\uffa0]+/gu, ' ')
    .replaceAll(/(?<![\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}])[\u200c\u200d]+/gu, '')
    .replaceAll(/(\p{M}{4})\p{M}+/gu, '$1')
    .trim();
  const characters = Array.from(seen);
  return characters.length > most
    ? `${characters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`
    : seen;
}
