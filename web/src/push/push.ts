import { type Client, NetworkError, TrumpetError, throwDefect } from 'trumpet-client';
import { readNote, writeNote } from 'trumpet-client/notes';
import {
  PushKeyDocument,
  SubscribeToPushDocument,
  UnsubscribeFromPushDocument,
} from '../generated.ts';
import { createValue } from '../value.ts';
import { forgetPushOwner, pushOwner, setPushOwner } from './owner.ts';

/*
 * Notifications while the page is closed. They are asked for when somebody has sent a first message, or in the settings,
 * and not before: a browser asks once, and who says no to a page that they do not know has said it for ever.
 */

export type PushState =
  /** This browser, or this server, has none. */
  | 'unsupported'
  /** The person has told the browser no. */
  | 'denied'
  | 'off'
  | 'on';

export const pushState = createValue<PushState>('unsupported');
/** Whether it is to be asked now. */
export const isPushOffered = createValue(false);

/** Who has been asked, and has not wanted it. */
const DECLINED_KEY = 'trumpet push declined';

/** What `pushManager.subscribe` may take: some browsers never answer when their push service is not there. */
const SUBSCRIBE_TIMEOUT_MS = 20_000;

/** Follows who is signed in, and renews what they have subscribed to: once a start, as docs/push.md says. */
export function watchPush(client: Client): void {
  if (!('PushManager' in globalThis) || !('Notification' in globalThis)) {
    return;
  }
  const look = () => {
    isPushOffered.set(false);
    void renew(client).catch(throwDefect); // Else it is renewed at the next start.
  };
  client.viewerId.subscribe(look);
  look();
  client.queue.subscribe(() => {
    const isSending = client.queue.get().some(({ deed }) => deed.kind === 'send');
    if (isSending && pushState.get() === 'off' && readNote(DECLINED_KEY) === null) {
      isPushOffered.set(true);
    }
  });
}

async function renew(client: Client): Promise<void> {
  const viewerId = client.viewerId.get();
  if (viewerId === null) {
    return;
  }
  pushState.set(Notification.permission === 'denied' ? 'denied' : 'off');
  if (Notification.permission !== 'granted' || (await pushOwner()) !== viewerId) {
    return;
  }
  const subscription = await (await ready()).pushManager.getSubscription();
  if (subscription !== null) {
    pushState.set('on');
    await register(client, subscription);
  }
}

/** Asks the person, and subscribes. @throws TrumpetError, NetworkError, and what the browser has against it. */
export async function turnPushOn(client: Client): Promise<void> {
  isPushOffered.set(false);
  const permission = await Notification.requestPermission();
  if (permission !== 'granted') {
    declinePush();
    pushState.set(permission === 'denied' ? 'denied' : 'off');
    return;
  }
  const { vapidPublicKey } = await client.ask(PushKeyDocument, {});
  if (vapidPublicKey === null) {
    throw new TrumpetError('NOT_FOUND', 'This server sends no notifications.');
  }
  const { pushManager } = await ready();
  const subscription = await inTime(
    pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: vapidPublicKey }),
  );
  await register(client, subscription);
  await setPushOwner(client.viewerId.get() ?? '');
  pushState.set('on');
}

export async function turnPushOff(client: Client): Promise<void> {
  const subscription = await (await ready()).pushManager.getSubscription();
  await forgetPushOwner();
  pushState.set('off');
  if (subscription !== null) {
    await client.ask(UnsubscribeFromPushDocument, { input: { endpoint: subscription.endpoint } });
    await subscription.unsubscribe();
  }
}

/** Not now: it stays in the settings. */
export function declinePush(): void {
  writeNote(DECLINED_KEY, 'yes');
  isPushOffered.set(false);
}

async function register(client: Client, subscription: PushSubscription): Promise<void> {
  const { p256dh = '', auth = '' } = subscription.toJSON().keys ?? {};
  await client.ask(SubscribeToPushDocument, {
    input: {
      subscription: { endpoint: subscription.endpoint, keys: { p256dh, auth } },
      userAgent: navigator.userAgent,
    },
  });
}

function ready(): Promise<ServiceWorkerRegistration> {
  return inTime(navigator.serviceWorker.ready);
}

function inTime<T>(promise: Promise<T>): Promise<T> {
  return Promise.race([
    promise,
    new Promise<never>((_resolve, reject) => {
      setTimeout(reject, SUBSCRIBE_TIMEOUT_MS, new NetworkError('The browser did not answer.'));
    }),
  ]);
}
