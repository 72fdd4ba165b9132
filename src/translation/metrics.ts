import { Counter } from 'prom-client';

/** How translations fare. The labels are words from the code, never from a message or a person. */
export const translationMetrics = {
  asked: new Counter({
    name: 'trumpet_translations_total',
    help: 'Texts that were to be translated, by where the answer came from: the service, what is kept of it, or none.',
    labelNames: ['answer'] as const,
  }),
};
