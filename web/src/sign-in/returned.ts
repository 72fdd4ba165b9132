import type { Client } from 'trumpet-client';
import { createValue } from '../value.ts';

/** With which code a browser has come back from a provider that did not let it in; empty otherwise. */
export const refusedElsewhere = createValue('');

/** Takes what the server has written into the address of whoever comes back from a provider (`/session/with/…`). */
export async function takeReturn(client: Client): Promise<void> {
  const [, said] = /^#sign-in=(\w+)$/.exec(location.hash) ?? [];
  if (said === undefined) {
    return;
  }
  history.replaceState(history.state, '', location.pathname + location.search);
  if (said !== 'done') {
    refusedElsewhere.set(said);
    return;
  }
  try {
    await client.signIn();
  } catch {
    refusedElsewhere.set('BUSY');
  }
}
