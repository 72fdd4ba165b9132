import type { Task } from 'graphile-worker';

/** Deletes the files of exports whose week is over. */
const expireDataExports: Task = async (_payload, { query }) => {
  await query('select app_private.expire_data_exports()');
};

export default expireDataExports;
