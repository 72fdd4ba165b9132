import { posix } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';

/**
 * Links from a document to a file outside of `docs/` lead somewhere in a checkout, and nowhere on the site: there the path
 * is shown instead. Links back into `docs/`, from a README that a page includes, become links of the site.
 */
export function repositoryLinks(markdown: MarkdownRenderer): void {
  markdown.core.ruler.after('inline', 'repository-links', ({ env, tokens }) => {
    const folder = posix.join('docs', posix.dirname(env.relativePath ?? ''));
    for (const { children } of tokens) {
      let path: string | undefined;
      for (const token of children ?? []) {
        if (token.type === 'link_open') {
          path = outside(folder, token.attrGet('href') ?? '');
        }
        if (path === undefined || !/^link_(?:open|close)$/.test(token.type)) {
          continue;
        }
        const isOpen = token.type === 'link_open';
        token.tag = 'span';
        token.attrs = isOpen
          ? [
              ['class', 'in-the-repository'],
              ['title', path],
            ]
          : null;
        token.type = isOpen ? 'span_open' : 'span_close';
        path = isOpen ? path : undefined;
      }
    }
  });
}

/** The path in the repository that a link leads to, or undefined for a link of the site or to elsewhere. */
function outside(folder: string, href: string): string | undefined {
  if (/^(?:\w+:|#|\/)/.test(href)) {
    return undefined;
  }
  const path = posix.join(folder, href);
  return path.startsWith('docs/') ? undefined : path;
}
