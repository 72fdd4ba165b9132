import { z } from 'zod';
import { StartError } from '../process/start-error.ts';
import type { TracingSettings } from '../process/tracing-settings.ts';
import { type AccountSettings, accountSettings, accountsShape } from './accounts.ts';
import {
  type AttachmentSettings,
  attachmentProblems,
  attachmentSettings,
  attachmentShape,
} from './attachments.ts';
import {
  type DatabaseSettings,
  databaseProblems,
  databaseSettings,
  databaseShape,
} from './database.ts';
import { type IssuerSettings, issuersShape } from './issuers.ts';
import { type LinkSettings, linkSettings, linksShape } from './links.ts';
import { type ModerationSettings, moderationSettings, moderationShape } from './moderation.ts';
import { type ProviderSettings, providerSettings, providersShape } from './providers.ts';
import { type PushSettings, pushProblems, pushSettings, pushShape } from './push.ts';
import { type ServerSettings, serverSettings, serverShape } from './server.ts';
import { tracingSettings, tracingShape } from './tracing.ts';
import { type TranslationSettings, translationSettings, translationShape } from './translation.ts';
import { type WebhookSettings, webhookSettings, webhooksShape } from './webhooks.ts';

/**
 * The environment, checked once. Nothing else in the process reads `process.env` for a setting
 * (the log level is the one exception: see src/process/log.ts). One file a topic, each with its shape, checks and type.
 */
export interface Config extends ServerSettings, DatabaseSettings {
  readonly accounts: AccountSettings;
  readonly attachments: AttachmentSettings;
  readonly push: PushSettings;
  /** The service that is asked about every message. Undefined: none. */
  readonly moderation: ModerationSettings | undefined;
  /** The service that translates. Undefined: none. */
  readonly translation: TranslationSettings | undefined;
  /** How what links lead to is fetched. Undefined: it is not. */
  readonly links: LinkSettings | undefined;
  readonly webhooks: WebhookSettings;
  /** How traces are recorded. Undefined: they are not. */
  readonly tracing: TracingSettings | undefined;
  /** Whose access tokens are taken beside our own. */
  readonly issuers: readonly IssuerSettings[];
  /** With whom people may sign in on the page. */
  readonly providers: readonly ProviderSettings[];
}

/** A `Config` whose database is up and whose secrets are known. */
export interface ResolvedConfig extends Config {
  readonly databaseUrl: string;
  readonly authDatabaseUrl: string;
  readonly jwtSecret: string;
}

export class ConfigError extends StartError {
  /** One sentence a problem, each beginning with the setting's name. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      [
        problems.length === 1 ? 'A setting is wrong:' : `${problems.length} settings are wrong:`,
        ...problems.map((problem) => `  ${problem}.`),
      ].join('\n'),
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Every setting. */
export const environmentShape = z.object({
  ...serverShape.shape,
  ...databaseShape.shape,
  ...accountsShape.shape,
  ...attachmentShape.shape,
  ...linksShape.shape,
  ...moderationShape.shape,
  ...translationShape.shape,
  ...pushShape.shape,
  ...webhooksShape.shape,
  ...issuersShape.shape,
  ...providersShape.shape,
  ...tracingShape.shape,
});

/**
 * Reads the settings from an environment. An empty value counts as not set.
 *
 * @throws ConfigError that lists every problem at once.
 */
export function loadConfig(env: Record<string, string | undefined>): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environmentShape.safeParse(present);
  const problems = [
    ...(parsed.error?.issues ?? []).map((issue) => `${issue.path.join('.')} ${issue.message}`),
    ...databaseProblems(present),
    ...attachmentProblems(present),
    ...pushProblems(present),
  ];
  if (!parsed.success || problems.length > 0) {
    throw new ConfigError(problems);
  }
  const values = parsed.data;
  const database = databaseSettings(values);
  const server = serverSettings(values, database.embedded);
  return Object.freeze({
    ...server,
    ...database,
    accounts: accountSettings(values),
    attachments: attachmentSettings(values, server.dataDir),
    push: Object.freeze(pushSettings(values, server)),
    moderation: moderationSettings(values),
    translation: translationSettings(values),
    links: linkSettings(values),
    webhooks: webhookSettings(values),
    issuers: values.AUTH_ISSUERS,
    providers: providerSettings(values),
    tracing: tracingSettings(values),
  });
}
