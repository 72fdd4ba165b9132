import type { Task } from 'graphile-worker';

/** Forgets the token buckets that are full again. */
const sweepTokenBuckets: Task = async (_payload, { query }) => {
  await query('select app_private.sweep_token_buckets()');
};

export default sweepTokenBuckets;
