import type { BenchEnvironment, Person } from '../../testing/environment.ts';
import { openSocket, type Step } from '../../testing/socket.ts';
import { callAs } from './support/as-person.ts';
import { type Claim, exactly } from './support/claim.ts';

const EVENTS = `subscription ($roomId: UUID!) {
  roomEvents(roomId: $roomId) {
    __typename changeSeq
    ... on MessageEvent { message { content } }
    ... on MemberEvent { event userId }
  }
}`;
const SECRET = 'written after the ban';

/** Readers that read nothing are banned with a backlog; three messages are written; then they read on. */
export async function halfBannedReader(
  env: BenchEnvironment,
  { rounds, backlog }: { rounds: number; backlog: number },
): Promise<Claim[]> {
  const server = await env.startServer();
  let removals = 0;
  let secrets = 0;
  for (let round = 0; round < rounds; round += 1) {
    const [owner, reader] = (await env.createPeople(2)) as [Person, Person];
    const [roomId] = (await env.createRooms([[owner.id, reader.id]])) as [string];
    const socket = await openSocket(`${server.url}/graphql`, { token: reader.token });
    const events = socket.subscribe(EVENTS, { roomId });
    await events.nextData();
    socket.pause();
    await env.owner.query(
      `insert into app_public.messages (room_id, author_id, content)
        select $1, $2, rpad(number::text, 2000, ' waiting') from generate_series(1, $3::int) as number`,
      [roomId, owner.id, backlog],
    );
    await callAs(env.owner, owner, 'ban_member', roomId, reader.id);
    for (let count = 0; count < 3; count += 1) {
      await callAs(env.owner, owner, 'send_message', roomId, SECRET);
    }
    socket.resume();
    // biome-ignore lint/suspicious/noExplicitAny: what the document asks for
    const steps: Step<any>[] = [await events.next()];
    while (steps.at(-1)?.type === 'next') {
      steps.push(await events.next());
    }
    const seen = steps.flatMap((step) => (step.type === 'next' ? [step.data.roomEvents] : []));
    await socket.close();
    const last = seen.at(-1);
    removals += last?.event === 'DELETE' && last.userId === reader.id ? 1 : 0;
    secrets += seen.filter(({ message }) => message?.content === SECRET).length;
  }
  await server.stop();
  return [
    exactly('the removal is the last event of each', removals, rounds),
    exactly('0 texts that were written after the ban', secrets, 0),
  ];
}
