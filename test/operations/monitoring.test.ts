import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestWorld } from '../../testing/world.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(join(REPOSITORY, name), 'utf8');
/** Trumpet's own alerts, and those of a cluster of Patroni. */
const RULES = ['alerts', 'patroni-alerts'] as const;
const alertsOf = (rules: (typeof RULES)[number]) =>
  Array.from(
    read(`ops/prometheus/${rules}.yml`).matchAll(/alert: (\w+)[\s\S]*?severity: (\w+)/g),
    ([, name = '', severity = '']) => ({ name, severity }),
  );
const ALERTS = RULES.flatMap(alertsOf);

const { server, close } = await createTestWorld();
afterAll(close);

interface Metric {
  readonly type: string;
  readonly help: string;
}

/** What a server shows; a worker shows a part of it. */
async function readMetrics(): Promise<ReadonlyMap<string, Metric>> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const helps = new Map(
    Array.from(text.matchAll(/^# HELP (\S+) (.*)$/gm), ([, name = '', help = '']) => [name, help]),
  );
  return new Map(
    Array.from(text.matchAll(/^# TYPE (\S+) (\S+)$/gm), ([, name = '', type = '']) => [
      name,
      { type, help: helps.get(name) ?? '' },
    ]),
  );
}

/** The series that a query reads, which for a histogram are three. */
function seriesOf(metrics: ReadonlyMap<string, Metric>): Set<string> {
  return new Set(
    [...metrics].flatMap(([name, { type }]) =>
      type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name],
    ),
  );
}

const namesIn = (text: string) => text.match(/\b(?:trumpet|nodejs|process)_[a-z0-9_]+/g) ?? [];

test('the board shows nothing that is not measured', async () => {
  const { panels } = JSON.parse(read('ops/grafana/trumpet.json')) as {
    panels: { title: string; type: string; targets?: { expr: string }[] }[];
  };
  const known = seriesOf(await readMetrics());
  const unknown = panels.flatMap(({ title, targets = [] }) =>
    targets
      .flatMap(({ expr }) => namesIn(expr))
      .filter((name) => !known.has(name))
      .map((name) => `${title}: ${name}`),
  );
  expect(unknown).toEqual([]);
  const empty = panels.filter(({ type, targets = [] }) => type !== 'row' && targets.length === 0);
  expect(empty).toEqual([]);
});

test('the board shows all that is measured of Trumpet', async () => {
  const shown = new Set(namesIn(read('ops/grafana/trumpet.json')));
  const missing = [...(await readMetrics())]
    .filter(([name]) => name.startsWith('trumpet_'))
    .filter(([name]) => ![name, `${name}_bucket`, `${name}_count`].some((one) => shown.has(one)))
    .map(([name]) => name);
  expect(missing).toEqual(NOT_ON_THE_BOARD);
});

/** What nobody looks at in the course of time. */
const NOT_ON_THE_BOARD = [
  'trumpet_attachments_received_bytes_total',
  'trumpet_attachments_processing_seconds',
  'trumpet_hook_questions_total',
  'trumpet_feed_rooms',
  'trumpet_feed_last_sweep_seconds',
];

test('no alert asks for what is not measured', async () => {
  const known = seriesOf(await readMetrics());
  for (const file of ['alerts.yml', 'alerts.test.yml']) {
    const unknown = namesIn(read(`ops/prometheus/${file}`)).filter((name) => !known.has(name));
    expect(unknown).toEqual([]);
  }
});

test('every metric is in the documents, with what it tells', async () => {
  const document = read('docs/monitoring.md');
  const missing = [...(await readMetrics())]
    .filter(([name]) => name.startsWith('trumpet_'))
    .map(([name, { type, help }]) => `| \`${name}\` | ${type} | ${help} |`)
    .filter((line) => !document.includes(line));
  expect(missing).toEqual([]);
  const lines = document.match(/^\| `trumpet_/gm) ?? [];
  expect(lines).toHaveLength(new Set(document.match(/^\| `trumpet_\w+/gm)).size);
});

test('every alert has its place in the runbook, which says what it means, what to look at and what to do', () => {
  const sections = read('docs/runbook.md').split(/^## /m).slice(1);
  expect(sections.map((section) => section.split('\n')[0])).toEqual(ALERTS.map(({ name }) => name));
  for (const section of sections) {
    expect(section).toMatch(/^(Page|Ticket)\b/m);
    for (const part of ['Means', 'Look at', 'Do']) {
      expect(section).toMatch(new RegExp(`^- \\*\\*${part}\\*\\*: \\S`, 'm'));
    }
  }
});

test('the runbook says of each alert whether it wakes somebody', () => {
  const severities = new Map(ALERTS.map(({ name, severity }) => [name, severity]));
  for (const section of read('docs/runbook.md').split(/^## /m).slice(1)) {
    const [name = '', first = ''] = section.split('\n');
    expect(first.toLowerCase().startsWith(severities.get(name) ?? '?')).toBe(true);
  }
});

describe('with the promtool of Prometheus', () => {
  const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;
  if (!hasPromtool) {
    console.log('Skipped: promtool is not on this machine');
  }
  const testWithPromtool = hasPromtool ? test : test.skip;
  const promtool = (...args: string[]) =>
    execFileSync('promtool', args, {
      cwd: join(REPOSITORY, 'ops/prometheus'),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  test.each(RULES)('every alert of %s has been shown to fire, and to stay silent', (rules) => {
    const names = Array.from(
      read(`ops/prometheus/${rules}.test.yml`).matchAll(/- name: (.*)/g),
      ([, name]) => name,
    );
    expect(names).toEqual(
      alertsOf(rules).flatMap(({ name }) => [`${name} fires`, `${name} stays silent`]),
    );
  });

  testWithPromtool('alerts fire when they should, and say what they should', () => {
    promtool('check', 'config', 'prometheus.yml');
    for (const rules of RULES) {
      promtool('test', 'rules', `${rules}.test.yml`);
    }
  });
});
