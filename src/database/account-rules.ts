import type { Pool } from 'pg';
import type { AccountSettings } from '../config/accounts.ts';

/** Has the database keep to the settings, whichever way it is asked. */
export async function setAccountRules(
  pool: Pool,
  { signUp, localPasswords }: AccountSettings,
): Promise<void> {
  await pool.query('select app_private.set_account_rules($1, $2)', [signUp, localPasswords]);
}
