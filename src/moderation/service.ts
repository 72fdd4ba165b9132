import type { ModerationSettings } from '../config/moderation.ts';
import { FORMATS, type Judgement } from './formats.ts';

/**
 * Asks about some texts.
 *
 * @returns one judgement a text, in their order
 * @throws when the service cannot be reached, takes too long, refuses, or answers what cannot be understood
 */
export type Judge = (texts: readonly string[]) => Promise<Judgement[]>;

export function createJudge(settings: ModerationSettings): Judge {
  const format = FORMATS[settings.format];

  return async function judge(texts) {
    const response = await fetch(settings.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(settings.apiKey !== undefined && { authorization: `Bearer ${settings.apiKey}` }),
      },
      body: JSON.stringify(format.requestBody(texts, settings.model)),
      // The texts and the key go where the operator said, and nowhere else.
      redirect: 'error',
      signal: AbortSignal.timeout(settings.timeoutMs),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`The moderation service answered ${response.status}`);
    }
    const judgements = format.readAnswer(await response.json(), settings.actions);
    if (judgements.length !== texts.length) {
      throw new Error(
        `The moderation service answered ${judgements.length} times to ${texts.length} texts`,
      );
    }
    return judgements;
  };
}
