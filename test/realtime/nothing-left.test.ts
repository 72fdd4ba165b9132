import { setTimeout as pause } from 'node:timers/promises';
import { jest } from '@jest/globals';
import type { TestUser } from '../../testing/database.ts';
import { oddTurns } from '../../testing/odd-subscribes.ts';
import { createTestWorld } from '../../testing/world.ts';
import { ROOM_EVENTS, USER_EVENTS } from './support.ts';

/*
 * Clients subscribe, complete, subscribe again, use ids twice and hang up in the middle of it. Whatever they do,
 * nothing of it is left when they are gone.
 */

const { database, server, close } = await createTestWorld();
afterAll(close);

const people = await Promise.all(Array.from({ length: 4 }, () => database.createUser()));
const [ada, ...others] = people as [TestUser, ...TestUser[]];
const { id: roomId } = await database.createRoom(ada, { members: others });
const { id: foreignRoomId } = await database.createRoom(await database.createUser(), {
  type: 'private',
});

const SOCKETS_EACH = 25;
const TURNS_EACH = 6;

const TURNS = oddTurns({ roomEvents: ROOM_EVENTS, userEvents: USER_EVENTS, roomId, foreignRoomId });

test('a thousand odd subscribes and closes leave no followers, groups, rooms, sockets or timers', async () => {
  const timersBefore = timers();
  let begun = 0;
  await Promise.all(
    people.flatMap(({ token }, person) =>
      Array.from({ length: SOCKETS_EACH }, async (_, index) => {
        const socket = await server.socket({ token });
        for (let turn = 0; turn < TURNS_EACH; turn += 1) {
          const number = person + index * 3 + turn * 7;
          for (const frame of TURNS[number % TURNS.length]?.(String(turn)) ?? []) {
            socket.send(frame);
            begun += 'payload' in frame ? 1 : 0;
          }
          if (number % 4 === 0) {
            await Promise.race([socket.roundTrip().catch(() => {}), socket.closed]);
          }
        }
        if (index % 5 === 0) {
          await database.sendMessage(ada, roomId, `${person} ${index}`);
        }
        await socket.close();
      }),
    ),
  );
  expect(begun).toBeGreaterThan(1_000);
  await untilLeft({ sockets: 0, followers: 0, sessions: 0 });
  // Rooms and groups are kept for two minutes for those who come back.
  const now = performance.now.bind(performance);
  jest.spyOn(performance, 'now').mockImplementation(() => now() + 130_000);
  await untilLeft({ sockets: 0, followers: 0, sessions: 0, groups: 0, rooms: 0 });
  while (timers() > timersBefore) {
    await pause(50);
  }
});

/** Who hangs up is gone when the server has read that; nothing tells a client when. */
async function untilLeft(expected: object): Promise<void> {
  let counts = await left();
  while (!Object.entries(expected).every(([name, count]) => counts[name] === count)) {
    await pause(50);
    counts = await left();
  }
}

async function left(): Promise<Record<string, number>> {
  const text = await (
    await fetch(`${server.url}/metrics`, { headers: { connection: 'close' } })
  ).text();
  const value = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
  return {
    sockets: value('trumpet_sockets'),
    rooms: value('trumpet_rooms'),
    groups: value('trumpet_groups'),
    followers: value('trumpet_followers'),
    sessions: value('trumpet_presence_sessions'),
  };
}

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}
