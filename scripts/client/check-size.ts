import { gzipSync } from 'node:zlib';
import { bundleClient } from './bundle.ts';

/** What the core may weigh, without React and without IndexedDB. */
const CORE_LIMIT_BYTES = 20_000;

async function sizeOf(path: string): Promise<number> {
  const chunks = (await bundleClient([path])).filter(({ isNeededAtOnce }) => isNeededAtOnce);
  return gzipSync(chunks.map(({ code }) => code).join('\n')).length;
}

const core = await sizeOf('client/src/index.ts');
const indexedDb = await sizeOf('client/src/store/indexed-db.ts');
console.log(`trumpet-client is ${core} bytes of gzip, its IndexedDB part ${indexedDb}.`);
if (core > CORE_LIMIT_BYTES) {
  console.error(`The core may have ${CORE_LIMIT_BYTES}.`);
  process.exit(1);
}
