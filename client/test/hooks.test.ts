import { describeInChromium } from '../../testing/chromium.ts';
import { createRoomOfTwo } from '../../testing/world.ts';
import { createKitWorld, type KitWorld } from './kit/world.ts';

/* The hooks in a real React: how often what renders. */

describeInChromium('in Chromium', () => {
  let world: KitWorld;

  beforeAll(async () => {
    world = await createKitWorld('client/test/kit/renders.tsx');
  });

  afterEach(async () => expect(await world.leave()).toEqual([]));

  afterAll(() => world.close());

  test('only what changed renders, in StrictMode and without', async () => {
    const { ada, bob, roomId } = await createRoomOfTwo(world.database);
    await world.database.createRoom(ada, { name: 'Quiet', members: [bob] });
    for (const content of ['first', 'second', 'third']) {
      await world.database.sendMessage(bob, roomId, content);
    }
    const settings: Record<string, string>[] = [{}, { strict: 'yes' }];
    for (const [number, setting] of settings.entries()) {
      const page = await world.open(ada, roomId, setting);
      await page.getByText('third').waitFor();
      await page.waitForFunction(() => (window.renders.get('presence') ?? 0) >= 2);
      await page.evaluate(() => window.renders.clear());
      await world.database.sendMessage(bob, roomId, `news ${number}`);
      await page.getByText(`news ${number}`).waitFor();
      const renders = await page.evaluate(() => [...window.renders.keys()]);
      expect(renders.filter((part) => /first|second|third|Quiet/.test(part))).toEqual([]);
      expect(renders).toContain(`message news ${number}`);
    }
  });
});
