import { join } from 'node:path';
import { type BenchEnvironment, createEnvironment, REPOSITORY } from '../testing/environment.ts';
import { fanOut, smallRooms } from './fan-out.ts';
import { history } from './history.ts';
import { importing } from './import.ts';
import { lifecycleUnderLoad } from './lifecycle-under-load.ts';
import { messageCost } from './message-cost.ts';
import { months } from './months.ts';
import { neighbours } from './neighbours.ts';
import { oneRoom, sendCpu } from './one-room.ts';
import { pushEnqueue } from './push-enqueue.ts';
import { search } from './search.ts';
import { sendHttp, sendSql } from './sending.ts';
import { idleSockets, reconnectStorm } from './sockets.ts';
import { machine, type Row, save, table } from './support/report.ts';
import { uploads } from './uploads.ts';

/** @param part only what has this in its name, where a bench has parts; all of it when empty */
type Bench = (env: BenchEnvironment, part: string) => Promise<Row[]>;

/*
 * npm run bench [-- name …]: each bench on a fresh database, beside its baselines in the same run. `neighbours:sign-ins`
 * is the part of a bench that has this in its name.
 */
const BENCHES: Record<string, Bench> = {
  'fan-out': fanOut,
  'small-rooms': smallRooms,
  'send-sql': sendSql,
  'send-http': sendHttp,
  'message-cost': messageCost,
  months,
  'send-cpu': sendCpu,
  'one-room': oneRoom,
  'push-enqueue': pushEnqueue,
  uploads,
  import: importing,
  'reconnect-storm': reconnectStorm,
  'idle-sockets': idleSockets,
  history,
  search,
  'lifecycle-under-load': lifecycleUnderLoad,
  neighbours,
  client: benchClient,
};

/** Of the client's project, which knows what browsers have. */
async function benchClient(env: BenchEnvironment, part: string): Promise<Row[]> {
  const path: string = '../client/bench/client.ts';
  return (await import(path)).client(env, part);
}

const named = process.argv.slice(2);
const wanted = (named.length > 0 ? named : Object.keys(BENCHES)).map((argument) => {
  const [name = '', part = ''] = argument.split(/:(.*)/s);
  return { name, part, bench: BENCHES[name] };
});
const unknown = wanted.filter(({ bench }) => bench === undefined).map(({ name }) => name);
if (unknown.length > 0) {
  console.error(
    `No such bench: ${unknown.join(', ')}. There are ${Object.keys(BENCHES).join(', ')}.`,
  );
  process.exit(1);
}

console.log(machine());
for (const { bench, part } of wanted) {
  const env = await createEnvironment();
  try {
    const rows = (await bench?.(env, part)) ?? [];
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
