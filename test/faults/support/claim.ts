import { percentile } from '../../../testing/send.ts';
import { check, type Reading, type RoomTable, type Send, summarise } from '../checker.ts';

/** One promise under one fault, and what was seen of it. */
export interface Claim {
  readonly promise: string;
  readonly measured: string;
  readonly holds: boolean;
  /** It is about a time, which a busy machine can miss without anything being wrong. */
  readonly isTime?: boolean;
}

export function atMost(promise: string, measured: number, limit: number, unit: string): Claim {
  const text = Math.abs(measured) >= 10 ? measured.toFixed(0) : measured.toFixed(2);
  return {
    promise,
    measured: `${text} ${unit}`,
    holds: measured <= limit,
    isTime: unit.startsWith('s'),
  };
}

/** The slowest of several rounds counts; the median says whether it was an exception. */
export function eachAtMost(
  promise: string,
  roundsMs: readonly number[],
  limitSeconds: number,
): Claim {
  const slowest = Math.max(...roundsMs) / 1_000;
  const median = percentile(roundsMs, 0.5) / 1_000;
  return atMost(promise, slowest, limitSeconds, `s at most, ${median.toFixed(1)} s in the median`);
}

export function exactly(promise: string, measured: number, wanted: number): Claim {
  return { promise, measured: measured.toLocaleString('en'), holds: measured === wanted };
}

/** Nothing lost, doubled, reordered or invented, from the writers to the table and from there to the readers. */
export function faithful(
  tables: readonly RoomTable[],
  sends: readonly Send[],
  readings: readonly Reading[],
): Claim {
  const findings = check(tables, sends, readings);
  report(findings);
  const events = readings.reduce((sum, { sights }) => sum + sights.length, 0);
  const acknowledged = sends.filter(({ outcome }) => outcome === 'acknowledged').length;
  return {
    promise:
      '0 acknowledged messages lost, 0 doubled, order kept, every reader has every event once',
    measured: `${summarise(findings)}, in ${acknowledged.toLocaleString('en')} acknowledged sends and ${events.toLocaleString('en')} events read`,
    holds: findings.length === 0,
  };
}

const MAX_REPORTED = 10;

/** Tells the first of what was found wrong. */
export function report(
  findings: readonly { readonly kind: string; readonly what: string }[],
): void {
  for (const { kind, what } of findings.slice(0, MAX_REPORTED)) {
    console.log(`  ${kind}: ${what}`);
  }
}
