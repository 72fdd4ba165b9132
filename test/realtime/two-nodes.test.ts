import { createTestDatabase, type TestDatabase, type TestUser } from '../../testing/database.ts';
import { hasRedis, startTestRedis, type TestRedis } from '../../testing/redis.ts';
import { startTestServer, type TestServer } from '../../testing/server.ts';
import { listenToRoom, listenToUser, mutate, sendOverHttp } from './support.ts';

if (!hasRedis) {
  console.log('Skipped with Redis: redis-server is not on this machine');
}

describe.each(hasRedis ? ['NOTIFY', 'Redis'] : ['NOTIFY'])(
  'two nodes that tell each other by %s',
  (by) => {
    let database: TestDatabase;
    let redis: TestRedis | undefined;
    let one: TestServer;
    let two: TestServer;
    let ada: TestUser;
    let bob: TestUser;
    let roomId: string;

    beforeAll(async () => {
      database = await createTestDatabase();
      redis = by === 'Redis' ? await startTestRedis() : undefined;
      const settings: Record<string, string> = redis === undefined ? {} : { REDIS_URL: redis.url };
      one = await startTestServer(database, settings);
      two = await startTestServer(database, settings);
      ada = await database.createUser();
      bob = await database.createUser();
      ({ id: roomId } = await database.createRoom(ada, { type: 'private', members: [bob] }));
    });

    afterAll(async () => {
      await one?.close();
      await two?.close();
      await redis?.stop();
      await database?.close();
    });

    test('what is sent at one is delivered at the other, in order', async () => {
      const { next } = await listenToRoom(two, bob, { roomId });
      const head = Number((await next()).headChangeSeq);
      const startedAt = performance.now();
      for (let count = 1; count <= 20; count += 1) {
        await sendOverHttp(one, ada, roomId, String(count));
      }
      for (let count = 1; count <= 20; count += 1) {
        expect(await next()).toMatchObject({
          changeSeq: String(head + count),
          message: { content: String(count) },
        });
      }
      // By bells, then: the sweep alone would take up to a second for each.
      expect(performance.now() - startedAt).toBeLessThan(10_000);
    });

    test('typing at one is seen at the other: only a bell tells of it', async () => {
      const typed = await database.createRoom(ada, { members: [bob] });
      const { next } = await listenToRoom(two, bob, { roomId: typed.id });
      await next();
      await mutate(
        one,
        ada,
        'mutation ($roomId: UUID!) { setTyping(input: { roomId: $roomId, isTyping: true }) { clientMutationId } }',
        { roomId: typed.id },
      );
      expect(await next()).toMatchObject({ __typename: 'TypingEvent', userId: ada.id });
    });

    test('signing out at one closes the sockets at the other', async () => {
      const carol = await database.createUser();
      const socket = await two.socket({ token: carol.token });
      await mutate(one, carol, 'mutation { signOut(input: {}) { clientMutationId } }', {});
      expect(await socket.closed).toMatchObject({ code: 4403 });
    });

    test('joining at one is told at the other', async () => {
      const dave = await database.createUser();
      const { next } = await listenToUser(two, dave);
      await next();
      await mutate(
        one,
        ada,
        'mutation ($roomId: UUID!, $userId: UUID!) { addRoomMember(input: { roomId: $roomId, userId: $userId }) { roomMember { role } } }',
        { roomId, userId: dave.id },
      );
      expect(await next()).toMatchObject({ event: { __typename: 'MemberEvent', userId: dave.id } });
    });

    test('resuming at the other node misses nothing', async () => {
      const first = await listenToRoom(one, bob, { roomId });
      const head = Number((await first.next()).headChangeSeq);
      await database.sendMessage(ada, roomId, 'seen at one');
      expect(await first.next()).toMatchObject({ changeSeq: String(head + 1) });
      await first.socket.close();
      await database.sendMessage(ada, roomId, 'seen by nobody');
      const second = await listenToRoom(two, bob, { roomId, after: head + 1 });
      await second.next();
      expect(await second.next()).toMatchObject({ message: { content: 'seen by nobody' } });
    });
  },
);
