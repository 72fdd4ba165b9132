import { z } from 'zod';
import { emojiOfName } from '../import/emoji-names.ts';
import { link } from '../import/slack-markdown.ts';

/*
 * Slack's rich text as Markdown. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
 */

/** What is longer is cut before it is read at all: a message has far less. */
const MAX_READ_LENGTH = 40_000;

const words = z.string().optional().catch(undefined);
const pieceShape = z.object({
  type: words,
  text: words,
  url: words,
  name: words,
  range: words,
  style: z
    .object({
      bold: z.boolean().optional(),
      italic: z.boolean().optional(),
      strike: z.boolean().optional(),
      code: z.boolean().optional(),
    })
    .optional()
    .catch(undefined),
});
const partShape = z.object({
  type: words,
  style: words,
  elements: z.array(z.unknown()).optional().catch(undefined),
});

/** The elements of a `rich_text` block. */
export function textOfRichText(elements: readonly unknown[]): string {
  return elements
    .map(textOfPart)
    .filter((text) => text !== '')
    .join('\n');
}

function textOfPart(unread: unknown): string {
  const { data: part } = partShape.safeParse(unread);
  const elements = part?.elements ?? [];
  switch (part?.type) {
    case 'rich_text_section':
      return textOfPieces(elements);
    case 'rich_text_quote':
      return textOfPieces(elements).replace(/^/gm, '> ');
    case 'rich_text_preformatted':
      return `\`\`\`\n${elements.map(plainPiece).join('').replaceAll('```', "'''")}\n\`\`\``;
    case 'rich_text_list':
      return elements
        .map((item, index) => {
          const { data } = partShape.safeParse(item);
          return `${part.style === 'ordered' ? `${index + 1}.` : '-'} ${textOfPieces(data?.elements ?? [])}`;
        })
        .join('\n');
    default:
      return '';
  }
}

function plainPiece(unread: unknown): string {
  const { data: piece } = pieceShape.safeParse(unread);
  return readable(piece?.text ?? piece?.url ?? '');
}

/** A text of a payload as far as it is read, without what Postgres does not take. */
export function readable(text: string): string {
  return text.replaceAll('\0', '').slice(0, MAX_READ_LENGTH);
}

function textOfPieces(pieces: readonly unknown[]): string {
  return pieces.map(textOfPiece).join('');
}

function textOfPiece(unread: unknown): string {
  const { data: piece } = pieceShape.safeParse(unread);
  switch (piece?.type) {
    case 'text':
      return styled(plainPiece(piece), piece.style);
    case 'link': {
      const address = piece.url ?? '';
      const label = piece.text ?? address;
      return /^(https?:\/\/|mailto:)/i.test(address) ? link(label, address) : label;
    }
    case 'emoji':
      return emojiOfName(piece.name ?? '') ?? `:${piece.name ?? ''}:`;
    case 'broadcast':
      return `@${piece.range ?? ''}`;
    default:
      return '';
  }
}

function styled(text: string, style: z.output<typeof pieceShape>['style']): string {
  if (text.trim() === '' || style === undefined) {
    return text;
  }
  if (style.code) {
    return `\`${text}\``;
  }
  const signs = `${style.bold ? '**' : ''}${style.italic ? '_' : ''}${style.strike ? '~~' : ''}`;
  const inside = text.trim();
  const before = text.slice(0, text.length - text.trimStart().length);
  const after = text.slice(text.trimEnd().length);
  return `${before}${signs}${inside}${Array.from(signs.matchAll(/\*\*|_|~~/g), String)
    .toReversed()
    .join('')}${after}`;
}
