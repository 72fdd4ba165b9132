import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname } from 'node:path';

/** One line of a benchmark: what was measured, beside what, and what it should reach. */
export interface Row {
  readonly bench: string;
  readonly measured: string;
  readonly baseline: string;
  readonly ratio: number;
  readonly goal: { readonly atLeast: number } | { readonly atMost: number };
  /** What limits it, or what else was seen. */
  readonly remark?: string;
  /** The bench that it came from, and how long that took, where all of it ran. */
  readonly command?: string;
  readonly seconds?: number;
}

export function reaches({ ratio, goal }: Row): boolean {
  return 'atLeast' in goal ? ratio >= goal.atLeast : ratio <= goal.atMost;
}

export function machine(): string {
  const [cpu] = cpus();
  return `${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}${commit()}`;
}

/** Empty outside of a git checkout. */
function commit(): string {
  const git = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' });
  return git.status === 0 ? `, commit ${git.stdout.trim()}` : '';
}

export function table(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const goal = 'atLeast' in row.goal ? `≥ ${row.goal.atLeast}` : `≤ ${row.goal.atMost}`;
    return `| ${row.bench} | ${row.measured} | ${row.baseline} | ${row.ratio.toFixed(2)} | ${goal} | ${reaches(row) ? 'yes' : 'no'} | ${row.remark ?? ''} |`;
  });
  return [
    '| bench | measured | baseline, same run | ratio | goal | reached | remark |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n');
}

/** What was recorded, with where. */
export function readResults(jsonFile: string): readonly (Row & { readonly machine: string })[] {
  try {
    return JSON.parse(readFileSync(jsonFile, 'utf8'));
  } catch {
    return []; // Nothing yet.
  }
}

/** Replaces the lines of these benches in the JSON file and writes the Markdown anew from all of it. */
export function save(jsonFile: string, markdownFile: string, rows: readonly Row[]): void {
  const measured = new Set(rows.map((row) => row.bench));
  const earlier = readResults(jsonFile);
  const all = [
    ...earlier.filter((row) => !measured.has(row.bench)),
    ...rows.map((row) => ({ ...row, machine: machine() })),
  ];
  mkdirSync(dirname(jsonFile), { recursive: true });
  writeFileSync(jsonFile, `${JSON.stringify(all, null, 2)}\n`);
  const machines = [...new Set(all.map((row) => row.machine))];
  writeFileSync(
    markdownFile,
    [
      '# Benchmarks',
      '',
      'Written by `npm run bench -- --record`. Server, database and load share the machine, so compare ratios and not figures.',
      '',
      table(all),
      ...machines.map((name) => `- ${name}`),
      '',
    ].join('\n'),
  );
}
