import { Logger, runTaskListOnce, type TaskList } from 'graphile-worker';
import type { Pool } from 'pg';
import { indexAll } from '../../src/worker/index-messages.ts';
import { makeApplyRetention } from '../../src/worker/tasks/apply_retention.ts';
import { makeArchiveMonths } from '../../src/worker/tasks/archive_months.ts';
import { deleteWorkspace } from '../../src/worker/tasks/delete_workspace.ts';
import { eraseUser } from '../../src/worker/tasks/erase_user.ts';
import { makeExportData } from '../../src/worker/tasks/export_data.ts';
import { makeExportForCompliance } from '../../src/worker/tasks/export_for_compliance.ts';
import { forgetNonces } from '../../src/worker/tasks/forget_nonces.ts';
import { restoreMonth } from '../../src/worker/tasks/restore_month.ts';
import { rollUpStatistics } from '../../src/worker/tasks/roll_up_statistics.ts';
import { makeTrimChangeLog } from '../../src/worker/tasks/trim_change_log.ts';
import { single } from '../../testing/database.ts';

/**
 * Indexes what is to be found, works off every job that is due, and fails when one of them does.
 *
 * @param index indexes what is to be found: where messages keep coming, there is no end to all of them
 */
export async function runJobs(owner: Pool, index = indexAll): Promise<void> {
  await index(owner);
  const ignore = async () => {};
  const tasks: TaskList = {
    apply_retention: makeApplyRetention(owner),
    archive_months: makeArchiveMonths(owner),
    delete_workspace: deleteWorkspace,
    erase_user: eraseUser,
    forget_nonces: forgetNonces,
    export_data: makeExportData(owner),
    export_for_compliance: makeExportForCompliance(owner),
    restore_month: restoreMonth,
    roll_up_statistics: rollUpStatistics,
    trim_change_log: makeTrimChangeLog(owner),
    // Of others, and not what is tested here.
    notify_room: ignore,
    remove_uploads: ignore,
  };
  const client = await owner.connect();
  try {
    await runTaskListOnce(
      { pgPool: owner, noHandleSignals: true, logger: new Logger(() => () => {}) },
      tasks,
      client,
    );
  } finally {
    client.release();
  }
  const { rows } = await owner.query(
    'select task_identifier, last_error from graphile_worker.jobs where last_error is not null',
  );
  if (rows.length > 0) {
    throw new Error(`Jobs failed: ${JSON.stringify(rows)}`);
  }
}

export async function runTask(owner: Pool, task: string, payload: unknown = {}): Promise<void> {
  await owner.query('select graphile_worker.add_job($1, $2::json)', [
    task,
    JSON.stringify(payload),
  ]);
  await runJobs(owner);
}

/** Messages of a month long ago, as if they had been sent then; each with a reaction of its author. */
export async function insertOldMessages(
  owner: Pool,
  options: {
    readonly roomId: string;
    readonly authorId: string;
    readonly month: string;
    readonly count: number;
  },
): Promise<string[]> {
  const { roomId, authorId, month, count } = options;
  await owner.query(
    `select app_private.make_month_partition(parent, $1)
      from unnest('{app_public.messages, app_private.message_search}'::regclass[]) as parent`,
    [month],
  );
  const { rows } = await owner.query<{ ids: string[] }>(
    `with sent as (
      insert into app_public.messages (id, room_id, author_id, content)
        select
          (left(app_private.uuidv7_floor($3::timestamp at time zone 'UTC' + number * interval '1 minute')::text, 14)
            || '7' || substr(gen_random_uuid()::text, 16))::uuid,
          $1, $2, 'old ' || number
        from generate_series(1, $4::int) as number
      returning id, room_id, author_id
    ), reacted as (
      insert into app_public.message_reactions (message_id, emoji, user_id, room_id)
        select id, '👍', author_id, room_id from sent
    )
    select array_agg(id order by id) as ids from sent`,
    [roomId, authorId, month, count],
  );
  return single(rows).ids;
}

export async function count(owner: Pool, from: string, values: unknown[] = []): Promise<number> {
  const { rows } = await owner.query<{ count: number }>(
    `select count(*)::int as count from ${from}`,
    values,
  );
  return single(rows).count;
}
