import type { ClientBase, Pool } from 'pg';

/** One message in this many answers the room's first. */
const ANSWER_EVERY = 50;
const MONTHS = 12;

export interface HistoryOptions {
  readonly roomIds: readonly string[];
  readonly authorIds: readonly string[];
  /** In all rooms together. */
  readonly count: number;
  /** Whether the messages can be searched for, which takes some time. */
  readonly isIndexed?: boolean;
  /** Before which month the newest is, counted back from this one: 0 is now. */
  readonly endMonthsAgo?: number;
}

/**
 * Fills rooms with messages of the twelve months past, in the order of time, turn by turn; behind those
 * that all of them have. Written past
 * the triggers: what they would have done to heads is done once at the end, and nothing is logged.
 */
export async function fillHistory(owner: Pool, options: HistoryOptions): Promise<void> {
  const client = await owner.connect();
  try {
    await fill(client, options);
  } finally {
    client.release();
  }
}

async function fill(client: ClientBase, options: HistoryOptions): Promise<void> {
  const { roomIds, authorIds, count, isIndexed = false, endMonthsAgo = 0 } = options;
  await client.query(
    `select app_private.make_month_partition(parent, month::date)
      from unnest('{app_public.messages, app_private.message_search}'::regclass[]) as parent,
        generate_series(
          date_trunc('month', now() at time zone 'UTC') - make_interval(months => $1::int),
          date_trunc('month', now() at time zone 'UTC'), interval '1 month') as month`,
    [MONTHS + endMonthsAgo],
  );
  await client.query('begin; set local session_replication_role = replica');
  // The ids are of version 7, and follow from the number: an answer knows that of the room's first message.
  await client.query(
    `create or replace function pg_temp.id_of(tag text, number int, sent_at timestamptz) returns uuid language sql immutable as $$
        select (left(app_private.uuidv7_floor(sent_at)::text, 14) || '7' || substr(hash, 1, 3) || '-8' || substr(hash, 4, 3)
          || '-' || substr(hash, 7, 12))::uuid from md5(tag || number) as hash
      $$`,
  );
  await client.query(
    `insert into app_public.messages (id, room_id, seq, author_id, content, created_at, parent_message_id)
      select
        pg_temp.id_of(($1::uuid[])[1]::text, number, from_at + number * step),
        ($1::uuid[])[1 + number % rooms], first_seq + number / rooms,
        ($2::uuid[])[1 + (number / rooms) % cardinality($2::uuid[])],
        'Message ' || number || ', which is as long as most of them are: a line, give or take.',
        from_at + number * step,
        case when number >= rooms and (number / rooms) % ${ANSWER_EVERY} = 0
          then pg_temp.id_of(($1::uuid[])[1]::text, number % rooms, from_at + (number % rooms) * step) end
        from (
          select from_at, (until_at - from_at) / $3::int as step, cardinality($1::uuid[]) as rooms,
              (select last_message_seq + 1 from app_private.room_heads where room_id = ($1::uuid[])[1]) as first_seq
            from (
              select date_trunc('month', now()) - make_interval(months => $4::int + ${MONTHS}) as from_at,
                case when $4::int = 0 then now() - interval '1 minute'
                  else date_trunc('month', now()) - make_interval(months => $4::int) end as until_at
            ) as bounds
        ) as span,
        generate_series(0, $3::int - 1) as number`,
    [roomIds, authorIds, count, endMonthsAgo],
  );
  if (isIndexed) {
    await client.query(
      `insert into app_private.message_search (message_id, room_id, content_hash, words)
        select id, room_id, app_hidden.content_hash(content), app_hidden.search_vector(content, null)
          || array_to_tsvector(array[app_private.search_tag('room', room_id), app_private.search_tag('from', author_id)])
        from app_public.messages where room_id = any ($1)
        on conflict do nothing`,
      [roomIds],
    );
  }
  await client.query('commit');
  await client.query(
    `update app_private.room_heads set
        last_message_seq = last.seq, last_change_seq = last_change_seq + last.seq - last_message_seq,
        last_message_id = last.id, last_message_at = last.created_at
      from unnest($1::uuid[]) as filled (room_id)
      cross join lateral (
        select seq, id, created_at from app_public.messages
          where messages.room_id = filled.room_id order by seq desc limit 1
      ) as last
      where room_heads.room_id = filled.room_id`,
    [roomIds],
  );
  // As the worker would have noted it by now.
  await client.query(
    `insert into app_private.search_cursors (room_id, indexed_seq)
      select room_id, last_message_seq from app_private.room_heads where room_id = any ($1)
      on conflict on constraint search_cursors_pkey do update set indexed_seq = excluded.indexed_seq`,
    [roomIds],
  );
  await client.query(
    `insert into app_private.room_months (room_id, month, first_seq, last_seq)
      select room_id, app_private.month_of_id(id), min(seq), max(seq)
        from app_public.messages where room_id = any ($1) group by 1, 2
      on conflict on constraint room_months_pkey do update
        set first_seq = excluded.first_seq, last_seq = excluded.last_seq`,
    [roomIds],
  );
}
