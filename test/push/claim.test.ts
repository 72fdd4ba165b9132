import { single } from '../../testing/database.ts';
import { createPushWorld } from './support/world.ts';

const world = await createPushWorld();
afterAll(() => world.close());
const { database, server } = world;
const ada = await database.createUser();

async function claims(room: { id: string }): Promise<number> {
  const { rows } = await database.owner.query<{ count: number }>(
    'select count(*)::int as count from app_private.push_marks where room_id = $1',
    [room.id],
  );
  return single(rows).count;
}

test('nothing is claimed for a push that could not leave', async () => {
  const { room } = await world.memberOf(ada);
  await server.close();
  await database.sendMessage(ada, room.id, 'hello');
  await world.drain();
  expect(await claims(room)).toBe(0);
  await server.open();
});

test('a push that has left is noted, also when its commit fails', async () => {
  const { bob, room, browser, subscriptionId } = await world.memberOf(ada);
  await database.owner.query(`
    create sequence app_private.commits;
    create function app_private.fail_first_commit() returns trigger language plpgsql as $$
    begin
      if nextval('app_private.commits') = 1 then
        raise exception 'The connection is gone';
      end if;
      return null;
    end $$;
    create constraint trigger fail_first_commit after insert on app_private.push_marks
      deferrable initially deferred for each row execute function app_private.fail_first_commit()`);
  await database.sendMessage(ada, room.id, 'hello');
  expect(await world.pushesTo(browser)).toMatchObject([{ body: 'hello' }]);
  expect(await claims(room)).toBe(1);

  await database.owner.query('select app_private.enqueue_paused_push($1, $2, $3, now())', [
    bob.id,
    room.id,
    subscriptionId,
  ]);
  expect(await world.pushesTo(browser)).toEqual([]);
});
