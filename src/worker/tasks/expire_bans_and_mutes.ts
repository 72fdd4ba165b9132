import type { Task } from 'graphile-worker';

/** Deletes bans and mutes that have ended; the log of moderation keeps what was done. */
const expireBansAndMutes: Task = async (_payload, { query }) => {
  await query('select app_private.expire_bans_and_mutes()');
};

export default expireBansAndMutes;
