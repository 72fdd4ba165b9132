import { join } from 'node:path';
import { type BenchEnvironment, createEnvironment, REPOSITORY } from '../testing/environment.ts';
import { fanOut, smallRooms } from './fan-out.ts';
import { history } from './history.ts';
import { lifecycleUnderLoad } from './lifecycle-under-load.ts';
import { neighbours } from './neighbours.ts';
import { pushEnqueue } from './push-enqueue.ts';
import { search } from './search.ts';
import { sendHttp, sendSql } from './sending.ts';
import { idleSockets, reconnectStorm } from './sockets.ts';
import { machine, type Row, save, table } from './support/report.ts';
import { uploads } from './uploads.ts';

/*
 * npm run bench [-- name …]: each bench on a fresh database, beside its baselines in the same run.
 */
const BENCHES: Record<string, (env: BenchEnvironment) => Promise<Row[]>> = {
  'fan-out': fanOut,
  'small-rooms': smallRooms,
  'send-sql': sendSql,
  'send-http': sendHttp,
  'push-enqueue': pushEnqueue,
  uploads,
  'reconnect-storm': reconnectStorm,
  'idle-sockets': idleSockets,
  history,
  search,
  'lifecycle-under-load': lifecycleUnderLoad,
  neighbours,
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(
    `No such bench: ${unknown.join(', ')}. There are ${Object.keys(BENCHES).join(', ')}.`,
  );
  process.exit(1);
}

console.log(machine());
for (const [name, bench] of Object.entries(BENCHES)) {
  if (names.length === 0 || names.includes(name)) {
    const env = await createEnvironment();
    try {
      const rows = await bench(env);
      console.log(`\n${table(rows)}`);
      save(
        join(REPOSITORY, 'bench', 'results', 'benchmarks.json'),
        join(REPOSITORY, 'docs', 'benchmarks.md'),
        rows,
      );
    } finally {
      await env.close();
    }
  }
}
