import { z } from 'zod';
import type { Environment } from './environment.ts';
import { base64url, flag, jsonFile, origins, textFile, urlOf } from './fields.ts';
import type { ServerSettings } from './server.ts';

/** How people are notified, from the environment. What is undefined is off. */
export interface PushSettings {
  /** How long a message may be read before it is pushed. */
  readonly delayMs: number;
  /** From the environment; undefined: made up once and kept in `dataDir`. */
  readonly vapid: VapidKeys | undefined;
  readonly vapidSubject: string;
  /** Push services beside the well-known ones. */
  readonly trustedOrigins: readonly string[];
  readonly dataDir: string;
  readonly fcm: { readonly account: ServiceAccount; readonly origin: string } | undefined;
  readonly apns: ApnsSettings | undefined;
  readonly email: EmailSettings | undefined;
}

export interface VapidKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** The fields we need of a service account's key, as Google's console gives it for download. */
export const serviceAccountShape = z.object({
  project_id: z.string().regex(/^[a-z0-9-]+$/),
  client_email: z.email(),
  private_key: z.string().includes('PRIVATE KEY'),
  token_uri: z.url({ protocol: /^https$/ }),
});

export type ServiceAccount = z.infer<typeof serviceAccountShape>;

export interface ApnsSettings {
  /** The `.p8` file's content: an EC key that Apple gave for the team. */
  readonly key: string;
  readonly keyId: string;
  readonly teamId: string;
  /** The app's bundle id. */
  readonly topic: string;
  /** `https://api.push.apple.com`, or `https://api.sandbox.push.apple.com` for development builds. */
  readonly origin: string;
}

export interface EmailSettings {
  /** Such as `smtps://user:password@mail.example.org`. */
  readonly smtpUrl: string;
  /** Such as `Trumpet <chat@example.org>`. */
  readonly from: string;
  /** Where people open the chat, and below which this server answers; left out of the mail when not known. */
  readonly publicUrl: string | undefined;
}

export const pushShape = z.object({
  PUSH_DELAY_MS: z
    .string()
    .regex(/^\d{1,6}$/, 'must be a whole number of milliseconds')
    .transform(Number)
    .default(5_000),
  PUSH_TRUSTED_ORIGINS: origins.default([]),
  VAPID_PUBLIC_KEY: base64url(65).optional(),
  VAPID_PRIVATE_KEY: base64url(32).optional(),
  VAPID_SUBJECT: urlOf(['mailto:', 'https:'], 'must be a URL like mailto:you@example.org').default(
    'mailto:nobody@example.org',
  ),
  FCM_SERVICE_ACCOUNT_FILE: jsonFile(serviceAccountShape).optional(),
  APNS_KEY_FILE: textFile().optional(),
  APNS_KEY_ID: z.string().length(10, 'must have 10 characters').optional(),
  APNS_TEAM_ID: z.string().length(10, 'must have 10 characters').optional(),
  APNS_TOPIC: z.string().optional(),
  APNS_SANDBOX: flag.default(false),
  SMTP_URL: urlOf(['smtp:', 'smtps:'], 'must be a URL like smtps://user:password@host').optional(),
  EMAIL_FROM: z.string().optional(),
});

/** Settings that come in sets: half a set is a mistake, not a channel that is off. */
const PUSH_SETS = [
  ['VAPID_PUBLIC_KEY', 'VAPID_PRIVATE_KEY'],
  ['APNS_KEY_FILE', 'APNS_KEY_ID', 'APNS_TEAM_ID', 'APNS_TOPIC'],
  ['SMTP_URL', 'EMAIL_FROM'],
] as const;

export function pushProblems(env: Environment): string[] {
  return PUSH_SETS.flatMap((names) => {
    const missing = names.filter((name) => env[name] === undefined);
    return missing.length === 0 || missing.length === names.length
      ? []
      : [`${missing.join(', ')} must be set too: ${names.join(', ')} belong together`];
  });
}

export function pushSettings(
  settings: z.output<typeof pushShape>,
  { dataDir, publicUrl }: Pick<ServerSettings, 'dataDir' | 'publicUrl'>,
): PushSettings {
  const { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey } = settings;
  const {
    APNS_KEY_FILE: key,
    APNS_KEY_ID: keyId,
    APNS_TEAM_ID: teamId,
    APNS_TOPIC: topic,
  } = settings;
  const { SMTP_URL: smtpUrl, EMAIL_FROM: from } = settings;
  const account = settings.FCM_SERVICE_ACCOUNT_FILE;
  const apnsHost = settings.APNS_SANDBOX ? 'api.sandbox.push.apple.com' : 'api.push.apple.com';
  return {
    delayMs: settings.PUSH_DELAY_MS,
    vapid: publicKey && privateKey ? { publicKey, privateKey } : undefined,
    vapidSubject: settings.VAPID_SUBJECT,
    trustedOrigins: settings.PUSH_TRUSTED_ORIGINS,
    dataDir,
    fcm: account && { account, origin: 'https://fcm.googleapis.com' },
    apns:
      key && keyId && teamId && topic
        ? { key, keyId, teamId, topic, origin: `https://${apnsHost}` }
        : undefined,
    email: smtpUrl && from ? { smtpUrl, from, publicUrl } : undefined,
  };
}
