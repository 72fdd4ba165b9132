import { Counter, Histogram } from 'prom-client';

/** How hooks fare. The labels are words from the code. */
export const hookMetrics = {
  asked: new Counter({
    name: 'trumpet_hook_questions_total',
    help: 'Questions to hooks before messages, by how they ended and what counts of it.',
    labelNames: ['outcome', 'verdict'] as const,
  }),
  duration: new Histogram({
    name: 'trumpet_hook_duration_seconds',
    help: 'How long hooks took to answer, or not to.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2],
  }),
};
