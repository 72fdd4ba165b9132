import { PAGE_ADDRESSES } from '../../../src/http/page/addresses.ts';
import { renewSubscription, tellDelivered } from './renewal.ts';

declare const self: ServiceWorkerGlobalScope;

/** What the server pushes (docs/push.md), as far as it is shown here. */
interface Pushed {
  readonly title: string;
  readonly body?: string;
  readonly tag: string;
  /** None in a reminder of a message that is gone. */
  readonly roomId?: string;
  readonly badge: number;
  /** Of what is new in a room. */
  readonly readRoomIds?: readonly string[];
  /** In rooms that are told what has come to a device: up to which message this has. */
  readonly deliveredSeq?: number;
  /** Of a reminder. */
  readonly reminderId?: string;
  readonly seq?: number;
}

/** What a notification is about. */
interface About {
  /** The room that has been read when it is taken away; none for a reminder. */
  readonly roomId?: string | undefined;
  readonly address: string;
}

interface Badges {
  setAppBadge?(count: number): Promise<void>;
}

export function showPushes(): void {
  self.addEventListener('push', (event) => {
    if (event.data !== null) {
      event.waitUntil(show(event.data.json() as Pushed));
    }
  });
  self.addEventListener('pushsubscriptionchange', (event) =>
    event.waitUntil(renewSubscription(event.newSubscription)),
  );
  self.addEventListener('notificationclick', (event) => {
    event.notification.close();
    event.waitUntil(open(aboutOf(event.notification)?.address ?? '/'));
  });
}

async function show(pushed: Pushed): Promise<void> {
  const { title, body = '', tag, badge, readRoomIds, roomId, deliveredSeq } = pushed;
  const options: NotificationOptions & { readonly renotify: boolean } = {
    body,
    tag,
    // One room, or reminder, has one notification; a newer one is told of too.
    renotify: true,
    icon: '/icon-192.png',
    badge: '/icon-192.png',
    data: aboutPush(pushed),
  };
  await self.registration.showNotification(title, options);
  await (navigator as Badges).setAppBadge?.(badge);
  const read = new Set(readRoomIds);
  for (const notification of await self.registration.getNotifications()) {
    const shownRoomId = aboutOf(notification)?.roomId;
    if (shownRoomId !== undefined && read.has(shownRoomId)) {
      notification.close();
    }
  }
  if (roomId !== undefined && deliveredSeq !== undefined) {
    await tellDelivered(roomId, deliveredSeq);
  }
}

function aboutPush({ roomId, reminderId, seq }: Pushed): About {
  if (reminderId === undefined) {
    return { roomId, address: `/r/${roomId}` };
  }
  return { address: roomId === undefined ? '/settings/reminders' : `/r/${roomId}/m/${seq}` };
}

function aboutOf(notification: Notification): About | undefined {
  return (notification.data as About | null) ?? undefined;
}

/** In a page that is open, or in a new one. */
async function open(address: string): Promise<void> {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  // The documents are in windows of this server, too, and do not hear.
  const page = windows.find(({ url }) => PAGE_ADDRESSES.test(new URL(url).pathname));
  if (page === undefined) {
    await self.clients.openWindow(address);
    return;
  }
  page.postMessage({ kind: 'open', address });
  await page.focus();
}
