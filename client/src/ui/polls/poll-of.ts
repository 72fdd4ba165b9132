/** The poll of a message, with its results as they were last counted. docs/concepts/polls.md has the shape. */
export interface Poll {
  readonly answers: readonly string[];
  readonly maxChoices: number;
  readonly isAnonymous: boolean;
  readonly closesAt: string | null;
  readonly closedAt: string | null;
  /** Of each answer, in their order. */
  readonly counts: readonly number[];
  readonly voterCount: number;
}

/** What the database has let in is as it should be; what an import has brought may not be: then there is none. */
export function pollOf(metadata: unknown): Poll | undefined {
  const found = (metadata as { poll?: unknown } | null)?.poll;
  const { answers, maxChoices, isAnonymous, closesAt, closedAt, counts, voterCount } = (found ??
    {}) as Record<string, unknown>;
  if (!Array.isArray(answers) || !answers.every((answer) => typeof answer === 'string')) {
    return undefined;
  }
  return {
    answers,
    maxChoices: numberOr(maxChoices, 1),
    isAnonymous: isAnonymous === true,
    closesAt: momentOr(closesAt),
    closedAt: momentOr(closedAt),
    counts: answers.map((_, at) => numberOr(Array.isArray(counts) ? counts[at] : undefined, 0)),
    voterCount: numberOr(voterCount, 0),
  };
}

function numberOr(value: unknown, other: number): number {
  return typeof value === 'number' ? value : other;
}

function momentOr(value: unknown): string | null {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? value : null;
}
