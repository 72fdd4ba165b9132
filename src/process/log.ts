import pino from 'pino';

/**
 * The process's log: one JSON object a line on stderr, so that stdout stays free for what a person
 * reads. A line has an event name, ids and numbers; never message text, tokens or passwords.
 *
 * LOG_LEVEL is read here and not from the configuration: a wrong setting must be loggable too.
 */
export const log = pino(
  {
    level: levelFrom(process.env.LOG_LEVEL),
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { error: describeError },
    redact: ['password', 'token', 'authorization', 'headers.authorization', 'connectionString'],
  },
  pino.destination({ fd: 2, sync: true }),
);

function levelFrom(name: string | undefined): string {
  return name !== undefined && (name in pino.levels.values || name === 'silent') ? name : 'info';
}

/** What helps to find a fault. Errors of the database driver carry their whole connection: that stays out. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) {
    return { message: String(error) };
  }
  const { code, detail } = error as { code?: unknown; detail?: unknown };
  return {
    type: error.name,
    message: error.message,
    code,
    // A detail of Postgres names values of the row ("Key (email)=(…)"): only ours, of digits, are safe.
    detail: typeof detail === 'string' && /^\d+$/.test(detail) ? detail : undefined,
    stack: error.stack,
    cause: error.cause === undefined ? undefined : describeError(error.cause),
  };
}
