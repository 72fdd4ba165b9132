import type { BenchEnvironment, Person } from '../../testing/environment.ts';
import { openJsonSocket } from '../../testing/json-socket.ts';
import { openSocket } from '../../testing/socket.ts';
import { callAs } from './support/as-person.ts';
import { type Claim, exactly } from './support/claim.ts';
import { pause } from './support/traffic.ts';

const EVENTS = `subscription ($roomId: UUID!) {
  roomEvents(roomId: $roomId) {
    __typename ... on MessageEvent { messageId message { content reactions { emoji count } } }
  }
}`;
const MESSAGES = 5;

/** What an event shows is locked away for a while. */
export async function stalledQuery(
  env: BenchEnvironment,
  { lockMs }: { lockMs: number },
): Promise<Claim[]> {
  const server = await env.startServer();
  const [author, reader] = (await env.createPeople(2)) as [Person, Person];
  const [roomId] = (await env.createRooms([[author.id, reader.id]])) as [string];
  const socket = await openSocket(`${server.url}/graphql`, { token: reader.token });
  const events = socket.subscribe(EVENTS, { roomId });
  await events.nextData();
  const json = await openJsonSocket(`${server.url}/ws?access_token=${reader.token}`);
  json.send({ type: 'join_room', room_id: roomId });
  await json.nextOf('joined');

  const locker = await env.owner.connect();
  await locker.query('begin');
  await locker.query('lock table app_public.message_reactions in access exclusive mode');
  const sent: string[] = [];
  for (let count = 0; count < MESSAGES; count += 1) {
    sent.push(
      (await callAs(env.owner, author, 'send_message', roomId, `text ${count}`)).id as string,
    );
  }
  await pause(lockMs);
  await locker.query('commit');
  locker.release();

  const inGraphql: (string | undefined)[] = [];
  while (inGraphql.length < MESSAGES) {
    const step = await events.next();
    const event = step.type === 'next' ? step.data?.roomEvents : undefined;
    if (step.type !== 'next' || step.errors !== undefined || event?.__typename === 'MessageEvent') {
      inGraphql.push(event?.message?.content);
    }
  }
  const inJson: (string | undefined)[] = [];
  while (inJson.length < MESSAGES) {
    const frame = await json.next();
    if (frame.type === 'message_event' || frame.type === 'error') {
      inJson.push(frame.message?.content);
    }
  }
  await Promise.all([socket.close(), json.close()]);
  await server.stop();
  const late = (texts: readonly unknown[]) =>
    texts.filter((text, index) => text === `text ${index}`).length;
  return [
    exactly('every message comes whole by GraphQL, late', late(inGraphql), sent.length),
    exactly('every message comes whole in JSON, late', late(inJson), sent.length),
  ];
}
