import { jest } from '@jest/globals';
import type { BrowserContext, Browser as Chromium, Page, Worker } from 'playwright-core';
import type { BrowserSubscription } from '../../test/push/support/browser.ts';
import { createPushWorld, type PushWorld } from '../../test/push/support/world.ts';
import { describeInChromium, startChromium } from '../../testing/chromium.ts';
import type { TestUser } from '../../testing/database.ts';
import { buildPage } from '../../testing/page.ts';
import { startTestServer, type TestServer } from '../../testing/server.ts';
import { hearComplaints, isKept, signIn } from './support.ts';

/*
 * Chromium's push service cannot be reached from a test. So the subscription is another browser's; what the sender has
 * sent it is decrypted, and given to the page's service worker by the browser itself, as a push would be.
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
  readonly ExtendableEvent: new (type: string) => Event;
}

describeInChromium('notifications in Chromium', () => {
  let world: PushWorld;
  let server: TestServer;
  let browser: Chromium;
  let ada: TestUser;
  let bob: TestUser;
  let room: { readonly id: string };
  let context: BrowserContext;
  let complaints: string[] = [];

  beforeAll(async () => {
    buildPage();
    world = await createPushWorld();
    server = await startTestServer(world.database);
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    await world.close();
  });

  beforeEach(async () => {
    const { database } = world;
    ada = await database.createUser();
    bob = await database.createUser();
    room = await database.createRoom(ada, { name: 'General', members: [bob] });
    context = await browser.newContext({ locale: 'en-GB' });
    context.setDefaultTimeout(60_000);
    await context.grantPermissions(['notifications'], { origin: server.url });
    complaints = [];
    hearComplaints(context, complaints);
  });
  afterEach(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });

  /** Bob's page, with a service worker that can do without it. */
  async function openPage(): Promise<Page> {
    const page = await context.newPage();
    await page.goto(server.url);
    await signIn(page, bob);
    await isKept(page);
    return page;
  }

  test('a push is shown while the page is closed, and opens its room', async () => {
    const { browser: subscribed } = await world.subscribe(bob);
    await (await openPage()).close();

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

    await world.database.sendMessage(ada, room.id, 'Are you there?');
    const [push] = await world.pushesTo(subscribed);
    const [worker] = context.serviceWorkers();
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
  });

  /** What the push service would give a page, or its worker, that subscribes from now on. */
  const grant = (subscriber: Page | Worker, granted: BrowserSubscription) =>
    (subscriber as Page).evaluate((subscription) => {
      PushManager.prototype.subscribe = async () =>
        ({ ...subscription, toJSON: () => subscription }) as unknown as PushSubscription;
    }, granted);

  /** The browser says that a subscription has ended, and waits until its service worker has done what it does. */
  const endSubscription = (worker: Worker) =>
    worker.evaluate(async () => {
      const scope = self as unknown as WorkerScope;
      const ended = new scope.ExtendableEvent('pushsubscriptionchange');
      const done = new Promise<unknown>((resolve) => {
        Object.assign(ended, { newSubscription: null, waitUntil: resolve });
      });
      scope.dispatchEvent(ended);
      await done;
    });

  const deviceCount = async (user: TestUser) => {
    const { rows } = await world.database.owner.query<{ count: number }>(
      'select count(*)::int from app_public.push_subscriptions where user_id = $1',
      [user.id],
    );
    return rows[0]?.count;
  };

  test('a subscription that the browser has ended is replaced while no page is open', async () => {
    const first = world.server.browser();
    const second = world.server.browser();
    const page = await openPage();
    await page.goto(`${server.url}/settings/notifications`);
    await grant(page, first.subscription);
    await page.getByLabel('Notify me on this device').click();
    await page.getByRole('checkbox', { name: 'Notify me on this device', checked: true }).waitFor();
    await world.database.sendMessage(ada, room.id, 'To the first');
    expect(await world.pushesTo(first)).toMatchObject([{ body: 'To the first' }]);
    await page.close();

    const [worker] = context.serviceWorkers();
    await grant(worker as Worker, second.subscription);
    await endSubscription(worker as Worker);
    await world.database.sendMessage(ada, room.id, 'To the second');
    const [renewed] = await world.pushesTo(second);
    expect(renewed?.body).toContain('To the second');

    // The session went on by it, and the page goes on with it.
    const again = await context.newPage();
    await again.goto(`${server.url}/r/${room.id}`);
    await again.locator('.trumpet-message', { hasText: 'To the second' }).waitFor();
  });

  test('a notification that has come counts as on a device, in a room that wants to be told', async () => {
    const browser = world.server.browser();
    const page = await openPage();
    await page.goto(`${server.url}/settings/notifications`);
    await grant(page, browser.subscription);
    await page.getByLabel('Notify me on this device').click();
    await page.getByRole('checkbox', { name: 'Notify me on this device', checked: true }).waitFor();
    await page.close();
    await world.database.call(ada, 'set_delivery_receipts', room.id, true);
    const { seq } = await world.database.sendMessage(ada, room.id, 'Have you got it?');
    const [push] = await world.pushesTo(browser);
    expect(push).toMatchObject({ roomId: room.id, deliveredSeq: Number(seq) });
    const [worker] = context.serviceWorkers();
    await worker?.evaluate(async (data) => {
      const scope = self as unknown as WorkerScope;
      const come = new scope.ExtendableEvent('push');
      const done = new Promise<unknown>((resolve) => {
        Object.assign(come, { data: { json: () => data }, waitUntil: resolve });
      });
      scope.dispatchEvent(come);
      await done;
    }, push as object);
    const { rows } = await world.database.owner.query(
      'select delivered_seq::float8 as seq from app_private.room_deliveries where room_id = $1 and user_id = $2',
      [room.id, bob.id],
    );
    expect(rows).toEqual([{ seq: Number(seq) }]);
  });

  test('a subscription that has ended is not replaced for whoever has not asked for notifications', async () => {
    const page = await openPage();
    const [worker] = context.serviceWorkers();
    await grant(worker as Worker, world.server.browser().subscription);
    await endSubscription(worker as Worker);
    expect(await deviceCount(bob)).toBe(0);
    await page.close();
  });
});
