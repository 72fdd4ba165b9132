import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TransformContext } from 'vitepress';

const INLINE_SCRIPT = /<script(?: id="[\w-]+")?>(.*?)<\/script>/gs;
const STYLE_ATTRIBUTE = /(<[a-z][^<>]*?) style="[^"]*"/g;
const FILE = 'before-the-page.js';

/**
 * Lets a page run under a Content-Security-Policy without `unsafe-inline` and without hashes. Its inline scripts (they
 * choose dark mode before anything is shown) go into a file. Its two style attributes go: `theme/style.css` has one of
 * them, the other is set by the script of the menu that needs it.
 */
export function withoutInlineParts(
  html: string,
  _file: string,
  { siteConfig }: TransformContext,
): string {
  const scripts = Array.from(html.matchAll(INLINE_SCRIPT), ([, script]) => script ?? '');
  writeFileSync(join(siteConfig.outDir, FILE), `${scripts.join('\n')}\n`);
  return html
    .replaceAll(INLINE_SCRIPT, '')
    .replaceAll(STYLE_ATTRIBUTE, '$1')
    .replace(
      '<meta charset="utf-8">',
      (meta) => `${meta}\n    <script src="${siteConfig.site.base}${FILE}"></script>`,
    );
}
