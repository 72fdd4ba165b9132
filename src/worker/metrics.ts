import type { WorkerEvents } from 'graphile-worker';
import { Histogram } from 'prom-client';

/** How jobs fare. The labels are words from the code. */
export const jobMetrics = {
  duration: new Histogram({
    name: 'trumpet_job_duration_seconds',
    help: 'How long jobs took, by task and by how they ended: done, failed (it is tried again), given up.',
    labelNames: ['task', 'outcome'] as const,
    buckets: [0.01, 0.1, 1, 10, 60, 300],
  }),
};

/** Counts and times the jobs of a queue. */
export function observeJobs(events: WorkerEvents): void {
  const started = new Map<string, number>();
  events.on('job:start', ({ job }) => started.set(job.id, performance.now()));
  events.on('job:complete', ({ job, error }) => {
    const startedAt = started.get(job.id) ?? performance.now();
    started.delete(job.id);
    const isLast = job.attempts >= job.max_attempts;
    const outcome = error == null ? 'done' : isLast ? 'given_up' : 'failed';
    jobMetrics.duration.observe(
      { task: job.task_identifier, outcome },
      (performance.now() - startedAt) / 1_000,
    );
  });
}
