import { jest } from '@jest/globals';
import { createPushWorld } from '../../test/push/support/world.ts';
import { startChromium, testInChromium } from '../../testing/chromium.ts';
import { buildPage } from '../../testing/page.ts';
import { startTestServer } from '../../testing/server.ts';
import { hearComplaints, isKept, signIn } from './support.ts';

/*
 * Chromium's push service cannot be reached from a test. So the subscription is another browser's, by the API; what the
 * sender has sent it is decrypted, and given to the page's service worker by the browser itself, as a push would be.
 */

jest.setTimeout(180_000);

/** What a service worker has, as far as it is used here. */
interface WorkerScope {
  readonly registration: ServiceWorkerRegistration;
  dispatchEvent(event: Event): boolean;
  readonly NotificationEvent: new (
    type: string,
    init: { readonly notification: Notification | undefined },
  ) => Event;
}

testInChromium('a push is shown while the page is closed, and opens its room', async () => {
  buildPage();
  await using stack = new AsyncDisposableStack();
  const world = stack.adopt(await createPushWorld(), ({ close }) => close());
  const { database } = world;
  const server = stack.adopt(await startTestServer(database), ({ close }) => close());
  const browser = stack.adopt(await startChromium(), (each) => each.close());
  const ada = await database.createUser();
  const bob = await database.createUser();
  const room = await database.createRoom(ada, { name: 'General', members: [bob] });
  const { browser: subscribed } = await world.subscribe(bob);

  const context = await browser.newContext({ locale: 'en-GB' });
  context.setDefaultTimeout(60_000);
  await context.grantPermissions(['notifications'], { origin: server.url });
  const complaints: string[] = [];
  hearComplaints(context, complaints);
  const page = await context.newPage();
  await page.goto(server.url);
  await signIn(page, bob);
  await isKept(page);
  await page.close();

  const elsewhere = await context.newPage();
  const devtools = await context.newCDPSession(elsewhere);
  const registered = new Promise<string>((resolve) => {
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const mine = registrations.find(({ scopeURL }) => scopeURL === `${server.url}/`);
      if (mine !== undefined) {
        resolve(mine.registrationId);
      }
    });
  });
  await devtools.send('ServiceWorker.enable');
  const registrationId = await registered;

  await database.sendMessage(ada, room.id, 'Are you there?');
  const [push] = await world.pushesTo(subscribed);
  const worker = context.serviceWorkers()[0];
  await devtools.send('ServiceWorker.deliverPushMessage', {
    origin: server.url,
    registrationId,
    data: JSON.stringify(push),
  });
  const shown = () =>
    worker?.evaluate(async () => {
      const { registration } = self as unknown as WorkerScope;
      return (await registration.getNotifications()).map(({ title, body, data }) => ({
        title,
        body,
        roomId: data.roomId,
      }));
    });
  let notifications = await shown();
  while (notifications?.length === 0) {
    notifications = await shown();
  }
  expect(notifications).toEqual([
    { title: `${ada.username} in General`, body: 'Are you there?', roomId: room.id },
  ]);

  const again = await context.newPage();
  // Chosen while the page is only starting; and the documents, which were looked at last, are not the page.
  await again.goto(`${server.url}/settings`, { waitUntil: 'domcontentloaded' });
  const documents = await context.newPage();
  await documents.goto(`${server.url}/docs/`, { waitUntil: 'domcontentloaded' });
  await worker?.evaluate(async () => {
    const scope = self as unknown as WorkerScope;
    const [notification] = await scope.registration.getNotifications();
    scope.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification }));
  });
  await again.locator('.trumpet-message', { hasText: 'Are you there?' }).waitFor();
  expect(new URL(again.url()).pathname).toBe(`/r/${room.id}`);
  expect(await shown()).toEqual([]);
  expect(complaints).toEqual([]);
});
