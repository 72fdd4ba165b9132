import { z } from 'zod';
import {
  ACTIONS,
  type Action,
  type ActionsByCategory,
  type FormatName,
} from '../config/moderation.ts';

/** What a service says of one text: what is to be done, null when it has nothing against it, or nothing that is understood. */
export type Judgement = { readonly action: Action; readonly reason: string } | null | 'unreadable';

const MAX_REASON_LENGTH = 400;

/** How one kind of service is asked, and how its answers are read. Pure: sending is done in service.ts. */
export interface Format {
  requestBody(texts: readonly string[], model: string): unknown;
  /**
   * @returns one judgement a text, in their order
   * @throws ZodError when the answer as a whole is of another shape
   */
  readAnswer(answer: unknown, actions: ActionsByCategory): Judgement[];
}

const openaiAnswer = z.object({
  results: z.array(
    z.object({ flagged: z.boolean(), categories: z.record(z.string(), z.boolean().nullable()) }),
  ),
});

/**
 * OpenAI's `POST /v1/moderations`, which many services and self-hosted classifiers speak too:
 * https://platform.openai.com/docs/api-reference/moderations
 */
const openai: Format = {
  requestBody: (texts, model) => ({ model, input: texts }),
  readAnswer: (answer, actions) =>
    openaiAnswer.parse(answer).results.map(({ flagged, categories }) => {
      const found = Object.keys(categories).filter((category) => categories[category]);
      return flagged ? strongest(found.length > 0 ? found : ['flagged'], actions) : null;
    }),
};

const verdictsAnswer = z.object({ verdicts: z.array(z.unknown()) });

const verdict = z
  .object({ action: z.enum(ACTIONS), reason: z.string().nullish() })
  .transform(({ action, reason }) => ({ action, reason: presentable(reason ?? '') }))
  .nullable();

/** For a service of one's own: `{"texts": […]}` is answered with `{"verdicts": [null, {"action", "reason"}, …]}`. */
const verdicts: Format = {
  requestBody: (texts) => ({ texts }),
  readAnswer: (answer) =>
    verdictsAnswer.parse(answer).verdicts.map((one): Judgement => {
      const { success, data } = verdict.safeParse(one);
      return success ? data : 'unreadable';
    }),
};

export const FORMATS: Readonly<Record<FormatName, Format>> = { openai, verdicts };

function strongest(categories: readonly string[], actions: ActionsByCategory): Judgement {
  const judged = categories.flatMap((category) => {
    const action = actions[category] ?? actions['*'];
    return action === undefined ? [] : { category, action };
  });
  const action = ACTIONS.findLast((candidate) => judged.some((one) => one.action === candidate));
  if (action === undefined) {
    return null;
  }
  const named = judged.filter((one) => one.action === action).map(({ category }) => category);
  return { action, reason: presentable(`Moderation service: ${named.join(', ')}`) };
}

/** A reason as moderators can read it and Postgres can keep it: what is to be done is done whatever the reason is. */
function presentable(reason: string): string {
  const text = reason
    .toWellFormed()
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim();
  return Array.from(text || 'Moderation service')
    .slice(0, MAX_REASON_LENGTH)
    .join('');
}
