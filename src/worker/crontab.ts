import { parseCronItems, type Task, type TaskList } from 'graphile-worker';

interface ScheduledTask {
  /** Keeps several workers from scheduling a run twice, and is remembered by the database: it stays. */
  readonly name: string;
  /** When it runs (UTC). */
  readonly at: string;
  /** How far back runs are caught up on that were missed while no worker ran. */
  readonly catchUpHours?: number;
  /** Its work is one call of the function of this name in app_private. Otherwise it is a file of `tasks/`. */
  readonly isSqlCall?: true;
}

const SCHEDULE: readonly ScheduledTask[] = [
  { name: 'expire_invitations', at: '*/5 * * * *', isSqlCall: true },
  { name: 'sign_audit_log', at: '* * * * *' },
  { name: 'roll_up_statistics', at: '*/5 * * * *' },
  { name: 'expire_sessions', at: '17 * * * *', catchUpHours: 2, isSqlCall: true },
  { name: 'expire_revocations', at: '19 3 * * *', catchUpHours: 48, isSqlCall: true },
  { name: 'expire_email_codes', at: '29 * * * *', catchUpHours: 2, isSqlCall: true },
  { name: 'expire_totp_setups', at: '31 * * * *', catchUpHours: 2, isSqlCall: true },
  { name: 'expire_passkey_challenges', at: '*/5 * * * *', isSqlCall: true },
  { name: 'expire_guests', at: '23 * * * *', isSqlCall: true },
  { name: 'sweep_token_buckets', at: '27 * * * *', isSqlCall: true },
  { name: 'expire_data_exports', at: '37 * * * *', isSqlCall: true },
  { name: 'expire_compliance_exports', at: '39 * * * *', isSqlCall: true },
  { name: 'expire_webhook_deliveries', at: '47 * * * *', catchUpHours: 2, isSqlCall: true },
  { name: 'expire_interactions', at: '7 * * * *', catchUpHours: 2, isSqlCall: true },
  { name: 'expire_links', at: '51 * * * *', isSqlCall: true },
  { name: 'remove_uploads', at: '41 * * * *', catchUpHours: 2 },
  { name: 'expire_bans_and_mutes', at: '13 3 * * *', catchUpHours: 48, isSqlCall: true },
  { name: 'note_held_months', at: '21 3 * * *', catchUpHours: 48, isSqlCall: true },
  { name: 'settle_local_times', at: '9 3 * * *', catchUpHours: 48, isSqlCall: true },
  { name: 'expire_audit_log', at: '5 3 * * *', catchUpHours: 48, isSqlCall: true },
  { name: 'make_partitions', at: '23 3 * * *', catchUpHours: 48, isSqlCall: true },
  { name: 'apply_retention', at: '33 3 * * *', catchUpHours: 48 },
  { name: 'trim_change_log', at: '43 3 * * *', catchUpHours: 48 },
  { name: 'forget_nonces', at: '49 3 * * *', catchUpHours: 48 },
  { name: 'archive_months', at: '53 3 * * *', catchUpHours: 48 },
];

const MS_AN_HOUR = 3_600_000;

/** What runs when. The job key keeps runs that are caught up on from piling up. */
export const crontab = parseCronItems(
  SCHEDULE.map(({ name, at, catchUpHours = 0 }) => ({
    task: name,
    match: at,
    identifier: name,
    options: {
      backfillPeriod: catchUpHours * MS_AN_HOUR,
      jobKey: name,
      jobKeyMode: 'replace' as const,
      maxAttempts: 5,
    },
  })),
);

/** The tasks of the schedule that are one call of SQL. What each does, the comment on its function says. */
export const sqlTasks: TaskList = Object.fromEntries(
  SCHEDULE.filter(({ isSqlCall }) => isSqlCall).map(({ name }) => [name, callOf(name)]),
);

function callOf(name: string): Task {
  return async (_payload, { query }) => {
    await query(`select app_private.${name}()`);
  };
}
