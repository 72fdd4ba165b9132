import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { startChromium, testInChromium } from '../../testing/chromium.ts';
import { buildPage } from '../../testing/page.ts';
import { createTestWorld } from '../../testing/world.ts';
import { hearComplaints, isKept } from './support.ts';

jest.setTimeout(180_000);

/** In front of a server, with a page of another build as often as one wants. */
async function startNewerBuilds(url: string) {
  let build = 0;
  const proxy = createServer(async (request, response) => {
    const answer = await fetch(`${url}${request.url}`);
    const text = await answer.text();
    response
      .writeHead(answer.status, {
        'content-type': answer.headers.get('content-type') ?? '',
        'content-security-policy': answer.headers.get('content-security-policy') ?? '',
      })
      .end(text.replace(/PAGE_VERSION="[^"]+"/, `PAGE_VERSION="build ${build}"`));
  });
  await new Promise<void>((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    publish() {
      build += 1;
    },
    close() {
      proxy.closeAllConnections();
      proxy.close();
    },
  };
}

testInChromium(
  'a newer page waits until somebody wants it, and then shows in all tabs',
  async () => {
    buildPage();
    await using stack = new AsyncDisposableStack();
    const { server } = stack.adopt(await createTestWorld(), ({ close }) => close());
    const builds = stack.adopt(await startNewerBuilds(server.url), ({ close }) => close());
    const browser = stack.adopt(await startChromium(), (each) => each.close());
    const context = await browser.newContext({ locale: 'en-GB' });
    context.setDefaultTimeout(60_000);
    const complaints: string[] = [];
    hearComplaints(context, complaints);

    const page = await context.newPage();
    await page.goto(builds.url);
    await page.mouse.move(9, 9); // Somebody uses it.
    await isKept(page);
    const other = await context.newPage();
    await other.goto(builds.url);
    const kept = () => page.evaluate(() => caches.keys());
    expect(await kept()).toEqual(['trumpet page build 0']);

    builds.publish();
    await page.getByLabel('User name').fill('half a na');
    await page.evaluate(async () => {
      await (await navigator.serviceWorker.ready).update();
    });
    await page.getByText('There is a new version of this page.').waitFor();
    await other.getByText('There is a new version of this page.').waitFor();
    expect(await page.getByLabel('User name').inputValue()).toBe('half a na');
    expect(await kept()).toContain('trumpet page build 0');

    await Promise.all([
      page.waitForEvent('load'),
      other.waitForEvent('load'),
      other.getByRole('button', { name: 'Reload' }).click(),
    ]);
    await page.getByLabel('User name').waitFor();
    expect(await page.getByText('There is a new version of this page.').count()).toBe(0);
    expect(await kept()).toEqual(['trumpet page build 1']);
    expect(complaints).toEqual([]);
  },
);
