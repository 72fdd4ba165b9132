import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BenchEnvironment, createEnvironment, REPOSITORY } from '../testing/environment.ts';
import { listWithDurations, withProgress } from '../testing/progress.ts';
import { fanOut, smallRooms } from './fan-out.ts';
import { history } from './history.ts';
import { importing } from './import.ts';
import { lifecycleUnderLoad } from './lifecycle-under-load.ts';
import { longestSend } from './longest-send.ts';
import { messageCost } from './message-cost.ts';
import { months } from './months.ts';
import { neighbours } from './neighbours.ts';
import { pollVotes } from './poll-votes.ts';
import { pushEnqueue } from './push-enqueue.ts';
import { search } from './search.ts';
import { manyRooms, oneRoom, sendCpu } from './send-costs.ts';
import { sendHttp, sendSql } from './sending.ts';
import { idleSockets, reconnectStorm } from './sockets.ts';
import { serverNodes, steadyDelivery } from './steady-delivery.ts';
import { machine, type Row, readResults, save, table } from './support/report.ts';
import { uploads } from './uploads.ts';

/** @param part only what has this in its name, where a bench has parts; all of it when empty */
type Bench = (env: BenchEnvironment, part: string) => Promise<Row[]>;

/*
 * npm run bench [-- name …] [--record]: each bench on a fresh database, beside its baselines in the same run. `--help`
 * lists them.
 */
const BENCHES = {
  'fan-out': fanOut,
  'small-rooms': smallRooms,
  'steady-delivery': steadyDelivery,
  'server-nodes': serverNodes,
  'longest-send': longestSend,
  'send-sql': sendSql,
  'send-http': sendHttp,
  'message-cost': messageCost,
  months,
  'send-cpu': sendCpu,
  'many-rooms': manyRooms,
  'one-room': oneRoom,
  'poll-votes': pollVotes,
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
} satisfies Record<string, Bench>;

/** Of the client's project, which knows what browsers have. */
async function benchClient(env: BenchEnvironment, part: string): Promise<Row[]> {
  const path: string = '../client/bench/client.ts';
  return (await import(path)).client(env, part);
}

/** What each is about, for `--help`. */
const ABOUT: Readonly<Record<keyof typeof BENCHES, string>> = {
  'fan-out': 'events of one room to 1,000 listeners',
  'small-rooms': 'events of many small rooms',
  'steady-delivery': 'delays at a steady load, beside many listeners',
  'server-nodes': 'the same load by one, two and four servers',
  'longest-send': 'the longest of 200,000 sends beside the usual one',
  'send-sql': 'sends by SQL beside a bare insert',
  'send-http': 'sends over HTTP beside express and pg',
  'message-cost': 'WAL, disk and indexing of a message',
  months: 'locks and time beside many months',
  'send-cpu': 'processor of a send beside a bare insert',
  'many-rooms': 'sends to many rooms by eight connections',
  'one-room': 'sends of many to one room',
  'poll-votes': 'ten thousand people vote in one poll',
  'push-enqueue': 'what a push adds to a send',
  uploads: 'files going up and down',
  import: 'messages of another system',
  'reconnect-storm': 'everybody comes back at once',
  'idle-sockets': 'memory of sockets that say nothing',
  history: 'pages of a long room',
  search: 'finding words in many messages',
  'lifecycle-under-load': 'retention and archive beside sending',
  neighbours: 'how much one slows the others',
  client: 'the store of the client in a browser',
};

const RESULTS = join(REPOSITORY, 'bench', 'results', 'benchmarks.json');

const { values: options, positionals: named } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
  },
});
const wanted = (named.length > 0 ? named : Object.keys(BENCHES)).map((argument) => {
  const [name = '', part = ''] = argument.split(/:(.*)/s);
  return { name, part, bench: (BENCHES as Record<string, Bench>)[name] };
});
const unknown = wanted.filter(({ bench }) => bench === undefined).map(({ name }) => name);
if (options.help || unknown.length > 0) {
  const complaint = unknown.length > 0 ? `No such bench: ${unknown.join(', ')}.\n\n` : '';
  process.stdout.write(`${complaint}${helpText()}`);
  process.exit(unknown.length > 0 ? 1 : 0);
}

function helpText(): string {
  const results = readResults(RESULTS);
  const entries = Object.entries(ABOUT).map(([name, about]) => {
    const seconds = results.find(({ command }) => command === name)?.seconds;
    return { name, about, ...(seconds !== undefined && { seconds }) };
  });
  return `npm run bench [-- name …] [--record]

${listWithDurations(entries)}

The time is that of the last run that was recorded. Without a name all of them run. neighbours:sign-ins is the part of a
bench that has this in its name. Nothing is written unless --record is given: then bench/results/ and docs/benchmarks.md
get the new figures.
`;
}

console.log(machine());
for (const [index, { name, bench, part }] of wanted.entries()) {
  const env = await createEnvironment();
  try {
    const { result: rows, seconds } = await withProgress(
      name,
      `${index + 1}/${wanted.length}`,
      async () => (await bench?.(env, part)) ?? [],
    );
    console.log(`\n${table(rows)}`);
    if (options.record) {
      const run = part === '' ? { command: name, seconds } : {};
      save(
        RESULTS,
        join(REPOSITORY, 'docs', 'benchmarks.md'),
        rows.map((row) => ({ ...row, ...run })),
      );
    }
  } finally {
    await env.close();
  }
}
