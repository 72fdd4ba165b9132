/** What a message quotes. docs/concepts/forwards.md has the shape. */
export interface Quote {
  readonly messageId: string;
  /** Null while the message that quotes is not sent yet, and once what it quoted was removed. */
  readonly seq: number | null;
  readonly authorId: string | null;
  /** Null while the message that quotes is not sent yet, unless a passage was chosen. */
  readonly content: string | null;
  readonly isPart: boolean;
  readonly isRemoved: boolean;
  /** When what it quotes disappears, and is shown here no more either. */
  readonly disappearsAt: string | null;
}

/** What the database has let in is as it should be; what an import has brought may not be: then there is none. */
export function quoteOf(metadata: unknown): Quote | undefined {
  const found = (metadata as { quote?: unknown } | null)?.quote;
  const { messageId, seq, authorId, content, isPart, isRemoved, disappearsAt } = (found ??
    {}) as Record<string, unknown>;
  if (typeof messageId !== 'string') {
    return undefined;
  }
  return {
    messageId,
    seq: typeof seq === 'number' ? seq : null,
    authorId: typeof authorId === 'string' ? authorId : null,
    content: typeof content === 'string' ? content : null,
    isPart: isPart === true,
    isRemoved: isRemoved === true,
    disappearsAt: typeof disappearsAt === 'string' ? disappearsAt : null,
  };
}

/** Whether a message was forwarded: nobody but the server can say that it was. */
export function isForwarded(metadata: unknown): boolean {
  return typeof metadata === 'object' && metadata !== null && 'forward' in metadata;
}
