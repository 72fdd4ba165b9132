import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import protobuf from 'protobufjs';

/** What of OpenTelemetry's protocol tests look at: opentelemetry/proto/collector/trace/v1/trace_service.proto. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Export { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span {
    bytes trace_id = 1;
    bytes span_id = 2;
    bytes parent_span_id = 4;
    string name = 5;
    int32 kind = 6;
    fixed64 start_time_unix_nano = 7;
    fixed64 end_time_unix_nano = 8;
    repeated KeyValue attributes = 9;
    repeated Link links = 13;
    Status status = 15;
  }
  message Link { bytes trace_id = 1; bytes span_id = 2; }
  message Status { int32 code = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue {
    oneof value {
      string string_value = 1;
      bool bool_value = 2;
      int64 int_value = 3;
      double double_value = 4;
      ArrayValue array_value = 5;
    }
  }
  message ArrayValue { repeated AnyValue values = 1; }
`);
const exportType = root.lookupType('Export');

/** A span as a collector gets it. Ids are in hexadecimal. */
export interface CollectedSpan {
  /** Of the process. */
  readonly service: string;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty when there is none. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Ids of traces. */
  readonly links: readonly string[];
  readonly failed: boolean;
  readonly startMs: number;
  readonly endMs: number;
}

export interface TraceCollector {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  /** All that has come, as it was sent. */
  bytes(): Buffer;
  /** What `find` finds among the spans, as soon as it finds something. */
  until<T>(find: (spans: readonly CollectedSpan[]) => T | undefined): Promise<T>;
  close(): Promise<void>;
}

/** A collector of traces, as OpenTelemetry's own takes them: protobuf over HTTP. */
export async function startTraceCollector(): Promise<TraceCollector> {
  const spans: CollectedSpan[] = [];
  const bodies: Buffer[] = [];
  const arrivals = new Set<() => void>();
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    const sent = Buffer.concat(chunks);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    if (
      request.url !== '/v1/traces' ||
      request.headers['content-type'] !== 'application/x-protobuf'
    ) {
      response.writeHead(400).end();
      return;
    }
    bodies.push(body);
    spans.push(...spansIn(body));
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    for (const look of arrivals) {
      look();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    bytes: () => Buffer.concat(bodies),
    until: (find) =>
      new Promise((resolve) => {
        const look = () => {
          const found = find(spans);
          if (found !== undefined) {
            arrivals.delete(look);
            resolve(found);
          }
        };
        arrivals.add(look);
        look();
      }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Value {
  readonly arrayValue?: { readonly values?: readonly Value[] };
  readonly [kind: string]: unknown;
}

interface KeyValue {
  readonly key: string;
  readonly value: Value;
}

interface Exported {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly KeyValue[] };
    readonly scopeSpans?: readonly { readonly spans?: readonly WireSpan[] }[];
  }[];
}

interface WireSpan {
  readonly traceId: Buffer;
  readonly spanId: Buffer;
  readonly parentSpanId?: Buffer;
  readonly name: string;
  readonly startTimeUnixNano: number;
  readonly endTimeUnixNano: number;
  readonly attributes?: readonly KeyValue[];
  readonly links?: readonly { readonly traceId: Buffer }[];
  readonly status?: { readonly code?: number };
}

function spansIn(body: Buffer): CollectedSpan[] {
  const { resourceSpans = [] } = exportType.toObject(exportType.decode(body), {
    longs: Number,
  }) as Exported;
  return resourceSpans.flatMap(({ resource: of, scopeSpans = [] }) => {
    const resource = attributesIn(of?.attributes);
    return scopeSpans
      .flatMap(({ spans = [] }) => spans)
      .map((span) => ({
        service: String(resource['service.name']),
        resource,
        traceId: hex(span.traceId),
        spanId: hex(span.spanId),
        parentSpanId: hex(span.parentSpanId),
        name: span.name,
        attributes: attributesIn(span.attributes),
        links: (span.links ?? []).map(({ traceId }) => hex(traceId)),
        failed: span.status?.code === 2,
        startMs: span.startTimeUnixNano / 1e6,
        endMs: span.endTimeUnixNano / 1e6,
      }));
  });
}

function attributesIn(list: readonly KeyValue[] = []): Record<string, unknown> {
  return Object.fromEntries(list.map(({ key, value }) => [key, plain(value)]));
}

function plain(value: Value): unknown {
  return value.arrayValue === undefined
    ? Object.values(value)[0]
    : (value.arrayValue.values ?? []).map(plain);
}

function hex(bytes: Uint8Array = Buffer.alloc(0)): string {
  return Buffer.from(bytes).toString('hex');
}
