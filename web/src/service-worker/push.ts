import { PAGE_ADDRESSES } from '../../../src/http/page/addresses.ts';
import { renewSubscription } from './renewal.ts';

declare const self: ServiceWorkerGlobalScope;

/** What the server pushes (docs/push.md), as far as it is shown here. */
interface Pushed {
  readonly title: string;
  readonly body?: string;
  readonly tag: string;
  readonly roomId: string;
  readonly badge: number;
  readonly readRoomIds: readonly string[];
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
    event.waitUntil(openRoom(roomOf(event.notification)));
  });
}

async function show(pushed: Pushed): Promise<void> {
  const { title, body = '', tag, roomId, badge, readRoomIds } = pushed;
  const options: NotificationOptions & { readonly renotify: boolean } = {
    body,
    tag,
    // One room has one notification; a newer one is told of too.
    renotify: true,
    icon: '/icon-192.png',
    badge: '/icon-192.png',
    data: { roomId },
  };
  await self.registration.showNotification(title, options);
  await (navigator as Badges).setAppBadge?.(badge);
  const read = new Set(readRoomIds);
  for (const notification of await self.registration.getNotifications()) {
    const shownRoomId = roomOf(notification);
    if (shownRoomId !== undefined && read.has(shownRoomId)) {
      notification.close();
    }
  }
}

function roomOf(notification: Notification): string | undefined {
  return (notification.data as { readonly roomId?: string } | null)?.roomId;
}

/** In a page that is open, or in a new one. */
async function openRoom(roomId: string | undefined): Promise<void> {
  const address = roomId === undefined ? '/' : `/r/${roomId}`;
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
