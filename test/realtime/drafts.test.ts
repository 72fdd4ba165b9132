import type { TestUser } from '../../testing/database.ts';
import type { Subscription } from '../../testing/socket.ts';
import { createTestWorld } from '../../testing/world.ts';

/* All devices of whoever begins to write hear of it, and nobody else hears anything. */

const { database, server, close } = await createTestWorld();
afterAll(close);

const EVENTS = `subscription { userEvents { event { __typename ... on PersonalEvent { roomId matter } } } }`;
const SAVE = `mutation ($input: SaveDraftInput!) { saveDraft(input: $input) { draft { content revision isSetAside room { id } } } }`;
const TOLD = { __typename: 'PersonalEvent', roomId: null, matter: 'DRAFTS' };

async function listen(who: TestUser) {
  const socket = await server.socket({ token: who.token });
  const subscription: Subscription<{ userEvents: { event: object } }> = socket.subscribe(EVENTS);
  const next = async () => (await subscription.nextData()).userEvents.event;
  expect(await next()).toEqual({ __typename: 'ReadyEvent' });
  return { next, close: () => socket.close() };
}

test('each device hears of a draft and of its end, and other members of nothing', async () => {
  const [ada, bob] = [await database.createUser(), await database.createUser()];
  const { id: roomId } = await database.createRoom(ada, { type: 'private', members: [bob] });
  const [phone, desk, other] = [await listen(ada), await listen(ada), await listen(bob)];
  const save = async (content: string, basedOn: readonly string[]) => {
    const revision = crypto.randomUUID();
    const input = { roomId, content, revision, basedOn };
    const { data } = await server.graphql(SAVE, { input }, ada.token);
    expect(data.saveDraft.draft).toEqual({
      ...{ content, revision, isSetAside: false, room: { id: roomId } },
    });
    return revision;
  };
  const begun = await save('Half a thought', []);
  expect([await phone.next(), await desk.next()]).toEqual([TOLD, TOLD]);
  await save('', [begun]);
  expect([await phone.next(), await desk.next()]).toEqual([TOLD, TOLD]);
  const { data } = await server.graphql('{ myDrafts { nodes { id } } }', {}, ada.token);
  expect(data.myDrafts.nodes).toEqual([]);
  // The next that the other member hears is the message.
  await database.sendMessage(ada, roomId, 'A whole thought');
  expect(await other.next()).toEqual({ __typename: 'MessageEvent' });
  await Promise.all([phone, desk, other].map((one) => one.close()));
});
