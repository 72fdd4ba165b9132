import { z } from 'zod';
import { flag, origins } from './fields.ts';

/** What is fetched to show what links lead to, from the environment. */
export interface LinkSettings {
  /** Origins that are asked wherever they lead, such as servers of one's own network. */
  readonly trustedOrigins: readonly string[];
}

export const linksShape = z.object({
  LINK_PREVIEWS: flag.default(true),
  LINK_PREVIEW_TRUSTED_ORIGINS: origins.default([]),
});

/** Undefined: links have no previews. */
export function linkSettings(settings: z.output<typeof linksShape>): LinkSettings | undefined {
  return settings.LINK_PREVIEWS
    ? Object.freeze({ trustedOrigins: settings.LINK_PREVIEW_TRUSTED_ORIGINS })
    : undefined;
}
