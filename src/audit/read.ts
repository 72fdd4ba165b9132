import type { ClientBase, Pool } from 'pg';
import type { Link, TakenOut } from './chain.ts';
import type { Checkpoint } from './checkpoint.ts';

type Queryable = Pick<ClientBase | Pool, 'query'>;

/** Links that are in memory at a time. */
const LINKS_A_READ = 5_000;

const READ_LINKS = `
  select
    coalesce(links.seq, entries.seq)::float8 as seq, entries.seq is not null as "hasEntry", links.seq is not null as "hasLink",
    entries.kind, entries.operation, (extract(epoch from entries.happened_at) * 1000000)::bigint::text as microseconds,
    entries.workspace_id as "workspaceId", entries.called,
    jsonb_build_array(entries.actor_id, entries.actor_name)::text as actor,
    jsonb_build_array(entries.target_id, entries.room_id, entries.subject, entries.before, entries.after)::text as details,
    links.actor_salt as "actorSalt", links.details_salt as "detailsSalt",
    encode(links.actor_digest, 'hex') as "actorDigest", encode(links.details_digest, 'hex') as "detailsDigest",
    encode(links.hash, 'hex') as hash
  from (select * from app_private.audit_links where seq > $1 order by seq limit $2) as links
  full join (select * from app_private.audit_entries where seq > $1 order by seq limit $2) as entries
    on entries.seq = links.seq
  order by 1
  limit $2`;

/** The links and entries after a number, in order. */
export async function* readLinks(client: Queryable, after: number): AsyncGenerator<Link> {
  let seq = after;
  for (;;) {
    const { rows } = await client.query<Link>(READ_LINKS, [seq, LINKS_A_READ]);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) {
      return;
    }
    seq = last.seq;
  }
}

/** What entries of the log say was taken out of it. */
export async function readTakenOut(client: Queryable): Promise<TakenOut> {
  const { rows } = await client.query<{ until: number | null; parts: string[] | null }>(`
    select
      max((after ->> 'until_seq')::float8) filter (where subject = 'expired') as until,
      (select array_agg((part ->> 'seq') || ' ' || (part ->> 'part'))
        from app_private.audit_entries
        cross join lateral jsonb_array_elements(after -> 'erased') as part
        where kind = 'audit' and subject = 'erased') as parts
    from app_private.audit_entries where kind = 'audit'`);
  return { untilSeq: rows[0]?.until ?? 0, parts: new Set(rows[0]?.parts ?? []) };
}

/** What was signed of the log, after a number, in order. */
export async function readCheckpoints(client: Queryable, after = 0): Promise<Checkpoint[]> {
  const { rows } = await client.query<Omit<Checkpoint, 'signedAt'> & { signedAt: Date }>(
    `select seq::float8, encode(hash, 'hex') as hash, signed_at as "signedAt", public_key as "publicKey",
        rtrim(translate(encode(signature, 'base64'), E'+/\\n', '-_'), '=') as signature
      from app_private.audit_checkpoints where seq > $1 order by seq`,
    [after],
  );
  return rows.map((row) => ({ ...row, signedAt: row.signedAt.toISOString() }));
}
