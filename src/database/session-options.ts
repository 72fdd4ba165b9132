/*
 * A client whose link is cut without a word leaves its session behind, with the locks that it holds. Linux finds that
 * out after two hours by itself. So Postgres is to ask after 15 s of silence, and to give up after three questions, or
 * after 30 s in which something that it sent was not confirmed. Over Unix sockets there is nothing to find out, and
 * these have no effect.
 */
const NOTICE_DEAD_CLIENTS = {
  tcp_keepalives_idle: '15s',
  tcp_keepalives_interval: '5s',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '30s',
} as const;

/**
 * The `options` of a connection that stays open, for node-postgres: settings of its session.
 *
 * @param settings what this session needs beside, by name
 */
export function sessionOptions(settings: Record<string, string> = {}): string {
  return Object.entries({ ...NOTICE_DEAD_CLIENTS, ...settings })
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}
