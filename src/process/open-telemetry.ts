import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  defaultTextMapGetter,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { inTime } from './in-time.ts';
import { log } from './log.ts';
import type {
  OpenSpan,
  SpanAttributes,
  SpanOptions,
  TracePlace,
  Traces,
  Tracing,
} from './tracing.ts';
import type { TracingSettings } from './tracing-settings.ts';
import { VERSION } from './version.ts';

/*
 * Spans by the SDK of OpenTelemetry, sent to a collector by OTLP over HTTP. Where to, with which headers, certificates and
 * compression the exporter reads from the environment itself, and the resource its attributes.
 *
 * Nothing that is asked for waits for a collector: spans wait in a queue of bounded length, and what does not fit is
 * dropped.
 */

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

/** How long the last spans may take when the process ends. */
const LAST_EXPORT_MS = 2_000;
/** How often it is logged that spans do not arrive. */
const COMPLAINT_INTERVAL_MS = 60_000;
/** The statement of a page of messages has some 3,000 characters. */
const MAX_ATTRIBUTE_LENGTH = 8_192;

interface OpenedTracing {
  readonly tracing: Tracing;
  /** Sends what is waiting, and waits for that two seconds at most. */
  close(): Promise<void>;
}

/** Begins to record spans and to send them. */
export function openTracing(settings: TracingSettings, serviceName: string): OpenedTracing {
  complainRarely();
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(
        resourceFromAttributes({
          'service.name': serviceName,
          'service.version': VERSION,
        }),
      )
      .merge(detectResources({ detectors: [envDetector] })),
    sampler: samplerOf(settings),
    spanLimits: { attributeValueLengthLimit: MAX_ATTRIBUTE_LENGTH },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter(),
        scheduledDelayMillis: settings.exportDelayMs,
        maxQueueSize: settings.maxQueueSize,
        maxExportBatchSize: settings.maxBatchSize,
      }),
    ],
  });
  return {
    tracing: createTracing(provider),
    async close() {
      const closed = provider.shutdown().then(
        () => true,
        () => true, // It has been logged.
      );
      if ((await inTime(closed, LAST_EXPORT_MS)) === undefined) {
        // What is under way would go on for as long as its collector may take. Everything else has ended by now.
        setTimeout(() => process.exit(), 0).unref();
      }
    },
  };
}

function samplerOf({ sampler, ratio }: TracingSettings): Sampler {
  const name = sampler.replace('parentbased_', '');
  const root =
    name === 'always_on'
      ? new AlwaysOnSampler()
      : name === 'always_off'
        ? new AlwaysOffSampler()
        : new TraceIdRatioBasedSampler(ratio);
  return name === sampler ? root : new ParentBasedSampler({ root });
}

/** The SDK says it of every batch. */
function complainRarely(): void {
  let complainedAt = Number.NEGATIVE_INFINITY;
  setGlobalErrorHandler((error) => {
    const now = performance.now();
    if (now - complainedAt >= COMPLAINT_INTERVAL_MS) {
      complainedAt = now;
      const reason = error instanceof Error ? error.message : String(error);
      log.warn({ event: 'tracing.not_exported', reason });
    }
  });
}

function createTracing(provider: TracerProvider): Tracing {
  const tracer = provider.getTracer('trumpet', VERSION);
  const propagator = new W3CTraceContextPropagator();
  const storage = new AsyncLocalStorage<Traces | undefined>();

  function begin(name: string, { kind, attributes, startedAt }: SpanOptions, links?: Link[]) {
    return {
      in: (context: Context) =>
        tracer.startSpan(
          name,
          {
            kind: kind === undefined ? SpanKind.INTERNAL : KINDS[kind],
            ...(attributes && { attributes: { ...attributes } }),
            ...(startedAt !== undefined && { startTime: startedAt }),
            ...(links && { links }),
          },
          context,
        ),
    };
  }

  return {
    begin(name, { headers, ...options }) {
      const context =
        headers === undefined
          ? ROOT_CONTEXT
          : propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
      const span = begin(name, options).in(context);
      return span.isRecording() ? openSpan([span]) : undefined;
    },
    follow(traces, name, options = {}) {
      const spans: Span[] = [];
      let links: Link[] | undefined;
      for (const place of traces) {
        const span = begin(name, options, links).in(contextOf(place));
        links ??= [{ context: span.spanContext() }];
        spans.push(span);
      }
      return openSpan(spans);
    },
    current: () => storage.getStore(),
    run: (traces, work) => storage.run(traces, work),
  };
}

function contextOf({ traceId, spanId }: TracePlace): Context {
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.SAMPLED });
}

function openSpan(spans: readonly Span[]): OpenSpan {
  return {
    traces: spans.map((span) => span.spanContext()),
    set(attributes: SpanAttributes) {
      for (const span of spans) {
        span.setAttributes(attributes);
      }
    },
    fail(error) {
      for (const span of spans) {
        span.setAttribute('error.type', typeOf(error));
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
    },
    end() {
      for (const span of spans) {
        span.end();
      }
    },
  };
}

/** The code of an error, such as an SQLSTATE, or what it is called. */
function typeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  return String(code ?? name ?? typeof error);
}
