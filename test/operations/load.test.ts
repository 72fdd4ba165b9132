import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { difference, sumOf, within } from '../../load/metrics.ts';
import { parseFrame } from '../../src/realtime/transports/json/client-frames.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(join(REPOSITORY, name), 'utf8');

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: REPOSITORY,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...(args.includes('--record') && { FAULTS_SIZE: 'small' }) },
  });
  return { status, stdout, stderr };
}

test.each(['bench/run.ts', 'test/faults/run.ts', 'load/run.ts'])(
  '%s says what there is, how long it takes, and begins nothing',
  (script) => {
    const { status, stdout } = run(script, '--help');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^npm run [a-z:]+ \[-- \w+ …\]/);
    expect(stdout).not.toMatch(/begins at|Starting/);
  },
);

test('every bench is in the help with what it is about', () => {
  const lines = run('bench/run.ts', '--help').stdout.match(/^ {2}\S.*$/gm) ?? [];
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.filter((line) => !/^ {2}\S+ +(?:\?|\d+ s) {2}\S/.test(line))).toEqual([]);
});

test.each([
  ['bench/run.ts', 'nonsense'],
  ['test/faults/run.ts', 'nonsense'],
  ['load/run.ts', 'nonsense'],
  ['load/run.ts', '--people=many'],
  ['load/run.ts', '--seconds=0'],
])('%s %s says what there is instead, and begins nothing', (...args) => {
  const { status, stdout, stderr } = run(...args);
  expect(status).toBe(1);
  expect(stdout).toMatch(/^(?:No such \w+: nonsense\.|--\w+ is a number)[^\n]*\n\nnpm run /);
  expect(stderr).toBe('');
  expect(stdout).not.toMatch(/begins at|Starting/);
});

test('what is small is not recorded', () => {
  const { status, stderr } = run('test/faults/run.ts', '--record');
  expect(status).toBe(1);
  expect(stderr).toMatch(/^Only the full size is recorded/);
});

test('the load speaks the JSON protocol and the schema as they are', () => {
  const scripts = readdirSync(join(REPOSITORY, 'load')).filter((name) => name.endsWith('.yml'));
  expect(scripts).toHaveLength(3);
  const frames = scripts.flatMap((name) =>
    Array.from(read(`load/${name}`).matchAll(/send: (\{.*\})$/gm), ([, frame = '']) =>
      frame
        .replaceAll('{{ room_id }}', randomUUID())
        .replaceAll('{{ user_id }}', randomUUID())
        .replaceAll(/(\w+): (?=[\w"])/g, '"$1": ')
        .replaceAll(/: (\w+)([,} ])/g, ': "$1"$2'),
    ),
  );
  expect(frames.length).toBeGreaterThanOrEqual(5);
  expect(frames.map(parseFrame).filter((parsed) => 'problem' in parsed)).toEqual([]);

  const schema = buildSchema(read('schema.graphql'));
  const documents = Array.from(
    read('load/graphql.yml').matchAll(/query: >-\n([\s\S]*?)\n +variables/g),
    ([, text = '']) => text,
  );
  expect(documents).toHaveLength(2);
  expect(documents.flatMap((text) => validate(schema, parse(text)))).toEqual([]);
});

test('the summary reads histograms of all labels together', () => {
  const figures = new Map([
    ['delay_bucket{le="0.1",transport="json"}', 60],
    ['delay_bucket{le="1",transport="json"}', 98],
    ['delay_bucket{le="+Inf",transport="json"}', 100],
    ['delay_bucket{le="0.1",transport="sse"}', 100],
    ['delay_bucket{le="1",transport="sse"}', 100],
    ['delay_bucket{le="+Inf",transport="sse"}', 100],
    ['delay_count{transport="json"}', 100],
    ['delay_count{transport="sse"}', 100],
  ]);
  expect([0.5, 0.99, 1].map((part) => within(figures, 'delay', part))).toEqual([
    0.1,
    1,
    Number.POSITIVE_INFINITY,
  ]);
  expect(sumOf(figures, 'delay_count')).toBe(200);
  expect(within(difference(figures, figures), 'delay', 0.5)).toBeUndefined();
});
