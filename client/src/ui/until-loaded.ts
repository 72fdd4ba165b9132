import { createPauses } from '../pauses.ts';

/**
 * Fetches a part of an app that is shown when it has come: where the server is away, again and ever less often, up to
 * twice a minute. It never fails, so what cannot be fetched takes nothing else down; what waits for it shows its fallback.
 *
 * @param load fetches it, as `() => import('./part.tsx')`
 */
export async function untilLoaded<Module>(load: () => Promise<Module>): Promise<Module> {
  const pauses = createPauses();
  for (let failures = 0; ; ) {
    try {
      return await load();
    } catch {
      failures = await pauses.after(failures);
    }
  }
}
