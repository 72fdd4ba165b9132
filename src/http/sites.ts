import type { Pool } from 'pg';
import { addressAtHost } from '../addresses/absolute.ts';

/** By which addresses pages of this server are opened: the usual one, and those of workspaces. */
export interface Sites {
  /**
   * Where the page is that a request came from.
   *
   * @param host that the request was sent to. What is not the host name of a workspace counts for nothing
   */
  addressOf(host: string | undefined): Promise<string>;
}

/**
 * @param pool connections of the unprivileged login
 * @param publicUrl where clients reach this server
 */
export function createSites(pool: Pool, publicUrl: () => string): Sites {
  return {
    async addressOf(host) {
      const usual = publicUrl();
      if (host === undefined || host === new URL(usual).hostname) {
        return usual;
      }
      const { rows } = await pool.query<{ isKnown: boolean }>(
        'select app_hidden.is_workspace_host($1) as "isKnown"',
        [host],
      );
      return rows[0]?.isKnown === true ? addressAtHost(usual, host) : usual;
    },
  };
}
