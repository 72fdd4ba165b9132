import { importPKCS8, SignJWT } from 'jose';
import { z } from 'zod';
import type { ServiceAccount } from '../config/push.ts';
import {
  type Delivery,
  isUrgent,
  type PushChannel,
  type PushContent,
  TIME_TO_LIVE_SECONDS,
  tagOf,
} from './channel.ts';
import type { Answer, GuardedClient } from './guarded-request.ts';
import { guardedSend } from './guarded-send.ts';
import { deliveryOf } from './web-push.ts';

export interface FcmOptions {
  readonly account: ServiceAccount;
  readonly client: GuardedClient;
  /** `https://fcm.googleapis.com`, but for tests. */
  readonly origin: string;
}

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const TOKEN_LIFETIME_SECONDS = 3_600;
/** A token is fetched anew when it has less left than this. */
const TOKEN_MARGIN_MS = 5 * 60_000;

/** Firebase Cloud Messaging, HTTP v1: Android apps. */
export function createFcmChannel(options: FcmOptions): PushChannel {
  const { account, client, origin } = options;
  const url = `${origin}/v1/projects/${account.project_id}/messages:send`;
  const tokens = createTokenSource(account, client);
  return {
    async prepare(device, content) {
      const token = await tokens.current();
      const body = JSON.stringify({ message: messageFor(device.endpoint, content) });
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      return guardedSend(client, { method: 'POST', url, headers, body }, (answer) => {
        if (answer.status === 401) {
          tokens.forget();
        }
        return deliveryOfAnswer(answer);
      });
    },
  };
}

function messageFor(token: string, content: PushContent) {
  const android = { ttl: `${TIME_TO_LIVE_SECONDS}s` };
  if (content.type === 'clear') {
    // Without `notification` nothing is shown: the app gets the data.
    return { token, data: asText({ ...content, tag: tagOf(content) }), android };
  }
  const { title, body, ...data } = content;
  return {
    token,
    notification: { title, body },
    data: asText({ ...data, tag: tagOf(content) }),
    android: {
      ...android,
      priority: isUrgent(content) ? 'high' : 'normal',
      notification: { tag: tagOf(content), notification_count: content.badge },
    },
  };
}

/** FCM's data takes text only. */
function asText(data: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

function deliveryOfAnswer(answer: Answer): Delivery {
  const code = errorCodeOf(answer.body);
  if (code === 'UNREGISTERED' || code === 'SENDER_ID_MISMATCH') {
    return { outcome: 'gone', cause: code.toLowerCase() };
  }
  if (answer.status === 401) {
    return { outcome: 'refused', cause: 'status_401' };
  }
  if (answer.status === 404) {
    // Without a code it is the project that does not exist, not the device.
    return { outcome: 'failed', cause: 'status_404' };
  }
  return deliveryOf(answer);
}

const errorShape = z.object({
  error: z.object({ details: z.array(z.looseObject({ errorCode: z.string().optional() })) }),
});

function errorCodeOf(body: string): string | undefined {
  try {
    const { error } = errorShape.parse(JSON.parse(body));
    return error.details.find((detail) => detail.errorCode !== undefined)?.errorCode;
  } catch {
    return undefined;
  }
}

const grantShape = z.object({ access_token: z.string(), expires_in: z.number() });

/** OAuth 2.0 for service accounts: a signed assertion is exchanged for a token of an hour (RFC 7523). */
function createTokenSource(account: ServiceAccount, client: GuardedClient) {
  let token: Promise<{ value: string; expiresAt: number }> | undefined;

  async function fetchToken() {
    const key = await importPKCS8(account.private_key, 'RS256');
    const assertion = await new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .setIssuer(account.client_email)
      .setAudience(account.token_uri)
      .setIssuedAt()
      .setExpirationTime(`${TOKEN_LIFETIME_SECONDS}s`)
      .sign(key);
    const answer = await client.send({
      method: 'POST',
      url: account.token_uri,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion,
      }).toString(),
    });
    if (answer.status !== 200) {
      throw new Error(`No token for FCM: status ${answer.status}`);
    }
    const grant = grantShape.parse(JSON.parse(answer.body));
    return { value: grant.access_token, expiresAt: performance.now() + grant.expires_in * 1_000 };
  }

  /** One fetch for however many pushes wait for it. */
  function renew() {
    const fresh = fetchToken();
    fresh.catch(() => {
      if (token === fresh) {
        token = undefined;
      }
    });
    token = fresh;
    return fresh;
  }

  return {
    async current(): Promise<string> {
      const asked = token ?? renew();
      const { value, expiresAt } = await asked;
      if (expiresAt - performance.now() > TOKEN_MARGIN_MS) {
        return value;
      }
      const next = token === asked || token === undefined ? renew() : token;
      return (await next).value;
    },
    forget(): void {
      token = undefined;
    },
  };
}
