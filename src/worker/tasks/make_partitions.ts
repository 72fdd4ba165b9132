import type { Task } from 'graphile-worker';

/** Makes the next months' partitions of the messages, so that no insert ever finds none. */
const makePartitions: Task = async (_payload, { query }) => {
  await query('select app_private.make_partitions()');
};

export default makePartitions;
