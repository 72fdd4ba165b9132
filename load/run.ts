import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createEnvironment } from '../testing/environment.ts';
import { difference, type Figures, readFigures, sumOf, within } from './metrics.ts';

/*
 * npm run load: Artillery against a server, with progress while it runs and a summary at the end.
 */
const ARTILLERY = 'artillery@2.0.34';
const TELL_EVERY_MS = 5_000;
const PEOPLE_A_ROOM = 10;
/** How long a round of websocket.yml and graphql.yml takes, and one of reconnect-storm.yml. */
const ROUND_S = 3;
const STORM_S = 4;

const SCRIPTS: Readonly<Record<string, string>> = {
  websocket: 'people join a room, type and send, on the JSON protocol',
  graphql: 'people read a page of a room and send, over HTTP',
  'reconnect-storm': 'everybody connects within a second, sends and goes, again and again',
};

const HELP = `npm run load [-- script …] [options]

${Object.entries(SCRIPTS)
  .map(([name, about]) => `  ${name.padEnd(16)} ${about}`)
  .join('\n')}

  --people N     how many, ten a room (100)
  --seconds N    how long each script takes (30)
  --url URL      a server that runs already. Without it: one of its own, on a Postgres of its own, thrown away afterwards
  --people-file F  with --url: lines of user id, access token, room id, separated by commas

Each script takes --seconds and a few more. Artillery (${ARTILLERY}) is fetched by npx at the first run: a few hundred MB.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean', default: false },
    people: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '30' },
    url: { type: 'string' },
    'people-file': { type: 'string' },
  },
});

interface Target {
  readonly url: string;
  /** Lines of user id, token and room id. */
  readonly peopleFile: string;
  readonly people: number;
}

/** What Artillery has counted. */
interface Counted {
  readonly counters: Readonly<Record<string, number>>;
  readonly summaries: Readonly<Record<string, { readonly p50: number; readonly p99: number }>>;
}

async function main(): Promise<void> {
  const scripts = positionals.length > 0 ? positionals : Object.keys(SCRIPTS);
  const unknown = scripts.filter((name) => !(name in SCRIPTS));
  if (values.help || unknown.length > 0) {
    process.stdout.write(
      unknown.length > 0 ? `No such script: ${unknown.join(', ')}.\n\n${HELP}` : HELP,
    );
    process.exitCode = unknown.length > 0 ? 1 : 0;
    return;
  }
  const seconds = Number(values.seconds);
  for (const [name, value] of Object.entries({ people: values.people, seconds: values.seconds })) {
    if (!/^[1-9]\d{0,5}$/.test(value)) {
      process.stdout.write(`--${name} is a number of 1 to 999999.\n\n${HELP}`);
      process.exitCode = 1;
      return;
    }
  }
  const folder = mkdtempSync(join(tmpdir(), 'trumpet-load-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const target = await openTarget(folder, stack);
  for (const name of scripts) {
    const before = await readFigures(target.url);
    const counted = await runArtillery(name, target, seconds, folder);
    const figures = difference(await readFigures(target.url), before);
    process.stdout.write(summaryOf(name, target, seconds, counted, figures));
  }
}

async function openTarget(folder: string, stack: AsyncDisposableStack): Promise<Target> {
  if (values.url !== undefined) {
    const peopleFile = values['people-file'];
    if (peopleFile === undefined) {
      throw new Error('--url needs --people-file');
    }
    const people = readFileSync(peopleFile, 'utf8').trim().split('\n').length;
    return { url: values.url, peopleFile, people };
  }
  process.stdout.write('Starting a Postgres and a server …\n');
  const env = await createEnvironment();
  stack.defer(() => env.close());
  const people = await env.createPeople(Number(values.people));
  const ids = people.map(({ id }) => id);
  const members = Array.from({ length: Math.ceil(ids.length / PEOPLE_A_ROOM) }, (_, room) =>
    ids.slice(room * PEOPLE_A_ROOM, (room + 1) * PEOPLE_A_ROOM),
  );
  const rooms = await env.createRooms(members);
  const peopleFile = join(folder, 'people.csv');
  writeFileSync(
    peopleFile,
    people
      .map(({ id, token }, index) => `${id},${token},${rooms[Math.floor(index / PEOPLE_A_ROOM)]}\n`)
      .join(''),
  );
  const { url } = await env.startServer();
  return { url, peopleFile, people: people.length };
}

async function runArtillery(
  name: string,
  { url, peopleFile, people }: Target,
  seconds: number,
  folder: string,
): Promise<Counted> {
  const isStorm = name === 'reconnect-storm';
  const storms = Math.max(1, Math.floor(seconds / STORM_S));
  const config = {
    target: name === 'graphql' ? url : url.replace(/^http/, 'ws'),
    payload: [
      {
        path: peopleFile,
        fields: ['user_id', 'token', 'room_id'],
        order: 'sequence',
        cast: false,
      },
    ],
    variables: { rounds: [Math.max(1, Math.round(seconds / ROUND_S))] },
    phases: isStorm
      ? Array.from({ length: storms }, () => [
          { duration: 1, arrivalCount: people },
          { pause: STORM_S - 1 },
        ]).flat()
      : [{ duration: 2, arrivalCount: people }],
    http: { timeout: 20 },
  };
  const report = join(folder, `${name}.json`);
  const child = spawn(
    'npx',
    [
      ...['--yes', ARTILLERY, 'run', '--quiet', '--output', report],
      ...['--overrides', JSON.stringify({ config }), join(import.meta.dirname, `${name}.yml`)],
    ],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ARTILLERY_DISABLE_TELEMETRY: 'true' },
    },
  );
  process.stdout.write(`\n${name}: ${people} people, ${seconds} s\n`);
  const stopTelling = tellProgress(name, url);
  const [code] = await once(child, 'exit');
  stopTelling();
  if (code !== 0) {
    throw new Error(`Artillery ended with ${code}`);
  }
  return JSON.parse(readFileSync(report, 'utf8')).aggregate as Counted;
}

function tellProgress(name: string, url: string): () => void {
  const startedAt = performance.now();
  let before: Figures | undefined;
  const timer = setInterval(async () => {
    const now = await readFigures(url);
    before ??= now;
    const since = difference(now, before);
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    const told =
      now.size === 0
        ? ''
        : `, ${sumOf(now, 'trumpet_sockets')} sockets, ${sumOf(since, 'trumpet_delivery_delay_seconds_count')} events delivered`;
    process.stdout.write(`  ${name}: ${seconds} s${told}\n`);
  }, TELL_EVERY_MS);
  return () => clearInterval(timer);
}

function summaryOf(
  name: string,
  target: Target,
  seconds: number,
  { counters, summaries }: Counted,
  figures: Figures,
): string {
  const count = (key: string) => counters[key] ?? 0;
  const ms = (value: number | undefined) =>
    value === undefined ? 'none' : `${Math.round(value * 1_000)} ms`;
  const errors = Object.entries(counters)
    .filter(([key]) => key.startsWith('errors.'))
    .map(([key, times]) => `${times} × ${key.slice('errors.'.length)}`);
  const refusals = [...figures]
    .filter(([series, times]) => series.startsWith('trumpet_graphql_errors_total{') && times > 0)
    .map(([series, times]) => `${times} × ${/code="([^"]+)"/.exec(series)?.[1]}`);
  const delays = ([0.5, 0.95, 0.99] as const).map((part) =>
    ms(within(figures, 'trumpet_delivery_delay_seconds', part)),
  );
  const delivered = sumOf(figures, 'trumpet_delivery_delay_seconds_count');
  const response = summaries['http.response_time'];
  const lines: [string, string][] = [
    ['came, and ended well', `${count('vusers.created')}, ${count('vusers.completed')}`],
    ...(response === undefined
      ? ([['frames sent', String(count('websocket.messages_sent'))]] as [string, string][])
      : ([
          ['requests', `${count('http.requests')}, ${count('http.codes.200')} of them with 200`],
          ['answers', `half within ${response.p50} ms, 99 of 100 within ${response.p99} ms`],
        ] as [string, string][])),
    ['errors', [...errors, ...refusals].join(', ') || 'none'],
  ];
  if (figures.size > 0) {
    lines.push(
      [
        'messages written',
        `${sumOf(figures, 'trumpet_written_messages_total')} (the last ten seconds may be missing)`,
      ],
      ...(delivered === 0
        ? []
        : ([
            ['events delivered', `${delivered}, each once a document`],
            ['delay', `half within ${delays[0]}, 95 of 100 ${delays[1]}, 99 of 100 ${delays[2]}`],
          ] as [string, string][])),
      [
        'processor',
        `${((100 * sumOf(figures, 'process_cpu_seconds_total')) / seconds).toFixed(0)} % of a core, the server alone`,
      ],
    );
  }
  return `\n${name}, ${target.people} people\n${lines
    .map(([what, value]) => `  ${what.padEnd(22)} ${value}`)
    .join('\n')}\n`;
}

await main();
