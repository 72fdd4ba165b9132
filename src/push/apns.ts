import { type ClientHttp2Session, connect, constants } from 'node:http2';
import { importPKCS8, SignJWT } from 'jose';
import {
  type Delivery,
  type PushChannel,
  type PushContent,
  TIME_TO_LIVE_SECONDS,
  tagOf,
} from './channel.ts';

export interface ApnsOptions {
  /** The `.p8` file's content: an EC key that Apple gave for the team. */
  readonly key: string;
  readonly keyId: string;
  readonly teamId: string;
  /** The app's bundle id. */
  readonly topic: string;
  /** `https://api.push.apple.com`, or `https://api.sandbox.push.apple.com` for development builds. */
  readonly origin: string;
}

const TIMEOUT_MS = 10_000;
/** Apple wants a token renewed between every 20 and every 60 minutes. */
const TOKEN_AGE_MS = 45 * 60_000;
/** Answers are a line of JSON. */
const ANSWER_CAP_BYTES = 4_096;

/** What Apple says of a token that no push will ever reach. */
const GONE = new Set(['BadDeviceToken', 'DeviceTokenNotForTopic', 'Unregistered', 'ExpiredToken']);

/** The Apple Push Notification service over HTTP/2, with token authentication: iOS apps. */
export function createApnsChannel(options: ApnsOptions): PushChannel {
  const tokens = createTokenSource(options);
  const connection = createConnection(options.origin);
  return {
    async prepare(device, content) {
      const headers = {
        [constants.HTTP2_HEADER_METHOD]: 'POST',
        [constants.HTTP2_HEADER_PATH]: `/3/device/${device.endpoint}`,
        authorization: `bearer ${await tokens.current()}`,
        'apns-topic': options.topic,
        'apns-push-type': content.type === 'clear' ? 'background' : 'alert',
        'apns-priority': content.type === 'message' && content.urgent ? '10' : '5',
        'apns-collapse-id': tagOf(content),
        'apns-expiration': String(Math.floor(Date.now() / 1_000) + TIME_TO_LIVE_SECONDS),
      };
      const body = JSON.stringify(payloadFor(content));
      return async () => {
        const delivery = await connection.send(headers, body);
        if (delivery.outcome === 'refused' && delivery.cause === 'ExpiredProviderToken') {
          tokens.forget();
        }
        return delivery;
      };
    },
    async close() {
      connection.close();
    },
  };
}

function payloadFor(content: PushContent) {
  if (content.type === 'clear') {
    // A background push may not carry anything to show: the app sets the badge itself.
    return { aps: { 'content-available': 1 }, ...content };
  }
  const { title, body, badge, ...data } = content;
  return {
    aps: { alert: { title, body }, badge, sound: 'default', 'thread-id': tagOf(content) },
    ...data,
  };
}

function createTokenSource({ key, keyId, teamId }: ApnsOptions) {
  let token: { readonly value: string; readonly madeAt: number } | undefined;
  return {
    async current(): Promise<string> {
      if (token === undefined || Date.now() - token.madeAt > TOKEN_AGE_MS) {
        const value = await new SignJWT({})
          .setProtectedHeader({ alg: 'ES256', kid: keyId })
          .setIssuer(teamId)
          .setIssuedAt()
          .sign(await importPKCS8(key, 'ES256'));
        token = { value, madeAt: Date.now() };
      }
      return token.value;
    },
    forget(): void {
      token = undefined;
    },
  };
}

/** One connection for all pushes, as Apple asks; a new one when it has ended. */
function createConnection(origin: string) {
  let session: ClientHttp2Session | undefined;

  function open(): ClientHttp2Session {
    if (session === undefined || session.closed || session.destroyed) {
      const fresh = connect(origin);
      fresh.on('error', () => {}); // Each stream hears of it too.
      fresh.on('goaway', () => fresh.close());
      fresh.unref();
      session = fresh;
    }
    return session;
  }

  return {
    send(headers: Record<string, string>, body: string): Promise<Delivery> {
      return new Promise((resolve) => {
        const connected = open();
        const stream = connected.request(headers);
        let status = 0;
        let answer = '';
        let reached = !connected.connecting;
        connected.once('connect', () => {
          reached = true;
        });
        stream.setTimeout(TIMEOUT_MS, () => stream.close(constants.NGHTTP2_CANCEL));
        stream.setEncoding('utf8');
        stream.on('response', (received) => {
          status = Number(received[constants.HTTP2_HEADER_STATUS]);
        });
        stream.on('data', (chunk: string) => {
          answer = (answer + chunk).slice(0, ANSWER_CAP_BYTES);
        });
        stream.on('error', () => {}); // `close` follows.
        stream.on('close', () => {
          // A stream that the server refused was not looked at (RFC 9113, section 8.7).
          const unsent = !reached || stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
          resolve(status === 0 ? deliveryOfSilence(unsent) : deliveryOf(status, answer));
        });
        stream.end(body);
      });
    },
    close(): void {
      session?.close();
    },
  };
}

function deliveryOfSilence(unsent: boolean): Delivery {
  return unsent
    ? { outcome: 'refused', cause: 'not_reached' }
    : { outcome: 'failed', cause: 'not_answered' };
}

function deliveryOf(status: number, body: string): Delivery {
  if (status === 200) {
    return { outcome: 'sent' };
  }
  const cause = reasonOf(body) ?? `status_${status}`;
  if (status === 410 || GONE.has(cause)) {
    return { outcome: 'gone', cause };
  }
  if (status === 429 || status >= 500 || cause === 'ExpiredProviderToken') {
    return { outcome: 'refused', cause };
  }
  return { outcome: 'failed', cause };
}

function reasonOf(body: string): string | undefined {
  const [, reason] = /"reason"\s*:\s*"([A-Za-z]{1,50})"/.exec(body) ?? [];
  return reason;
}
