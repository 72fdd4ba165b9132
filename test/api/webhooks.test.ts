import { Webhook } from 'standardwebhooks';
import { startTestServer } from '../../testing/server.ts';
import { createWebhookWorld } from '../webhooks/support/world.ts';

const world = await createWebhookWorld();
const { database } = world;
const server = await startTestServer(database);
afterAll(() => world.close());
await world.startWorker();
const ada = await database.createUser('ada');

async function createKey(name: string, scopes: readonly string[]): Promise<string> {
  return await world.admin('create_key', name, scopes);
}
const key = await createKey('back end', ['webhooks', 'read']);

/** The data, or the code of the first error. */
async function ask(token: string, query: string, variables: Record<string, unknown> = {}) {
  const { data, errors } = await server.graphql(query, variables, token);
  return errors === undefined ? data : errors[0]?.extensions?.code;
}

const CREATE = `mutation ($input: CreateWebhookInput!) {
  createWebhook(input: $input) { webhookSecret { webhookId secret } }
}`;

test('a key makes a webhook, changes it, reads its deliveries, has it told again, and ends it', async () => {
  const endpoint = await world.endpoint();
  const room = await database.createRoom(ada);
  const { webhookSecret } = (
    await ask(key, CREATE, {
      input: { name: 'tickets', url: endpoint.url, events: ['MESSAGE'], roomIds: [room.id] },
    })
  ).createWebhook;
  const { webhookId, secret } = webhookSecret;
  await database.sendMessage(ada, room.id, 'hello');
  const told = await endpoint.next();
  expect(new Webhook(secret).verify(told.text, told.headers as Record<string, string>)).toEqual(
    told.frame,
  );

  const rotated = await ask(
    key,
    `mutation ($webhookId: UUID!) {
      rotateWebhookSecret(input: { webhookId: $webhookId, overlapSeconds: 0 }) { webhookSecret { secret } }
    }`,
    { webhookId },
  );
  const next = new Webhook(rotated.rotateWebhookSecret.webhookSecret.secret);
  await ask(
    key,
    `mutation ($webhookId: UUID!, $roomId: UUID!) {
      replayWebhook(input: { webhookId: $webhookId, roomId: $roomId, after: 0 }) { webhook { id } }
    }`,
    { webhookId, roomId: room.id },
  );
  const again = await endpoint.next();
  expect(again.id).toBe(told.id);
  next.verify(again.text, again.headers as Record<string, string>);

  const LIST = `{ webhooks { nodes {
    name url events roomIds createdBy disabledAt deliveries { nodes { eventId outcome status attempt } }
  } } }`;
  let nodes: { deliveries: { nodes: unknown[] } }[];
  do {
    nodes = (await ask(key, LIST)).webhooks.nodes;
  } while (nodes[0]?.deliveries.nodes.length !== 2); // Noted right after the answer.
  const taken = { eventId: told.id, outcome: 'delivered', status: 204, attempt: 1 };
  expect(nodes).toEqual([
    {
      name: 'tickets',
      url: endpoint.url,
      events: ['MESSAGE'],
      roomIds: [room.id],
      createdBy: 'key back end',
      disabledAt: null,
      deliveries: { nodes: [taken, taken] },
    },
  ]);

  const { updateWebhook } = await ask(
    key,
    `mutation ($webhookId: UUID!) {
      updateWebhook(input: { webhookId: $webhookId, events: [ROOM], roomIds: null }) { webhook { url events roomIds } }
    }`,
    { webhookId },
  );
  expect(updateWebhook.webhook).toEqual({ url: endpoint.url, events: ['ROOM'], roomIds: null });
  await database.createRoom(ada);
  expect((await endpoint.next()).frame.type).toBe('room_event');

  await ask(
    key,
    'mutation ($webhookId: UUID!) { deleteWebhook(input: { webhookId: $webhookId }) { clientMutationId } }',
    { webhookId },
  );
  expect(
    await ask(key, `query ($webhookId: UUID!) { webhook(id: $webhookId) { id } }`, { webhookId }),
  ).toEqual({
    webhook: null,
  });
});

test('nobody sees or makes webhooks but a key with the scope', async () => {
  await world.webhook('of an administrator', 'https://hooks.example.org/');
  const LIST = '{ webhooks { nodes { name } } }';
  expect(await ask(key, LIST)).toEqual({ webhooks: { nodes: [{ name: 'of an administrator' }] } });
  const input = { name: 'mine', url: 'https://example.org/' };
  const others = [
    ada.token,
    await createKey('another', [
      'read',
      'write',
      'rooms',
      'moderation',
      'users',
      'import',
      'act_as',
    ]),
  ];
  for (const token of others) {
    expect(await ask(token, LIST)).toEqual({ webhooks: { nodes: [] } });
    expect(await ask(token, CREATE, { input })).toBe('FORBIDDEN');
  }
  // Without `read` a key makes one, and sees none.
  const writing = await createKey('writing', ['webhooks']);
  expect(await ask(writing, LIST)).toBe('FORBIDDEN');
  expect(await ask(writing, CREATE, { input })).toMatchObject({
    createWebhook: { webhookSecret: { secret: expect.stringMatching(/^whsec_/) } },
  });
});

test.each([
  [{ url: 'javascript:alert(1)' }, 'BAD_INPUT'],
  [{ url: 'https://example.org/\nx' }, 'BAD_INPUT'],
  [{ name: '' }, 'BAD_INPUT'],
  [{ events: [] }, 'BAD_INPUT'],
  [{ roomIds: [] }, 'BAD_INPUT'],
  [{ roomIds: ['01a21ace-dc06-7da2-8568-a05bca273cf5'] }, 'NOT_FOUND'],
])('a webhook with %j is refused: %s', async (wrong, code) => {
  const input = { name: 'wrong', url: 'https://example.org/', ...wrong };
  expect(await ask(key, CREATE, { input })).toBe(code);
});
