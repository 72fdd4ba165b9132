import { gunzipSync } from 'node:zlib';
import { single, type TestUser } from '../../testing/database.ts';
import { createTestWorld } from '../../testing/world.ts';
import { count, insertOldMessages, runJobs, runTask } from './support.ts';

const { database, server, close } = await createTestWorld();
afterAll(close);
const { owner } = database;

async function makeRoom(person: TestUser, members: TestUser[] = [], rule = 'erase') {
  const { id } = await database.createRoom(person, { members });
  await database.commitAs(person, (client) =>
    client.query('select app_public.set_erasure_rule($1, $2)', [id, rule]),
  );
  return id;
}

async function deleteAccount(person: TestUser) {
  await database.commitAs(person, (client) =>
    client.query('select app_public.delete_my_account($1)', [person.username]),
  );
}

async function react(person: TestUser, messageId: string) {
  await database.commitAs(person, (client) =>
    client.query(`select app_public.add_message_reaction($1, '🎺')`, [messageId]),
  );
}

describe('exportMyData', () => {
  interface DataExport {
    readonly id: string;
    readonly status: string;
    readonly url: string | null;
  }

  async function requestExport(person: TestUser): Promise<DataExport> {
    const { data } = await server.graphql(
      'mutation { exportMyData(input: {}) { dataExport { id status url } } }',
      {},
      person.token,
    );
    return data.exportMyData.dataExport;
  }

  async function findExport(person: TestUser, id: string): Promise<DataExport | null> {
    const { data } = await server.graphql(
      'query ($id: UUID!) { dataExport(id: $id) { id status url } }',
      { id },
      person.token,
    );
    return data.dataExport;
  }

  async function download(url: string | null) {
    const response = await fetch(new URL(url ?? '', server.url), {
      headers: { connection: 'close' },
    });
    return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
  }

  test('gives a file with all that one wrote, archived months included, and nothing of others', async () => {
    const [ada, bob] = [await database.createUser(), await database.createUser()];
    const roomId = await makeRoom(ada, [bob]);
    await insertOldMessages(owner, { roomId, authorId: ada.id, month: '2025-05-01', count: 3 });
    await runTask(owner, 'archive_months', { month: '2025-05-01' });
    const { id: mine } = await database.sendMessage(ada, roomId, 'before');
    await database.commitAs(ada, (client) =>
      client.query(`select app_public.edit_message($1, 'after')`, [mine]),
    );
    const { id: his } = await database.sendMessage(bob, roomId, 'a secret of his');
    await react(ada, his);

    const pending = await requestExport(ada);
    expect(pending).toMatchObject({ status: 'PENDING', url: null });
    expect((await requestExport(ada)).id).toBe(pending.id);
    await runJobs(owner);
    const ready = await findExport(ada, pending.id);
    expect(ready?.status).toBe('READY');

    const { status, body } = await download(ready?.url ?? null);
    expect(status).toBe(200);
    const text = gunzipSync(body).toString();
    const lines: { table: string; row: Record<string, unknown> }[] = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const messages = lines.filter(({ table }) => table === 'messages').map(({ row }) => row);
    expect(messages.map(({ content }) => content).sort()).toEqual([
      'after',
      'old 1',
      'old 2',
      'old 3',
    ]);
    expect(messages.find(({ content }) => content === 'after')).toMatchObject({
      edits: [{ previous_content: 'before' }],
    });
    expect(lines).toContainEqual({
      table: 'message_reactions',
      row: expect.objectContaining({ message_id: his, emoji: '🎺' }),
    });
    expect(text).not.toMatch(/a secret of his|password_hash/);
  });

  test('is for its owner only, and a wrong address is as if there were none', async () => {
    const [ada, eve] = [await database.createUser(), await database.createUser()];
    const { id } = await requestExport(ada);
    await runJobs(owner);
    expect(await findExport(eve, id)).toBeNull();
    for (const address of [
      `/exports/${id}/${'0'.repeat(64)}`,
      `/exports/${id}/x`,
      `/exports/x/${'0'.repeat(64)}`,
    ]) {
      expect((await download(address)).status).toBe(404);
    }
  });

  test('ends after its week', async () => {
    const ada = await database.createUser();
    const { id } = await requestExport(ada);
    await runJobs(owner);
    const url = (await findExport(ada, id))?.url ?? null;
    await owner.query(`update app_public.data_exports set expires_at = now() where id = $1`, [id]);
    expect((await download(url)).status).toBe(404);
    await owner.query('select app_private.expire_data_exports()');
    expect(await count(owner, 'app_private.data_export_chunks where export_id = $1', [id])).toBe(0);
  });
});

describe('deleteMyAccount', () => {
  test('needs the password', async () => {
    const ada = await database.createUser();
    const { errors } = await server.graphql(
      'mutation { deleteMyAccount(input: { password: "wrong" }) { clientMutationId } }',
      {},
      ada.token,
    );
    expect(errors).toMatchObject([{ extensions: { code: 'WRONG_CREDENTIALS' } }]);
    expect(await count(owner, 'app_private.erasures where user_id = $1', [ada.id])).toBe(0);
  });

  test('ends sessions at once, and frees the name for nobody yet', async () => {
    const ada = await database.createUser();
    const { errors } = await server.graphql(
      'mutation ($password: String!) { deleteMyAccount(input: { password: $password }) { clientMutationId } }',
      { password: ada.username },
      ada.token,
    );
    expect(errors).toBeUndefined();
    // Another server learns of it by the bell; this test asks the database.
    const { rows } = await owner.query('select from app_hidden.authenticate_session($1)', [
      ada.sessionId,
    ]);
    expect(rows).toEqual([]);
    const taken = await server.graphql(
      `mutation ($name: String!) { signUp(input: { username: $name, password: "another person" }) { session { user { id } } } }`,
      { name: ada.username },
    );
    expect(taken.errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT' });
  });

  test('takes the content or the name from messages, as each room says, and leaves no trace', async () => {
    const [ada, bob] = [await database.createUser(), await database.createUser()];
    const erasing = await makeRoom(bob, [ada], 'erase');
    const anonymising = await makeRoom(bob, [ada], 'anonymise');
    const question = await database.sendMessage(bob, erasing, 'who?');
    const answer = await database.commitAs(ada, async (client) => {
      const { rows } = await client.query(
        `select id from app_public.send_message($1, 'me', parent_message_id => $2, nonce => 'n-1')`,
        [erasing, question.id],
      );
      return single(rows);
    });
    await database.commitAs(ada, (client) =>
      client.query(`select app_public.edit_message($1, 'me, ada')`, [answer.id]),
    );
    const kept = await database.sendMessage(ada, anonymising, `hello @${bob.username}`);
    const takenBack = await database.sendMessage(ada, anonymising, 'a slip');
    await database.commitAs(ada, (client) =>
      client.query('select app_public.delete_message($1)', [takenBack.id]),
    );
    await react(ada, question.id);
    await database.sendMessage(bob, erasing, `thanks @${ada.username}`);
    await runTask(owner, 'roll_up_statistics');

    await deleteAccount(ada);
    await runJobs(owner);

    const { rows } = await owner.query(
      `select id, content, author_id = app_private.ghost_id() as is_ghost from app_public.messages where id = any ($1) order by seq, id`,
      [[answer.id, kept.id]],
    );
    expect(rows).toEqual(
      expect.arrayContaining([
        { id: answer.id, content: null, is_ghost: true },
        { id: kept.id, content: `hello @${bob.username}`, is_ghost: true },
      ]),
    );
    const { rows: parents } = await owner.query(
      'select reply_count from app_public.messages where id = $1',
      [question.id],
    );
    expect(parents).toEqual([{ reply_count: 0 }]);
    for (const table of [
      'app_public.message_edits',
      'app_private.message_nonces',
      'app_public.message_reactions',
    ]) {
      expect(
        await count(owner, `${table} where message_id = any ($1)`, [[answer.id, question.id]]),
      ).toBe(0);
    }
    expect(
      await count(owner, 'app_private.message_deletions where message_id = $1', [takenBack.id]),
    ).toBe(0);
    expect(
      await count(
        owner,
        `app_private.message_search where words::text like '%=from' || $1 || '%'`,
        [ada.id.slice(-12)],
      ),
    ).toBe(0);

    // The proof that an administrator can give: nothing names this id but the note of the deletion, and the log.
    const traces = await owner.query('select found_in from app_admin.traces_of_user($1)', [ada.id]);
    expect(traces.rows.map(({ found_in }) => found_in)).toEqual([
      'app_private.erasures.user_id',
      'app_private.room_changes.actor_id',
      'app_private.room_changes.user_id',
    ]);
    const { rows: erasures } = await owner.query(
      'select messages_erased, messages_anonymised, reactions_deleted, state from app_admin.erasures where user_id = $1',
      [ada.id],
    );
    expect(erasures).toEqual([
      { messages_erased: '1', messages_anonymised: '2', reactions_deleted: '1', state: 'finished' },
    ]);
  });

  /** The tables that have a text anywhere in a row. */
  async function tablesWith(text: string): Promise<string[]> {
    const { rows: tables } = await owner.query<{ name: string }>(
      `select format('%I.%I', nspname, relname) as name from pg_class
        join pg_namespace on pg_namespace.oid = relnamespace
        where relkind in ('r', 'm') and nspname not in ('pg_catalog', 'information_schema') and nspname !~ '^pg_toast'
        order by 1`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const { rows } = await owner.query(
        `select from ${name} as row where position($1 in lower(row::text)) > 0 limit 1`,
        [text],
      );
      found.push(...(rows.length === 0 ? [] : [name]));
    }
    return found;
  }

  /** As the server notes one whose bytes are all here. */
  async function upload(uploader: TestUser, filename: string): Promise<string> {
    const { rows } = await owner.query<{ id: string }>(
      'select app_hidden.begin_upload($1, null, $2, 5, 500, 1000000) as id',
      [uploader.id, filename],
    );
    const { id } = single(rows);
    await owner.query(`select app_hidden.receive_upload($1, 'text/plain', false, false)`, [id]);
    return id;
  }

  test('leaves name, address, texts and names of files in no column of any table', async () => {
    const bob = await database.createUser();
    const zoe = await database.createUser('zanzibarov_zoe');
    await owner.query(
      `with person as (
        update app_public.users set display_name = 'Zanzibar Zoe' where id = $1
      )
      update app_private.user_secrets set email = 'zanzibarov@example.org' where user_id = $1`,
      [zoe.id],
    );
    const roomId = await makeRoom(bob, [zoe]);
    await database.call(bob, 'set_room_rule', roomId, 'words', 'hold', ['dubious']);
    const question = await database.sendMessage(bob, roomId, 'who?');
    const answer = async (content: string) => {
      const { id } = await database.call(
        zoe,
        'send_message',
        roomId,
        content,
        'text',
        '{"from": "zanzibarov"}',
        question.id,
        `zanzibarov ${content}`,
      );
      return id as string;
    };
    await answer('zanzibarov, simply');
    const edited = await answer('zanzibarov, at first');
    await database.call(zoe, 'edit_message', edited, 'zanzibarov, then');
    await database.call(zoe, 'delete_message', await answer('zanzibarov, taken back'));
    await database.call(bob, 'delete_message', await answer('zanzibarov, taken away'));
    const rejected = await answer('zanzibarov, dubious, rejected');
    await database.call(bob, 'reject_message', rejected, 'no');
    await database.call(zoe, 'delete_message', await answer('zanzibarov, dubious, taken back'));
    await answer('zanzibarov, dubious, still held');
    await database.call(bob, 'release_message', await answer('zanzibarov, dubious, released'));
    const heldAgain = await answer('zanzibarov, harmless');
    await database.call(zoe, 'edit_message', heldAgain, 'zanzibarov, dubious by edit');
    await database.call(bob, 'report_message', await answer('zanzibarov, reported'), 'rude');
    for (const filename of [
      'zanzibarov sent.txt',
      'zanzibarov taken back.txt',
      'zanzibarov unsent.txt',
    ]) {
      const uploadId = await upload(zoe, filename);
      if (filename === 'zanzibarov unsent.txt') {
        continue;
      }
      const { id } = await database.commitAs(zoe, async (client) => {
        const { rows } = await client.query<{ id: string }>(
          'select id from app_public.send_message($1, $2, attachment_ids => array[$3]::uuid[])',
          [roomId, filename, uploadId],
        );
        return single(rows);
      });
      if (filename === 'zanzibarov taken back.txt') {
        await database.call(zoe, 'delete_message', id);
      }
    }
    await database.call(zoe, 'report_message', question.id, 'zanzibarov does not like it');
    for (const sql of [
      `select app_admin.suspend_user('zanzibarov_zoe', 'noise')`,
      `select app_admin.unsuspend_user('zanzibarov_zoe')`,
      `select app_admin.ban_user('zanzibarov_zoe', '${roomId}', 'noise')`,
      `select app_admin.export_user('zanzibarov_zoe')`,
    ]) {
      await owner.query(sql);
    }
    await runJobs(owner);
    const found = await tablesWith('zanzibarov');
    expect(found).toEqual(
      expect.arrayContaining([
        'app_private.message_deletions',
        'app_private.search_words',
        'app_public.users',
      ]),
    );
    // An administrator who asks for the same texts finds the same tables.
    const { rows: traces } = await owner.query<{ found_in: string }>(
      `select found_in from app_admin.traces_of_user($1, '{Zanzibar}')`,
      [zoe.id],
    );
    const places = traces.map(({ found_in }) => found_in);
    expect(places).toEqual(
      expect.arrayContaining([
        'app_private.message_search.words',
        'app_private.search_words.spellings',
        'app_private.user_secrets.email',
        'app_public.messages.metadata',
        'app_public.users.username',
        'files',
      ]),
    );
    const tablesOf = new Set(places.map((place) => place.split('.').slice(0, 2).join('.')));
    expect(found.filter((name) => !/_\d{4}_\d{2}$/.test(name) && !tablesOf.has(name))).toEqual([]);
    const { rows: kept } = await owner.query(
      `select row ->> 'content' as content from app_private.personal_data($1) as line, lateral (select line -> 'row') as of (row)
        where line ->> 'table' = 'message_deletions'`,
      [zoe.id],
    );
    expect(kept.map(({ content }) => content)).toContain('zanzibarov, dubious, rejected');

    await owner.query('select app_private.begin_erasure($1)', [zoe.id]);
    await runJobs(owner);

    expect(await tablesWith('zanzibarov')).toEqual([]);
    expect(
      await count(
        owner,
        `app_public.messages where room_id = $1 and (held_at is not null or reply_count <> 0)`,
        [roomId],
      ),
    ).toBe(0);
    expect(
      await count(owner, `app_public.message_reports where status = 'open' and message_id <> $1`, [
        question.id,
      ]),
    ).toBe(0);
  });

  test('hands rooms over to the highest in role, then longest there; closes those with nobody left', async () => {
    const [ada, mona, anna, rita] = (await Promise.all(
      Array.from({ length: 4 }, () => database.createUser()),
    )) as [TestUser, TestUser, TestUser, TestUser];
    const shared = await makeRoom(ada, [anna, mona, rita]);
    await database.commitAs(ada, (client) =>
      client.query(`select app_public.set_member_role($1, $2, 'moderator')`, [shared, mona.id]),
    );
    const equals = await makeRoom(ada, [rita, anna]);
    const alone = await makeRoom(ada);

    await deleteAccount(ada);
    await runJobs(owner);

    const { rows } = await owner.query(
      `select id, is_archived, (app_public.rooms_owner(rooms)).id as owner from app_public.rooms where id = any ($1)`,
      [[shared, equals, alone]],
    );
    expect(rows).toEqual(
      expect.arrayContaining([
        { id: shared, is_archived: false, owner: mona.id },
        { id: equals, is_archived: false, owner: rita.id },
        { id: alone, is_archived: true, owner: null },
      ]),
    );
  });

  test.each([450, 10])(
    'a room hears once that its history of %i messages was rewritten',
    async (count) => {
      const [ada, bob] = [await database.createUser(), await database.createUser()];
      const roomId = await makeRoom(bob, [ada]);
      await insertOldMessages(owner, { roomId, authorId: ada.id, month: '2025-06-01', count });
      const { rows: heads } = await owner.query(
        'select last_change_seq from app_private.room_heads where room_id = $1',
        [roomId],
      );
      await deleteAccount(ada);
      await runJobs(owner);
      const { rows } = await owner.query(
        'select kind, op from app_private.room_changes where room_id = $1 and change_seq > $2 order by change_seq',
        [roomId, single(heads).last_change_seq],
      );
      expect(rows).toEqual([
        { kind: 'member', op: 'delete' },
        { kind: 'room', op: 'update' },
      ]);
    },
  );

  test('a hold keeps what was written; the rest goes when it is released', async () => {
    const [ada, bob] = [await database.createUser(), await database.createUser()];
    const roomId = await makeRoom(bob, [ada]);
    const message = await database.sendMessage(ada, roomId, 'evidence');
    const { rows: holds } = await owner.query(`select app_admin.hold_user($1, 'case 4') as id`, [
      ada.username,
    ]);

    await deleteAccount(ada);
    await runJobs(owner);
    expect(
      await count(owner, `app_public.messages where id = $1 and content = 'evidence'`, [
        message.id,
      ]),
    ).toBe(1);
    expect(await count(owner, 'app_public.room_members where user_id = $1', [ada.id])).toBe(0);

    await owner.query('select app_admin.release_hold($1)', [single(holds).id]);
    await runJobs(owner);
    expect(
      await count(owner, `app_public.messages where id = $1 and content is null`, [message.id]),
    ).toBe(1);
    expect(await count(owner, 'app_public.users where id = $1', [ada.id])).toBe(0);
  });

  test('a deleted account can be added to no room', async () => {
    const [ada, bob] = [await database.createUser(), await database.createUser()];
    const roomId = await makeRoom(bob);
    await deleteAccount(ada);
    for (const sql of [
      `select app_public.add_room_member('${roomId}', '${ada.id}')`,
      `select app_public.create_direct_conversation('${ada.id}')`,
    ]) {
      await expect(database.asUser(bob, (client) => client.query(sql))).rejects.toMatchObject({
        code: 'TR404',
      });
    }
  });
});

describe('the vocabulary of search', () => {
  const knows = async (word: string) =>
    (await count(owner, 'app_private.search_words where word = $1', [word])) > 0;

  test('forgets the words of an account that is deleted, also of what it edited and deleted; not those of others', async () => {
    const [ada, bob] = [await database.createUser(), await database.createUser()];
    const roomId = await makeRoom(bob, [ada]);
    await database.sendMessage(ada, roomId, 'quixotic together');
    const { id: edited } = await database.sendMessage(ada, roomId, 'ramshackle');
    await database.indexMessages();
    await database.call(ada, 'edit_message', edited, 'threadbare');
    await database.indexMessages();
    await database.call(ada, 'delete_message', edited);
    await database.sendMessage(bob, roomId, 'together');
    await database.indexMessages();
    expect(await knows('ramshackle')).toBe(true);

    await deleteAccount(ada);
    await runJobs(owner);

    for (const word of ['quixotic', 'ramshackle', 'threadbare']) {
      expect([word, await knows(word)]).toEqual([word, false]);
    }
    expect(await knows('together')).toBe(true);
    expect(await count(owner, 'app_private.words_to_forget')).toBe(0);
  });

  test('forgets the words of a month that retention drops', async () => {
    const ada = await database.createUser();
    const roomId = await makeRoom(ada);
    await insertOldMessages(owner, { roomId, authorId: ada.id, month: '2024-05-01', count: 1 });
    await owner.query(
      `update app_public.messages set content = 'flabbergasted' where room_id = $1`,
      [roomId],
    );
    await database.indexMessages();
    expect(await knows('flabbergasted')).toBe(true);
    await owner.query('update app_public.rooms set retention_days = 30 where id = $1', [roomId]);

    await runTask(owner, 'apply_retention');

    expect(await knows('flabbergasted')).toBe(false);
  });
});
