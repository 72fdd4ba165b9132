import type { Task } from 'graphile-worker';

/** Forgets the sessions and refresh tokens that can no longer be used. */
const expireSessions: Task = async (_payload, { query }) => {
  await query('select app_private.expire_sessions()');
};

export default expireSessions;
