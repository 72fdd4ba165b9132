import { join } from 'node:path';
import { z } from 'zod';
import type { Environment } from './environment.ts';
import { hostAndPort, urlOf, wholeNumber } from './fields.ts';

const MEGABYTE = 1_000_000;
/** The database counts files as an integer. */
const MOST_OF_AN_INTEGER = 2_147_483_647;

/** Where attachments are kept, and how much of them one person may send. */
export interface AttachmentSettings {
  /** Absolute path; used unless there is an S3 bucket. */
  readonly directory: string;
  readonly s3: S3Settings | undefined;
  readonly maxBytes: number;
  /** For one person within 24 hours. */
  readonly maxBytesADay: number;
  readonly maxFilesADay: number;
  /** The virus scanner that has to pass every file. */
  readonly clamd: { readonly host: string; readonly port: number } | undefined;
}

export interface S3Settings {
  readonly bucket: string;
  readonly region: string;
  /** Undefined for Amazon's own. */
  readonly endpoint: string | undefined;
  /** Undefined leaves it to the SDK: its environment variables, files, or the machine's role. */
  readonly credentials:
    | { readonly accessKeyId: string; readonly secretAccessKey: string }
    | undefined;
}

export const attachmentShape = z.object({
  ATTACHMENT_MAX_BYTES: wholeNumber(1).default(100 * MEGABYTE),
  ATTACHMENT_MAX_BYTES_A_DAY: wholeNumber(1).default(2_000 * MEGABYTE),
  ATTACHMENT_MAX_FILES_A_DAY: wholeNumber(1, MOST_OF_AN_INTEGER).default(500),
  S3_BUCKET: z.string().optional(),
  S3_REGION: z.string().default('us-east-1'),
  S3_ENDPOINT: urlOf(['http:', 'https:'], 'must be a URL like https://s3.example.org').optional(),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  CLAMD_URL: hostAndPort.optional(),
});

/** Half a storage is none. */
export function attachmentProblems(env: Environment): string[] {
  const problems: string[] = [];
  if (env.S3_BUCKET === undefined) {
    const useless = ['S3_REGION', 'S3_ENDPOINT', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'];
    problems.push(
      ...useless
        .filter((name) => env[name] !== undefined)
        .map((name) => `${name} needs S3_BUCKET beside it`),
    );
  }
  if ((env.S3_ACCESS_KEY_ID === undefined) !== (env.S3_SECRET_ACCESS_KEY === undefined)) {
    problems.push('S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY go together');
  }
  return problems;
}

export function attachmentSettings(
  settings: z.output<typeof attachmentShape>,
  dataDir: string,
): AttachmentSettings {
  const { S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = settings;
  return Object.freeze({
    directory: join(dataDir, 'attachments'),
    s3:
      S3_BUCKET === undefined
        ? undefined
        : {
            bucket: S3_BUCKET,
            region: settings.S3_REGION,
            endpoint: settings.S3_ENDPOINT,
            credentials:
              S3_ACCESS_KEY_ID === undefined || S3_SECRET_ACCESS_KEY === undefined
                ? undefined
                : { accessKeyId: S3_ACCESS_KEY_ID, secretAccessKey: S3_SECRET_ACCESS_KEY },
          },
    maxBytes: settings.ATTACHMENT_MAX_BYTES,
    maxBytesADay: settings.ATTACHMENT_MAX_BYTES_A_DAY,
    maxFilesADay: settings.ATTACHMENT_MAX_FILES_A_DAY,
    clamd: settings.CLAMD_URL,
  });
}
