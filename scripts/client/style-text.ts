import { readFile } from 'node:fs/promises';
import type { Plugin } from 'rolldown';

/** Gives an imported style sheet as its text: the web component adopts it. */
export const styleText: Plugin = {
  name: 'style-text',
  async load(id) {
    return id.endsWith('.css')
      ? { code: `export default ${JSON.stringify(await readFile(id, 'utf8'))};`, moduleType: 'js' }
      : null;
  },
};
