import { z } from 'zod';
import { origins, timeLimit } from './fields.ts';

/** How webhooks are told what happens, from the environment. */
export interface WebhookSettings {
  /** Origins that are told wherever they lead, such as servers of one's own network. */
  readonly trustedOrigins: readonly string[];
  /** How long one answer may take. */
  readonly timeoutMs: number;
}

export const webhooksShape = z.object({
  WEBHOOK_TRUSTED_ORIGINS: origins.default([]),
  WEBHOOK_TIMEOUT_MS: timeLimit.default(10_000),
});

export function webhookSettings(settings: z.output<typeof webhooksShape>): WebhookSettings {
  return Object.freeze({
    trustedOrigins: settings.WEBHOOK_TRUSTED_ORIGINS,
    timeoutMs: settings.WEBHOOK_TIMEOUT_MS,
  });
}
