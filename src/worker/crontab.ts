import { parseCronItems } from 'graphile-worker';

/**
 * What runs when (UTC). The identifiers keep several workers from scheduling a run twice and are
 * remembered by the database: keep them when a task is renamed. `backfillPeriod` catches up on runs
 * that were missed while no worker ran; a job key keeps them from piling up.
 */
export const crontab = parseCronItems([
  item('expire_invitations', '*/5 * * * *'),
  item('expire_sessions', '17 * * * *', hours(2)),
  item('sweep_token_buckets', '27 * * * *'),
  item('remove_uploads', '41 * * * *', hours(2)),
  item('expire_data_exports', '37 * * * *'),
  item('roll_up_statistics', '*/5 * * * *'),
  item('expire_bans_and_mutes', '13 3 * * *', hours(48)),
  item('make_partitions', '23 3 * * *', hours(48)),
  item('apply_retention', '33 3 * * *', hours(48)),
  item('trim_change_log', '43 3 * * *', hours(48)),
  item('archive_months', '53 3 * * *', hours(48)),
]);

function item(task: string, match: string, backfillPeriod = 0) {
  return {
    task,
    match,
    identifier: task,
    options: { backfillPeriod, jobKey: task, jobKeyMode: 'replace' as const, maxAttempts: 5 },
  };
}

/** In milliseconds. */
function hours(count: number): number {
  return count * 3_600_000;
}
