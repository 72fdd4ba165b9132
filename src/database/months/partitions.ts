import type { ClientBase, Pool } from 'pg';
import { log } from '../../process/log.ts';
import { eachAlone, throwTogether, throwUnlessAlone } from '../each-alone.ts';
import { MONTHS_LOCK } from '../locks.ts';

/*
 * Taking months out of the tables that are partitioned by them.
 *
 * DETACH … CONCURRENTLY waits for the transactions that have the table in use, in a place where nobody
 * queues behind it: sends go on. It cannot run inside a transaction, so a move is several statements,
 * and a crash may come between any two. What is to become of a month is therefore written down first
 * (app_private.partition_moves), every step looks at how far the month is, and whoever comes next
 * finishes what was begun. At attach, too, nobody waits: see app_private.attach_month.
 */

export type MonthTable =
  | 'app_public.messages'
  | 'app_private.message_search'
  | 'app_private.room_changes';

export interface Move {
  readonly parent: MonthTable;
  /** The first day of the month, `2025-01-01`. */
  readonly month: string;
  readonly destination: 'drop' | 'archive';
}

/** Rows of one table that are deleted in one transaction, with a month that is dropped. */
const CHILD_BATCH = 2_000;
/** How long one month waits for transactions that have it in use, before the others have their turn. */
const LOCK_TIMEOUT = '5min';

/** Errors by the move that met them. */
type FailedMoves = Map<string, Error>;

/**
 * Notes the moves and does them, after those that were begun before and not finished. Each fails alone, and is noted
 * as failed (app_admin.jobs shows it) and tried again with the next run.
 *
 * @throws AggregateError when one of these moves failed, after all others were done
 */
export async function moveMonths(
  pool: Pool,
  moves: readonly Move[],
  signal: AbortSignal,
): Promise<void> {
  for (const { parent, month, destination } of moves) {
    // A month that is not there is never noted: it could not be moved, ever.
    await pool.query(
      `insert into app_private.partition_moves (parent, month, destination)
        select $1, $2, $3 where to_regclass($4) is not null
        on conflict do nothing`,
      [parent, month, destination, partitionOf(parent, month)],
    );
  }
  const failed = await finishMoves(pool, signal);
  throwTogether(moves.flatMap((move) => failed.get(keyOf(move)) ?? []));
}

/** Does the moves that are noted, after another worker that is at it already. */
async function finishMoves(pool: Pool, signal: AbortSignal): Promise<FailedMoves> {
  const client = await pool.connect();
  let broken = false;
  const stopWaiting = await cancelOnAbort(pool, client, signal);
  try {
    await client.query('select pg_advisory_lock($1)', [MONTHS_LOCK]);
    try {
      await client.query(`set lock_timeout = '${LOCK_TIMEOUT}'`);
      const failed: FailedMoves = new Map();
      await moveNoted(client, failed, signal);
      await noteNeedlessSearchMonths(client);
      await moveNoted(client, failed, signal);
      return failed;
    } finally {
      await client.query('reset lock_timeout');
      await client.query('select pg_advisory_unlock($1)', [MONTHS_LOCK]);
    }
  } catch (error) {
    broken = true;
    throw error;
  } finally {
    stopWaiting();
    client.release(broken);
  }
}

async function moveNoted(
  client: ClientBase,
  failed: FailedMoves,
  signal: AbortSignal,
): Promise<void> {
  for (const move of await readMoves(client)) {
    signal.throwIfAborted();
    if (failed.has(keyOf(move))) {
      continue;
    }
    try {
      await moveMonth(client, move);
    } catch (error) {
      throwUnlessAlone(error, signal);
      failed.set(keyOf(move), await noteFailure(client, move, error));
    }
  }
}

const keyOf = ({ parent, month }: Move) => `${parent} ${month}`;

async function noteFailure(client: ClientBase, move: Move, cause: unknown): Promise<Error> {
  const { parent, month } = move;
  const reason = cause instanceof Error ? cause.message : String(cause);
  await client.query(
    `update app_private.partition_moves set failures = failures + 1, last_error = $3
      where parent = $1 and month = $2`,
    [parent, month, reason],
  );
  log.error({ event: 'partitions.not_moved', ...move, error: cause });
  return new Error(`${parent} of ${month.slice(0, 7)} could not be moved: ${reason}.`, { cause });
}

async function noteNeedlessSearchMonths(client: ClientBase): Promise<void> {
  await client.query(
    `insert into app_private.partition_moves (parent, month, destination)
      select 'app_private.message_search', month, 'drop'
        from app_private.needless_search_months() as month
      on conflict do nothing`,
  );
}

/** A detach may wait for long: on abort its statement is cancelled. */
async function cancelOnAbort(
  pool: Pool,
  client: ClientBase,
  signal: AbortSignal,
): Promise<() => void> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const cancel = () => {
    pool
      .query('select pg_cancel_backend($1)', [rows[0]?.pid])
      .catch((error) => log.warn({ event: 'partitions.not_cancelled', error }));
  };
  signal.addEventListener('abort', cancel, { once: true });
  return () => signal.removeEventListener('abort', cancel);
}

async function readMoves(client: ClientBase): Promise<Move[]> {
  const { rows } = await client.query<Move>(
    `select parent, month::text, destination from app_private.partition_moves order by started_at, month`,
  );
  return rows;
}

async function moveMonth(client: ClientBase, move: Move): Promise<void> {
  const { parent, month, destination } = move;
  const partition = partitionOf(parent, month);
  const state = await stateOf(client, partition);
  if (state === 'attached' && !(await isStillWanted(client, move, partition))) {
    return forget(client, move);
  }
  if (state === 'attached' || state === 'detaching') {
    if (parent === 'app_private.room_changes') {
      // Before anything is missing: who resumes in between must be told.
      await client.query('select app_private.raise_change_log_floor($1)', [partition]);
    }
    await client.query(
      `alter table ${parent} detach partition ${partition} ${state === 'attached' ? 'concurrently' : 'finalize'}`,
    );
  }
  if (state !== 'gone') {
    if (destination === 'archive') {
      await client.query(`alter table ${partition} set schema app_archive`);
    } else if (parent === 'app_public.messages' && !(await isExpired(client, partition, month))) {
      // Put on hold while it was being detached.
      await client.query('select app_private.attach_month($1, $2)', [partition, month]);
      return forget(client, move);
    } else {
      await dropMonth(client, move, partition);
    }
  }
  if (destination === 'archive' && (await isInArchive(client, partition))) {
    await client.query('select app_private.note_archived($1)', [month]);
  }
  await forget(client, move);
  log.info({ event: 'partitions.moved', ...move });
}

async function dropMonth(client: ClientBase, move: Move, partition: string): Promise<void> {
  if (move.parent === 'app_public.messages') {
    const { rows } = await client.query<{ room_id: string }>(
      'select app_private.rooms_of_month($1) as room_id',
      [partition],
    );
    for (const { room_id: roomId } of rows) {
      await client.query('select app_private.note_history_start($1)', [roomId]);
    }
    await deleteMonthChildren(client, move.month);
  }
  if (move.parent === 'app_private.message_search') {
    await client.query(
      `select app_private.note_words_to_forget(array(
        select word from ts_stat('select words from ${partition}')))`,
    );
  }
  await client.query(`drop table ${partition}`);
}

/**
 * Drops the months of the archive in which nothing is to be kept, and what hangs on their messages.
 *
 * @throws AggregateError when one could not be dropped, after the others were
 */
export async function dropExpiredArchives(pool: Pool, signal: AbortSignal): Promise<void> {
  const { rows } = await pool.query<{ month: string }>(
    'select month::text from app_private.expired_archives() as month',
  );
  const client = await pool.connect();
  try {
    await eachAlone(rows, signal, async ({ month }) => {
      await deleteMonthChildren(client, month);
      await client.query('select app_private.drop_expired_archive($1)', [month]);
      log.info({ event: 'partitions.archive_dropped', month });
    });
  } finally {
    client.release();
  }
}

/** Deletes what hangs on the messages of a month, in short transactions; the files of attachments when not to be kept. */
export async function deleteMonthChildren(
  client: ClientBase,
  month: string,
  { keepFiles = false } = {},
): Promise<void> {
  let count: number;
  do {
    const { rows } = await client.query<{ count: number }>(
      'select app_private.delete_month_children($1, $2, $3) as count',
      [month, CHILD_BATCH, keepFiles],
    );
    count = rows[0]?.count ?? 0;
  } while (count > 0);
}

async function stateOf(
  client: ClientBase,
  partition: string,
): Promise<'attached' | 'detaching' | 'detached' | 'gone'> {
  const { rows } = await client.query<{ state: 'attached' | 'detaching' | 'detached' }>(
    `select case
        when pg_inherits.inhrelid is null then 'detached'
        when pg_inherits.inhdetachpending then 'detaching'
        else 'attached'
      end as state
      from pg_class left join pg_inherits on pg_inherits.inhrelid = pg_class.oid
      where pg_class.oid = to_regclass($1)`,
    [partition],
  );
  return rows[0]?.state ?? 'gone';
}

/** False of a month that was never there. */
async function isInArchive(client: ClientBase, partition: string): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>(
    'select to_regclass($1) is not null as found',
    [partition.replace(/^app_private/, 'app_archive')],
  );
  return rows[0]?.found === true;
}

async function isStillWanted(client: ClientBase, move: Move, partition: string): Promise<boolean> {
  return move.destination === 'archive' || move.parent !== 'app_public.messages'
    ? true
    : isExpired(client, partition, move.month);
}

async function isExpired(client: ClientBase, partition: string, month: string): Promise<boolean> {
  const { rows } = await client.query<{ expired: boolean }>(
    'select app_private.is_month_expired($1, $2) as expired',
    [partition, month],
  );
  return rows[0]?.expired === true;
}

async function forget(client: ClientBase, { parent, month }: Move): Promise<void> {
  await client.query('delete from app_private.partition_moves where parent = $1 and month = $2', [
    parent,
    month,
  ]);
}

/** As app_private.make_month_partition names it. */
function partitionOf(parent: MonthTable, month: string): string {
  const match = /^(\d{4})-(\d{2})-01$/.exec(month);
  if (match === null) {
    throw new Error(`Not the first day of a month: ${month}`);
  }
  return `app_private.${parent.split('.')[1]}_${match[1]}_${match[2]}`;
}
