import { afterAll, expect, test } from '@jest/globals';
import { startWorker } from '../../src/worker/run.ts';
import { openJsonSocket } from '../../testing/json-socket.ts';
import { createTestWorld } from '../../testing/world.ts';

/* That a change of a type of rooms comes into its rooms by the worker, and to those who listen there. */

const { database, server, close } = await createTestWorld();
afterAll(close);

async function ask(token: string, document: string, variables: object = {}) {
  const { data, errors } = await server.graphql(document, { ...variables }, token);
  expect(errors).toBeUndefined();
  return data;
}

const DEFINE = `mutation ($input: DefineRoomTypeInput!) {
  defineRoomType(input: $input) { customRoomType { id name title viewerMayCreate viewerMayJoin } }
}`;
const CREATE = `mutation ($input: CreateRoomInput!) {
  createRoom(input: $input) {
    room { id type slowModeSeconds uploadRole customType { title } }
  }
}`;

test('a room of a type is made, told of each change of its type, and left as it is when that is removed', async () => {
  const [alice, bob] = [await database.createUser(), await database.createUser()];
  await database.owner.query(
    `insert into app_private.permission_exceptions (user_id, permission, effect)
      values ($1, 'manage_room_types', 'grant')`,
    [alice.id],
  );
  const { customRoomType: type } = (
    await ask(alice.token, DEFINE, {
      input: { name: 'live', title: 'Live', visibility: 'PRIVATE', slowModeSeconds: 10 },
    })
  ).defineRoomType;
  expect(type).toMatchObject({ name: 'live', viewerMayCreate: true, viewerMayJoin: true });
  const { room } = (
    await ask(bob.token, CREATE, {
      input: { name: 'Launch', slug: 'launch', customTypeId: type.id },
    })
  ).createRoom;
  expect(room).toEqual({
    id: room.id,
    type: 'PRIVATE',
    slowModeSeconds: 10,
    uploadRole: 'MEMBER',
    customType: { title: 'Live' },
  });

  const json = await openJsonSocket(`${server.url}/ws?access_token=${bob.token}`);
  json.send({ type: 'join_room', room_id: room.id });
  await json.nextOf('joined');
  const read = async () =>
    (await ask(
      bob.token,
      `query ($id: UUID!) {
          room(id: $id) { slowModeSeconds uploadRole customTypeId customType { title } }
          workspaceRoomTypes { id }
        }`,
      { id: room.id },
    )) as { room: object; workspaceRoomTypes: object[] };
  const worker = await startWorker(database.databaseUrl);
  try {
    await ask(alice.token, DEFINE, {
      input: { name: 'live', title: 'On air', slowModeSeconds: 30, uploadRole: 'MODERATOR' },
    });
    await json.nextOf('room_event');
    expect(await read()).toEqual({
      room: {
        slowModeSeconds: 30,
        uploadRole: 'MODERATOR',
        customTypeId: type.id,
        customType: { title: 'On air' },
      },
      workspaceRoomTypes: [{ id: type.id }],
    });
    await ask(
      alice.token,
      'mutation ($input: RemoveRoomTypeInput!) { removeRoomType(input: $input) { customRoomType { id } } }',
      { input: { typeId: type.id } },
    );
    await json.nextOf('room_event');
    expect(await read()).toEqual({
      room: {
        slowModeSeconds: 30,
        uploadRole: 'MODERATOR',
        customTypeId: null,
        customType: null,
      },
      workspaceRoomTypes: [],
    });
  } finally {
    await worker.stop();
  }
});
