/** What people read of an error: it ends as a sentence does, and the compiler sees to it. */
export type Sentence = `${string}.` | `${string}?`;

/** The words of somebody else, such as a library, as a sentence. */
export function sentence(words: string): Sentence {
  return /[.?]$/.test(words) ? (words as Sentence) : `${words}.`;
}
