import { z } from 'zod';

/** What a hook says of a message. */
export type HookAnswer =
  | { readonly verdict: 'allow' }
  | { readonly verdict: 'refuse'; readonly reason: string; readonly code: string | null }
  | { readonly verdict: 'change'; readonly content: string }
  | { readonly verdict: 'hold'; readonly reason: string };

const MAX_REASON_LENGTH = 200;
const MAX_CONTENT_LENGTH = 8_000;

/** What is no text counts as left out. */
const text = z.string().default('').catch('');

/** One line, without what would end it or turn it around. */
const reason = (otherwise: string) =>
  text.transform((line) => {
    const plain = line
      .toWellFormed()
      .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\s]+/gu, ' ')
      .trim();
    return [...plain].slice(0, MAX_REASON_LENGTH).join('') || otherwise;
  });

const answerShape = z.discriminatedUnion('verdict', [
  z.object({ verdict: z.literal('allow') }),
  z.object({
    verdict: z.literal('refuse'),
    reason: reason('This message was refused.'),
    code: z
      .string()
      .regex(/^[\w.-]{1,64}$/)
      .nullable()
      .default(null)
      .catch(null),
  }),
  z.object({ verdict: z.literal('change'), content: z.string() }),
  z.object({ verdict: z.literal('hold'), reason: reason('Held by a hook.') }),
]);

/** What counts where the text that a hook has made is none: its sender may have written what becomes too long. */
const NOT_SENDABLE: HookAnswer = {
  verdict: 'refuse',
  reason: 'What a hook has made of this message cannot be sent.',
  code: 'NOT_SENDABLE',
};

/** The answer of a hook; undefined for what is none. */
export function readHookAnswer(body: string): HookAnswer | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  const { data } = answerShape.safeParse(value);
  return data?.verdict === 'change' && !isSendable(data.content) ? NOT_SENDABLE : data;
}

function isSendable(text: string): boolean {
  return (
    text.isWellFormed() &&
    !text.includes('\0') &&
    text.trim() !== '' &&
    [...text].length <= MAX_CONTENT_LENGTH
  );
}
