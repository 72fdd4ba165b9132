import type { Pool } from 'pg';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

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

/**
 * Shows how many webhooks and hooks are disabled: those that failed until they were, which somebody should see to, and
 * those that somebody has disabled.
 *
 * @param pool connections of the owner, one of which is used whenever somebody looks
 */
export function registerDisabledWebhooks(registry: Registry, pool: Pool): void {
  new Gauge({
    name: 'trumpet_webhooks_disabled',
    help: 'Webhooks and hooks that are disabled, by what they are and why.',
    labelNames: ['kind', 'cause'],
    registers: [registry],
    async collect() {
      const { rows } = await pool
        .query<{ kind: string; cause: string; count: number }>(
          `select kind, cause, count(webhooks.id)::integer as count
          from unnest(array['webhook', 'hook']) as kind cross join unnest(array['failures', 'hand']) as cause
          left join (app_public.webhooks join app_private.webhook_states on webhook_states.webhook_id = webhooks.id)
            on disabled_at is not null and (default_verdict is not null) = (kind = 'hook')
              and (failures > 0) = (cause = 'failures')
          group by kind, cause`,
        )
        .catch(() => ({ rows: [] })); // Other metrics tell that the database is away.
      this.reset();
      for (const { kind, cause, count } of rows) {
        this.set({ kind, cause }, count);
      }
    },
  });
}
