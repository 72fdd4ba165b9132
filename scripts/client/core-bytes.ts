import { gzipSync } from 'node:zlib';
import { bundleClient } from './bundle.ts';

/** How large a module of the client is, with what comes with it at once: its core, unless another is named. */
export async function coreBytes(path = 'client/src/index.ts'): Promise<number> {
  const chunks = (await bundleClient([path])).filter(({ isNeededAtOnce }) => isNeededAtOnce);
  return gzipSync(chunks.map(({ code }) => code).join('\n'), { level: 9 }).length;
}
