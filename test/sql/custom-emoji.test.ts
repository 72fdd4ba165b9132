import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { emojiNames } from '../../src/import/emoji-names.ts';
import {
  createTestDatabase,
  single,
  type TestDatabase,
  type TestUser,
} from '../../testing/database.ts';

/*
 * A workspace's own emoji: one name means one picture; reactions and messages hold the name, so nothing of them breaks when
 * the picture goes.
 */

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

/** An upload of somebody's that the worker has made an emoji of. */
async function picture(uploader: TestUser, { isFinished = true, purpose = 'emoji' } = {}) {
  const { rows } = await database.owner.query<{ id: string }>(
    `select app_hidden.begin_upload($1, null, 'a.png', 10, 100, 1000000) as id`,
    [uploader.id],
  );
  const { id } = single(rows);
  await database.owner.query(
    `select app_hidden.receive_upload($1, 'image/png', false, false, $2)`,
    [id, purpose === 'emoji'],
  );
  if (isFinished) {
    await database.owner.query(
      `select app_private.finish_upload($1, 'image/webp', 10, 128, 128, null, true, false)`,
      [id],
    );
  }
  return id;
}

let last = 0;
const newName = () => `parrot_${String.fromCharCode(97 + (last % 26))}${last++}`;

async function addEmoji(by: TestUser, name = newName(), aliases: readonly string[] = []) {
  return await database.call(by, 'add_custom_emoji', await picture(by), name, aliases);
}

/** What a workspace has, by name. */
async function names(viewer: TestUser, sinceVersion: unknown = null): Promise<string[]> {
  const { rows } = await database.asUser(viewer, (client) =>
    client.query<{ name: string }>('select name from app_public.custom_emoji($1)', [sinceVersion]),
  );
  return rows.map(({ name }) => name);
}

async function reactions(messageId: string): Promise<string[]> {
  const { rows } = await database.owner.query<{ emoji: string }>(
    'select emoji from app_public.message_reactions where message_id = $1 order by emoji',
    [messageId],
  );
  return rows.map(({ emoji }) => emoji);
}

async function makeRoom() {
  const [ada, bob] = await Promise.all([database.createUser(), database.createUser()]);
  const { id: roomId } = await database.createRoom(ada, { members: [bob] });
  const message = await database.sendMessage(ada, roomId, 'hello');
  return { ada, bob, roomId, message };
}

describe('names', () => {
  test.each([
    ['Party_Parrot', 'party_parrot'],
    [':blob-wave:', 'blob-wave'],
    ['Ｗｉｄｅ', 'wide'],
    ['Größe', 'größe'],
    ['おつかれ', 'おつかれ'],
    ['شكرا', 'شكرا'],
    ['नमस्ते', 'नमस्ते'],
    ['ОГОНЬ', 'огонь'],
  ])('%s is kept as %s', async (written, kept) => {
    const ada = await database.createUser();
    await expect(addEmoji(ada, written)).resolves.toMatchObject({ name: kept });
    await expect(addEmoji(ada, kept)).rejects.toMatchObject({ code: '23505' });
  });

  test.each([
    '',
    'two words',
    'a:b',
    '12',
    '30',
    '_',
    '-x',
    'a.b',
    '<b>',
    'x'.repeat(31),
    '😀',
    'a\u202eb',
  ])('%j is none', async (name) => {
    const ada = await database.createUser();
    await expect(addEmoji(ada, name)).rejects.toMatchObject({ code: '23514' });
  });

  test('what means an emoji of Unicode elsewhere means nothing else here', async () => {
    const ada = await database.createUser();
    await expect(addEmoji(ada, 'thumbsup')).rejects.toMatchObject({ code: 'TR409' });
    await expect(addEmoji(ada, newName(), ['tada'])).rejects.toMatchObject({ code: 'TR409' });
    const { rows } = await database.owner.query<{ name: string }>(
      'select name from app_private.emoji_shortcodes',
    );
    expect(rows.map(({ name }) => name).sort()).toEqual(
      emojiNames()
        .filter((name) => name.length <= 30)
        .sort(),
    );
  });

  test('its own name among the others of an emoji is one name', async () => {
    const { ada } = await makeRoom();
    const [name, other] = [newName(), newName()];
    const emoji = await addEmoji(ada, name, [name.toUpperCase(), other]);
    expect(emoji).toMatchObject({ name, aliases: [other] });
    expect(
      await database.call(ada, 'set_custom_emoji_aliases', emoji.id, [`:${name}:`]),
    ).toMatchObject({ name, aliases: [] });
  });

  test('an alias is a name: no other emoji has it, and whoever reacts by it reacts with the emoji', async () => {
    const { ada, bob, message } = await makeRoom();
    const emoji = await addEmoji(ada, newName(), ['Uno', 'uno', 'dos_tres']);
    expect(emoji.aliases).toEqual(['dos_tres', 'uno']);
    await expect(addEmoji(bob, 'uno')).rejects.toMatchObject({ code: '23505' });
    await database.call(bob, 'add_message_reaction', message.id, ':UNO:');
    expect(await reactions(message.id)).toEqual([`:${emoji.name}:`]);
    await database.call(bob, 'remove_message_reaction', message.id, ':dos_tres:');
    expect(await reactions(message.id)).toEqual([]);
    await database.call(ada, 'set_custom_emoji_aliases', emoji.id, ['tres']);
    await expect(addEmoji(bob, 'uno')).resolves.toMatchObject({ name: 'uno' });
    await expect(
      database.call(ada, 'set_custom_emoji_aliases', emoji.id, Array.from({ length: 11 }, newName)),
    ).rejects.toMatchObject({ code: 'TR400' });
  });
});

describe('reactions', () => {
  test('are those that there are', async () => {
    const { ada, bob, message } = await makeRoom();
    const emoji = await addEmoji(ada);
    for (const person of [ada, bob, bob]) {
      await database.call(person, 'add_message_reaction', message.id, `:${emoji.name}:`);
    }
    expect(await reactions(message.id)).toEqual([`:${emoji.name}:`, `:${emoji.name}:`]);
    for (const none of [':no_such_one:', ':thumbsup:', ':', '::', ': :']) {
      await expect(
        database.call(bob, 'add_message_reaction', message.id, none),
      ).rejects.toMatchObject({ code: 'TR404' });
    }
    await expect(
      database.call(bob, 'add_message_reaction', message.id, emoji.name),
    ).rejects.toMatchObject({ code: 'TR400' });
  });

  test('stay as text when the emoji goes, can be taken back, and mean the next one that is called so', async () => {
    const { ada, bob, roomId, message } = await makeRoom();
    const emoji = await addEmoji(ada);
    const reaction = `:${emoji.name}:`;
    const written = await database.sendMessage(bob, roomId, `well ${reaction}`);
    await database.call(ada, 'add_message_reaction', message.id, reaction);
    await database.call(bob, 'add_message_reaction', message.id, reaction);
    await database.call(ada, 'remove_custom_emoji', emoji.id);
    expect(await reactions(message.id)).toEqual([reaction, reaction]);
    await expect(
      database.call(bob, 'add_message_reaction', written.id, reaction),
    ).rejects.toMatchObject({ code: 'TR404' });
    await database.call(ada, 'remove_message_reaction', message.id, reaction);
    expect(await reactions(message.id)).toEqual([reaction]);
    const next = await addEmoji(bob, emoji.name);
    expect(next.id).not.toBe(emoji.id);
    await database.call(ada, 'add_message_reaction', message.id, reaction);
    expect(await reactions(message.id)).toEqual([reaction, reaction]);
    const { rows } = await database.owner.query(
      'select content from app_public.messages where id = $1',
      [written.id],
    );
    expect(rows).toEqual([{ content: `well ${reaction}` }]);
  });
});

test('a reaction by a name that is another emoji’s by now is taken back alone', async () => {
  const { ada, bob, message } = await makeRoom();
  const gone = await addEmoji(ada);
  await database.call(bob, 'add_message_reaction', message.id, `:${gone.name}:`);
  await database.call(ada, 'remove_custom_emoji', gone.id);
  const next = await addEmoji(ada, newName(), [gone.name]);
  await database.call(bob, 'add_message_reaction', message.id, `:${gone.name}:`);
  expect(await reactions(message.id)).toEqual([`:${gone.name}:`, `:${next.name}:`].sort());
  await database.call(bob, 'remove_message_reaction', message.id, `:${gone.name}:`);
  expect(await reactions(message.id)).toEqual([`:${next.name}:`]);
  await database.call(bob, 'remove_message_reaction', message.id, `:${gone.name}:`);
  expect(await reactions(message.id)).toEqual([]);
});

describe('the list', () => {
  test('of what has changed since a version tells of what is new and of what is gone', async () => {
    const ada = await database.createUser();
    const [first, second] = [await addEmoji(ada), await addEmoji(ada)];
    expect(await names(ada)).toEqual(expect.arrayContaining([first.name, second.name]));
    expect(await names(ada, second.version)).toEqual([]);
    await database.call(ada, 'remove_custom_emoji', first.id);
    await database.call(ada, 'set_custom_emoji_aliases', second.id, ['cuatro']);
    expect(await names(ada, second.version)).toEqual([first.name, second.name]);
    expect(await names(ada)).not.toContain(first.name);
  });

  test('is as long as the administrators say', async () => {
    const ada = await database.createUser();
    await addEmoji(ada);
    const { length } = await names(ada);
    await setRules('members', length + 1);
    await addEmoji(ada);
    await expect(addEmoji(ada)).rejects.toMatchObject({ code: 'TR409' });
    await setRules('members', 500);
  });
});

async function setRules(whoAdds: string, most: number): Promise<void> {
  await database.owner.query(`select app_admin.set_custom_emoji_rules($1, $2, 'a test')`, [
    whoAdds,
    most,
  ]);
}

describe('who may', () => {
  test('members add emoji, and change and remove their own; managers those of all', async () => {
    const [ada, bob, eve] = await Promise.all([
      database.createUser(),
      database.createUser(),
      database.createUser(),
    ]);
    const emoji = await addEmoji(ada);
    for (const name of ['set_custom_emoji_aliases', 'remove_custom_emoji']) {
      const rest = name.startsWith('set') ? [['cinco']] : [];
      await expect(database.call(bob, name, emoji.id, ...rest)).rejects.toMatchObject({
        code: 'TR403',
      });
    }
    await database.owner.query(`select app_admin.set_emoji_manager($1, true, 'a test')`, [eve.id]);
    await database.call(eve, 'set_custom_emoji_aliases', emoji.id, ['cinco']);
    await setRules('managers', 500);
    await expect(addEmoji(bob)).rejects.toMatchObject({ code: 'TR403' });
    await expect(addEmoji(eve)).resolves.toMatchObject({ added_by_id: eve.id });
    await setRules('members', 500);
    await database.call(eve, 'remove_custom_emoji', emoji.id);
    await database.owner.query(`select app_admin.set_emoji_manager($1, false, 'a test')`, [eve.id]);
    const another = await addEmoji(bob);
    await expect(database.call(eve, 'remove_custom_emoji', another.id)).rejects.toMatchObject({
      code: 'TR403',
    });
    await database.owner.query(`select app_admin.remove_custom_emoji($1, 'a test')`, [
      another.name,
    ]);
    expect(await names(bob)).not.toContain(another.name);
  });

  test("a picture is its uploader's, is made for it, is ready, and is used once", async () => {
    const [ada, bob] = await Promise.all([database.createUser(), database.createUser()]);
    const add = (by: TestUser, upload: string) =>
      database.call(by, 'add_custom_emoji', upload, newName());
    await expect(add(bob, await picture(ada))).rejects.toMatchObject({ code: 'TR404' });
    await expect(add(ada, await picture(ada, { purpose: 'file' }))).rejects.toMatchObject({
      code: 'TR400',
    });
    await expect(add(ada, await picture(ada, { isFinished: false }))).rejects.toMatchObject({
      code: '55P03',
    });
    const once = await picture(ada);
    await add(ada, once);
    await expect(add(ada, once)).rejects.toMatchObject({ code: 'TR404' });
  });
});

test('an emoji and its picture outlive the account of whoever added it, and go when it is removed', async () => {
  const ada = await database.createUser();
  const emoji = await addEmoji(ada);
  await database.owner.query('select app_private.begin_erasure($1)', [ada.id]);
  const isFound = async () => {
    const { rows } = await database.owner.query<{ found: boolean }>(
      'select app_hidden.find_custom_emoji($1) as found',
      [emoji.picture_id],
    );
    return single(rows).found;
  };
  await database.owner.query('select app_private.release_unbound_uploads()');
  expect(await isFound()).toBe(true);
  const { rows } = await database.owner.query(
    'select added_by_id, removed_at from app_public.custom_emoji where id = $1',
    [emoji.id],
  );
  expect(rows).toEqual([{ added_by_id: null, removed_at: null }]);
  await database.owner.query(`select app_admin.remove_custom_emoji($1, 'a test')`, [emoji.name]);
  expect(await isFound()).toBe(false);
});

test('a bot adds and removes emoji with the scope write, and not without', async () => {
  const bot = await database.createUser();
  const { rows: keys } = await database.owner.query<{ id: string }>(
    `insert into app_private.server_keys (name, prefix, secret_hash, scopes, user_id)
      select name, name, sha256(name::bytea), scopes::app_private.key_scope[], $1
        from (values ('write', '{write}'), ('rooms', '{rooms}')) as keys (name, scopes)
      returning id`,
    [bot.id],
  );
  const add = async (keyId: string | undefined, uploadId: string, name: string) =>
    await database.commitAs(bot, async (client) => {
      await client.query("select set_config('trumpet.key_id', $1, true)", [keyId]);
      await client.query('select app_public.add_custom_emoji($1, $2)', [uploadId, name]);
    });
  const [ours, theirs] = [newName(), newName()];
  await add(keys[0]?.id, await picture(bot), ours);
  await expect(add(keys[1]?.id, await picture(bot), theirs)).rejects.toMatchObject({
    code: 'TR403',
  });
  expect(await names(bot)).toContain(ours);
  expect(await names(bot)).not.toContain(theirs);
});
