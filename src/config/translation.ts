import { z } from 'zod';
import { timeLimit, urlOf } from './fields.ts';

/** The kinds of services that can be asked: src/translation/services.ts. */
const SERVICE_KINDS = ['libretranslate', 'apertium'] as const;
export type ServiceKind = (typeof SERVICE_KINDS)[number];

export interface TranslationSettings {
  /** What the paths of the service's interface are added to. */
  readonly url: string;
  readonly apiKey: string | undefined;
  readonly kind: ServiceKind;
  /** For one answer. */
  readonly timeoutMs: number;
}

export const translationShape = z.object({
  TRANSLATION_URL: urlOf(
    ['http:', 'https:'],
    'must be a URL like http://localhost:5000',
  ).optional(),
  TRANSLATION_API_KEY: z.string().optional(),
  TRANSLATION_SERVICE: z
    .enum(SERVICE_KINDS, { error: `must be one of ${SERVICE_KINDS.join(', ')}` })
    .default('libretranslate'),
  TRANSLATION_TIMEOUT_MS: timeLimit.default(5_000),
});

/** @returns undefined when nothing is to be translated */
export function translationSettings(
  settings: z.output<typeof translationShape>,
): TranslationSettings | undefined {
  return settings.TRANSLATION_URL === undefined
    ? undefined
    : Object.freeze({
        url: settings.TRANSLATION_URL.replace(/\/+$/, ''),
        apiKey: settings.TRANSLATION_API_KEY,
        kind: settings.TRANSLATION_SERVICE,
        timeoutMs: settings.TRANSLATION_TIMEOUT_MS,
      });
}
