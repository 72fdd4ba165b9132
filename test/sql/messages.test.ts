import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  createTestDatabase,
  single,
  type TestDatabase,
  type TestUser,
} from '../../testing/database.ts';

let database: TestDatabase;
let owner: TestUser;
let moderator: TestUser;
let author: TestUser;
let reader: TestUser;
let roomId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  [owner, moderator, author, reader] = (await Promise.all(
    ['olga', 'mona', 'anna', 'rita'].map((name) => database.createUser(name)),
  )) as [TestUser, TestUser, TestUser, TestUser];
  roomId = (await database.createRoom(owner, { members: [moderator, author, reader] })).id;
  await call(owner, 'set_member_role', roomId, moderator.id, 'moderator');
});
afterAll(() => database.close());

const call: TestDatabase['call'] = (...args) => database.call(...args);

async function reply(user: TestUser, parentId: string, content = 'an answer') {
  return database.commitAs(user, async (client) => {
    const { rows } = await client.query(
      'select * from app_public.send_message($1, $2, parent_message_id => $3)',
      [roomId, content, parentId],
    );
    return single(rows);
  });
}

async function inboxOf(user: TestUser) {
  return database.asUser(user, async (client) => {
    const { rows } = await client.query(
      'select unread_count, mention_count, latest_message_id from app_public.user_conversations() where room_id = $1',
      [roomId],
    );
    return single(rows);
  });
}

test.each([
  ['', 'TR400'],
  [' \n\t ', 'TR400'],
  ['x'.repeat(8001), 'TR413'],
])('a message of %# is refused', async (content, code) => {
  await expect(call(author, 'send_message', roomId, content)).rejects.toMatchObject({ code });
});

test('a message holds 8,000 characters, of any script', async () => {
  const content = '👋'.repeat(8000);
  expect((await call(author, 'send_message', roomId, content)).content).toBe(content);
});

test('metadata is an object of at most 8 kB', async () => {
  const send = (metadata: unknown) =>
    call(author, 'send_message', roomId, 'x', 'text', JSON.stringify(metadata));
  expect((await send({ mood: 'happy' })).metadata).toEqual({ mood: 'happy' });
  await expect(send([1])).rejects.toMatchObject({ code: 'TR400' });
  for (const number of ['9007199254740992', '-9007199254740993', '1e300']) {
    await expect(
      call(author, 'send_message', roomId, 'x', 'text', `{"deep": [{"id": ${number}}]}`),
    ).rejects.toMatchObject({ code: 'TR400' });
  }
  expect((await send({ id: Number.MAX_SAFE_INTEGER })).metadata).toEqual({
    id: Number.MAX_SAFE_INTEGER,
  });
  await expect(send({ big: 'x'.repeat(8192) })).rejects.toMatchObject({ code: 'TR413' });
});

test('SYSTEM messages are not for people', async () => {
  await expect(call(author, 'send_message', roomId, 'x', 'system')).rejects.toMatchObject({
    code: 'TR400',
  });
});

test('an edit keeps what was said before, and is for the author within an hour', async () => {
  const message = await database.sendMessage(author, roomId, 'one');
  await call(author, 'edit_message', message.id, 'two');
  await call(author, 'edit_message', message.id, 'two');
  const edited = await call(author, 'edit_message', message.id, 'three');
  expect(edited).toMatchObject({ content: 'three', edited_at: expect.any(Date) });
  const { rows } = await database.owner.query(
    'select previous_content from app_public.message_edits where message_id = $1 order by id',
    [message.id],
  );
  expect(rows.map((row) => row.previous_content)).toEqual(['one', 'two']);
  await expect(call(owner, 'edit_message', message.id, 'x')).rejects.toMatchObject({
    code: 'TR403',
  });
  await database.owner.query(
    "update app_public.messages set created_at = now() - interval '61 minutes' where id = $1",
    [message.id],
  );
  await expect(call(author, 'edit_message', message.id, 'x')).rejects.toMatchObject({
    code: 'TREDT',
  });
});

test('deleting takes content, earlier versions and mentions away and leaves the place', async () => {
  const message = await database.sendMessage(author, roomId, 'hello @rita');
  await call(author, 'edit_message', message.id, 'hello again @rita');
  const before = await inboxOf(reader);
  const deleted = await call(author, 'delete_message', message.id, 'typo');
  expect(deleted).toMatchObject({ content: null, metadata: {}, deleted_at: expect.any(Date) });
  expect((await inboxOf(reader)).mention_count).toBe(before.mention_count - 1);
  const { rowCount } = await database.owner.query(
    'select from app_public.message_edits where message_id = $1',
    [message.id],
  );
  expect(rowCount).toBe(0);
  for (const attempt of [
    () => call(author, 'delete_message', message.id),
    () => call(author, 'edit_message', message.id, 'x'),
    () => call(reader, 'add_message_reaction', message.id, '👍'),
    () => call(moderator, 'pin_message', message.id),
    () => reply(reader, message.id),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ code: 'TR404' });
  }
});

test('a moderator deletes what members wrote, and nothing of an equal or higher role', async () => {
  const ofMember = await database.sendMessage(author, roomId, 'x');
  const ofOwner = await database.sendMessage(owner, roomId, 'x');
  await expect(call(reader, 'delete_message', ofMember.id)).rejects.toMatchObject({
    code: 'TR403',
  });
  await expect(call(moderator, 'delete_message', ofOwner.id)).rejects.toMatchObject({
    code: 'TR403',
  });
  await call(moderator, 'delete_message', ofMember.id);
});

test('replyCount counts the answers that are there', async () => {
  const parent = await database.sendMessage(author, roomId, 'question');
  const [first] = await Promise.all([reply(reader, parent.id), reply(owner, parent.id)]);
  const count = async () => {
    const { rows } = await database.owner.query(
      'select reply_count from app_public.messages where id = $1',
      [parent.id],
    );
    return rows[0].reply_count;
  };
  expect(await count()).toBe(2);
  await call(reader, 'delete_message', first.id);
  expect(await count()).toBe(1);
});

test('an answer stays in its room', async () => {
  const other = await database.createRoom(author);
  const elsewhere = await database.sendMessage(author, other.id, 'elsewhere');
  await expect(reply(author, elsewhere.id)).rejects.toMatchObject({ code: 'TR404' });
});

test('pins are for moderators; in a direct conversation for both', async () => {
  const message = await database.sendMessage(author, roomId, 'pin me');
  await expect(call(author, 'pin_message', message.id)).rejects.toMatchObject({ code: 'TR403' });
  expect((await call(moderator, 'pin_message', message.id)).pinned_at).toBeInstanceOf(Date);
  expect((await call(moderator, 'unpin_message', message.id)).pinned_at).toBeNull();
  const direct = await call(author, 'create_direct_conversation', reader.id);
  const said = await database.sendMessage(author, direct.id, 'between us');
  expect((await call(reader, 'pin_message', said.id)).pinned_at).toBeInstanceOf(Date);
});

test('unread is what others wrote since I last read; mentions count members by name', async () => {
  await call(reader, 'mark_room_read', roomId);
  expect(await inboxOf(reader)).toMatchObject({ unread_count: 0, mention_count: 0 });
  await database.sendMessage(author, roomId, 'Hey @Rita, and mail@rita.example is no mention.');
  await database.sendMessage(author, roomId, '@rita. @rita! @nobody');
  const last = await database.sendMessage(author, roomId, 'nothing here');
  expect(await inboxOf(reader)).toEqual({
    unread_count: 3,
    mention_count: 2,
    latest_message_id: last.id,
  });
  await call(reader, 'mark_room_read', roomId, last.id);
  expect(await inboxOf(reader)).toMatchObject({ unread_count: 0, mention_count: 0 });
});

test('reading never goes backwards, from however many devices', async () => {
  const sent = [];
  for (let index = 0; index < 6; index += 1) {
    sent.push(await database.sendMessage(author, roomId, `message ${index}`));
  }
  await Promise.all(sent.toReversed().map(({ id }) => call(reader, 'mark_room_read', roomId, id)));
  const first = sent[0] as (typeof sent)[0];
  const { last_read_seq: lastRead } = await call(reader, 'mark_room_read', roomId, first.id);
  expect(Number(lastRead)).toBe(sent.at(-1)?.seq);
});

test('readBy names who has read it, and not its author', async () => {
  const message = await database.sendMessage(author, roomId, 'read me');
  await Promise.all([
    call(reader, 'mark_room_read', roomId),
    call(author, 'mark_room_read', roomId),
  ]);
  const names = await database.asUser(owner, async (client) => {
    const { rows } = await client.query(
      `select read_by.username from app_public.messages, app_public.messages_read_by(messages) as read_by
        where messages.id = $1`,
      [message.id],
    );
    return rows.map((row) => row.username);
  });
  expect(names).toEqual(['rita']);
});

test('a reaction is one emoji, of any kind, and nothing else', async () => {
  const { rows: accepted } = await database.owner.query(
    'select candidate from unnest($1::text[]) as candidate where not app_hidden.is_emoji(candidate)',
    [['👍', '👍🏽', '❤️', '👩‍🚀', '👨‍👩‍👧‍👦', '🇩🇪', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🏳️‍🌈', '1️⃣', '#️⃣', '🫠', '©️']],
  );
  expect(accepted).toEqual([]);
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 6 }), async (text) => {
      const isEmoji = /^\p{RGI_Emoji}$/v.test(text);
      if (text.includes('\0')) {
        return;
      }
      const { rows } = await database.owner.query('select app_hidden.is_emoji($1) as accepted', [
        text,
      ]);
      if (isEmoji) {
        expect(rows[0].accepted).toBe(true);
      } else if (!/\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20E3/u.test(text)) {
        expect(rows[0].accepted).toBe(false);
      }
    }),
    { numRuns: 300 },
  );
});

test('one person reacts with an emoji once; taking it back twice is no error', async () => {
  const message = await database.sendMessage(author, roomId, 'react to me');
  await Promise.all([
    call(reader, 'add_message_reaction', message.id, '👍'),
    call(reader, 'add_message_reaction', message.id, '👍'),
    call(owner, 'add_message_reaction', message.id, '👍'),
  ]);
  const summary = () =>
    database.asUser(author, async (client) => {
      const { rows } = await client.query(
        `select emoji, count from app_public.messages, app_public.messages_reactions(messages)
          where messages.id = $1`,
        [message.id],
      );
      return rows;
    });
  expect(await summary()).toEqual([{ emoji: '👍', count: 2 }]);
  await call(reader, 'remove_message_reaction', message.id, '👍');
  await call(reader, 'remove_message_reaction', message.id, '👍');
  expect(await summary()).toEqual([{ emoji: '👍', count: 1 }]);
  await expect(call(reader, 'add_message_reaction', message.id, 'lol')).rejects.toMatchObject({
    code: 'TR400',
  });
});

test('typing ends when it lapses, when it is stopped and when the message is sent', async () => {
  const typing = () =>
    database.asUser(reader, async (client) => {
      const { rows } = await client.query(
        `select typing.username from app_public.rooms, app_public.rooms_typing_users(rooms) as typing
          where rooms.id = $1`,
        [roomId],
      );
      return rows.map((row) => row.username);
    });
  await call(author, 'set_typing', roomId, true);
  expect(await typing()).toEqual(['anna']);
  await call(author, 'set_typing', roomId, false);
  expect(await typing()).toEqual([]);
  await call(author, 'set_typing', roomId, true);
  await database.sendMessage(author, roomId, 'sent');
  expect(await typing()).toEqual([]);
  await call(author, 'set_typing', roomId, true);
  await database.owner.query(
    "update app_private.typing_indicators set expires_at = now() - interval '1 second'",
  );
  expect(await typing()).toEqual([]);
  const { rows } = await database.owner.query('select app_private.sweep_typing() as swept');
  expect(rows[0].swept).toBe(1);
});

test('a person is online while one of their devices is, and shows the most telling status', async () => {
  const status = async () => {
    const { rows } = await database.owner.query('select app_private.status_of($1) as status', [
      author.id,
    ]);
    return rows[0].status;
  };
  const report = (value: string, device: string) =>
    call(author, 'update_user_presence', value, null, device);
  expect(await status()).toBe('offline');
  await report('away', 'phone');
  expect(await status()).toBe('away');
  await report('online', 'laptop');
  expect(await status()).toBe('online');
  await report('offline', 'laptop');
  expect(await status()).toBe('away');
  await database.owner.query(
    "update app_private.presence_sessions set expires_at = now() - interval '1 second'",
  );
  expect(await status()).toBe('offline');
  const { rows } = await database.owner.query('select app_private.sweep_presence() as swept');
  expect(rows[0].swept).toBe(1);
});

test('a nonce stands for one sending: the same gives back the message, anything else is CONFLICT', async () => {
  const send = (...values: unknown[]) =>
    database.commitAs(author, async (client) => {
      const { rows } = await client.query(
        `select * from app_public.send_message(
          $1, $2, nonce => 'once', metadata => coalesce($3::jsonb, '{}'), parent_message_id => $4)`,
        [values[0], values[1], values[2], values[3]],
      );
      return single(rows);
    });
  const otherRoom = (await database.createRoom(author)).id;
  const message = await send(roomId, 'hello');
  await call(author, 'edit_message', message.id, 'hello, all');
  expect(await send(roomId, 'hello')).toMatchObject({ id: message.id, content: 'hello, all' });
  await expect(send(otherRoom, 'hello')).rejects.toMatchObject({ code: 'TR409' });
  await expect(send(roomId, 'hello, all')).rejects.toMatchObject({ code: 'TR409' });
  await expect(send(roomId, 'hello', '{"a":1}')).rejects.toMatchObject({ code: 'TR409' });
  await expect(send(roomId, 'hello', null, message.id)).rejects.toMatchObject({ code: 'TR409' });

  await call(author, 'delete_message', message.id);
  const again = await send(roomId, 'hello');
  expect(again).toMatchObject({ id: message.id, content: null, seq: message.seq });
  expect(again.deleted_at).not.toBeNull();
});

describe('a message that was sent before, sent again under its nonce', () => {
  const sendAgain = (user: TestUser, room: string) =>
    call(user, 'send_message', room, 'mine', 'text', '{}', null, 'again');

  test.each<['public' | 'private', string, string]>([
    ['private', 'ban_member', 'TRBAN'],
    ['public', 'ban_member', 'TRBAN'],
    ['private', 'kick_member', 'TR404'],
    ['public', 'kick_member', 'TR403'],
    ['private', 'leave_room', 'TR404'],
    ['public', 'leave_room', 'TR403'],
  ])('in a %s room is refused like a new one after %s', async (type, name, code) => {
    const sender = await database.createUser();
    const room = await database.createRoom(owner, { type, members: [sender] });
    await sendAgain(sender, room.id);

    await (name === 'leave_room'
      ? call(sender, name, room.id)
      : call(owner, name, room.id, sender.id));

    await expect(sendAgain(sender, room.id)).rejects.toMatchObject({ code });
    await expect(call(sender, 'send_message', room.id, 'new')).rejects.toMatchObject({ code });
  });

  test('is still accepted from a member who may not write any more', async () => {
    const sender = await database.createUser();
    const room = await database.createRoom(owner, { members: [sender] });
    const { id } = await sendAgain(sender, room.id);
    await call(owner, 'mute_member', room.id, sender.id, 60);
    await call(owner, 'archive_room', room.id);
    expect(await sendAgain(sender, room.id)).toMatchObject({ id });
  });

  test('is CONFLICT when it was removed by hand', async () => {
    const sender = await database.createUser();
    const room = await database.createRoom(owner, { members: [sender] });
    const { id } = await sendAgain(sender, room.id);
    await database.owner.query('delete from app_public.messages where id = $1', [id]);
    await expect(sendAgain(sender, room.id)).rejects.toMatchObject({ code: 'TR409' });
  });

  test('is CONFLICT when a moderator has rejected it: it is not held again', async () => {
    const sender = await database.createUser();
    const room = await database.createRoom(owner, { members: [sender] });
    await call(owner, 'set_room_rule', room.id, 'words', 'hold', ['mine']);
    const { id, held_at } = await sendAgain(sender, room.id);
    expect(held_at).not.toBeNull();
    await call(owner, 'reject_message', id);
    await expect(sendAgain(sender, room.id)).rejects.toMatchObject({ code: 'TR409' });
  });
});
