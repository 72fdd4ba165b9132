import { coreBytes } from './core-bytes.ts';

/** What the core may weigh, without React and without IndexedDB. */
const CORE_LIMIT_BYTES = 20_000;

const core = await coreBytes();
const indexedDb = await coreBytes('client/src/store/indexed-db.ts');
console.log(`trumpet-client is ${core} bytes of gzip, its IndexedDB part ${indexedDb}.`);
if (core > CORE_LIMIT_BYTES) {
  console.error(`The core may have ${CORE_LIMIT_BYTES}.`);
  process.exit(1);
}
