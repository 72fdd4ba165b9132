import type { ClientConfig } from 'pg';

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
 * How node-postgres opens a connection that stays open, so that both sides notice when the other is gone.
 *
 * @param name what pg_stat_activity shows
 * @param session settings that it has beside, by name
 */
export function keptConnection(
  databaseUrl: string,
  name: string,
  session: Readonly<Record<string, string>> = {},
): ClientConfig {
  const settings = Object.entries({ ...NOTICE_DEAD_CLIENTS, ...session });
  return {
    connectionString: databaseUrl,
    application_name: name,
    options: settings.map(([setting, value]) => `-c ${setting}=${value}`).join(' '),
    keepAlive: true,
  };
}
