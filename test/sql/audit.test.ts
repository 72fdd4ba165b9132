import type pg from 'pg';
import { createTestDatabase, single } from '../../testing/database.ts';

/*
 * The audit log holds what was administered, whoever did it and by whatever way, and shows when it is not as it was.
 */

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner, call } = database;

const head = async () =>
  Number((await owner.query('select seq from app_private.audit_head')).rows[0].seq);

/** What the log got by something. */
async function noted(what: () => Promise<unknown>) {
  const before = await head();
  await what();
  const { rows } = await owner.query(
    `select seq, kind, operation, called, actor_id, actor_name, target_id, room_id, subject, before, after
      from app_private.audit_entries where seq > $1 order by seq`,
    [before],
  );
  return rows;
}

const verify = async (client: pg.Pool | pg.ClientBase = owner) =>
  single((await client.query('select * from app_admin.verify_audit_log()')).rows);

async function makeRoom() {
  const alice = await database.createUser();
  const bob = await database.createUser();
  const { id: roomId } = await database.createRoom(alice, { members: [bob] });
  return { alice, bob, roomId };
}

describe('the log holds', () => {
  test('what a moderator does, with who, to whom and why', async () => {
    const { alice, bob, roomId } = await makeRoom();
    const entries = await noted(() => call(alice, 'ban_member', roomId, bob.id, 'rude'));
    expect(entries).toContainEqual(
      expect.objectContaining({
        kind: 'ban',
        operation: 'insert',
        called: 'app_public.ban_member',
        actor_id: alice.id,
        actor_name: null,
        target_id: bob.id,
        room_id: roomId,
        before: null,
        after: expect.objectContaining({ reason: 'rude' }),
      }),
    );
    expect(entries).toContainEqual(
      expect.objectContaining({ kind: 'moderation', subject: 'member_banned', target_id: bob.id }),
    );
  });

  test('a role and a setting of a room as they were before and after', async () => {
    const { alice, bob, roomId } = await makeRoom();
    expect(
      await noted(() => call(alice, 'set_member_role', roomId, bob.id, 'admin')),
    ).toMatchObject([
      { kind: 'role', target_id: bob.id, before: { role: 'member' }, after: { role: 'admin' } },
    ]);
    expect(await noted(() => call(alice, 'update_room', roomId, 'Trumpets'))).toMatchObject([
      { kind: 'room', room_id: roomId, after: { name: 'Trumpets' } },
    ]);
  });

  test('the deletion of a message by a moderator, without what it said', async () => {
    const { alice, bob, roomId } = await makeRoom();
    const { id } = await database.sendMessage(bob, roomId, 'what nobody should read');
    const entries = await noted(() => call(alice, 'delete_message', id, 'off topic'));
    expect(entries).toMatchObject([
      {
        kind: 'moderation',
        subject: 'message_deleted',
        actor_id: alice.id,
        target_id: bob.id,
        after: { target_message_id: id, reason: 'off topic' },
      },
    ]);
    expect(JSON.stringify(entries)).not.toContain('nobody should read');
  });

  test('what an administrator does by a function, under the role that they signed in as', async () => {
    const bob = await database.createUser();
    const role = (await owner.query('select session_user as name')).rows[0].name;
    const entries = await noted(() =>
      owner.query('select app_admin.suspend_user($1, $2)', [bob.username, 'spam']),
    );
    for (const kind of ['suspension', 'administration']) {
      expect(entries).toContainEqual(
        expect.objectContaining({
          kind,
          called: 'app_admin.suspend_user',
          actor_id: null,
          actor_name: role,
          target_id: bob.id,
        }),
      );
    }
  });

  test.each<[string, string, string[]]>([
    ['a setting', 'update app_private.limits set user_burst = user_burst + 1', ['setting']],
    [
      'a room',
      "update app_public.rooms set description = 'by hand' where id = $1 and $2::uuid is not null",
      ['room'],
    ],
    [
      'a role',
      "update app_public.room_members set role = 'moderator' where room_id = $1 and user_id = $2",
      ['role'],
    ],
    [
      'coming into a room',
      'insert into app_public.room_members (room_id, user_id) select $1, id from app_public.users where id not in (select user_id from app_public.room_members) and $2::uuid is not null limit 1',
      ['role'],
    ],
    [
      'who adds emoji',
      "insert into app_private.custom_emoji_sets (workspace_id, who_adds) select workspace_id, 'managers' from app_public.rooms where id = $1 and $2::uuid is not null",
      ['emoji'],
    ],
    [
      'who manages emoji',
      'insert into app_private.emoji_managers (user_id) select $2 where $1::uuid is not null',
      ['emoji'],
    ],
    [
      'an emoji',
      "insert into app_public.custom_emoji (name, picture_id, added_by_id, version, workspace_id) select 'party_parrot', uuidv7(), $2, 1, workspace_id from app_public.rooms where id = $1",
      ['emoji'],
    ],
    ['a ban', 'insert into app_public.room_bans (room_id, user_id) values ($1, $2)', ['ban']],
    [
      'an address of mail',
      "update app_private.user_secrets set email = 'mallory@example.org' where $1::uuid is not null and user_id = $2",
      ['account'],
    ],
    [
      'whatever is changed as by replication',
      `do $x$ begin set local session_replication_role = replica; update app_private.account_rules set sign_up = 'closed'; end $x$`,
      ['setting'],
    ],
  ])('changes by hand: %s', async (_, sql, kinds) => {
    const { bob, roomId } = await makeRoom();
    const entries = await noted(() => owner.query(sql, sql.includes('$2') ? [roomId, bob.id] : []));
    expect(entries.map(({ kind }) => kind)).toEqual(expect.arrayContaining(kinds));
    for (const entry of entries) {
      expect(entry).toMatchObject({ called: null, actor_id: null });
      expect(JSON.stringify(entry)).not.toContain('mallory');
    }
  });

  test('of a key everything but what opens it, and that this was changed', async () => {
    const { rows } = await owner.query(
      "select app_admin.create_key('backend', array['read'], '1 day') as key",
    );
    const entries = await noted(() =>
      owner.query(
        "update app_private.server_keys set secret_hash = sha256('mine') where name = 'backend'",
      ),
    );
    expect(entries).toMatchObject([{ kind: 'key', after: { changed: ['secret_hash'] } }]);
    const { rows: all } = await owner.query('select * from app_private.audit_entries');
    const text = JSON.stringify(all);
    expect(text).toContain('backend');
    expect(text).not.toContain(rows[0].key.split('_').at(-1));
    expect(text).not.toMatch(/"secret_hash": ?"|password_hash": ?"|\\\\x[0-9a-f]{32}/);
  });

  test('nothing of what people do every day', async () => {
    const { alice, bob, roomId } = await makeRoom();
    expect(
      await noted(async () => {
        const { id } = await database.sendMessage(bob, roomId, 'hello');
        await call(alice, 'add_message_reaction', id, '👍');
        await call(alice, 'mark_room_read', roomId);
        await call(bob, 'delete_message', id);
        await call(bob, 'leave_room', roomId);
      }),
    ).toEqual([]);
  });

  test('nothing of what was rolled back', async () => {
    const { alice, bob, roomId } = await makeRoom();
    expect(
      await noted(() =>
        database.asUser(alice, (client) =>
          client.query('select app_public.ban_member($1, $2)', [roomId, bob.id]),
        ),
      ),
    ).toEqual([]);
  });
});

describe('the chain', () => {
  test('has no gap and the order of the commits, and holds nobody up before they commit', async () => {
    const { alice, bob, roomId } = await makeRoom();
    const { alice: carol, roomId: otherId } = await makeRoom();
    const before = await head();
    await database.commitAs(alice, async (client) => {
      await client.query('select app_public.ban_member($1, $2)', [roomId, bob.id]);
      // Committed while the first is under way: nothing to wait for.
      await call(carol, 'update_room', otherId, 'First');
    });
    const { rows } = await owner.query(
      'select seq, room_id from app_private.audit_entries where seq > $1 order by seq',
      [before],
    );
    expect(rows.map(({ seq }) => Number(seq))).toEqual(rows.map((_, i) => before + 1 + i));
    expect(rows[0].room_id).toBe(otherId);
    expect(new Set(rows.slice(1).map(({ room_id }) => room_id))).toEqual(new Set([roomId]));
    expect(await verify()).toMatchObject({ is_intact: true });
  });

  test('is intact after many at once', async () => {
    const rooms = await Promise.all(Array.from({ length: 8 }, makeRoom));
    await Promise.all(
      rooms.map(async ({ alice, bob, roomId }) => {
        await call(alice, 'ban_member', roomId, bob.id);
        await call(alice, 'unban_member', roomId, bob.id);
      }),
    );
    expect(await verify()).toMatchObject({ is_intact: true, problem: null });
  });

  test.each([
    'update app_private.audit_entries set after = null',
    'delete from app_private.audit_entries',
    'truncate app_private.audit_entries',
    "update app_private.audit_links set hash = ''",
    'delete from app_private.audit_links',
    'truncate app_private.audit_links',
    'delete from app_private.audit_checkpoints',
    'truncate app_private.audit_head, app_private.audit_pending',
  ])('is not changed by the owner of the database: %s', async (sql) => {
    await makeEntries();
    await expect(owner.query(sql)).rejects.toMatchObject({ code: 'TR403' });
  });
});

/** Five entries, and the number of the third. */
async function makeEntries(): Promise<number> {
  const { alice, roomId } = await makeRoom();
  const before = await head();
  for (const name of ['One', 'Two', 'Three', 'Four', 'Five']) {
    await call(alice, 'update_room', roomId, name);
  }
  return before + 3;
}

/** Lets somebody who may change the schema do something to the log, looks what is found of it, and takes it back. */
async function tamper(what: (client: pg.ClientBase, third: number) => Promise<unknown>) {
  const third = await makeEntries();
  const client = await owner.connect();
  try {
    await client.query(`begin;
      alter table app_private.audit_entries disable trigger user;
      alter table app_private.audit_links disable trigger user;`);
    await what(client, third);
    return { third, found: await verify(client) };
  } finally {
    await client.query('rollback');
    client.release();
  }
}

const move = async (client: pg.ClientBase, from: number, to: number) => {
  for (const table of ['audit_entries', 'audit_links']) {
    await client.query(`update app_private.${table} set seq = $2 where seq = $1`, [from, to]);
  }
};

describe('who gets past the triggers is found:', () => {
  test.each<[string, (client: pg.ClientBase, third: number) => Promise<unknown>, number, RegExp]>([
    [
      'what an entry says is changed',
      (client, third) =>
        client.query(
          `update app_private.audit_entries set after = '{"name": "Nothing"}' where seq = $1`,
          [third],
        ),
      0,
      /was changed: what was done/,
    ],
    [
      'somebody else is blamed',
      (client, third) =>
        client.query(
          'update app_private.audit_entries set actor_id = gen_random_uuid() where seq = $1',
          [third],
        ),
      0,
      /was changed: somebody else/,
    ],
    [
      'the time is changed',
      (client, third) =>
        client.query(
          "update app_private.audit_entries set happened_at = happened_at - interval '1 day' where seq = $1",
          [third],
        ),
      0,
      /was changed/,
    ],
    [
      'an entry is removed',
      (client, third) =>
        client.query('delete from app_private.audit_entries where seq = $1', [third]),
      0,
      /was removed/,
    ],
    [
      'an entry is removed with its link',
      async (client, third) => {
        await client.query('delete from app_private.audit_entries where seq = $1', [third]);
        await client.query('delete from app_private.audit_links where seq = $1', [third]);
      },
      1,
      /what was between them was removed/,
    ],
    [
      'an entry is removed, and those after it are numbered anew',
      async (client, third) => {
        await client.query('delete from app_private.audit_entries where seq = $1', [third]);
        await client.query('delete from app_private.audit_links where seq = $1', [third]);
        await move(client, third + 1, third);
        await move(client, third + 2, third + 1);
      },
      0,
      /does not follow/,
    ],
    [
      'the last entries are removed',
      async (client, third) => {
        await client.query('delete from app_private.audit_entries where seq > $1', [third]);
        await client.query('delete from app_private.audit_links where seq > $1', [third]);
      },
      2,
      /at the end were removed/,
    ],
    [
      'an entry is inserted',
      (client, third) =>
        client.query(
          `insert into app_private.audit_entries (seq, kind, operation, happened_at)
            values ($1, 'ban', 'insert', now())`,
          [third + 3],
        ),
      3,
      /was inserted/,
    ],
    [
      'an entry is inserted in between, with a link',
      async (client, third) => {
        await move(client, third + 2, third + 3);
        await move(client, third + 1, third + 2);
        await client.query(
          'insert into app_private.audit_entries select ($1::bigint + 1), kind, operation, happened_at, workspace_id, called, actor_id, actor_name, target_id, room_id, subject, before, after from app_private.audit_entries where seq = $1',
          [third],
        );
        await client.query(
          'insert into app_private.audit_links select ($1::bigint + 1), actor_salt, details_salt, actor_digest, details_digest, hash from app_private.audit_links where seq = $1',
          [third],
        );
      },
      1,
      /inserted/,
    ],
    [
      'two entries change places',
      async (client, third) => {
        await move(client, third, -1);
        await move(client, third + 1, third);
        await move(client, -1, third + 1);
      },
      0,
      /moved/,
    ],
    [
      'what an entry says is erased, and nothing says why',
      async (client, third) => {
        await client.query(
          'update app_private.audit_links set details_salt = null where seq = $1',
          [third],
        );
        await client.query('update app_private.audit_entries set after = null where seq = $1', [
          third,
        ]);
      },
      0,
      /no entry says so/,
    ],
  ])('%s', async (_, what, offset, problem) => {
    const { third, found } = await tamper(what);
    expect(found).toMatchObject({
      is_intact: false,
      first_broken_seq: String(third + offset),
      problem: expect.stringMatching(problem),
    });
  });

  test('a trigger is turned off', async () => {
    const { found } = await tamper((client) =>
      client.query('alter table app_public.room_bans disable trigger _900_audit'),
    );
    expect(found).toMatchObject({
      is_intact: false,
      problem: expect.stringContaining('nothing is noted of app_public.room_bans'),
    });
  });
});

describe('what is personal', () => {
  test('of a person whose account is deleted goes, and the chain holds', async () => {
    const { alice, bob, roomId } = await makeRoom();
    const before = await head();
    await call(alice, 'ban_member', roomId, bob.id, 'called me a tuba');
    await call(alice, 'unban_member', roomId, bob.id);
    await owner.query('select app_private.delete_person($1)', [bob.id]);
    const { rows } = await owner.query(
      'select * from app_private.audit_entries where seq > $1 order by seq',
      [before],
    );
    const text = JSON.stringify(rows.filter(({ kind }) => kind !== 'account'));
    expect(text).not.toContain('tuba');
    expect(text).not.toContain(bob.id);
    expect(text).toContain(alice.id);
    // Whoever reads it still sees that it was the same person each time.
    const targets = rows.filter(({ kind }) => kind === 'ban').map(({ target_id }) => target_id);
    expect(targets.length).toBeGreaterThan(1);
    expect(new Set(targets).size).toBe(1);
    expect(rows.at(-2)).toMatchObject({ kind: 'audit', subject: 'erased' });
    expect(await verify()).toMatchObject({ is_intact: true });
  });

  test('of a person goes from exports of several, too', async () => {
    const { alice, bob } = await makeRoom();
    const before = await head();
    await owner.query("select app_admin.set_auditor($1, 'the audit of 2026')", [alice.username]);
    await call(alice, 'request_compliance_export', 'who called it a tuba', [alice.id, bob.id]);
    await owner.query('select app_private.delete_person($1)', [bob.id]);
    const { rows } = await owner.query(
      "select * from app_private.audit_entries where seq > $1 and kind <> 'account' order by seq",
      [before],
    );
    expect(JSON.stringify(rows)).not.toContain(bob.id);
    expect(JSON.stringify(rows)).not.toContain('tuba');
    expect(rows.some(({ kind, actor_id }) => kind === 'export' && actor_id === alice.id)).toBe(
      true,
    );
    expect(await verify()).toMatchObject({ is_intact: true });
  });

  test('of who acted goes as well, and what they did stays', async () => {
    const { alice, bob, roomId } = await makeRoom();
    const before = await head();
    await call(alice, 'mute_member', roomId, bob.id, 60, 'loud');
    await owner.query('select app_private.erase_from_audit_log($1)', [alice.id]);
    const { rows } = await owner.query(
      'select * from app_private.audit_entries where seq > $1 order by seq',
      [before],
    );
    expect(JSON.stringify(rows)).not.toContain(alice.id);
    expect(JSON.stringify(rows)).toContain('loud');
    expect(await verify()).toMatchObject({ is_intact: true });
  });

  test('of what is older than it is kept goes, but not while something is on hold', async () => {
    await makeEntries();
    await owner.query("select app_admin.keep_audit_log_for(90, 'the law')");
    const inAQuarter = async () => {
      const expired = await owner.query<{ count: number }>(
        "select app_private.expire_audit_log(now() + interval '91 days') as count",
      );
      return expired.rows[0]?.count;
    };
    const countUpTo = async (seq: string) => {
      const { rows } = await owner.query<{ count: number }>(
        'select count(*)::integer as count from app_private.audit_entries where seq <= $1',
        [seq],
      );
      return rows[0]?.count;
    };
    const { roomId } = await makeRoom();
    const { rows } = await owner.query("select app_admin.hold_room($1, 'a case') as id", [roomId]);
    expect(await inAQuarter()).toBe(0);
    await owner.query('select app_admin.release_hold($1)', [rows[0].id]);
    const { rows: newest } = await owner.query(
      'select max(seq) as seq from app_private.audit_entries',
    );
    const noted = await countUpTo(newest[0].seq);
    expect(noted).toBeGreaterThan(5);
    expect(await inAQuarter()).toBe(noted);
    expect(await countUpTo(newest[0].seq)).toBe(0);
    expect(await verify()).toMatchObject({ is_intact: true });
  });
});

test('an auditor at psql reads the log and verifies it, and nothing else', async () => {
  await makeEntries();
  const client = await owner.connect();
  try {
    await client.query('begin; set local role trumpet_auditor');
    expect((await client.query('select * from app_admin.audit_log')).rows.length).toBeGreaterThan(
      0,
    );
    expect(await verify(client)).toMatchObject({ is_intact: true });
    for (const sql of [
      'table app_public.messages',
      'table app_admin.users',
      'table app_private.audit_links',
      "select app_admin.suspend_user('alice', 'x')",
    ]) {
      await client.query('savepoint before');
      await expect(client.query(sql)).rejects.toMatchObject({ code: '42501' });
      await client.query('rollback to before');
    }
  } finally {
    await client.query('rollback');
    client.release();
  }
});
