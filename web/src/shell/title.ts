import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { useClient, useView } from '../trumpet.tsx';

interface Badges {
  setAppBadge?(count: number): Promise<void>;
  clearAppBadge?(): Promise<void>;
}

const COUNT = /^\(\d+\) /;
const ICON = '/icon.svg';
/** As large as browsers draw it on dense screens, in pixels. */
const ICON_SIZE = 64;

/** Shows in the title of the tab, on its icon and on that of an installed page how much is unread. */
export function useUnreadSigns(): void {
  const client = useClient();
  const [location] = useLocation();
  const unread = useView(client.rooms)
    .filter(({ membership }) => membership.notificationLevel !== 'NONE')
    .reduce((sum, room) => sum + room.unreadCount, 0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another address has set a title of its own
  useEffect(() => {
    const title = document.title.replace(COUNT, '');
    document.title = unread === 0 ? title : `(${unread}) ${title}`;
  }, [unread, location]);

  const hasUnread = unread > 0;
  useEffect(() => void drawIcon(hasUnread), [hasUnread]);
  useEffect(() => {
    const badges = navigator as Badges;
    // A browser that knows no badges of this page refuses: then there are none.
    void (unread > 0 ? badges.setAppBadge?.(unread) : badges.clearAppBadge?.())?.catch(() => {});
  }, [unread]);
}

/** The title of a room or of the inbox. */
export function useTitle(title: string): void {
  useEffect(() => {
    const count = COUNT.exec(document.title)?.[0] ?? '';
    document.title = `${count}${title}`;
  }, [title]);
}

async function drawIcon(hasUnread: boolean): Promise<void> {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (link === null) {
    return;
  }
  if (!hasUnread) {
    link.href = ICON;
    return;
  }
  const picture = new Image(ICON_SIZE, ICON_SIZE);
  picture.src = ICON;
  await picture.decode().catch(() => {});
  const canvas = document.createElement('canvas');
  canvas.width = ICON_SIZE;
  canvas.height = ICON_SIZE;
  const context = canvas.getContext('2d');
  if (context === null || picture.naturalWidth === 0) {
    return;
  }
  context.drawImage(picture, 0, 0, ICON_SIZE, ICON_SIZE);
  context.beginPath();
  context.arc(ICON_SIZE * 0.74, ICON_SIZE * 0.26, ICON_SIZE * 0.24, 0, 2 * Math.PI);
  context.fillStyle = '#e5484d';
  context.fill();
  link.href = canvas.toDataURL('image/png');
}
