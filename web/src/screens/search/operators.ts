/** What can be typed beside words, as docs/search.md has it. */
export const OPERATORS = [
  { typed: 'from:', means: 'from' },
  { typed: 'in:', means: 'in' },
  { typed: 'mentions:', means: 'mentions' },
  { typed: 'before:', means: 'before' },
  { typed: 'after:', means: 'after' },
  { typed: 'has:file', means: 'hasFile' },
  { typed: 'is:pinned', means: 'isPinned' },
  { typed: 'is:reply', means: 'isReply' },
] as const;

export type Meaning = (typeof OPERATORS)[number]['means'];

/** What is being typed at the end of what stands before the caret. */
export interface Typing {
  /** Where the word begins. */
  readonly start: number;
  /** A minus before an operator turns it round. */
  readonly minus: '' | '-';
  /** The operator whose value is typed, such as `from`; undefined while it is the operator itself. */
  readonly operator: 'from' | 'in' | 'mentions' | 'before' | 'after' | undefined;
  readonly value: string;
}

/** The word before the caret, if it may be or become an operator: nothing is one inside of quotation marks. */
export function typingAt(text: string, caret: number): Typing | undefined {
  const before = text.slice(0, caret);
  if ((before.match(/"/g)?.length ?? 0) % 2 === 1) {
    return undefined;
  }
  const word = before.match(/\S*$/)?.[0] ?? '';
  const match = /^(-?)(?:(from|in|mentions|before|after):)?(.*)$/.exec(word);
  if (match === null || word === '') {
    return undefined;
  }
  return {
    start: caret - word.length,
    minus: match[1] === '-' ? '-' : '',
    operator: match[2] as Typing['operator'],
    value: match[3] ?? '',
  };
}

/** The operators that begin as the word does. */
export function operatorsFor({ value }: Typing): readonly (typeof OPERATORS)[number][] {
  return OPERATORS.filter(({ typed }) => typed.startsWith(value.toLowerCase()) && typed !== value);
}

/** Times that are looked for: this year, this month, today, in the form of the operators, in UTC as they are. */
export function timesFor(value: string, now: Date): readonly string[] {
  const day = now.toISOString().slice(0, 10);
  return [day, day.slice(0, 7), day.slice(0, 4)].filter((time) => time.startsWith(value));
}

/** The text with the word at the caret replaced, and where the caret is then. */
export function complete(
  text: string,
  caret: number,
  typing: Typing,
  completion: string,
): { readonly text: string; readonly caret: number } {
  const isDone = !completion.endsWith(':');
  const replaced = `${text.slice(0, typing.start)}${typing.minus}${completion}${isDone ? ' ' : ''}`;
  return { text: replaced + text.slice(caret).trimStart(), caret: replaced.length };
}
