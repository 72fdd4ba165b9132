import type { Pool } from 'pg';

/** Begins to read messages for links, or stops. */
export async function setLinkPreviews(pool: Pool, isOn: boolean): Promise<void> {
  await pool.query('select app_private.set_link_previews($1)', [isOn]);
}
