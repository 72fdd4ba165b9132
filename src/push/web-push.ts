import { ECDH } from 'node:crypto';
import webPush from 'web-push';
import type { VapidKeys } from '../config/push.ts';
import {
  type Delivery,
  type Device,
  isUrgent,
  type PushChannel,
  type PushContent,
  TIME_TO_LIVE_SECONDS,
  tagOf,
  UnusableTargetError,
} from './channel.ts';
import { checkEndpoint, type EndpointRules } from './endpoint-guard.ts';
import { type Answer, type GuardedClient, retryAfterMs } from './guarded-request.ts';
import { guardedSend } from './guarded-send.ts';

export interface WebPushOptions {
  readonly vapid: VapidKeys;
  /** `mailto:` or `https:`; whom a push service may ask about us. */
  readonly subject: string;
  readonly client: GuardedClient;
  readonly rules: EndpointRules;
}

/** Web Push (RFC 8030), encrypted (RFC 8291) and signed (RFC 8292): any browser. */
export function createWebPushChannel(options: WebPushOptions): PushChannel {
  return {
    async prepare(device, content) {
      // A browser shows something for every push, whatever the page says: there is no silent one.
      if (content.type === 'clear') {
        throw new Error('A browser takes no silent push');
      }
      const { endpoint, headers, body } = seal(device, content, options);
      const request = { method: 'POST', url: endpoint, headers, body } as const;
      return guardedSend(options.client, request, deliveryOf);
    },
  };
}

function seal(device: Device, content: PushContent, options: WebPushOptions) {
  if (device.vapidPublicKey !== null && device.vapidPublicKey !== options.vapid.publicKey) {
    throw new UnusableTargetError('old_key', 'Subscribed with a VAPID key that is no longer ours');
  }
  const keys = { p256dh: device.p256dh ?? '', auth: device.auth ?? '' };
  const endpoint = usableEndpoint(device.endpoint, options.rules);
  checkKeys(keys);
  const { headers, body } = webPush.generateRequestDetails(
    { endpoint, keys },
    JSON.stringify({ ...content, tag: tagOf(content) }),
    {
      vapidDetails: { ...options.vapid, subject: options.subject },
      TTL: TIME_TO_LIVE_SECONDS,
      urgency: isUrgent(content) ? 'high' : 'normal',
      // At the push service, too, a newer push replaces the older one of its room, or reminder: 32 characters.
      topic: (content.type === 'reminder' ? content.reminderId : content.roomId).replaceAll(
        '-',
        '',
      ),
    },
  );
  return { endpoint, headers: { ...headers }, body };
}

function usableEndpoint(endpoint: string, rules: EndpointRules): string {
  try {
    return checkEndpoint(endpoint, rules).href;
  } catch (error) {
    throw new UnusableTargetError('endpoint_refused', (error as Error).message);
  }
}

/** A public key is a point of P-256; the secret has 16 bytes (RFC 8291, section 2). */
function checkKeys({ p256dh, auth }: { p256dh: string; auth: string }): void {
  const point = Buffer.from(p256dh, 'base64url');
  try {
    ECDH.convertKey(point, 'prime256v1');
  } catch {
    throw new UnusableTargetError('bad_keys', 'p256dh is no public key');
  }
  if (point.length !== 65 || Buffer.from(auth, 'base64url').length < 16) {
    throw new UnusableTargetError('bad_keys', 'p256dh or auth has the wrong length');
  }
}

/** What the answer of a push service means (RFC 8030, section 8.4 on 429). */
export function deliveryOf(answer: Answer): Delivery {
  const cause = `status_${answer.status}`;
  if (answer.status >= 200 && answer.status < 300) {
    return { outcome: 'sent' };
  }
  if (answer.status === 404 || answer.status === 410) {
    return { outcome: 'gone', cause };
  }
  if (answer.status === 429 || answer.status >= 500) {
    const wait = retryAfterMs(answer.headers);
    return { outcome: 'refused', cause, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
  }
  return { outcome: 'failed', cause };
}
