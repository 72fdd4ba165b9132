import { picture } from './support/pictures.ts';
import { uploadFile } from './support/upload.ts';
import { createAttachmentsWorld } from './support/world.ts';

const world = await createAttachmentsWorld();
afterAll(() => world.close());
const { database, server } = world;

const [owner, author, member] = [
  await database.createUser(),
  await database.createUser(),
  await database.createUser(),
];
const { id: roomId } = await database.createRoom(owner, { members: [author, member] });
await database.call(owner, 'set_room_rule', roomId, 'words', 'hold', ['dubious']);

async function sendPicture(): Promise<string> {
  const { id } = await uploadFile(server.url, author, await picture('png'), { filename: 'a.png' });
  const message = await world.send(author, roomId, [id]);
  await world.processed(message.id, author);
  return message.id;
}

/** Where somebody is told now that the file and its thumbnail are. */
async function addressesOf(messageId: string, viewer: typeof owner) {
  const [attachment] = (await world.attachmentsOf(messageId, viewer)) ?? [];
  return [attachment?.url, attachment?.thumbnailUrl].map((address) => address ?? '');
}

async function answers(addresses: readonly string[]): Promise<number[]> {
  return Promise.all(addresses.map(async (address) => (await world.fetch(address)).status));
}

test('a file of a message that is held can be fetched by its author and moderators, and by others once it is released', async () => {
  const messageId = await sendPicture();
  const earlier = await addressesOf(messageId, member);
  await expect(answers(earlier)).resolves.toEqual([200, 200]);

  await database.call(author, 'edit_message', messageId, 'dubious');
  await expect(answers(earlier)).resolves.toEqual([404, 404]);
  await expect(world.attachmentsOf(messageId, member)).resolves.toBeUndefined();
  for (const viewer of [author, owner]) {
    const given = await addressesOf(messageId, viewer);
    await expect(answers(given)).resolves.toEqual([200, 200]);
    // That it is for them cannot be taken from theirs, nor added to another.
    await expect(
      answers(given.map((address) => address.replace('&held=true', ''))),
    ).resolves.toEqual([403, 403]);
  }
  await expect(answers(earlier.map((address) => `${address}&held=true`))).resolves.toEqual([
    403, 403,
  ]);

  await database.call(owner, 'release_message', messageId);
  await expect(answers(earlier)).resolves.toEqual([200, 200]);
  await expect(answers(await addressesOf(messageId, member))).resolves.toEqual([200, 200]);
});

test('a file of a message that is rejected can be fetched by nobody', async () => {
  const messageId = await sendPicture();
  await database.call(author, 'edit_message', messageId, 'dubious');
  const given = await addressesOf(messageId, owner);
  await expect(answers(given)).resolves.toEqual([200, 200]);

  await database.call(owner, 'reject_message', messageId);
  await expect(answers(given)).resolves.toEqual([404, 404]);
});
