import fc from 'fast-check';
import { createTestDatabase, type TestUser } from '../../testing/database.ts';
import { doInRoom, roomDeed } from '../../testing/room-deeds.ts';
import { startTestServer } from '../../testing/server.ts';
import { type Client, openClient, type ShownMessage } from '../src/index.ts';
import { openLink } from './link.ts';
import { copyableStorage, copyOf, dropLog, fetchRoom, superviseServer, until } from './support.ts';

/*
 * Whatever people do, and whatever happens to the network, the server, its log, the app and its tabs: in the end the
 * replica of each tab is what one would fetch, and what the person sent is there, once each, in their order.
 */

const database = await createTestDatabase();
const server = await startTestServer(database);
/** The one that the client speaks with, and that is killed. */
const supervised = await superviseServer(database);
const link = await openLink(supervised.url);

afterAll(async () => {
  await link.close();
  await supervised.kill();
  await server.close();
  await database.close();
});

/** `RUNS=1000 npm test -- client/test/equivalence.test.ts` looks longer; with SEED, at the same again. */
const RUNS = Number(process.env.RUNS ?? 10);
const SEED = process.env.SEED === undefined ? {} : { seed: Number(process.env.SEED) };

const pick = fc.nat(20);
const step = fc.oneof(
  { weight: 20, arbitrary: fc.record({ kind: fc.constant('others' as const), deed: roomDeed }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('send' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'edit' as const,
        'delete' as const,
        'react' as const,
        'unreact' as const,
      ),
      pick,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('pin' as const, 'read' as const, 'answer' as const),
      pick,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('cut' as const, 'live' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('reload' as const, 'crash' as const) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('open tab' as const, 'close tab' as const, 'other tab' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('away' as const, 'back' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('resync' as const, 'older' as const) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A message without what only the one who shows it knows. */
function asFetched({ key: _, files: __, actionId: ___, refusal: ____, ...message }: ShownMessage) {
  return message;
}

test(
  'in the end the replica is what one would fetch, whatever happened',
  async () => {
    const users = await Promise.all([1, 2, 3].map(() => database.createUser()));
    const viewer = users[0] as TestUser;
    // Does nothing, so that there is somebody who stays: the last to leave archives the room.
    const stayer = await database.createUser();

    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40 }),
        fc.integer({ min: 1 }),
        async (steps, seed) => {
          const { id: roomId } = await database.createRoom(viewer, {
            members: [...users.slice(1), stayer],
          });
          let storage = copyableStorage({ isShared: true });
          let random = seed;
          /** Every fifth answer is lost: what was asked for was done. */
          const lossyFetch = async (url: string, init: RequestInit) => {
            const answer = await globalThis.fetch(url, init);
            random = (random * 48_271) % 2_147_483_647;
            if (random % 5 === 0) {
              await answer.arrayBuffer();
              throw new TypeError('The answer was lost.');
            }
            return answer;
          };
          const open = () => openClient({ url: link.url, storage, fetch: lossyFetch });
          /** The tabs; the person looks at the last. */
          let tabs: Client[] = [await open()];
          let client = tabs[0] as Client;
          const impatience = setInterval(() => client.hurry(), 50);
          const closeTabs = () => Promise.all(tabs.splice(0).map((tab) => tab.close()));
          const openTabs = async (count: number) => {
            tabs = await Promise.all(Array.from({ length: count }, open));
            client = tabs.at(-1) as Client;
          };
          const sent: string[] = [];

          for (;;) {
            try {
              await client.signIn({ username: viewer.username, password: viewer.username });
              break;
            } catch {}
          }
          await until(client.state, (state) => state === 'live');
          await client
            .timeline(roomId)
            .jumpToNewest()
            .catch(() => {});

          /** Live once more: now with all that was committed before. */
          const caughtUp = async () => {
            link.comeBack();
            await Promise.all(tabs.map((tab) => until(tab.state, (state) => state === 'live')));
            const comingBack = tabs.map(async (tab) => {
              await until(tab.state, (state) => state === 'offline');
              await until(tab.state, (state) => state === 'live');
            });
            link.cut();
            await Promise.all(comingBack);
          };

          const doStep = async (now: Step): Promise<void> => {
            const { messages } = client.timeline(roomId).get();
            const target =
              'pick' in now ? messages[now.pick % Math.max(1, messages.length)]?.id : undefined;
            switch (now.kind) {
              case 'others':
                await doInRoom(database, users, roomId, now.deed);
                break;
              case 'send':
                sent.push(client.act({ kind: 'send', roomId, content: `mine ${sent.length}` }));
                break;
              case 'edit':
                if (target)
                  client.act({
                    kind: 'edit',
                    roomId,
                    messageId: target,
                    content: `edit ${now.pick}`,
                  });
                break;
              case 'delete':
                if (target) client.act({ kind: 'delete', roomId, messageId: target });
                break;
              case 'react':
              case 'unreact':
                if (target) {
                  const isOn = now.kind === 'react';
                  client.act({ kind: 'react', roomId, messageId: target, emoji: '👍', isOn });
                }
                break;
              case 'pin':
                if (target) client.act({ kind: 'pin', roomId, messageId: target, isOn: true });
                break;
              case 'read':
                if (target) client.act({ kind: 'read', roomId, messageId: target });
                break;
              case 'cut':
                link.cut();
                break;
              case 'away':
                link.goAway();
                break;
              case 'back':
                link.comeBack();
                break;
              case 'live':
                link.comeBack();
                await until(client.state, (state) => state === 'live');
                break;
              case 'older':
                await client
                  .timeline(roomId)
                  .loadOlder()
                  .catch(() => {});
                break;
              case 'answer':
                if (target) {
                  const content = `answer ${now.pick}`;
                  client.act({ kind: 'send', roomId, content, parentMessageId: target });
                }
                break;
              case 'open tab':
                if (tabs.length < 3) {
                  client = await open();
                  tabs.push(client);
                }
                break;
              case 'close tab':
                if (tabs.length > 1) {
                  await tabs.shift()?.close();
                }
                break;
              case 'other tab':
                tabs.unshift(tabs.pop() as Client);
                client = tabs.at(-1) as Client;
                break;
              case 'kill':
                // Not each time: a server takes seconds to start.
                if (seed % 4 === 0) {
                  await supervised.kill();
                  await supervised.start();
                }
                break;
              case 'reload': {
                const count = tabs.length;
                await closeTabs();
                await openTabs(count);
                break;
              }
              case 'crash': {
                const count = tabs.length;
                await Promise.all(tabs.map((tab) => tab.kept()));
                storage = await copyOf(storage);
                await closeTabs();
                await openTabs(count);
                break;
              }
              case 'resync':
                // No log is lost that the server has not read yet.
                await caughtUp();
                link.goAway();
                await Promise.all(tabs.map((tab) => until(tab.state, (to) => to === 'offline')));
                await dropLog(database, roomId);
                link.comeBack();
                break;
            }
          };

          try {
            for (const now of steps) {
              await doStep(now);
            }
            link.comeBack();
            await until(client.queue, (actions) =>
              actions.every(({ state }) => state === 'refused'),
            );
            for (const { id } of client.queue.get()) {
              client.drop(id);
            }
            await caughtUp();
            const theirs = await fetchRoom(server, viewer, roomId);
            for (const tab of tabs) {
              const timeline = tab.timeline(roomId);
              await until(timeline, ({ messages }) => messages.every(({ actionId }) => !actionId));
              while (timeline.get().hasOlder) {
                await timeline.loadOlder().catch(() => {});
              }
              const { messages } = timeline.get();
              expect(messages.map(asFetched)).toEqual(theirs.messages);
              expect(tab.room(roomId).get()).toMatchObject(theirs.room);
              for (const { id } of messages.filter(({ replyCount }) => replyCount > 0)) {
                const thread = tab.thread(id).get();
                expect(thread.messages.map(asFetched)).toEqual(
                  theirs.messages.filter(
                    (message: { parentMessageId: string }) => message.parentMessageId === id,
                  ),
                );
              }
            }
            const { rows } = await database.owner.query<{ nonce: string }>(
              `select nonce from app_private.message_nonces
              join app_public.messages on messages.id = message_nonces.message_id
              where messages.room_id = $1 and parent_message_id is null order by messages.seq`,
              [roomId],
            );
            expect(rows.map(({ nonce }) => nonce)).toEqual(sent);
          } finally {
            clearInterval(impatience);
            link.comeBack();
            await closeTabs();
          }
        },
      ),
      { numRuns: RUNS, endOnFailure: true, ...SEED },
    );
  },
  RUNS * 30_000,
);
