import type { BenchEnvironment, Person } from '../../testing/environment.ts';
import { oddTurns } from '../../testing/odd-subscribes.ts';
import { openSocket } from '../../testing/socket.ts';
import { type Claim, exactly } from './support/claim.ts';
import { ROOM_EVENTS } from './support/reader.ts';
import { until } from './support/traffic.ts';

const USER_EVENTS = 'subscription { userEvents { event { __typename } } }';
const PEOPLE = 20;
const AT_ONCE = 40;
const TURNS_EACH = 8;
const LIMIT_MS = 30_000;

/** Clients subscribe, complete, subscribe again, use ids twice, and hang up in the middle of it. */
export async function oddSubscribes(
  env: BenchEnvironment,
  { subscribes }: { subscribes: number },
): Promise<Claim[]> {
  const server = await env.startServer();
  const people = await env.createPeople(PEOPLE + 1);
  const [stranger, ...members] = people as [Person, ...Person[]];
  const [roomId, foreignRoomId] = (await env.createRooms([
    members.map(({ id }) => id),
    [stranger.id],
  ])) as [string, string];
  const turns = oddTurns({
    roomEvents: ROOM_EVENTS,
    userEvents: USER_EVENTS,
    roomId,
    foreignRoomId,
  });
  let begun = 0;
  let number = 0;

  async function visit(): Promise<void> {
    const { token } = members[number % PEOPLE] as Person;
    const socket = await openSocket(`${server.url}/graphql`, { token });
    for (let turn = 0; turn < TURNS_EACH; turn += 1) {
      number += 1;
      for (const frame of turns[(number * 7) % turns.length]?.(String(turn)) ?? []) {
        socket.send(frame);
        begun += frame.type === 'subscribe' ? 1 : 0;
      }
      if (number % 4 === 0) {
        await Promise.race([socket.roundTrip().catch(() => {}), socket.closed]);
      }
    }
    await socket.close();
  }

  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (begun < subscribes) {
        await visit();
      }
    }),
  );
  const left = { sockets: 0, followers: 0 };
  await until(async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const value = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
    left.sockets = value('trumpet_sockets');
    left.followers = value('trumpet_followers');
    return left.sockets === 0 && left.followers === 0;
  }, LIMIT_MS);
  await server.stop();
  console.log(`  ${begun.toLocaleString('en')} subscribes`);
  return [
    exactly('0 sockets are left', left.sockets, 0),
    exactly('0 followers are left', left.followers, 0),
  ];
}
