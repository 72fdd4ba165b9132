import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'rolldown';

const CLIENT = join(import.meta.dirname, '..', '..', 'client');

/** Takes `trumpet-client` from its sources: nothing has to be built before what uses it is bundled. */
export const clientSources: Plugin = {
  name: 'client-sources',
  resolveId(id) {
    if (!/^trumpet-client(\/|$)/.test(id)) {
      return null;
    }
    const { name, exports } = JSON.parse(readFileSync(join(CLIENT, 'package.json'), 'utf8'));
    const target = exports[id.replace(name, '.')];
    const path: string = target.default ?? target;
    return join(CLIENT, path.replace('./dist', 'src').replace(/\.js$/, '.ts'));
  },
};
