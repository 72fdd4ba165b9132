import { z } from 'zod';
import { timeLimit, urlOf } from './fields.ts';

/** What is to become of a message, from the mildest to the strongest. */
export const ACTIONS = ['flag', 'hold', 'delete'] as const;
export type Action = (typeof ACTIONS)[number];

/** The name of a category, `*` for every other, and what to do about it. */
export type ActionsByCategory = Readonly<Record<string, Action>>;

/** The kinds of services that can be asked: src/moderation/formats.ts. */
const FORMAT_NAMES = ['openai', 'verdicts'] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];

export interface ModerationSettings {
  /** Where texts are sent to. */
  readonly url: string;
  /** Sent as `Authorization: Bearer …`. */
  readonly apiKey: string | undefined;
  readonly format: FormatName;
  readonly model: string;
  /** For one answer. */
  readonly timeoutMs: number;
  readonly actions: ActionsByCategory;
}

const actionsByCategory = z
  .string()
  .refine(
    (text) => text.split(',').every((pair) => pairOf(pair) !== undefined),
    `must be pairs like sexual/minors=delete,hate=hold,*=flag with ${ACTIONS.join(', ')}`,
  )
  .transform((text) =>
    Object.fromEntries(text.split(',').map((pair) => pairOf(pair) as [string, Action])),
  );

function pairOf(text: string): [string, Action] | undefined {
  const [category, name, ...rest] = text.split('=').map((part) => part.trim());
  const action = ACTIONS.find((candidate) => candidate === name);
  return category && action && rest.length === 0 ? [category, action] : undefined;
}

export const moderationShape = z.object({
  MODERATION_URL: urlOf(
    ['http:', 'https:'],
    'must be a URL like https://api.openai.com/v1/moderations',
  ).optional(),
  MODERATION_API_KEY: z.string().optional(),
  MODERATION_FORMAT: z
    .enum(FORMAT_NAMES, { error: `must be one of ${FORMAT_NAMES.join(', ')}` })
    .default('openai'),
  MODERATION_MODEL: z.string().default('omni-moderation-latest'),
  MODERATION_TIMEOUT_MS: timeLimit.default(5_000),
  MODERATION_ACTIONS: actionsByCategory.default({ '*': 'flag' }),
});

/** @returns undefined when no service is to be asked */
export function moderationSettings(
  settings: z.output<typeof moderationShape>,
): ModerationSettings | undefined {
  return settings.MODERATION_URL === undefined
    ? undefined
    : Object.freeze({
        url: settings.MODERATION_URL,
        apiKey: settings.MODERATION_API_KEY,
        format: settings.MODERATION_FORMAT,
        model: settings.MODERATION_MODEL,
        timeoutMs: settings.MODERATION_TIMEOUT_MS,
        actions: settings.MODERATION_ACTIONS,
      });
}
