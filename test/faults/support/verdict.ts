import { checkReading, checkSends, checkTable, type RoomTable, type Send } from '../checker.ts';
import type { Hearing, Stretch } from './resuming-listener.ts';

/* What writers and listeners recorded, against the tables as they are in the end. Pure. */

export interface Verdict {
  readonly acknowledged: number;
  /** Acknowledged, and not there. */
  readonly lost: number;
  /** Messages that are there twice, in another order, or that nobody sent. */
  readonly wrong: number;
  /** Events that listeners had, of changes that are not there any more, with RESYNC behind them. */
  readonly takenBack: number;
  /** The same without RESYNC: this must not be. */
  readonly takenBackSilently: number;
  /** Events that a listener should have had, or had twice or in another order. */
  readonly missed: number;
  /** How often a listener was told RESYNC for a room, and how often it had not got anything yet of what was lost. */
  readonly resyncs: number;
  readonly resyncsAhead: number;
  readonly events: number;
  /** The first findings, in words. */
  readonly findings: readonly string[];
}

export function judge(
  tables: readonly RoomTable[],
  sends: readonly Send[],
  hearings: readonly Hearing[],
): Verdict {
  const ofSends = [...tables.flatMap(checkTable), ...checkSends(tables, sends)];
  const byRoom = new Map(tables.map((table) => [table.roomId, table]));
  const findings = ofSends.map(({ what }) => what);
  const sum = { takenBack: 0, takenBackSilently: 0, missed: 0, resyncs: 0, ahead: 0, events: 0 };
  for (const { listener, roomId, stretches } of hearings) {
    const table = byRoom.get(roomId) as RoomTable;
    for (const [index, stretch] of stretches.entries()) {
      sum.events += stretch.sights.length;
      const gone = goneOf(table, stretch);
      if (index < stretches.length - 1) {
        sum.resyncs += 1;
        sum.ahead += gone === 0 ? 1 : 0;
        sum.takenBack += gone;
        sum.missed += gapsOf(stretch);
        continue;
      }
      const found = checkReading(table, {
        reader: listener,
        roomId,
        after: stretch.after,
        sights: stretch.sights,
        mayRepeat: false,
      });
      findings.push(...found.map(({ what }) => what));
      sum.takenBackSilently += gone;
      sum.missed += found.length - gone;
    }
  }
  const { ahead: resyncsAhead, ...rest } = sum;
  return {
    ...rest,
    resyncsAhead,
    acknowledged: sends.filter(({ outcome }) => outcome === 'acknowledged').length,
    lost: ofSends.filter(({ kind }) => kind === 'lost').length,
    wrong: ofSends.filter(({ kind }) => kind !== 'lost').length,
    findings: findings.slice(0, 10),
  };
}

/** How many of these events are of changes that are not there. */
function goneOf(table: RoomTable, { sights }: Stretch): number {
  return sights.filter(
    ({ changeSeq, messageId }) => table.changes[changeSeq - 1]?.messageId !== messageId,
  ).length;
}

/** How often the next event was not that of the next change. */
function gapsOf({ after, sights }: Stretch): number {
  return sights.filter(({ changeSeq }, index) => changeSeq !== after + index + 1).length;
}
