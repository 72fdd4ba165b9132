/** Lets through what is said of each thing once in an interval; the last word always. */
export interface Throttle<Word> {
  hear(key: string, word: Word): void;
  release(): void;
}

interface ThrottleOptions<Word> {
  readonly tell: (key: string, word: Word) => void;
  /** Whether a word says nothing that has not been told. */
  readonly isSame: (told: Word, word: Word) => boolean;
  /** Whether a word is told at once, though another was told a moment ago. */
  readonly isUrgent?: (told: Word, word: Word) => boolean;
  /** Whether a word is told at all; what is not is forgotten. */
  readonly isAllowed?: (word: Word) => boolean;
}

const INTERVAL_MS = 1_000;

interface Told<Word> {
  word: Word;
  waiting: { readonly word: Word } | undefined;
  readonly timer: NodeJS.Timeout;
}

export function createThrottle<Word>(options: ThrottleOptions<Word>): Throttle<Word> {
  const { tell, isSame, isUrgent = () => false, isAllowed = () => true } = options;
  const told = new Map<string, Told<Word>>();

  function pass(key: string, word: Word): void {
    if (!isAllowed(word)) {
      return;
    }
    const timer = setTimeout(() => {
      const { word: last, waiting } = told.get(key) as Told<Word>;
      told.delete(key);
      if (waiting !== undefined && !isSame(last, waiting.word)) {
        pass(key, waiting.word);
      }
    }, INTERVAL_MS);
    timer.unref();
    told.set(key, { word, waiting: undefined, timer });
    tell(key, word);
  }

  return {
    hear(key, word) {
      const earlier = told.get(key);
      if (earlier === undefined) {
        pass(key, word);
      } else if (isUrgent(earlier.word, word)) {
        earlier.word = word;
        earlier.waiting = undefined;
        tell(key, word);
      } else {
        earlier.waiting = { word };
      }
    },
    release() {
      for (const { timer } of told.values()) {
        clearTimeout(timer);
      }
      told.clear();
    },
  };
}
