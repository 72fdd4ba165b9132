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
    serializers: { error: pino.stdSerializers.err },
    redact: ['password', 'token', 'authorization', 'headers.authorization', 'connectionString'],
  },
  pino.destination({ fd: 2, sync: true }),
);

function levelFrom(name: string | undefined): string {
  return name !== undefined && (name in pino.levels.values || name === 'silent') ? name : 'info';
}
