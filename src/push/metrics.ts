import { Counter, Histogram } from 'prom-client';

/** How pushes fare. The labels are words from the code, never from a message or a person. */
export const pushMetrics = {
  sent: new Counter({
    name: 'trumpet_push_sent_total',
    help: 'Pushes that a push service has taken.',
    labelNames: ['channel'] as const,
  }),
  folded: new Counter({
    name: 'trumpet_push_folded_total',
    help: 'Messages that did not get a push of their own because one told of several.',
  }),
  suppressed: new Counter({
    name: 'trumpet_push_suppressed_total',
    help: 'Members with a device who were not notified, by what spoke against it.',
    labelNames: ['cause'] as const,
  }),
  postponed: new Counter({
    name: 'trumpet_push_postponed_total',
    help: 'Pushes that a push service refused for now, by cause.',
    labelNames: ['channel', 'cause'] as const,
  }),
  failed: new Counter({
    name: 'trumpet_push_failed_total',
    help: 'Pushes that were given up, by cause.',
    labelNames: ['channel', 'cause'] as const,
  }),
  removed: new Counter({
    name: 'trumpet_push_devices_removed_total',
    help: 'Devices that were forgotten because nothing can be sent there, by cause.',
    labelNames: ['channel', 'cause'] as const,
  }),
  delay: new Histogram({
    name: 'trumpet_push_delay_seconds',
    help: 'From the first message that a push tells of to its being taken, the set delay included.',
    buckets: [1, 2, 5, 5.5, 6, 7, 8, 10, 15, 30, 60, 300],
  }),
};
