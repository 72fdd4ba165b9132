import { epochMs } from '../../testing/clock.ts';
import type { BenchEnvironment, Person } from '../../testing/environment.ts';
import { openSocket } from '../../testing/socket.ts';
import type { Reading, RoomTable, Sight } from './checker.ts';
import { type Claim, faithful } from './support/claim.ts';
import { createPopulation } from './support/population.ts';
import { ROOM_EVENTS } from './support/reader.ts';
import { startSqlWriters } from './support/sql-writer.ts';
import { readTables } from './support/tables.ts';
import { startWriters } from './support/writer.ts';

const PARALLEL = 8;
/** How many events are read behind Ready. */
const EVENTS = 3;
const PATIENCE_MS = 10_000;

/** Subscriptions that begin in the middle of a stream: nothing between Ready and the first event is missed. */
export async function subscribeWhilePublishing(
  env: BenchEnvironment,
  { subscriptions, rate }: { subscriptions: number; rate: number },
): Promise<Claim[]> {
  const server = await env.startServer();
  const { people, roomIds, authors } = await createPopulation(
    env.owner,
    env.jwtSecret,
    PARALLEL,
    1,
  );
  const roomId = roomIds[0] as string;
  const overHttp = startWriters([() => server.url], authors, rate / 2);
  const bySql = await startSqlWriters(env.authDatabaseUrl, authors, rate / 2);
  const readings: Reading[] = [];
  let begun = 0;

  async function subscribeAgainAndAgain(person: Person): Promise<void> {
    const socket = await openSocket(`${server.url}/graphql`, { token: person.token });
    while (begun < subscriptions) {
      begun += 1;
      const subscription = socket.subscribe(ROOM_EVENTS, { roomId });
      const { roomEvents: ready } = await subscription.nextData();
      const sights: Sight[] = [];
      const reading: Promise<void> = (async () => {
        while (sights.length < EVENTS) {
          const { roomEvents: event } = await subscription.nextData();
          sights.push({
            changeSeq: Number(event.changeSeq),
            messageId: event.messageId ?? null,
            occurredAt: Date.parse(event.occurredAt),
            receivedAt: epochMs(),
          });
        }
      })();
      await Promise.race([reading, timeout(PATIENCE_MS)]);
      subscription.complete();
      readings.push({
        reader: `subscription ${begun}`,
        roomId,
        after: Number(ready.headChangeSeq),
        sights,
        mayRepeat: false,
      });
    }
    await socket.close();
  }

  await Promise.all(people.map(subscribeAgainAndAgain));
  await Promise.all([overHttp.stop(), bySql.stop()]);
  const [table] = (await readTables(env.owner, [roomId])) as [RoomTable];
  const sends = [...overHttp.sends, ...bySql.sends];
  const short = readings.filter(({ sights }) => sights.length < EVENTS);
  const missed = readings.filter(({ after, sights }) =>
    sights.some(({ changeSeq }, index) => changeSeq !== after + 1 + index),
  );
  await server.stop();
  const whole = faithful([table], sends, []);
  return [
    whole,
    {
      promise: '0 missed after Ready',
      measured: `${missed.length + short.length} of ${readings.length.toLocaleString('en')} subscriptions missed an event`,
      holds: missed.length + short.length === 0 && readings.length === subscriptions,
    },
  ];
}

function timeout(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
