/** So many examples of each kind are named. */
const EXAMPLES = 10;

/**
 * What an import had to bend, and what it could not take. Sentences are kinds: each is counted, and the first that it was
 * about are named.
 */
export interface Report {
  /** @param subject what it is about: a file, a name, the source id of a message */
  note(sentence: string, subject: string, count?: number): void;
  readonly notes: ReadonlyMap<string, Note>;
  /** For people, a line a kind. */
  lines(): string[];
}

export interface Note {
  readonly count: number;
  readonly examples: readonly string[];
}

export function createReport(): Report {
  const notes = new Map<string, { count: number; examples: string[] }>();
  return {
    notes,
    note(sentence, subject, count = 1) {
      const note = notes.get(sentence) ?? { count: 0, examples: [] };
      note.count += count;
      if (note.examples.length < EXAMPLES) {
        note.examples.push(shorten(subject));
      }
      notes.set(sentence, note);
    },
    lines() {
      return [...notes].map(
        ([sentence, { count, examples }]) =>
          `${count.toLocaleString('en')} × ${sentence}: ${examples.join(', ')}${count > examples.length ? ', …' : ''}`,
      );
    },
  };
}

/** A subject comes from outside: it has one line, and no end of the terminal's. */
function shorten(subject: string): string {
  const plain = subject.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '�');
  return plain.length > 100 ? `${plain.slice(0, 99)}…` : plain;
}
