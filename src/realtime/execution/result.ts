import { randomBytes } from 'node:crypto';

/** A computed event, serialised once for all who get it. */
export interface SharedResult {
  /** Typing and presence: the first to go when a reader is slow. */
  readonly isFleeting: boolean;
  readonly byteLength: number;
  /** The GraphQL result as JSON, with this cursor where one is selected. */
  json(cursor: string): Buffer;
}

/**
 * Stands where a `cursor` is selected. The cursor depends on how far a subscriber has come with all
 * other rooms, so it is put in when the result is sent. It is random, so that nobody can write it.
 */
export const CURSOR_PLACEHOLDER = `cursor-${randomBytes(24).toString('base64url')}`;

export function shareResult(text: string, isFleeting: boolean): SharedResult {
  const [first, ...rest] = text.split(CURSOR_PLACEHOLDER).map((part) => Buffer.from(part)) as [
    Buffer,
    ...Buffer[],
  ];
  let latest: { readonly cursor: string; readonly json: Buffer } | undefined;
  return {
    isFleeting,
    byteLength: rest.reduce((sum, part) => sum + part.length, first.length),
    json(cursor) {
      if (rest.length === 0) {
        return first;
      }
      if (latest?.cursor !== cursor) {
        const inserted = Buffer.from(cursor);
        const json = Buffer.concat([first, ...rest.flatMap((part) => [inserted, part])]);
        latest = { cursor, json };
      }
      return latest.json;
    },
  };
}

/**
 * Results that go out together: one write a socket, however many they are. What a transport makes of
 * them is kept for the next socket that wants the same.
 */
export interface Batch {
  readonly results: readonly SharedResult[];
  /** @param key everything that `encode` depends on beside the results */
  encoded(key: string, encode: (results: readonly SharedResult[]) => Buffer): Buffer;
}

/** Ids of subscriptions are often all different; then keeping more would only cost memory. */
const MAX_ENCODINGS = 8;

export function createBatch(results: readonly SharedResult[]): Batch {
  const encodings = new Map<string, Buffer>();
  return {
    results,
    encoded(key, encode) {
      let bytes = encodings.get(key);
      if (bytes === undefined) {
        bytes = encode(results);
        if (encodings.size < MAX_ENCODINGS) {
          encodings.set(key, bytes);
        }
      }
      return bytes;
    },
  };
}
