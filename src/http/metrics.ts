import type { RequestHandler } from 'express';
import { Counter, collectDefaultMetrics, Histogram, type Metric, Registry } from 'prom-client';
import { attachmentMetrics } from '../attachments/metrics.ts';
import { turnMetrics } from '../database/metrics.ts';
import { pushMetrics } from '../push/metrics.ts';
import { hookMetrics } from '../webhooks/metrics.ts';
import { jobMetrics } from '../worker/metrics.ts';

/** What `/metrics` tells Prometheus. Other parts add theirs to the registry. */
export interface Metrics {
  readonly registry: Registry;
  /** Counts and times every request. */
  readonly observeRequests: RequestHandler;
  /** Counts an error that a caller got, by its code. */
  countError(code: string): void;
}

const ROUTES = new Set(['/graphql', '/graphiql', '/healthz', '/readyz', '/metrics']);

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  // Counted by the worker too, which in `npm start` is this process.
  const shared = [attachmentMetrics, pushMetrics, hookMetrics, jobMetrics, turnMetrics];
  for (const metric of shared.flatMap((metrics) => Object.values<Metric<string>>(metrics))) {
    registry.registerMetric(metric);
  }
  const requests = new Histogram({
    name: 'trumpet_http_request_duration_seconds',
    help: 'How long HTTP requests took.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  const errors = new Counter({
    name: 'trumpet_graphql_errors_total',
    help: 'GraphQL errors that callers got, by code.',
    labelNames: ['code'],
    registers: [registry],
  });

  return {
    registry,
    observeRequests(req, res, next) {
      const started = performance.now();
      // The address is the caller's to choose: only known ones become a label.
      const route = routeOf(req.path);
      res.once('finish', () => {
        requests.observe(
          { method: req.method, route, status: res.statusCode },
          (performance.now() - started) / 1_000,
        );
      });
      next();
    },
    countError: (code) => errors.inc({ code }),
  };
}

function routeOf(path: string): string {
  if (ROUTES.has(path)) {
    return path;
  }
  return path.startsWith('/events/') ? '/events' : 'other';
}
