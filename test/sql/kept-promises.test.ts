import { createTestDatabase } from '../../testing/database.ts';

/*
 * One check asks for all that a message and a row of the log promise. Whoever writes them at psql is refused by the name of
 * what they broke, and the row is in no error.
 */
const database = await createTestDatabase();
afterAll(() => database.close());
const { owner } = database;

const author = await database.createUser();
const { id: roomId } = await database.createRoom(author);

const MESSAGE = `insert into app_public.messages (room_id, author_id, seq, content, metadata, deleted_at)
  values ($1, $2, 1, $3, $4, $5)`;

test.each([
  ['messages_content_length', 'x'.repeat(8_001), '{}', null],
  ['messages_content_is_gone_once_deleted', null, '{}', null],
  ['messages_content_is_gone_once_deleted', 'words', '{}', '2026-01-01'],
  ['messages_metadata_is_an_object', 'words', '[1]', null],
  ['messages_metadata_size', 'words', JSON.stringify({ note: 'x'.repeat(8_200) }), null],
])('a message that breaks %s is refused by that name', async (constraint, ...values) => {
  await expect(owner.query(MESSAGE, [roomId, author.id, ...values])).rejects.toMatchObject({
    code: '23514',
    constraint,
    detail: undefined,
  });
});

test('a message that is there is not changed to break it', async () => {
  await owner.query(MESSAGE, [roomId, author.id, 'words', '{}', null]);
  await expect(
    owner.query("update app_public.messages set content = repeat('x', 8001) where room_id = $1", [
      roomId,
    ]),
  ).rejects.toMatchObject({ code: '23514', constraint: 'messages_content_length' });
});

test.each([
  ['room_changes_kind_is_known', 'weather', 'insert'],
  ['room_changes_op_is_known', 'room', 'upsert'],
])('a row of the log that breaks %s is refused by that name', async (constraint, kind, op) => {
  await expect(
    owner.query(
      `insert into app_private.room_changes (room_id, change_seq, kind, op, occurred_at)
        values ($1, 1000, $2, $3, now())`,
      [roomId, kind, op],
    ),
  ).rejects.toMatchObject({ code: '23514', constraint, detail: undefined });
});
