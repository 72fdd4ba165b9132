import type { BenchEnvironment, Person } from '../../testing/environment.ts';
import { openSocket } from '../../testing/socket.ts';
import { callAs } from './support/as-person.ts';
import { type Claim, exactly } from './support/claim.ts';

const USER_EVENTS = 'subscription { userEvents { event { __typename roomId changeSeq } } }';
const ROOM_EVENTS =
  'subscription ($roomId: UUID!) { roomEvents(roomId: $roomId) { __typename changeSeq } }';

/**
 * A transaction holds the horizon open, as a data export does. Someone comes into a room and is banned; after many more
 * changes they listen to all of their rooms.
 */
export async function horizonHeldOpen(
  env: BenchEnvironment,
  { changes }: { changes: number },
): Promise<Claim[]> {
  const server = await env.startServer();
  const [owner, listener, banned] = (await env.createPeople(3)) as [Person, Person, Person];
  const [privateRoom, ownRoom] = (await env.createRooms([
    [owner.id, listener.id],
    [owner.id, banned.id],
  ])) as [string, string];
  const holder = await env.owner.connect();
  await holder.query('begin');
  await holder.query('select pg_current_xact_id()');
  const listening = await openSocket(`${server.url}/graphql`, { token: listener.token });
  const heard = listening.subscribe(ROOM_EVENTS, { roomId: privateRoom });
  await heard.nextData();

  await callAs(env.owner, owner, 'add_room_member', privateRoom, banned.id);
  await callAs(env.owner, owner, 'ban_member', privateRoom, banned.id);
  for (let change = 0; change < changes; change += 1) {
    await callAs(env.owner, owner, 'send_message', privateRoom, `private ${change}`);
  }
  const socket = await openSocket(`${server.url}/graphql`, { token: banned.token });
  const events = socket.subscribe(USER_EVENTS);
  await events.nextData();
  const told: { roomId: string | null }[] = [];
  // Twice, so that a sweep lies between: it asks who has come into which room.
  for (const text of ['first', 'second']) {
    await callAs(env.owner, owner, 'send_message', privateRoom, text);
    await callAs(env.owner, owner, 'send_message', ownRoom, text);
    let event = (await events.nextData()).userEvents.event;
    while (event.roomId !== ownRoom) {
      told.push(event);
      event = (await events.nextData()).userEvents.event;
    }
    await new Promise((resolve) => setTimeout(resolve, 2_500));
  }
  told.push(
    ...events
      .pending()
      .flatMap((step) => (step.type === 'next' ? [step.data.userEvents.event] : [])),
  );
  await holder.query('commit');
  holder.release();
  await Promise.all([socket.close(), listening.close()]);
  await server.stop();
  const foreign = told.filter(({ roomId }) => roomId === privateRoom);
  return [exactly('0 events of a room for someone who was banned from it', foreign.length, 0)];
}
