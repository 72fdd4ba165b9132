import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';

/** Those of the page's languages that emojibase has words for; the others read English. */
const LANGUAGES = ['de', 'en', 'ja'];
const FILES = ['data.json', 'messages.json'];

const { resolve } = createRequire(import.meta.url);

/** The emoji and what they are called, at `/emoji/en/data.json` and others: nothing is asked of other servers. */
export function emoji(): Plugin {
  const names = LANGUAGES.flatMap((language) => FILES.map((file) => `${language}/${file}`));
  const read = (name: string) => readFileSync(resolve(`emojibase-data/${name}`), 'utf8');
  return {
    name: 'trumpet-emoji',
    generateBundle() {
      for (const name of names) {
        // Without its spaces.
        const source = JSON.stringify(JSON.parse(read(name)));
        this.emitFile({ type: 'asset', fileName: `emoji/${name}`, source });
      }
    },
    configureServer({ middlewares }) {
      middlewares.use('/emoji', (req, res, next) => {
        const name = names.find((known) => req.url === `/${known}`);
        if (name === undefined) {
          next();
        } else {
          res.setHeader('content-type', 'application/json').end(read(name));
        }
      });
    },
  };
}
