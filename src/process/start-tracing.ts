import { setTracing } from './tracing.ts';
import type { TracingSettings } from './tracing-settings.ts';

/**
 * Begins to record traces where the settings ask for it, and loads what that takes only then. They end when all that is
 * put on the stack behind this has.
 */
export async function startTracing(
  settings: TracingSettings | undefined,
  serviceName: string,
  stack: AsyncDisposableStack,
): Promise<void> {
  if (settings === undefined) {
    return;
  }
  const { openTracing } = await import('./open-telemetry.ts');
  const { tracing, close } = openTracing(settings, serviceName);
  setTracing(tracing);
  stack.defer(close);
}
