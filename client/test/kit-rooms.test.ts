import { describeInChromium } from '../../testing/chromium.ts';
import { createRoomOfTwo } from '../../testing/world.ts';
import { createKitWorld, type KitWorld } from './kit/world.ts';

/* What the kit says of rooms: of those in the list, and of one that is not there. */

describeInChromium('in Chromium', () => {
  let world: KitWorld;

  beforeAll(async () => {
    world = await createKitWorld('client/test/kit/page.tsx');
  });

  afterEach(async () => expect(await world.leave()).toEqual([]));

  afterAll(() => world.close());

  test('a room of which somebody wants to hear nothing is marked, and not one in which they may not write', async () => {
    const { ada, bob, roomId } = await createRoomOfTwo(world.database);
    const { id: loudId } = await world.database.createRoom(ada, { members: [bob] });
    await world.database.call(bob, 'set_notification_level', roomId, 'none');
    await world.database.call(ada, 'mute_member', loudId, bob.id, 3_600);
    for (const id of [roomId, loudId]) {
      await world.database.sendMessage(ada, id, 'news');
    }
    const page = await world.open(bob, loudId);
    const rows = page.locator('.trumpet-room');
    await rows.nth(1).waitFor();
    const marked = rows.filter({ has: page.getByRole('img', { name: 'Muted' }) });
    expect(await marked.count()).toBe(1);
    expect(await marked.getAttribute('data-unread')).toBe('false');
    expect(await marked.getAttribute('aria-current')).toBeNull();
  }, 120_000);
});
