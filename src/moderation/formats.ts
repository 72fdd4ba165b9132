import { z } from 'zod';
import {
  ACTIONS,
  type Action,
  type ActionsByCategory,
  type FormatName,
} from '../config/moderation.ts';

/** What a service says of one text; null when it has nothing against it. */
export type Judgement = { readonly action: Action; readonly reason: string } | null;

/** How one kind of service is asked, and how its answers are read. Pure: sending is done in service.ts. */
export interface Format {
  requestBody(texts: readonly string[], model: string): unknown;
  /**
   * @returns one judgement a text, in their order
   * @throws ZodError when the answer is of another shape
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

const verdictsAnswer = z.object({
  verdicts: z.array(z.object({ action: z.enum(ACTIONS), reason: z.string().max(400) }).nullable()),
});

/** For a service of one's own: `{"texts": […]}` is answered with `{"verdicts": [null, {"action", "reason"}, …]}`. */
const verdicts: Format = {
  requestBody: (texts) => ({ texts }),
  readAnswer: (answer) => verdictsAnswer.parse(answer).verdicts,
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
  return { action, reason: `Moderation service: ${named.join(', ')}`.slice(0, 400) };
}
