import type { Task } from 'graphile-worker';

/** Closes the invitations whose time is over. */
const expireInvitations: Task = async (_payload, { query }) => {
  await query('select app_private.expire_invitations()');
};

export default expireInvitations;
