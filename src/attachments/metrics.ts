import { Counter, Histogram } from 'prom-client';

/** How attachments fare. The labels are words from the code, never from a file or a person. */
export const attachmentMetrics = {
  received: new Counter({
    name: 'trumpet_attachments_received_total',
    help: 'Uploads of which the last byte came.',
  }),
  receivedBytes: new Counter({
    name: 'trumpet_attachments_received_bytes_total',
    help: 'The bytes of these uploads.',
  }),
  refused: new Counter({
    name: 'trumpet_attachments_refused_total',
    help: 'Requests about uploads that were refused, by the code of the error.',
    labelNames: ['cause'] as const,
  }),
  processed: new Counter({
    name: 'trumpet_attachments_processed_total',
    help: 'Files that the worker has looked at, by what came of it.',
    labelNames: ['result'] as const,
  }),
  processing: new Histogram({
    name: 'trumpet_attachments_processing_seconds',
    help: 'How long the worker looked at a file, the virus scan included.',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
  }),
};
