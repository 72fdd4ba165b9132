import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { importPKCS8, SignJWT } from 'jose';
import type { ApnsSettings } from '../config/push.ts';
import { wallClockMs } from '../process/clock.ts';
import {
  type Delivery,
  isUrgent,
  type OpenSend,
  type PushChannel,
  type PushContent,
  type RefusedDelivery,
  TIME_TO_LIVE_SECONDS,
  tagOf,
} from './channel.ts';

const TIMEOUT_MS = 10_000;
/** Apple wants a token renewed between every 20 and every 60 minutes. */
const TOKEN_AGE_MS = 45 * 60_000;
/** Answers are a line of JSON. */
const ANSWER_CAP_BYTES = 4_096;

const NOT_REACHED: RefusedDelivery = { outcome: 'refused', cause: 'not_reached' };

/** What Apple says of a token that no push will ever reach. */
const GONE = new Set(['BadDeviceToken', 'DeviceTokenNotForTopic', 'Unregistered', 'ExpiredToken']);

/** The Apple Push Notification service over HTTP/2, with token authentication: iOS apps. */
export function createApnsChannel(options: ApnsSettings): PushChannel {
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
        'apns-priority': isUrgent(content) ? '10' : '5',
        'apns-collapse-id': tagOf(content),
        'apns-expiration': String(Math.floor(wallClockMs() / 1_000) + TIME_TO_LIVE_SECONDS),
      };
      const body = JSON.stringify(payloadFor(content));
      return {
        async open() {
          const stream = await connection.open(headers);
          return stream === undefined
            ? NOT_REACHED
            : openSend(stream, body, (delivery) => {
                if (delivery.outcome === 'refused' && delivery.cause === 'ExpiredProviderToken') {
                  tokens.forget();
                }
              });
        },
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

function createTokenSource({ key, keyId, teamId }: ApnsSettings) {
  let token: { readonly value: string; readonly madeAt: number } | undefined;
  return {
    async current(): Promise<string> {
      if (token === undefined || performance.now() - token.madeAt > TOKEN_AGE_MS) {
        const value = await new SignJWT({})
          .setProtectedHeader({ alg: 'ES256', kid: keyId })
          .setIssuer(teamId)
          .setIssuedAt()
          .sign(await importPKCS8(key, 'ES256'));
        token = { value, madeAt: performance.now() };
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

  function current(): ClientHttp2Session {
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
    /** A stream whose headers are sent and whose body is not; undefined when there is no connection. */
    async open(headers: Record<string, string>): Promise<ClientHttp2Stream | undefined> {
      const connected = current();
      try {
        if (connected.connecting) {
          await once(connected, 'connect', { signal: AbortSignal.timeout(TIMEOUT_MS) });
        }
        return connected.request(headers);
      } catch {
        return undefined;
      }
    },
    close(): void {
      session?.close();
    },
  };
}

function openSend(
  stream: ClientHttp2Stream,
  body: string,
  onDelivery: (delivery: Delivery) => void,
): OpenSend {
  let finished = false;
  let status = 0;
  let answer = '';
  const closed = new Promise<void>((resolve) => stream.once('close', resolve));
  stream.setTimeout(TIMEOUT_MS, () => stream.close(constants.NGHTTP2_CANCEL));
  stream.setEncoding('utf8');
  stream.on('response', (received) => {
    status = Number(received[constants.HTTP2_HEADER_STATUS]);
  });
  stream.on('data', (chunk: string) => {
    answer = (answer + chunk).slice(0, ANSWER_CAP_BYTES);
  });
  stream.on('error', () => {}); // `close` follows.
  return {
    async finish() {
      finished = !stream.destroyed;
      stream.end(body);
      await closed;
      // A stream that the server refused was not looked at (RFC 9113, section 8.7).
      const unsent = !finished || stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
      const silence: Delivery = unsent ? NOT_REACHED : { outcome: 'failed', cause: 'not_answered' };
      const delivery = status === 0 ? silence : deliveryOf(status, answer);
      onDelivery(delivery);
      return delivery;
    },
    abandon() {
      stream.close(constants.NGHTTP2_CANCEL);
    },
  };
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
