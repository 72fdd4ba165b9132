/** How traces are recorded, and how many spans wait to be sent. */
export interface TracingSettings {
  /** One of the names of OTEL_TRACES_SAMPLER. */
  readonly sampler: (typeof SAMPLERS)[number];
  /** How many of the traces are recorded, for samplers by ratio. */
  readonly ratio: number;
  readonly exportDelayMs: number;
  readonly maxQueueSize: number;
  readonly maxBatchSize: number;
}

export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;
