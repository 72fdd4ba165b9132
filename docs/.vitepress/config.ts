import { defineConfig } from 'vitepress';
import { anchorOf } from './anchors.ts';
import { colours, coloursToClasses } from './code-colours.ts';
import { repositoryLinks } from './repository-links.ts';
import { sidebar } from './sidebar.ts';
import { withoutInlineParts } from './strict-policy.ts';

/** The site is served at /docs by the server itself: it fetches nothing from elsewhere and has no inline scripts. */
export default defineConfig({
  base: '/docs/',
  lang: 'en',
  title: 'Trumpet',
  titleTemplate: ':title · Trumpet',
  description: 'A real-time chat backend that lives in Postgres.',
  // Addresses with .html need no rules in the server that serves the files.
  cleanUrls: false,
  lastUpdated: false,
  // What keeps colours from fading would be a style that a script writes.
  appearance: { disableTransition: false },
  metaChunk: true,
  head: [['link', { rel: 'icon', href: '/docs/trumpet.svg', type: 'image/svg+xml' }]],
  // Without the server's tsconfig.json: esbuild does not know its target.
  vite: { build: { chunkSizeWarningLimit: 2_000 }, esbuild: { tsconfigRaw: '{}' } },
  markdown: {
    theme: colours,
    codeTransformers: [coloursToClasses],
    anchor: { slugify: anchorOf },
    languageAlias: { psql: 'sql' },
    config: (markdown) => markdown.use(repositoryLinks),
  },
  transformHtml: withoutInlineParts,
  themeConfig: {
    logo: '/trumpet.svg',
    outline: [2, 3],
    search: { provider: 'local' },
    sidebar,
    nav: [
      { text: 'Start', link: '/start/' },
      { text: 'API', link: '/api/' },
      { text: 'Operate', link: '/running' },
    ],
  },
});
