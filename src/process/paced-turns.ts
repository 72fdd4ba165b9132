import { LRUCache } from 'lru-cache';

/*
 * The process does one thing at a time. What takes it milliseconds for one caller is done in turns: one after the other,
 * and after each a pause in which others are served, so that a hundred of them at once take no more of the process than
 * a few of them do.
 */
export interface PacedTurns {
  /** Resolves when it is this one's turn; undefined when it is now. */
  begin(key: string): Promise<void> | undefined;
  /** Tells what a turn has taken, or a part of it, in milliseconds, where that is more than two. */
  took(key: string, ms: number): void;
}

/** What a turn takes at least, in milliseconds: it is known only once it is over. */
const LEAST_MS = 2;
/** Whose turns are known; who is forgotten has their turn at once. */
const MAX_REMEMBERED = 10_000;

interface Line {
  /** When the next turn may begin, in milliseconds of performance.now(). */
  freeAt: number;
  /** Resolves when the last who wait have had their turn begin. */
  last: Promise<void> | undefined;
}

/** @param share the part of the process' time that one caller may have, between 0 and 1 */
export function createPacedTurns(share: number): PacedTurns {
  const lines = new LRUCache<string, Line>({ max: MAX_REMEMBERED });

  function use(line: Line, ms: number): void {
    line.freeAt = Math.max(line.freeAt, performance.now()) + ms * (1 / share - 1);
  }

  async function wait(line: Line, before: Promise<void> | undefined): Promise<void> {
    await before;
    for (
      let leftMs = line.freeAt - performance.now();
      leftMs > 0;
      leftMs = line.freeAt - performance.now()
    ) {
      await new Promise((resolve) => setTimeout(resolve, leftMs));
    }
    use(line, LEAST_MS);
  }

  return {
    begin(key) {
      const line = lines.get(key) ?? { freeAt: 0, last: undefined };
      lines.set(key, line);
      if (line.last === undefined && line.freeAt <= performance.now()) {
        use(line, LEAST_MS);
        return undefined;
      }
      const turn = wait(line, line.last).finally(() => {
        if (line.last === turn) {
          line.last = undefined;
        }
      });
      line.last = turn;
      return turn;
    },
    took(key, ms) {
      const line = lines.get(key);
      if (line !== undefined) {
        use(line, ms);
      }
    },
  };
}
