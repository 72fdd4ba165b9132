import { TrumpetError } from '../../errors/codes.ts';

/*
 * A place in the log of a room: behind which change. The number alone does not say which change it was: after a
 * failover that lost commits, or with the data of yesterday, another one may have it. So a place also has the moment of
 * the change in microseconds, which the log keeps and a dump takes along. The same number with another moment is another
 * history, and whoever knows that one has to begin anew.
 */

export interface LogPlace {
  /** The number of the last change that is known. */
  readonly seq: number;
  /** When it occurred, in microseconds since 1970; null where that is not known, and nothing is compared. */
  readonly at: number | null;
}

/** What clients resume from: opaque to them, but for the number that it begins with. */
export function encodePlace({ seq, at }: LogPlace): string {
  return at === null ? `${seq}` : `${seq}-${at.toString(36)}`;
}

/**
 * Reads what `encodePlace` wrote; a number alone is a place, too. One that is too large to be exact is ahead of every log
 * all the same.
 *
 * @throws TrumpetError BAD_INPUT when it is neither.
 */
export function decodePlace(text: string): LogPlace {
  const [, seq, at] = /^(\d+)(?:-([0-9a-z]{1,10}))?$/.exec(text) ?? [];
  if (seq === undefined) {
    throw new TrumpetError(
      'BAD_INPUT',
      '`after` is neither a changeSeq of this room nor a cursor of its events.',
    );
  }
  return { seq: Number(seq), at: at === undefined ? null : Number.parseInt(at, 36) };
}

export function placeOf(change: {
  readonly changeSeq: number;
  readonly occurredAt: string;
}): LogPlace {
  return { seq: change.changeSeq, at: microseconds(change.occurredAt) };
}

/** Whether two places that have the same number are places in different histories. */
export function isOtherHistory(one: LogPlace, other: LogPlace): boolean {
  return one.seq === other.seq && one.at !== null && other.at !== null && one.at !== other.at;
}

/** Of a moment as Postgres writes it in JSON, with up to six digits behind the point, which may be missing. */
export function microseconds(moment: string): number {
  const fraction = /\.(\d+)/.exec(moment)?.[1] ?? '';
  return Date.parse(moment) * 1_000 + Number(fraction.padEnd(6, '0').slice(3, 6));
}

/** SQL for the `at` of a moment. */
export function microsecondsOf(moment: string): string {
  return `(extract(epoch from ${moment}) * 1000000)::bigint`;
}

/** SQL for the moment of an `at`. */
export function momentOf(at: string): string {
  return `(timestamptz 'epoch' + ${at} * interval '1 microsecond')`;
}
