import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { TestUser } from '../../testing/database.ts';
import { createTestWorld } from '../../testing/world.ts';
import { openClient } from '../src/index.ts';
import { fetchInbox, fetchWholeRoom, until } from './support.ts';

const { database, server, close } = await createTestWorld();
afterAll(close);

const actor = fc.nat(3);
const pick = fc.nat(20);
/** What four people do with their conversations; the first of them looks at it. */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('begin' as const), actor, absent: actor }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('send' as const), actor, pick }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('leave' as const), actor, pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('turn' as const), actor, pick }) },
);

test('what the client shows of conversations is what one would fetch, whatever was done', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 15 }), async (steps) => {
      const people = (await Promise.all([0, 1, 2, 3].map(() => database.createUser()))) as [
        TestUser,
        ...TestUser[],
      ];
      const [viewer] = people;
      const client = await openClient({ url: server.url });
      await client.signIn({ username: viewer.username, password: viewer.username });
      await until(client.state, (state) => state === 'live');
      const ids: string[] = [];
      for (const [at, one] of steps.entries()) {
        const person = people[one.actor] as TestUser;
        const id = 'pick' in one ? ids[one.pick % Math.max(1, ids.length)] : undefined;
        const run = (name: string, ...values: unknown[]) =>
          database.call(person, name, ...values).catch((error: { code?: string }) => {
            expect(error.code).toMatch(/^TR/);
            return undefined;
          });
        if (one.kind === 'begin') {
          const others = people.filter((_, index) => index !== one.absent).map((each) => each.id);
          const room = await run('create_group_conversation', others);
          ids.push(room.id);
        } else if (id === undefined) {
        } else if (one.kind === 'send') {
          await run('send_message', id, `message ${at}`);
        } else if (one.kind === 'leave') {
          await run('leave_room', id);
        } else {
          await run('turn_into_room', id, `Room ${at}`, `room-${at}`);
        }
      }
      const { rooms } = await fetchInbox(server, viewer);
      await until(client.rooms, (shown) => shown.length === rooms.length);
      for (const { id } of rooms) {
        const theirs = await fetchWholeRoom(server, viewer, id);
        const seen = until(
          client.room(id),
          (room) =>
            room !== undefined &&
            Object.entries(theirs.room).every(
              ([key, value]) =>
                JSON.stringify(room[key as keyof typeof room]) === JSON.stringify(value),
            ),
        );
        await Promise.race([seen, sleep(20_000, undefined, { ref: false })]);
        expect(client.room(id).get()).toMatchObject(theirs.room);
      }
      await client.close();
    }),
    { numRuns: 12, endOnFailure: true },
  );
}, 180_000);

test('a room that gets another name is called by it, and so is a conversation that gets one', async () => {
  const [alice, bob, carol] = (await Promise.all([0, 1, 2].map(() => database.createUser()))) as [
    TestUser,
    TestUser,
    TestUser,
  ];
  const client = await openClient({ url: server.url });
  await client.signIn({ username: alice.username, password: alice.username });
  await until(client.state, (state) => state === 'live');
  const conversation = await database.call(bob, 'create_group_conversation', [alice.id, carol.id]);
  await until(client.room(conversation.id), (room) => room?.displayName.includes(', ') === true);
  await database.call(bob, 'turn_into_room', conversation.id, 'Garden', 'garden');
  await until(client.room(conversation.id), (room) => room?.displayName === 'Garden');
  await database.call(bob, 'update_room', conversation.id, 'Orchard');
  await until(client.room(conversation.id), (room) => room?.displayName === 'Orchard');
  await client.close();
});
