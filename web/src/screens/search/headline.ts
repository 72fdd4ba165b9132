/** A piece of what was found, and whether it is what was looked for. */
export interface Piece {
  readonly text: string;
  readonly isMatch: boolean;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&#x27;': "'",
};

/**
 * The pieces of a headline, which the server has escaped for HTML with each match between `⟦` and `⟧`. They become texts
 * of the page, and no HTML: so they are unescaped here.
 */
export function piecesOf(headline: string): readonly Piece[] {
  return headline.split(/(⟦[^⟧]*⟧)/).flatMap((part) => {
    const isMatch = part.startsWith('⟦');
    const text = unescapeHtml(isMatch ? part.slice(1, -1) : part);
    return text === '' ? [] : [{ text, isMatch }];
  });
}

function unescapeHtml(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|#39|#x27);/g, (entity) => ENTITIES[entity] ?? entity);
}
