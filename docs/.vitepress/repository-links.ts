import { posix } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';

/** Documents outside of `docs/` that have a page on the site, which includes them. */
const PAGES: Readonly<Record<string, string>> = { 'client/README.md': 'docs/client.md' };

/**
 * Links from a document to a file outside of `docs/` lead somewhere in a checkout, and nowhere on the site: there the path
 * is shown instead. Links to a document that the site has at another place lead to that.
 */
export function repositoryLinks(markdown: MarkdownRenderer): void {
  markdown.core.ruler.after('inline', 'repository-links', ({ env, tokens }) => {
    const folder = posix.join('docs', posix.dirname(env.relativePath ?? ''));
    for (const { children } of tokens) {
      let isOutside = false;
      for (const token of children ?? []) {
        const href = token.attrGet('href');
        if (token.type === 'link_open' && href !== null && isRelative(href)) {
          const [path = '', hash] = href.split('#');
          const inRepository = posix.join(folder, path);
          const target = PAGES[inRepository] ?? inRepository;
          isOutside = path !== '' && !target.startsWith('docs/');
          if (isOutside) {
            token.tag = 'span';
            token.type = 'span_open';
            token.attrs = [
              ['class', 'in-the-repository'],
              ['title', target],
            ];
          } else if (path !== '') {
            const there = posix.relative(folder, target);
            token.attrSet('href', hash === undefined ? there : `${there}#${hash}`);
          }
        } else if (token.type === 'link_close' && isOutside) {
          token.tag = 'span';
          token.type = 'span_close';
          isOutside = false;
        }
      }
    }
  });
}

function isRelative(href: string): boolean {
  return !/^(?:\w+:|#|\/)/.test(href);
}
