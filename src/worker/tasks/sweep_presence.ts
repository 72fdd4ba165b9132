import type { Task } from 'graphile-worker';

/** Ends the sessions of people whose server died without saying so, and tells listeners who went offline. */
const sweepPresence: Task = async (_payload, { query }) => {
  await query('select app_private.sweep_presence()');
};

export default sweepPresence;
