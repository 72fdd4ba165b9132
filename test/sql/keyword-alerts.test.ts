import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  createTestDatabase,
  single,
  type TestDatabase,
  type TestUser,
} from '../../testing/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

/** Bob, who wants to hear of some words, in a room of Ada's. */
async function listening(...keywords: string[]) {
  const ada = await database.createUser();
  const bob = await database.createUser();
  const { id: roomId } = await database.createRoom(ada, { members: [bob] });
  for (const keyword of keywords) {
    await database.call(bob, 'add_keyword_alert', keyword);
  }
  return { ada, bob, roomId };
}

/** How many unread messages mention somebody, once the worker has looked at what is new. */
async function mentionsOf(person: TestUser, roomId: string): Promise<number> {
  await database.indexMessages();
  const { rows } = await database.asUser(person, (client) =>
    client.query<{ count: number }>(
      'select app_public.rooms_mention_count(rooms) as count from app_public.rooms where id = $1',
      [roomId],
    ),
  );
  return single(rows).count;
}

async function matchedOf(person: TestUser, messageId: string) {
  const { rows } = await database.asUser(person, (client) =>
    client.query<{ keywords: string[]; mentioned: boolean; names: string[] }>(
      `select app_public.messages_matched_keywords(messages) as keywords,
          app_public.messages_mentions_viewer(messages) as mentioned,
          app_public.messages_mentioned_ids(messages)::text[] as names
        from app_public.messages where id = $1`,
      [messageId],
    ),
  );
  return single(rows);
}

const keywordsOf = async (person: TestUser) => {
  const { rows } = await database.asUser(person, (client) =>
    client.query<{ keywords: string[] }>(
      `select app_public.notification_settings_keywords(settings) as keywords
        from app_public.notification_settings() as settings`,
    ),
  );
  return single(rows).keywords;
};

describe('a message mentions whoever has a keyword that it holds', () => {
  test.each([
    ['deploy', 'We Deploy tonight.', 'We redeploy and deployed it; deployment.'],
    ['café', 'CAFE at nine?', 'cafeteria'],
    ['release party', 'Who comes to the Release-Party?', 'The party of the release'],
    ['C++', 'Is it c++ or Rust?', 'Is it C or Rust?'],
    ['東京', '明日は東京へ行きます', '明日は京都へ行きます'],
    ['猫', 'うちの猫です', 'うちの犬です'],
    ['ねこ', 'ネコがいる', 'いぬがいる'],
    ['مرحبا', 'قال: مَرْحَبًا بكم', 'قال: أهلا بكم'],
    ['🎉', 'Done!🎉🎉', 'Done! 🎈'],
    ['Straße', 'in der STRASSE', 'in der Straßenbahn'],
  ])('%s', async (keyword, holds, lacks) => {
    const { ada, bob, roomId } = await listening(keyword);
    const { id } = await database.sendMessage(ada, roomId, holds);
    await database.sendMessage(ada, roomId, lacks);
    expect(await mentionsOf(bob, roomId)).toBe(1);
    expect(await matchedOf(bob, id)).toMatchObject({ keywords: [keyword], mentioned: true });
  });

  test('once, by however many words and by their name, too', async () => {
    const { ada, bob, roomId } = await listening('tea', 'milk');
    const { id } = await database.sendMessage(ada, roomId, `Tea with milk, @${bob.username}?`);
    expect(await mentionsOf(bob, roomId)).toBe(1);
    expect(await matchedOf(bob, id)).toEqual({
      keywords: ['milk', 'tea'],
      mentioned: true,
      names: [bob.id],
    });
    await database.call(bob, 'mark_room_read', roomId);
    expect(await mentionsOf(bob, roomId)).toBe(0);
  });

  test('and tells their devices', async () => {
    const { ada, bob, roomId } = await listening('tea');
    const news = async () => {
      const { rows } = await database.owner.query<{ xid: string }>(
        `select xid::text from app_private.personal_news where person_id = $1 and room_id = $2 and matter = 'room'`,
        [bob.id, roomId],
      );
      return rows[0]?.xid;
    };
    await database.sendMessage(ada, roomId, 'Coffee!');
    await database.indexMessages();
    const before = await news();
    await database.sendMessage(ada, roomId, 'Tea!');
    await database.indexMessages();
    const told = await news();
    expect(told).not.toBe(before);
    await database.indexMessages();
    expect(await news()).toBe(told);
  });
});

describe('a keyword alerts nobody', () => {
  test('of their own messages, or those of people whom they have blocked', async () => {
    const { ada, bob, roomId } = await listening('tea');
    await database.sendMessage(bob, roomId, 'I drink tea.');
    await database.call(bob, 'block_user', ada.id);
    const { id } = await database.sendMessage(ada, roomId, 'I drink tea, too.');
    await database.call(bob, 'unblock_user', ada.id);
    expect(await mentionsOf(bob, roomId)).toBe(1);
    await database.call(bob, 'block_user', ada.id);
    const later = await database.sendMessage(ada, roomId, 'More tea.');
    await database.indexMessages();
    await database.call(bob, 'unblock_user', ada.id);
    expect(await matchedOf(bob, later.id)).toMatchObject({ mentioned: false });
    expect(await matchedOf(bob, id)).toMatchObject({ mentioned: true });
  });

  test('of what was said before, or in a room that they are not in', async () => {
    const { ada, bob, roomId } = await listening();
    const { id } = await database.sendMessage(ada, roomId, 'Tea is ready.');
    await database.call(bob, 'add_keyword_alert', 'tea');
    await database.call(ada, 'pin_message', id);
    expect(await mentionsOf(bob, roomId)).toBe(0);
    const { id: elsewhere } = await database.createRoom(ada, {});
    await database.sendMessage(ada, elsewhere, 'Tea here.');
    await database.indexMessages();
    const { rows } = await database.owner.query(
      'select from app_private.message_mentions where user_id = $1',
      [bob.id],
    );
    expect(rows).toHaveLength(0);
  });

  test.each(['is taken out', 'is taken out and added again'])(
    'less because the word %s: what has mentioned them does until an edit',
    async (what) => {
      const { ada, bob, roomId } = await listening('tea', 'milk');
      const { id } = await database.sendMessage(ada, roomId, 'Tea with milk!');
      expect(await mentionsOf(bob, roomId)).toBe(1);
      for (const keyword of ['tea', 'milk']) {
        await database.call(bob, 'remove_keyword_alert', keyword);
        if (what.endsWith('again')) {
          await database.call(bob, 'add_keyword_alert', keyword);
        }
      }
      await database.call(ada, 'pin_message', id);
      expect(await mentionsOf(bob, roomId)).toBe(1);
      expect(await matchedOf(bob, id)).toMatchObject({ keywords: ['milk', 'tea'] });
      await database.call(ada, 'edit_message', id, 'Just milk!');
      expect(await mentionsOf(bob, roomId)).toBe(1);
      expect(await matchedOf(bob, id)).toMatchObject({ keywords: ['milk'] });
      await database.call(ada, 'edit_message', id, 'Just water!');
      expect(await mentionsOf(bob, roomId)).toBe(0);
    },
  );

  test('once it is taken out', async () => {
    const { ada, bob, roomId } = await listening('tea');
    await database.call(bob, 'remove_keyword_alert', ' tea ');
    await database.sendMessage(ada, roomId, 'Tea!');
    expect(await mentionsOf(bob, roomId)).toBe(0);
  });

  test('while the message waits for a moderator, and then once it is released', async () => {
    const { ada, bob, roomId } = await listening('tea');
    const { id } = await database.sendMessage(ada, roomId, 'Tea!');
    await database.owner.query('update app_public.messages set held_at = now() where id = $1', [
      id,
    ]);
    expect(await mentionsOf(bob, roomId)).toBe(0);
    await database.owner.query('update app_public.messages set held_at = null where id = $1', [id]);
    expect(await mentionsOf(bob, roomId)).toBe(1);
  });
});

test('an edit alerts and takes back as it does with mentions, and keeps what both have', async () => {
  const { ada, bob, roomId } = await listening('tea');
  const { id } = await database.sendMessage(ada, roomId, 'Coffee?');
  expect(await mentionsOf(bob, roomId)).toBe(0);
  await database.call(ada, 'edit_message', id, 'Tea?');
  expect(await mentionsOf(bob, roomId)).toBe(1);
  await database.call(ada, 'edit_message', id, `More tea, @${bob.username}?`);
  expect(await mentionsOf(bob, roomId)).toBe(1);
  await database.call(ada, 'edit_message', id, 'More tea?');
  expect(await mentionsOf(bob, roomId)).toBe(1);
  expect(await matchedOf(bob, id)).toEqual({ keywords: ['tea'], mentioned: true, names: [] });
  await database.call(ada, 'edit_message', id, `Water, @${bob.username}?`);
  expect(await mentionsOf(bob, roomId)).toBe(1);
  expect(await matchedOf(bob, id)).toMatchObject({ keywords: [] });
  await database.call(ada, 'edit_message', id, 'Water?');
  expect(await mentionsOf(bob, roomId)).toBe(0);
  await database.call(ada, 'edit_message', id, 'Tea again?');
  expect(await mentionsOf(bob, roomId)).toBe(1);
  await database.call(ada, 'delete_message', id);
  expect(await mentionsOf(bob, roomId)).toBe(0);
});

test('nobody else learns of a keyword, not by a search for whom it mentions, not by a thread', async () => {
  const { ada, bob, roomId } = await listening('tea');
  const { id } = await database.sendMessage(ada, roomId, 'Tea?');
  await database.indexMessages();
  await database.call(ada, 'send_message', roomId, 'Anyone?', 'text', '{}', id);
  await database.indexMessages();
  expect(await matchedOf(ada, id)).toEqual({ keywords: [], mentioned: false, names: [] });
  expect(await matchedOf(bob, id)).toMatchObject({ names: [] });
  const found = async (viewer: TestUser, query: string, mentionsMe?: boolean) => {
    const { rows } = await database.asUser(viewer, (client) =>
      client.query(
        'select message_id as id from app_public.search_messages($1, mentions_me => $2)',
        [query, mentionsMe],
      ),
    );
    return rows;
  };
  expect(await found(bob, 'mentions:me')).toEqual([{ id }]);
  expect(await found(bob, `mentions:${bob.username}`)).toEqual([{ id }]);
  expect(await found(bob, 'tea -mentions:me')).toEqual([]);
  expect(await found(bob, 'tea', true)).toEqual([{ id }]);
  expect(await found(ada, `mentions:${bob.username}`)).toEqual([]);
  expect(await found(ada, 'tea', true)).toEqual([]);
  expect(await found(ada, `tea -mentions:${bob.username}`)).toEqual([{ id }]);
  const { rows: follows } = await database.owner.query(
    'select from app_private.thread_followers where user_id = $1',
    [bob.id],
  );
  expect(follows).toHaveLength(0);
  const { rows: settings } = await database.asUser(ada, (client) =>
    client.query<{ keywords: string[] }>(
      `select app_public.notification_settings_keywords(row('${bob.id}', null, null, null, 'UTC', true)::app_public.notification_settings) as keywords`,
    ),
  );
  expect(single(settings).keywords).toEqual([]);
});

test('keywords are a word or a few, 50 at most, each once', async () => {
  const { bob } = await listening('  tea ', 'tea', 'green tea');
  expect(await keywordsOf(bob)).toEqual(['tea', 'green tea']);
  for (const nothing of ['', '  ', '!!!', 'x'.repeat(101)]) {
    await expect(database.call(bob, 'add_keyword_alert', nothing)).rejects.toMatchObject({
      code: 'TR400',
    });
  }
  await database.owner.query(
    `insert into app_private.keyword_alerts (user_id, workspace_id, keyword, first_word, query)
      select id, workspace_id, 'word' || n, 'word' || n, app_private.keyword_query('word' || n)
        from app_public.users, generate_series(1, 48) as n where id = $1`,
    [bob.id],
  );
  await expect(database.call(bob, 'add_keyword_alert', 'one more')).rejects.toMatchObject({
    code: 'TR409',
  });
});

test('a message notes nothing more in its send while nobody has keywords, or has', async () => {
  const { ada, roomId } = await listening('tea');
  await database.sendMessage(ada, roomId, 'Tea!');
  const { rows } = await database.owner.query(
    'select from app_private.message_mentions where room_id = $1',
    [roomId],
  );
  expect(rows).toHaveLength(0);
});
