import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase, type TestUser } from '../../testing/database.ts';

/*
 * Who writes in a room, who answers in its threads and who reacts is three least roles. Whatever would write as somebody
 * asks them. That they are asked under the lock is in rights-under-lock.test.ts.
 */

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

async function makeRoom() {
  const ada = await database.createUser();
  const bob = await database.createUser();
  const eve = await database.createUser();
  const { id: roomId } = await database.createRoom(ada, { members: [bob, eve] });
  await database.call(ada, 'set_member_role', roomId, bob.id, 'moderator');
  const { id: said } = await database.call(eve, 'send_message', roomId, 'before');
  return { ada, bob, eve, roomId: roomId as string, said: said as string };
}

const REFUSED = { code: 'TR403' };

const send = (who: TestUser, roomId: string, parentId: string | null = null) =>
  database.call(who, 'send_message', roomId, 'hello', 'text', '{}', parentId);
const react = (who: TestUser, messageId: string) =>
  database.call(who, 'add_message_reaction', messageId, '👍');

test('only admins and the owner say who writes, and only where there are roles', async () => {
  const { ada, bob, eve, roomId } = await makeRoom();
  for (const who of [bob, eve]) {
    await expect(
      database.call(who, 'set_writing_roles', roomId, 'moderator'),
    ).rejects.toMatchObject(REFUSED);
  }
  expect(await database.call(ada, 'set_writing_roles', roomId, 'moderator')).toMatchObject({
    writing_role: 'moderator',
    reply_role: 'member',
    reaction_role: 'member',
  });
  expect(
    await database.call(ada, 'set_writing_roles', roomId, 'moderator', 'admin', 'owner'),
  ).toMatchObject({ writing_role: 'moderator', reply_role: 'admin', reaction_role: 'owner' });
  const { id } = await database.call(ada, 'create_direct_conversation', bob.id);
  await expect(database.call(ada, 'set_writing_roles', id, 'moderator')).rejects.toMatchObject({
    code: 'TR403',
  });
});

describe('in a room where moderators write', () => {
  test('members read, answer in threads, react and vote, and nothing of theirs is said to all', async () => {
    const { ada, bob, eve, roomId, said } = await makeRoom();
    await database.call(ada, 'set_writing_roles', roomId, 'moderator');
    const { id: news } = await send(bob, roomId);
    const { id: poll } = await database.call(ada, 'create_poll', roomId, 'Lunch?', ['Yes', 'No']);

    await expect(send(eve, roomId)).rejects.toMatchObject(REFUSED);
    await expect(database.call(eve, 'edit_message', said, 'after')).rejects.toMatchObject(REFUSED);
    await expect(
      database.call(eve, 'create_poll', roomId, 'Dinner?', ['Yes', 'No']),
    ).rejects.toMatchObject(REFUSED);
    await expect(
      database.call(eve, 'schedule_message', roomId, 'later', new Date(Date.now() + 3_600_000)),
    ).rejects.toMatchObject(REFUSED);

    expect(await send(eve, roomId, news)).toMatchObject({ parent_message_id: news });
    await react(eve, news);
    await database.call(eve, 'vote_in_poll', poll, [1]);
    await database.call(eve, 'set_typing', roomId, true);
  });

  test('an answer goes to the room as well only from who writes there, and stays as it was once they do not', async () => {
    const { ada, bob, eve, roomId, said } = await makeRoom();
    const answer = (who: TestUser) =>
      database.call(
        who,
        'send_message',
        roomId,
        'to all',
        'text',
        '{}',
        said,
        null,
        null,
        null,
        true,
      );
    const { id: before } = await answer(eve);
    await database.call(ada, 'set_writing_roles', roomId, 'moderator');
    await expect(answer(eve)).rejects.toMatchObject(REFUSED);
    await expect(database.call(eve, 'edit_message', before, 'after')).rejects.toMatchObject(
      REFUSED,
    );
    expect(await answer(bob)).toMatchObject({ also_sent_to_room: true });
    expect(await send(eve, roomId, said)).toMatchObject({ also_sent_to_room: false });
    await database.call(ada, 'set_writing_roles', roomId, 'member', 'moderator');
    await expect(answer(eve)).rejects.toMatchObject(REFUSED);
  });

  test('members answer only where answers are for them, and react only where reactions are', async () => {
    const { ada, bob, eve, roomId } = await makeRoom();
    const { id: news } = await send(bob, roomId);
    const { id: answer } = await send(eve, roomId, news);
    const { id: poll } = await database.call(ada, 'create_poll', roomId, 'Lunch?', ['Yes', 'No']);
    await react(eve, news);
    await database.call(ada, 'set_writing_roles', roomId, 'moderator', 'admin', 'owner');

    for (const who of [bob, eve]) {
      await expect(send(who, roomId, news)).rejects.toMatchObject(REFUSED);
      await expect(react(who, news)).rejects.toMatchObject(REFUSED);
      await expect(database.call(who, 'vote_in_poll', poll, [1])).rejects.toMatchObject(REFUSED);
    }
    await expect(database.call(eve, 'edit_message', answer, 'another')).rejects.toMatchObject(
      REFUSED,
    );
    await expect(database.call(eve, 'set_typing', roomId, true)).rejects.toMatchObject(REFUSED);
    await send(bob, roomId);
    await send(ada, roomId, news);
    await react(ada, news);
    // What one has said oneself one may take back.
    await database.call(eve, 'remove_message_reaction', news, '👍');
    await database.call(eve, 'delete_message', answer);
  });

  test('a message that was scheduled before is refused when its time comes, like any other', async () => {
    const { ada, eve, roomId } = await makeRoom();
    const { id } = await database.call(
      eve,
      'schedule_message',
      roomId,
      'later',
      new Date(Date.now() + 3_600_000),
    );
    await database.call(ada, 'set_writing_roles', roomId, 'moderator');
    await database.owner.query(
      'update app_public.scheduled_messages set send_at = clock_timestamp() where id = $1',
      [id],
    );
    const { rows: outcomes } = await database.owner.query(
      'select app_private.send_scheduled_message($1) as outcome',
      [id],
    );
    expect(outcomes).toEqual([{ outcome: 'refused' }]);
    const { rows } = await database.owner.query(
      "select from app_public.messages where room_id = $1 and content = 'later'",
      [roomId],
    );
    expect(rows).toHaveLength(0);
  });
});

test('messages that travel together ask for the role of each of their senders', async () => {
  const { ada, bob, eve, roomId } = await makeRoom();
  await database.call(ada, 'set_writing_roles', roomId, 'moderator');
  const { rows } = await database.owner.query(
    `select error.state, (error.message).author_id from app_hidden.send_together(
        $1, $2, array['', ''], array['', ''], array['', ''], array['hi', 'ho'], array['text', 'text'], array['{}', '{}'],
        array[null, null], array[null, null], array[null, null], array[null, null]) as error`,
    [roomId, [eve.id, bob.id]],
  );
  expect(rows).toEqual([
    { state: 'TR403', author_id: null },
    { state: null, author_id: bob.id },
  ]);
});
