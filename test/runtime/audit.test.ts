import type pg from 'pg';
import { auditKey, isSigned, publicKeyOf, signCheckpoint } from '../../src/audit/checkpoint.ts';
import { readCheckpoints } from '../../src/audit/read.ts';
import { signAuditLog } from '../../src/audit/sign.ts';
import { verifyAuditLog } from '../../src/audit/verify.ts';
import { createTestDatabase } from '../../testing/database.ts';

/*
 * Whoever owns the database can write the chain of the audit log anew. The checkpoints that a key elsewhere signed show it.
 */

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner, call } = database;
const key = auditKey('a secret that the database does not have');

const boss = await database.createUser();
const { id: roomId } = await database.createRoom(boss);
const rename = (name: string) => call(boss, 'update_room', roomId, name);

async function withClient<T>(run: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await owner.connect();
  try {
    return await run(client);
  } finally {
    client.release();
  }
}

/** As somebody does who has the database: what was done changes, and every hash from there on fits. */
async function writeAnew(seq: number, { keepsCheckpoints = false } = {}): Promise<void> {
  await withClient(async (client) => {
    await client.query(`begin;
      alter table app_private.audit_entries disable trigger user;
      alter table app_private.audit_links disable trigger user;
      alter table app_private.audit_checkpoints disable trigger user;`);
    await client.query(
      `update app_private.audit_entries set after = '{"name": "Nothing happened"}' where seq = $1`,
      [seq],
    );
    await client.query(
      `do $do$
      declare
        v_entry app_private.audit_entries;
        v_hash bytea := coalesce((select hash from app_private.audit_links where seq = ${seq} - 1), sha256(''));
      begin
        for v_entry in select * from app_private.audit_entries where seq >= ${seq} order by seq loop
          update app_private.audit_links set
              details_digest = app_private.audit_digest(details_salt, app_private.audit_details(v_entry))
            where audit_links.seq = v_entry.seq;
          update app_private.audit_links
            set hash = app_private.audit_hash(v_hash, audit_links.seq, v_entry, actor_digest, details_digest)
            where audit_links.seq = v_entry.seq returning hash into v_hash;
        end loop;
        update app_private.audit_head set hash = v_hash;
      end $do$`,
    );
    await client.query(`delete from app_private.audit_checkpoints where seq >= ${seq} and not ${keepsCheckpoints};
      alter table app_private.audit_entries enable trigger user;
      alter table app_private.audit_links enable trigger user;
      alter table app_private.audit_checkpoints enable trigger user;
      alter table app_private.audit_entries enable always trigger _100_keep;
      alter table app_private.audit_links enable always trigger _100_keep;
      alter table app_private.audit_checkpoints enable always trigger _100_append_only;
      commit;`);
  });
}

test('what is computed here is what the database computes, and what it signed is its own', async () => {
  await rename('One');
  const first = await signAuditLog(owner, key);
  expect(first).toMatchObject({ seq: expect.any(Number), publicKey: publicKeyOf(key) });
  expect(first && isSigned(first)).toBe(true);
  // Nothing is signed where nothing is new.
  expect(await signAuditLog(owner, key)).toBeUndefined();
  await owner.query('select app_admin.suspend_user($1, $2)', [
    (await database.createUser()).username,
    'Ünïcode "and" \\ 🎺',
  ]);
  await owner.query('select app_private.erase_from_audit_log($1)', [boss.id]);
  const second = await signAuditLog(owner, key);
  const verified = await withClient((client) => verifyAuditLog(client));
  expect(verified).toMatchObject({
    problem: undefined,
    checkpoints: 2,
    end: { seq: second?.seq, hash: second?.hash },
  });
  const { rows } = await owner.query(
    'select is_intact, last_seq::int from app_admin.verify_audit_log()',
  );
  expect(rows).toEqual([{ is_intact: true, last_seq: second?.seq }]);
});

test('a checkpoint is of its number, its hash, its time and its key', () => {
  const checkpoint = signCheckpoint(key, {
    seq: 7,
    hash: 'ab'.repeat(32),
    signedAt: '2026-11-27T12:00:00.000Z',
  });
  expect(isSigned(checkpoint)).toBe(true);
  for (const other of [
    { seq: 8 },
    { hash: 'ac'.repeat(32) },
    { signedAt: '2026-11-27T12:00:01.000Z' },
    { publicKey: publicKeyOf(auditKey('another')) },
    { publicKey: 'nonsense' },
  ]) {
    expect(isSigned({ ...checkpoint, ...other })).toBe(false);
  }
});

test('a chain that its owner writes anew is not signed where a checkpoint is left', async () => {
  await rename('Six');
  const signed = await signAuditLog(owner, key);
  await rename('Seven');
  await writeAnew(signed?.seq as number, { keepsCheckpoints: true });
  expect(await signAuditLog(owner, key)).toBeUndefined();
  const { rows } = await owner.query(
    'select is_intact, first_broken_seq::int from app_admin.verify_audit_log()',
  );
  expect(rows).toEqual([{ is_intact: false, first_broken_seq: signed?.seq }]);
  // Mended for the tests that follow: as if nothing had been signed.
  await writeAnew(signed?.seq as number);
});

test('a chain that its owner writes anew is shown by what was kept elsewhere', async () => {
  await rename('Two');
  await rename('Three');
  const signed = await signAuditLog(owner, key);
  const kept = await readCheckpoints(owner);
  await rename('Four');
  await writeAnew(signed?.seq as number);
  // The database itself finds nothing: that is what checkpoints are for.
  const { rows } = await owner.query('select is_intact from app_admin.verify_audit_log()');
  expect(rows).toEqual([{ is_intact: true }]);
  const verified = await withClient((client) => verifyAuditLog(client, kept));
  expect(verified.problem).toMatchObject({
    seq: signed?.seq,
    problem: expect.stringContaining('signed with another hash'),
  });
});

test('what is removed behind the last checkpoint that is left is shown by the one that was kept', async () => {
  await rename('Five');
  await signAuditLog(owner, key);
  const kept = (await readCheckpoints(owner)).slice(-1);
  const last = kept[0]?.seq as number;
  await withClient(async (client) => {
    await client.query(`begin;
      alter table app_private.audit_entries disable trigger user;
      alter table app_private.audit_links disable trigger user;
      alter table app_private.audit_checkpoints disable trigger user;
      delete from app_private.audit_entries where seq = ${last};
      delete from app_private.audit_links where seq = ${last};
      delete from app_private.audit_checkpoints where seq = ${last};
      update app_private.audit_head set seq = ${last} - 1, hash = (select hash from app_private.audit_links where seq = ${last} - 1);
      commit;`);
  });
  expect((await withClient((client) => verifyAuditLog(client))).problem).toBeUndefined();
  expect((await withClient((client) => verifyAuditLog(client, kept))).problem).toMatchObject({
    seq: last,
    problem: expect.stringContaining('was removed'),
  });
});
