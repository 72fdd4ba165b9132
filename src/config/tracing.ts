import { z } from 'zod';
import { SAMPLERS, type TracingSettings } from '../process/tracing-settings.ts';
import { urlOf, wholeNumber } from './fields.ts';

/*
 * The standard variables of OpenTelemetry: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 * Its exporter reads those that say how to send spans itself; they are checked here.
 */

const PROTOCOL = 'http/protobuf';

const endpoint = urlOf(['http:', 'https:'], 'must be a URL like http://collector:4318');
const protocol = z.literal(PROTOCOL, { error: `must be ${PROTOCOL}` });
/** Where flags of OpenTelemetry say anything but true, they are off. */
const isTrue = z.string().transform((text) => text.toLowerCase() === 'true');
const ratio = z
  .string()
  .regex(/^(?:0?\.\d+|[01](?:\.0+)?)$/, 'must be a number from 0 to 1')
  .transform(Number);

export const tracingShape = z.object({
  OTEL_SDK_DISABLED: isTrue.default(false),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none'], { error: 'must be otlp or none' }).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint.optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol.optional(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: z.string().optional(),
  OTEL_SERVICE_NAME: z.string().optional(),
  OTEL_RESOURCE_ATTRIBUTES: z.string().optional(),
  OTEL_TRACES_SAMPLER: z
    .enum(SAMPLERS, { error: `must be one of ${SAMPLERS.join(', ')}` })
    .default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: ratio.default(1),
  OTEL_BSP_SCHEDULE_DELAY: wholeNumber(1).default(5_000),
  OTEL_BSP_MAX_QUEUE_SIZE: wholeNumber(1).default(2_048),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: wholeNumber(1).default(512),
});

/** @returns undefined when nothing is to be traced */
export function tracingSettings(
  settings: z.output<typeof tracingShape>,
): TracingSettings | undefined {
  const isAskedFor =
    settings.OTEL_TRACES_EXPORTER === 'otlp' ||
    settings.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined ||
    settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT !== undefined;
  if (!isAskedFor || settings.OTEL_SDK_DISABLED || settings.OTEL_TRACES_EXPORTER === 'none') {
    return undefined;
  }
  return Object.freeze({
    sampler: settings.OTEL_TRACES_SAMPLER,
    ratio: settings.OTEL_TRACES_SAMPLER_ARG,
    exportDelayMs: settings.OTEL_BSP_SCHEDULE_DELAY,
    maxQueueSize: settings.OTEL_BSP_MAX_QUEUE_SIZE,
    maxBatchSize: settings.OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
  });
}
