import { isDeepStrictEqual } from 'node:util';
import type { BenchEnvironment, Person } from '../../testing/environment.ts';
import { openSocket } from '../../testing/socket.ts';
import { callAs } from './support/as-person.ts';
import { type Claim, exactly } from './support/claim.ts';

const MESSAGE = `id content deletedAt editedAt pinnedAt replyCount
  author { username displayName avatarUrl } reactions { emoji count } attachments { filename }`;
const EVENTS = `subscription ($roomId: UUID!, $after: BigInt) {
  roomEvents(roomId: $roomId, after: $after) {
    __typename ... on ReadyEvent { headChangeSeq } ... on MessageEvent { messageId message { ${MESSAGE} } }
  }
}`;
const QUERY = `query ($id: UUID!) { message(id: $id) { ${MESSAGE} } }`;

interface Scene {
  readonly env: BenchEnvironment;
  readonly author: Person;
  readonly moderator: Person;
  readonly messageId: string;
}

type Step = (scene: Scene) => Promise<unknown>;

const byHand =
  (sql: string): Step =>
  ({ env, messageId, author }) =>
    env.owner.query(sql.replaceAll('$message', messageId).replaceAll('$author', author.id));

/** What changes what a message shows, and what was so before. */
const CHANGES: Readonly<Record<string, { readonly before?: Step; readonly change: Step }>> = {
  deletion: {
    change: ({ env, author, messageId }) => callAs(env.owner, author, 'delete_message', messageId),
  },
  edit: {
    change: ({ env, author, messageId }) =>
      callAs(env.owner, author, 'edit_message', messageId, 'the new text'),
  },
  hold: { change: byHand("update app_public.messages set held_at = now() where id = '$message'") },
  release: {
    before: byHand("update app_public.messages set held_at = now() where id = '$message'"),
    change: byHand("update app_public.messages set held_at = null where id = '$message'"),
  },
  retention: { change: byHand("delete from app_public.messages where id = '$message'") },
  erasure: { change: byHand("select app_private.begin_erasure('$author')") },
  profile: {
    change: byHand("update app_public.users set display_name = 'New' where id = '$author'"),
  },
  picture: {
    change: byHand(
      "update app_public.users set avatar_url = 'https://example.com/new.png' where id = '$author'",
    ),
  },
  reaction: {
    change: ({ env, moderator, messageId }) =>
      callAs(env.owner, moderator, 'add_message_reaction', messageId, '👍'),
  },
  pin: {
    change: ({ env, moderator, messageId }) =>
      callAs(env.owner, moderator, 'pin_message', messageId),
  },
};

/** Newcomers resume behind a change of what others have been shown. */
export async function staleResults(
  env: BenchEnvironment,
  { newcomers }: { newcomers: number },
): Promise<Claim[]> {
  const server = await env.startServer();
  let resumes = 0;
  let old = 0;
  for (const [kind, { before, change }] of Object.entries(CHANGES)) {
    const people = await env.createPeople(newcomers + 3);
    const [moderator, author, listener, ...others] = people as [Person, Person, Person];
    const [roomId] = (await env.createRooms([people.map(({ id }) => id)])) as [string];
    const { id } = await callAs(env.owner, author, 'send_message', roomId, 'the old text');
    const scene = { env, author, moderator, messageId: id as string };
    await before?.(scene);
    await read(server.url, listener, roomId, scene.messageId);
    await change(scene);
    const expected = await query(server.url, listener, scene.messageId);
    const shown = await Promise.all(
      others.map((person) => read(server.url, person, roomId, scene.messageId)),
    );
    const wrong = shown.filter((message) => !isDeepStrictEqual(message, expected));
    if (wrong.length > 0) {
      console.log(`  ${kind}: ${JSON.stringify(wrong[0])} instead of ${JSON.stringify(expected)}`);
    }
    resumes += shown.length;
    old += wrong.length;
  }
  await server.stop();
  return [
    exactly('newcomers that resumed', resumes, newcomers * Object.keys(CHANGES).length),
    exactly('0 of them were shown something else than a query shows', old, 0),
  ];
}

/** Reads a room from its beginning up to its head. Resolves with what was shown of the message last. */
async function read(
  url: string,
  { token }: Person,
  roomId: string,
  messageId: string,
): Promise<unknown> {
  const socket = await openSocket(`${url}/graphql`, { token });
  const events = socket.subscribe(EVENTS, { roomId, after: 0 });
  const head = Number((await events.nextData()).roomEvents.headChangeSeq);
  let message: unknown;
  for (let change = 0; change < head; change += 1) {
    const { roomEvents: event } = await events.nextData();
    message = event.messageId === messageId ? event.message : message;
  }
  await socket.close();
  return message;
}

async function query(url: string, { token }: Person, id: string): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: QUERY, variables: { id } }),
  });
  const { data } = (await response.json()) as { data: { message: unknown } };
  return data.message;
}
