import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type pg from 'pg';
import {
  createTestDatabase,
  single,
  type TestDatabase,
  type TestUser,
} from '../../testing/database.ts';
import { erase, retain, stepsIn } from '../../testing/history.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

async function makeRoom() {
  const [ada, bob, eve] = [
    await database.createUser(),
    await database.createUser(),
    await database.createUser(),
  ];
  const { id: roomId } = await database.createRoom(ada, { members: [bob, eve] });
  const { id: threadId } = await database.sendMessage(ada, roomId, 'Where shall we meet?');
  return { ada, bob, eve, roomId, threadId };
}

const answer = (author: TestUser, roomId: string, threadId: string, text = 'Here.') =>
  database.call(author, 'send_message', roomId, text, 'text', '{}', threadId);

/** The threads that somebody follows, in the order of their list: what is unread and what mentions them. */
async function threadsOf(viewer: TestUser): Promise<Record<string, string>> {
  const { rows } = await database.asUser(viewer, (client) =>
    client.query<{ id: string; numbers: string }>(
      `select message_id as id, unread_count || ' ' || mention_count as numbers from app_public.my_threads()`,
    ),
  );
  return Object.fromEntries(rows.map(({ id, numbers }) => [id, numbers]));
}

describe('a thread is followed by', () => {
  test('whoever was answered, and whoever answers, from there on', async () => {
    const { ada, bob, eve, roomId, threadId } = await makeRoom();
    expect(await threadsOf(ada)).toEqual({});
    await answer(bob, roomId, threadId);
    await answer(eve, roomId, threadId);
    expect(await threadsOf(ada)).toEqual({ [threadId]: '2 0' });
    expect(await threadsOf(bob)).toEqual({ [threadId]: '1 0' });
    expect(await threadsOf(eve)).toEqual({ [threadId]: '0 0' });
  });

  test('whoever is mentioned in it, in what is answered too', async () => {
    const { ada, bob, eve, roomId, threadId } = await makeRoom();
    await answer(ada, roomId, threadId, `What do you say, @${bob.username}?`);
    expect(await threadsOf(bob)).toEqual({ [threadId]: '1 1' });
    expect(await threadsOf(eve)).toEqual({});
    const { id } = await database.sendMessage(ada, roomId, `Something for @${eve.username}`);
    expect(await threadsOf(eve)).toEqual({});
    await answer(bob, roomId, id);
    expect(await threadsOf(eve)).toEqual({ [id]: '1 0' });
  });

  test('whoever wants to, from now on', async () => {
    const { ada, bob, eve, roomId, threadId } = await makeRoom();
    await answer(bob, roomId, threadId);
    await database.call(eve, 'set_thread_followed', threadId, true);
    expect(await threadsOf(eve)).toEqual({ [threadId]: '0 0' });
    await answer(ada, roomId, threadId);
    expect(await threadsOf(eve)).toEqual({ [threadId]: '1 0' });
  });

  test('nobody who has ended it, until they write there or are mentioned', async () => {
    const { ada, bob, eve, roomId, threadId } = await makeRoom();
    await answer(bob, roomId, threadId);
    await database.call(ada, 'set_thread_followed', threadId, false);
    await answer(eve, roomId, threadId);
    expect(await threadsOf(ada)).toEqual({});
    await answer(eve, roomId, threadId, `Still there, @${ada.username}?`);
    expect(await threadsOf(ada)).toEqual({ [threadId]: '1 1' });

    await database.call(eve, 'set_thread_followed', threadId, false);
    await answer(bob, roomId, threadId);
    await answer(eve, roomId, threadId);
    expect(await threadsOf(eve)).toEqual({ [threadId]: '0 0' });
  });

  test('nobody to whom it comes with history that is brought in', async () => {
    const { ada, bob, roomId, threadId } = await makeRoom();
    await database.owner.query(
      `begin; select set_config('trumpet.import', 'on', true);
        insert into app_public.messages (room_id, author_id, content, parent_message_id)
          values ('${roomId}', '${bob.id}', 'long ago @${ada.username}', '${threadId}'); commit`,
    );
    expect([await threadsOf(ada), await threadsOf(bob)]).toEqual([{}, {}]);
  });

  test('nobody who has left or was put out, nor when they are back', async () => {
    const { ada, bob, eve, roomId, threadId } = await makeRoom();
    await answer(bob, roomId, threadId);
    await answer(eve, roomId, threadId);
    await database.call(bob, 'leave_room', roomId);
    await database.call(ada, 'ban_member', roomId, eve.id);
    expect([await threadsOf(bob), await threadsOf(eve)]).toEqual([{}, {}]);
    await database.call(ada, 'unban_member', roomId, eve.id);
    await database.call(ada, 'add_room_member', roomId, eve.id);
    expect(await threadsOf(eve)).toEqual({});
  });
});

describe('a thread is read', () => {
  test('by itself: reading one reads no other', async () => {
    const { ada, bob, roomId, threadId } = await makeRoom();
    const second = await database.sendMessage(ada, roomId, 'And when?');
    const first = await answer(bob, roomId, threadId);
    await answer(bob, roomId, second.id);
    await answer(bob, roomId, threadId);
    expect(await threadsOf(ada)).toEqual({ [threadId]: '2 0', [second.id]: '1 0' });
    await database.call(ada, 'mark_thread_read', threadId, first.id);
    expect(await threadsOf(ada)).toEqual({ [threadId]: '1 0', [second.id]: '1 0' });
    await database.call(ada, 'mark_thread_read', threadId);
    await database.call(ada, 'mark_thread_read', threadId, first.id); // Never backwards.
    expect(await threadsOf(ada)).toEqual({ [threadId]: '0 0', [second.id]: '1 0' });
  });

  test('with the room, as far as that is read, and unread again with it', async () => {
    const { ada, bob, roomId, threadId } = await makeRoom();
    const second = await database.sendMessage(ada, roomId, 'And when?');
    await answer(bob, roomId, threadId);
    const middle = await answer(bob, roomId, second.id);
    await answer(bob, roomId, threadId, `@${ada.username}`);
    expect(await threadsOf(ada)).toEqual({ [threadId]: '2 1', [second.id]: '1 0' });
    await database.call(ada, 'mark_room_read', roomId, middle.id);
    expect(await threadsOf(ada)).toEqual({ [threadId]: '1 1', [second.id]: '0 0' });
    await database.call(ada, 'mark_room_read', roomId);
    expect(await threadsOf(ada)).toEqual({ [threadId]: '0 0', [second.id]: '0 0' });
    await database.call(ada, 'mark_room_unread', roomId, middle.id);
    expect(await threadsOf(ada)).toEqual({ [threadId]: '1 1', [second.id]: '1 0' });
    // What was read in the thread itself stays read.
    await database.call(ada, 'mark_thread_read', threadId);
    expect(await threadsOf(ada)).toEqual({ [threadId]: '0 0', [second.id]: '1 0' });
  });

  test('not by a history that leaves answers out, until one reads it that has them', async () => {
    const { ada, bob, roomId, threadId } = await makeRoom();
    const first = await answer(bob, roomId, threadId);
    await database.sendMessage(bob, roomId, 'Something else');
    await database.call(ada, 'mark_room_read', roomId, null, true);
    expect(await threadsOf(ada)).toEqual({ [threadId]: '1 0' });
    await answer(bob, roomId, threadId);
    await database.call(ada, 'mark_room_read', roomId, null, true);
    expect(await threadsOf(ada)).toEqual({ [threadId]: '2 0' });
    await database.call(ada, 'mark_room_read', roomId, first.id);
    expect(await threadsOf(ada)).toEqual({ [threadId]: '1 0' });
    await database.call(ada, 'mark_room_read', roomId);
    expect(await threadsOf(ada)).toEqual({ [threadId]: '0 0' });
  });

  test('and told to the other devices of whoever read it, once', async () => {
    const { ada, bob, roomId, threadId } = await makeRoom();
    await answer(bob, roomId, threadId);
    const news = async () =>
      (
        await database.owner.query<{ xid: string }>(
          `select xid::text from app_private.personal_news where matter = 'thread' and person_id = $1`,
          [ada.id],
        )
      ).rows[0]?.xid;
    expect(await news()).toBeUndefined();
    await database.call(ada, 'mark_thread_read', threadId);
    const told = await news();
    expect(told).toBeDefined();
    await database.call(ada, 'mark_thread_read', threadId);
    expect(await news()).toBe(told);
  });

  test.each([
    ['mark_thread_read', []],
    ['set_thread_followed', [true]],
  ])('%s by nobody who may not see the message', async (name, rest) => {
    const { ada, roomId, threadId } = await makeRoom();
    const stranger = await database.createUser();
    for (const id of [threadId, crypto.randomUUID()]) {
      await expect(database.call(stranger, name, id, ...rest)).rejects.toMatchObject({
        code: 'TR404',
      });
    }
    await database.call(ada, 'set_room_rule', roomId, 'words', 'hold', ['dubious']);
    const bob = await database.createUser();
    await database.call(ada, 'add_room_member', roomId, bob.id);
    const held = await database.call(bob, 'send_message', roomId, 'dubious');
    await expect(database.call(ada, name, held.id, ...rest)).rejects.toMatchObject({
      code: 'TR404',
    });
  });
});

test('an answer that was sent to the room as well stands in both, counts once in each, and is read by either history', async () => {
  const { ada, bob, roomId, threadId } = await makeRoom();
  const plain = await answer(bob, roomId, threadId);
  const both = await database.call(
    bob,
    'send_message',
    ...[roomId, `For all, @${ada.username}`, 'text', '{}', threadId, 'once', null, null, true],
  );
  expect(both).toMatchObject({ parent_message_id: threadId, also_sent_to_room: true });
  const again = await database.call(
    bob,
    'send_message',
    ...[roomId, `For all, @${ada.username}`, 'text', '{}', threadId, 'once', null, null, true],
  );
  expect(again.id).toBe(both.id);
  // The same nonce for an answer in the thread alone is something else.
  await expect(
    database.call(
      bob,
      'send_message',
      ...[roomId, `For all, @${ada.username}`, 'text', '{}', threadId, 'once'],
    ),
  ).rejects.toMatchObject({ code: 'TR409' });
  const inRoom = () =>
    database.asUser(ada, async (client) => ({
      history: await historyOf(client, roomId, true),
      room: (
        await client.query(
          'select unread_count as unread, mention_count as mentions from app_public.conversations where room_id = $1',
          [roomId],
        )
      ).rows[0],
    }));
  expect(await inRoom()).toEqual({
    history: [threadId, both.id],
    room: { unread: 2, mentions: 1 },
  });
  expect(await threadsOf(ada)).toEqual({ [threadId]: '2 1' });
  await database.call(ada, 'mark_room_read', roomId, null, true);
  // The one that no history without answers has shown waits in its thread.
  expect(await threadsOf(ada)).toEqual({ [threadId]: '1 0' });
  await database.call(ada, 'mark_thread_read', threadId, plain.id);
  expect(await threadsOf(ada)).toEqual({ [threadId]: '0 0' });
});

test('what answers nothing is not sent to the room as well', async () => {
  const { ada, roomId } = await makeRoom();
  await expect(
    database.call(ada, 'send_message', roomId, 'hello', 'text', '{}', null, null, null, null, true),
  ).rejects.toMatchObject({ code: 'TR400' });
});

test('what has disappeared is in no thread, whether or not the worker is late or a legal hold keeps it', async () => {
  const { ada, bob, roomId, threadId } = await makeRoom();
  const stays = await answer(bob, roomId, threadId);
  const goes = await answer(bob, roomId, threadId, `Not for long, @${ada.username}`);
  const { id: other } = await database.sendMessage(ada, roomId, 'Not for long either');
  await answer(bob, roomId, other);
  expect(await threadsOf(ada)).toEqual({ [other]: '1 0', [threadId]: '2 1' });
  await database.owner.query(
    `update app_public.messages set disappears_at = now() - interval '1 s' where id = any ($1)`,
    [[goes.id, other]],
  );
  expect(await threadsOf(ada)).toEqual({ [threadId]: '1 0' });
  const { rows } = await database.asUser(ada, (client) =>
    client.query('select latest_reply_id from app_public.my_threads()'),
  );
  expect(rows).toEqual([{ latest_reply_id: stays.id }]);
});

test('those with something unread come first, then the newest, and a list of a room has no others', async () => {
  const { ada, bob, roomId, threadId } = await makeRoom();
  const other = await database.createRoom(ada, { members: [bob] });
  const { id: elsewhere } = await database.sendMessage(ada, other.id, 'Elsewhere');
  const { id: newer } = await database.sendMessage(ada, roomId, 'And when?');
  for (const [room, thread] of [
    [roomId, threadId],
    [other.id, elsewhere],
    [roomId, newer],
  ] as const) {
    await answer(bob, room, thread);
  }
  const ids = async () => Object.keys(await threadsOf(ada));
  expect(await ids()).toEqual([newer, elsewhere, threadId]);
  await database.call(ada, 'mark_thread_read', newer);
  expect(await ids()).toEqual([elsewhere, threadId, newer]);
  const { rows } = await database.asUser(ada, (client) =>
    client.query('select message_id from app_public.my_threads($1, true)', [roomId]),
  );
  expect(rows).toEqual([{ message_id: threadId }]);
});

/** Somebody does something, by the number of the person and of what it is done to; often refused, as in life. */
type Step = readonly [what: (typeof KINDS)[number], who: number, which: number];
const KINDS = [
  'send',
  'answer',
  'answer',
  'answer',
  'answer and mention',
  'answer to the room as well',
  'answer to the room as well',
  'hold',
  'release',
  'delete',
  'edit',
  'hold by hand',
  'delete by hand',
  'read the thread',
  'read the thread',
  'read the room',
  'read the room',
  'mark the room as unread',
  'follow',
  'unfollow',
  'leave',
  'join',
  'ban',
  'unban',
  'block',
  'unblock',
  'level',
  'retain',
  'erase',
] as const;

interface Row {
  readonly id: string;
  readonly seq: number;
  readonly author: string;
  readonly parent: string | null;
  readonly isThere: boolean;
  readonly isHeld: boolean;
  /** An answer that was sent to the room as well. */
  readonly isInBoth: boolean;
  readonly isSystem: boolean;
  readonly mentions: readonly string[];
}

interface Followed {
  readonly isFollowing: boolean;
  readonly readSeq: number;
}

/**
 * Who follows what, kept beside the database by the rules that the documents say. And of those who have read on in a
 * history that leaves answers out, up to where they have read answers.
 */
interface Model {
  readonly followed: Map<string, Followed>;
  readonly answersRead: Map<string, number>;
}

interface Place {
  readonly position: number;
  readonly readTo: number;
}

const RUNS = Number(process.env.RUNS ?? 60);
const SEED = Number(process.env.SEED ?? Math.trunc(Math.random() * 2 ** 31));
const MS_A_HISTORY = 5_000;

async function readRows(client: pg.PoolClient, roomId: string): Promise<readonly Row[]> {
  const { rows } = await client.query<Row>(
    `select id, seq::float8, author_id as author, parent_message_id as parent,
        deleted_at is null and held_at is null as "isThere", held_at is not null as "isHeld",
        also_sent_to_room as "isInBoth", message_type = 'system' as "isSystem",
        array(select user_id from app_private.message_mentions where message_id = messages.id) as mentions
      from app_public.messages where room_id = $1 order by seq`,
    [roomId],
  );
  return rows;
}

/** What became of answers since: they are there for everyone, or mention somebody whom they did not. */
function follow(
  { followed: model }: Model,
  before: readonly Row[],
  after: readonly Row[],
  members: Set<string>,
) {
  for (const row of after) {
    const was = before.find(({ id }) => id === row.id);
    if (row.parent === null || !row.isThere) {
      continue;
    }
    const begin = (user: string, readSeq: number, isAgain: boolean) => {
      const key = `${user} ${row.parent}`;
      const known = model.get(key);
      const returns = isAgain && known?.isFollowing === false && known.readSeq < row.seq;
      if (members.has(user) && (known === undefined || returns)) {
        model.set(key, { isFollowing: true, readSeq });
      }
    };
    if (!was?.isThere) {
      const parent = after.find(({ id }) => id === row.parent);
      begin(row.author, row.seq, true);
      for (const user of parent ? [parent.author, ...parent.mentions] : []) {
        begin(user, row.seq - 1, false);
      }
    }
    const isNoted = (user: string) => was?.isThere && was.mentions.includes(user);
    for (const user of row.mentions.filter((one) => !isNoted(one))) {
      begin(user, row.seq - 1, true);
    }
  }
}

/** A room in which everything happens within one transaction that is rolled back. */
async function play(client: pg.PoolClient, people: readonly TestUser[], steps: readonly Step[]) {
  const call = stepsIn(client);
  const [ada] = people as [TestUser];
  const room = await call(
    ada,
    `select id from app_public.create_room(name => 'Room', slug => 'room-' || gen_random_uuid())`,
    [],
  );
  const roomId: string = single(room ?? []).id;
  for (const person of people.slice(1)) {
    await call(person, 'select app_public.join_room($1)', [roomId]);
  }
  await call(ada, `select app_public.set_room_rule($1, 'words', 'hold', array['dubious'])`, [
    roomId,
  ]);
  await call(ada, 'select app_public.send_message($1, $2)', [roomId, 'first']);

  const model: Model = { followed: new Map(), answersRead: new Map() };
  const { followed, answersRead } = model;
  const placeOf = async ({ id }: TestUser): Promise<Place | undefined> =>
    (
      await call(
        null,
        `select app_private.read_position(room_members)::float8 as position, app_private.read_to(room_members)::float8 as "readTo"
          from app_public.room_members where room_id = $1 and user_id = $2`,
        [roomId, id],
      )
    )?.[0];
  for (const [what, who, which] of steps) {
    const person = people[who % people.length] as TestUser;
    const other = people[which % people.length] as TestUser;
    const before = await readRows(client, roomId);
    const message = before.at(-1 - (which % Math.max(1, before.length)));
    const tops = before.filter(({ parent }) => parent === null);
    // Few threads, so that something happens in each.
    const thread = tops[which % Math.min(4, Math.max(1, tops.length))];
    const author = people.find(({ id }) => id === message?.author) ?? person;
    const answerWith = (text: string, isInBoth = false) =>
      call(
        person,
        'select app_public.send_message($1, $2, parent_message_id => $3, also_send_to_room => $4)',
        [roomId, text, thread?.id, isInBoth],
      );
    switch (what) {
      case 'send':
        await call(person, 'select app_public.send_message($1, $2)', [
          roomId,
          which % 2 ? 'hello' : `hello @${other.username}`,
        ]);
        break;
      case 'answer':
        await answerWith('indeed');
        break;
      case 'answer and mention':
        await answerWith(`indeed @${other.username}`);
        break;
      case 'answer to the room as well':
        await answerWith(which % 2 ? 'by the way' : `by the way @${other.username}`, true);
        break;
      case 'hold':
        await answerWith(`dubious @${other.username}`, which % 2 === 1);
        break;
      case 'release':
        await call(
          ada,
          'select app_public.release_message(id) from app_public.messages where room_id = $1 and held_at is not null limit 1',
          [roomId],
        );
        break;
      case 'delete':
        await call(which % 2 ? ada : author, 'select app_public.delete_message($1)', [message?.id]);
        break;
      case 'edit':
        await call(author, 'select app_public.edit_message($1, $2)', [
          message?.id,
          which % 3 ? `rather @${other.username} ${which}` : `rather ${which}`,
        ]);
        break;
      case 'hold by hand':
        await call(
          null,
          `update app_public.messages set held_at = case when held_at is null then now() end
            where id = $1 and deleted_at is null`,
          [message?.id],
        );
        break;
      case 'delete by hand':
        await call(null, 'delete from app_public.messages where id = $1', [message?.id]);
        break;
      case 'read the thread': {
        const read = which % 3 === 0 ? before.filter(({ isHeld }) => !isHeld).at(-1) : message;
        const done = await call(person, 'select app_public.mark_thread_read($1, $2)', [
          thread?.id,
          which % 3 === 0 ? null : message?.id,
        ]);
        const known = followed.get(`${person.id} ${thread?.id}`);
        if (done !== null && known?.isFollowing && read !== undefined) {
          const head = await call(
            null,
            'select last_message_seq::float8 as seq from app_private.room_heads where room_id = $1',
            [roomId],
          );
          const seq = which % 3 === 0 ? single(head ?? []).seq : read.seq;
          followed.set(`${person.id} ${thread?.id}`, {
            isFollowing: true,
            readSeq: Math.max(known.readSeq, seq),
          });
        }
        break;
      }
      case 'read the room': {
        const isTopLevelOnly = which % 4 === 1;
        const upTo = which % 3 === 0 ? undefined : message;
        const was = await placeOf(person);
        const done = await call(person, 'select app_public.mark_room_read($1, $2, $3)', [
          roomId,
          upTo?.id ?? null,
          isTopLevelOnly,
        ]);
        const is = await placeOf(person);
        const known = answersRead.get(person.id);
        if (done === null || was === undefined || is === undefined) {
          break;
        }
        const seq = upTo?.seq ?? is.readTo;
        if (isTopLevelOnly && known === undefined && was.position < is.position) {
          answersRead.set(person.id, was.position);
        } else if (!isTopLevelOnly && seq >= is.readTo) {
          answersRead.delete(person.id);
        } else if (!isTopLevelOnly && known !== undefined) {
          answersRead.set(person.id, Math.max(known, seq));
        }
        break;
      }
      case 'mark the room as unread':
        await call(person, 'select app_public.mark_room_unread($1, $2)', [roomId, message?.id]);
        break;
      case 'follow':
      case 'unfollow': {
        const isFollowing = what === 'follow';
        const done = await call(person, 'select app_public.set_thread_followed($1, $2)', [
          thread?.id,
          isFollowing,
        ]);
        if (
          done !== null &&
          followed.get(`${person.id} ${thread?.id}`)?.isFollowing !== isFollowing
        ) {
          const head = await call(
            null,
            'select last_message_seq::float8 as seq from app_private.room_heads where room_id = $1',
            [roomId],
          );
          followed.set(`${person.id} ${thread?.id}`, {
            isFollowing,
            readSeq: single(head ?? []).seq,
          });
        }
        break;
      }
      case 'leave':
        await call(person, 'select app_public.leave_room($1)', [roomId]);
        break;
      case 'join':
        await call(person, 'select app_public.join_room($1)', [roomId]);
        break;
      case 'ban':
        if (other !== ada && which % 3 === 0) {
          await call(ada, 'select app_public.ban_member($1, $2)', [roomId, other.id]);
        }
        break;
      case 'unban':
        await call(ada, 'select app_public.unban_member($1, $2)', [roomId, other.id]);
        break;
      case 'block':
        await call(person, 'select app_public.block_user($1)', [other.id]);
        break;
      case 'unblock':
        await call(person, 'select app_public.unblock_user($1)', [other.id]);
        break;
      case 'level':
        await call(person, 'select app_public.set_notification_level($1, $2)', [
          roomId,
          ['all', 'mentions', 'none'][which % 3],
        ]);
        break;
      case 'retain':
        await retain(call, roomId, which % 6);
        break;
      case 'erase':
        if (who % 9 === 0 && other !== ada) {
          await erase(call, other);
        }
        break;
    }
    const after = await readRows(client, roomId);
    const { rows: members } = await client.query<{ user_id: string }>(
      'select user_id from app_public.room_members where room_id = $1',
      [roomId],
    );
    const memberIds = new Set(members.map(({ user_id }) => user_id));
    for (const key of followed.keys()) {
      const [user, id] = key.split(' ') as [string, string];
      if (!memberIds.has(user) || (what === 'retain' && !after.some((row) => row.id === id))) {
        followed.delete(key);
      }
    }
    for (const user of [...answersRead.keys()].filter((id) => !memberIds.has(id))) {
      answersRead.delete(user);
    }
    follow(model, before, after, memberIds);
  }
  return { roomId, model };
}

/** What a person has not read in each thread that they follow, by looking at every message. */
async function expected(
  client: pg.PoolClient,
  viewer: TestUser,
  roomId: string,
  model: Model,
): Promise<readonly { id: string; unread: number; mentions: number; latest: string | null }[]> {
  const rows = await readRows(client, roomId);
  const facts = await client.query<{ level: string; position: number; blocked: string[] }>(
    `select app_private.level_of($1, $2)::text as level,
        (select app_private.read_position(room_members) from app_public.room_members where user_id = $1 and room_id = $2)::float8
          as position,
        array(select blocked_id from app_private.user_blocks where blocker_id = $1) as blocked`,
    [viewer.id, roomId],
  );
  const { level, position, blocked } = single(facts.rows);
  const answersRead = Math.min(position, model.answersRead.get(viewer.id) ?? position);
  return rows
    .filter(({ isHeld }) => !isHeld)
    .flatMap(({ id }) => {
      const followed = model.followed.get(`${viewer.id} ${id}`);
      if (!followed?.isFollowing) {
        return [];
      }
      const replies = rows.filter(
        ({ parent, isThere, author }) => parent === id && isThere && !blocked.includes(author),
      );
      const unread = replies.filter(
        ({ seq, author, isInBoth }) =>
          seq > Math.max(followed.readSeq, isInBoth ? position : answersRead) &&
          author !== viewer.id,
      );
      const mentions = unread.filter((row) => row.mentions.includes(viewer.id));
      return [
        {
          id,
          unread: unread.length,
          mentions: level === 'none' ? 0 : mentions.length,
          latest: replies.at(-1)?.id ?? null,
        },
      ];
    })
    .sort((one, other) => (one.id < other.id ? -1 : 1));
}

interface Told {
  readonly threads: Awaited<ReturnType<typeof expected>>;
  readonly summary: { threads: number; unread_threads: number; unread: number; mentions: number };
  readonly room: { unread: number; mentions: number } | undefined;
}

/** What a person has not read in the room, by looking at every message: each counts once, wherever it stands. */
async function expectedOfRoom(client: pg.PoolClient, viewer: TestUser, roomId: string) {
  const { rows: facts } = await client.query<{
    level: string;
    position: number;
    blocked: string[];
  }>(
    `select app_private.level_of($1, $2)::text as level, app_private.read_position(room_members)::float8 as position,
        app_private.blocked_by($1) as blocked
      from app_public.room_members where user_id = $1 and room_id = $2`,
    [viewer.id, roomId],
  );
  const [fact] = facts;
  if (fact === undefined) {
    return undefined;
  }
  const unread = (await readRows(client, roomId)).filter(
    ({ seq, author, isThere, isSystem }) =>
      isThere &&
      !isSystem &&
      seq > fact.position &&
      author !== viewer.id &&
      !fact.blocked.includes(author),
  );
  const mentions = unread.filter((row) => row.mentions.includes(viewer.id));
  return { unread: unread.length, mentions: fact.level === 'none' ? 0 : mentions.length };
}

/** The numbers of the messages that the history of the room shows to somebody. */
async function historyOf(client: pg.ClientBase, roomId: string, isTopLevelOnly: boolean) {
  const page = { size: 100, newestFirst: true, topLevelOnly: isTopLevelOnly, half: 1 };
  const { rows } = await client.query<{ id: string }>(
    'select id from app_hidden.room_page($1, $2) order by seq',
    [roomId, page],
  );
  return rows.map(({ id }) => id);
}

async function told(client: pg.PoolClient, roomId: string): Promise<Told> {
  const { rows: threads } = await client.query(
    `select message_id as id, unread_count as unread, mention_count as mentions, latest_reply_id as latest
      from app_public.my_threads() order by message_id`,
  );
  // Each thread says of itself what the list says.
  const { rows: one } = await client.query(
    `select (thread).message_id as id, (thread).unread_count as unread, (thread).mention_count as mentions,
        (thread).latest_reply_id as latest
      from (
        select app_public.messages_followed_thread(messages) as thread from app_public.messages where room_id = $1
      ) as asked
      where (thread).message_id is not null order by 1`,
    [roomId],
  );
  expect(one).toEqual(threads);
  const { rows: summary } = await client.query(
    `select thread_count as threads, unread_thread_count as unread_threads, unread_count as unread, mention_count as mentions
      from app_public.my_thread_summary()`,
  );
  const { rows: room } = await client.query(
    'select unread_count as unread, mention_count as mentions from app_public.conversations where room_id = $1',
    [roomId],
  );
  return { threads, summary: single(summary), room: room[0] };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

test(
  'what is unread in all threads is the sum of each, and no badge outlives its reading, whatever has happened',
  async () => {
    const people = [
      await database.createUser(),
      await database.createUser(),
      await database.createUser(),
    ];
    const step = fc.tuple(fc.constantFrom(...KINDS), fc.nat(99), fc.nat(99));
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }),
        async (steps) => {
          const client = await database.owner.connect();
          try {
            await client.query('begin');
            const { roomId, model } = await play(client, people, steps);
            for (const viewer of people) {
              const truth = await expected(client, viewer, roomId, model);
              const roomTruth = await expectedOfRoom(client, viewer, roomId);
              const stored = await readRows(client, roomId);
              await client.query(
                `select set_config('role', 'trumpet_user', true), set_config('trumpet.user_id', $1, true),
                  set_config('trumpet.session_id', $2, true)`,
                [viewer.id, viewer.sessionId],
              );
              const { threads, summary, room } = await told(client, roomId);
              expect(threads).toEqual(truth);
              expect(summary).toEqual({
                threads: truth.length,
                unread_threads: truth.filter(({ unread }) => unread > 0).length,
                unread: sum(truth.map(({ unread }) => unread)),
                mentions: sum(truth.map(({ mentions }) => mentions)),
              });
              expect(room).toEqual(roomTruth);
              // Answers are left out, and none of those that were sent to the room as well.
              const all = await historyOf(client, roomId, false);
              const byId = new Map(stored.map((row) => [row.id, row]));
              expect(await historyOf(client, roomId, true)).toEqual(
                all.filter((id) => byId.get(id)?.parent === null || byId.get(id)?.isInBoth),
              );
              if (room !== undefined) {
                // Reading the room reads its threads, too.
                for (const { id } of viewer === people[0] ? threads : []) {
                  await client.query('select app_public.mark_thread_read($1)', [id]);
                }
                await client.query('select app_public.mark_room_read($1)', [roomId]);
                const afterwards = await told(client, roomId);
                expect(afterwards.summary).toMatchObject({
                  threads: truth.length,
                  unread_threads: 0,
                  unread: 0,
                  mentions: 0,
                });
                expect(afterwards.room).toEqual({ unread: 0, mentions: 0 });
              }
              await client.query(
                `select set_config('role', 'none', true), set_config('trumpet.user_id', '', true), set_config('trumpet.session_id', '', true)`,
              );
            }
          } finally {
            await client.query('rollback');
            client.release();
          }
        },
      ),
      { numRuns: RUNS, seed: SEED, path: process.env.SEQUENCE ?? '', endOnFailure: true },
    );
  },
  RUNS * MS_A_HISTORY,
);
