import { createHmac } from 'node:crypto';

/** What is signed: the Standard Webhooks specification, https://www.standardwebhooks.com. */
export interface SignedContent {
  /** The same for every try: whoever gets it twice drops it by this. */
  readonly id: string;
  /** When it is sent, in seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/** The headers that tell who sent this, and when; signed with each of the secrets, the newest first. */
export function signatureHeaders(
  { id, timestamp, body }: SignedContent,
  secrets: readonly Buffer[],
): Record<string, string> {
  const signatures = secrets.map(
    (secret) =>
      `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  );
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  };
}
