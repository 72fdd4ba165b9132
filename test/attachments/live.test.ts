import { picture } from './support/pictures.ts';
import { uploadFile } from './support/upload.ts';
import { ATTACHMENT_FIELDS, createAttachmentsWorld } from './support/world.ts';

const world = await createAttachmentsWorld();
afterAll(() => world.close());

test('listeners are told when a file can be fetched, with an address that works', async () => {
  const { database, server } = world;
  const ada = await database.createUser();
  const bob = await database.createUser();
  const room = await database.createRoom(ada, { members: [bob] });
  const socket = await server.socket({ token: bob.token });
  const events = socket.subscribe(
    `subscription ($roomId: UUID!) {
      roomEvents(roomId: $roomId) {
        __typename
        ... on MessageEvent { event message { attachments { ${ATTACHMENT_FIELDS} } } }
      }
    }`,
    { roomId: room.id },
  );
  await expect(events.nextData()).resolves.toMatchObject({
    roomEvents: { __typename: 'ReadyEvent' },
  });

  const bytes = await picture('webp');
  const { id } = await uploadFile(server.url, ada, bytes, { filename: 'photo.webp' });
  await world.send(ada, room.id, [id]);
  let attachment: { status: string; url: string | null };
  do {
    const { roomEvents } = await events.nextData();
    expect(roomEvents.__typename).toBe('MessageEvent');
    [attachment] = roomEvents.message.attachments;
  } while (attachment.status === 'PROCESSING');

  const response = await world.fetch(attachment.url ?? '');
  expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
});
