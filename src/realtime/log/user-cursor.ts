import type { LogPlace } from './place.ts';

/*
 * Where to resume in all rooms of a person. A transaction horizon says what is known: every transaction with a lower id
 * had ended, and what it changed was handed over. Transaction ids are given anew after a restore, some of them after a
 * crash; so a cursor also says in which run of the database it was made, and names a change of that time. Whether the
 * database that is there now goes on from that, is asked of both: see user-start.ts.
 */

export interface UserCursor {
  /** A 64-bit transaction id in decimal. */
  readonly horizon: string;
  /** The id of a row of app_private.database_runs. */
  readonly run: string;
  /** The latest change that its maker knew of when it was sent; undefined when it knew none. */
  readonly witness: Witness | undefined;
}

/** A change of a room that stands for the history that it is in. */
export interface Witness {
  readonly roomId: string;
  readonly place: LogPlace;
}

const VERSION = 1;
const BYTES = 1 + 8 + 8 + 16 + 8 + 8;
const NO_ROOM = '0'.repeat(32);

/** A cursor as clients get it: opaque. */
export function encodeCursor({ horizon, run, witness }: UserCursor): string {
  const bytes = Buffer.alloc(BYTES);
  bytes.writeUInt8(VERSION);
  bytes.writeBigUInt64BE(BigInt(horizon), 1);
  bytes.writeBigUInt64BE(BigInt(run), 9);
  bytes.write(witness?.roomId.replaceAll('-', '') ?? NO_ROOM, 17, 'hex');
  bytes.writeBigUInt64BE(BigInt(witness?.place.seq ?? 0), 33);
  bytes.writeBigUInt64BE(BigInt(witness?.place.at ?? 0), 41);
  return bytes.toString('base64url');
}

/** The inverse; undefined for what is none of ours. */
export function decodeCursor(text: string): UserCursor | undefined {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== BYTES || bytes[0] !== VERSION) {
    return undefined;
  }
  const [horizon, run, seq, at] = [1, 9, 33, 41].map((offset) => bytes.readBigInt64BE(offset));
  const values = [horizon, run, seq, at] as [bigint, bigint, bigint, bigint];
  if (values.some((value) => value < 0n)) {
    return undefined;
  }
  const hex = bytes.toString('hex', 17, 33);
  const roomId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return {
    horizon: String(values[0]),
    run: String(values[1]),
    witness:
      hex === NO_ROOM
        ? undefined
        : { roomId, place: { seq: Number(values[2]), at: Number(values[3]) } },
  };
}

/**
 * Encodes cursors as of now: a cursor stays where it is for a second, and meanwhile its receiver sees changes. Whoever
 * comes back with it must not be served by a history that lacks those. Many have the same at the same time.
 */
export function createCursorEncoder(
  latest: () => Witness | undefined,
): (cursor: UserCursor) => string {
  let last: { cursor: UserCursor; witness: Witness | undefined; text: string } | undefined;
  return function encodeAsOfNow(cursor) {
    const witness = laterWitness(cursor.witness, latest());
    if (last?.cursor !== cursor || last.witness !== witness) {
      last = { cursor, witness, text: encodeCursor({ ...cursor, witness }) };
    }
    return last.text;
  };
}

/** The later of two changes, as far as is known. */
export function laterWitness(
  one: Witness | undefined,
  other: Witness | undefined,
): Witness | undefined {
  return (one?.place.at ?? -1) >= (other?.place.at ?? -1) ? one : other;
}
