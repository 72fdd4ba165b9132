import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { startChromium, testInChromium } from '../../testing/chromium.ts';
import { makeDataDir, startTrumpet } from '../../testing/process.ts';
import { hearComplaints, openRoom, sees, write } from './support.ts';

jest.setTimeout(180_000);

/** How much of the page has moved since it was opened, as browsers count it (Cumulative Layout Shift). */
const movedBy = (page: Page) =>
  page.evaluate(() => {
    const observer = new PerformanceObserver(() => {});
    observer.observe({ type: 'layout-shift', buffered: true });
    const moves = observer.takeRecords() as unknown as readonly { readonly value: number }[];
    return moves.reduce((sum, { value }) => sum + value, 0);
  });

testInChromium('after `npm start`, one click each is enough for two people to talk', async () => {
  await using stack = new AsyncDisposableStack();
  const data = stack.adopt(makeDataDir(), ({ remove }) => remove());
  const trumpet = startTrumpet({ DATA_DIR: data.path });
  stack.defer(async () => {
    trumpet.child.kill('SIGTERM');
    await trumpet.ended;
  });
  const { url } = await trumpet.ready;
  const browser = stack.adopt(await startChromium(), (each) => each.close());
  const complaints: string[] = [];

  async function enterAs(name: string) {
    const context = await browser.newContext({ locale: 'en-GB' });
    context.setDefaultTimeout(60_000);
    hearComplaints(context, complaints);
    const page = await context.newPage();
    await page.goto(url);
    await page.getByRole('button', { name }).waitFor();
    expect(await movedBy(page)).toBeLessThan(0.02);
    await page.getByRole('button', { name }).click();
    await page.locator('.trumpet-shell').waitFor();
    await openRoom(page, 'General');
    return page;
  }

  const [alice, bob] = await Promise.all([enterAs('Alice'), enterAs('Bob')]);
  await write(alice, 'Good morning');
  await sees(bob, 'Good morning');
  await bob.goto(url);
  await bob.getByText('For developers').click();
  await bob.getByRole('link', { name: '/graphiql' }).click();
  await bob.waitForURL(`${url}/graphiql`);
  expect(complaints).toEqual([]);
});
