import { readdirSync } from 'node:fs';
import sharp from 'sharp';
import type { TestUser } from '../../testing/database.ts';
import { picture, pictureWithPlace } from './support/pictures.ts';
import { startS3Server } from './support/s3-server.ts';
import { uploadFile } from './support/upload.ts';
import { type AttachmentsWorld, createAttachmentsWorld } from './support/world.ts';

const USER_FIELDS = 'id avatarUrl small: avatarUrl(size: SMALL)';

describe.each(['disk', 'S3'])('on %s', (storage) => {
  let world: AttachmentsWorld;
  let stored: () => Promise<string[]>;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const s3 = storage === 'S3' ? await startS3Server() : undefined;
    world = await createAttachmentsWorld(s3?.settings);
    stored = s3?.objects ?? (async () => readdirSync(world.folder));
    close = async () => {
      await world.close();
      await s3?.close();
    };
  });
  afterAll(() => close());

  async function uploadAvatar(user: TestUser, bytes: Buffer): Promise<string> {
    const metadata = { purpose: 'avatar' };
    const { id } = await uploadFile(world.server.url, user, bytes, { filename: 'me', metadata });
    await world.verdictOn(id);
    return id;
  }

  async function setAvatar(user: TestUser, uploadId: string) {
    const { data, errors } = await world.server.graphql(
      `mutation ($uploadId: UUID!) { setAvatar(input: { uploadId: $uploadId }) { user { ${USER_FIELDS} } } }`,
      { uploadId },
      user.token,
    );
    return errors === undefined ? data.setAvatar.user : errors[0]?.extensions?.code;
  }

  test('a picture that is uploaded becomes that of its person, in squares, without its place, for whoever has the address', async () => {
    const [ada, bob] = [await world.database.createUser(), await world.database.createUser()];
    const id = await uploadAvatar(ada, await pictureWithPlace('jpeg'));
    const user = await setAvatar(ada, id);
    const seen = await world.server.graphql(
      `query ($id: UUID!) { user(id: $id) { ${USER_FIELDS} } }`,
      { id: ada.id },
      bob.token,
    );
    expect(seen.data.user).toEqual(user);
    for (const [address, side] of [
      [user.avatarUrl, 256],
      [user.small, 64],
    ]) {
      const response = await world.fetch(address);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('image/webp');
      expect(response.headers.get('cache-control')).toBe('public, max-age=86400, immutable');
      const { exif, ...metadata } = await sharp(await response.arrayBuffer()).metadata();
      expect(exif).toBeUndefined();
      expect(metadata).toMatchObject({ format: 'webp', width: side, height: side });
    }
    // The squares are all that is kept.
    const names = (await stored()).filter((name) => name.startsWith(id));
    expect(names.sort()).toEqual([`${id}.square256`, `${id}.square64`]);
  });

  test.each([
    [
      'another takes its place',
      async (user: TestUser) => setAvatar(user, await uploadAvatar(user, await picture('png'))),
    ],
    [
      'it is taken away',
      (user: TestUser) =>
        world.server.graphql(
          'mutation { updateProfile(input: { avatarUrl: "" }) { user { avatarUrl } } }',
          {},
          user.token,
        ),
    ],
    [
      'the account is deleted',
      (user: TestUser) =>
        world.database.owner.query('select app_private.begin_erasure($1)', [user.id]),
    ],
  ])('a picture is gone at once and removed when %s', async (_what, change) => {
    const ada = await world.database.createUser();
    const id = await uploadAvatar(ada, await picture('png'));
    const { avatarUrl } = await setAvatar(ada, id);
    await change(ada);
    expect((await world.fetch(avatarUrl)).status).toBe(404);
    await world.runJob('remove_uploads');
    expect((await stored()).filter((name) => name.startsWith(id))).toEqual([]);
  });

  test('a picture in use stays however old, one that nobody uses goes after a day', async () => {
    const ada = await world.database.createUser();
    const [used, unused] = [
      await uploadAvatar(ada, await picture('png')),
      await uploadAvatar(ada, await picture('png')),
    ];
    const { avatarUrl } = await setAvatar(ada, used);
    await world.database.owner.query(
      `update app_private.uploads set created_at = now() - interval '25 hours' where uploader_id = $1`,
      [ada.id],
    );
    await world.runJob('remove_uploads');
    expect((await world.fetch(avatarUrl)).status).toBe(200);
    await expect(setAvatar(ada, unused)).resolves.toBe('NOT_FOUND');
  });

  test('the pictures of others, files of messages and what is no picture are refused', async () => {
    const [ada, bob] = [await world.database.createUser(), await world.database.createUser()];
    const room = await world.database.createRoom(ada);
    const avatar = await uploadAvatar(ada, await picture('png'));
    const file = await uploadFile(world.server.url, ada, await picture('png'), {
      filename: 'photo.png',
    });
    await expect(setAvatar(bob, avatar)).resolves.toBe('NOT_FOUND');
    await expect(setAvatar(ada, file.id)).resolves.toBe('BAD_INPUT');
    await expect(world.send(ada, room.id, [avatar])).rejects.toThrow('NOT_FOUND');
    await expect(uploadAvatar(ada, Buffer.from('no picture'))).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
    // One that nobody uses is not to be fetched.
    expect((await world.fetch(`/avatars/${avatar}/64.webp`)).status).toBe(404);
    await setAvatar(ada, avatar);
    for (const path of [`${avatar}/65.webp`, `${avatar}/__proto__`, 'nothing/64.webp']) {
      expect((await world.fetch(`/avatars/${path}`)).status).toBe(404);
    }
  });
});
