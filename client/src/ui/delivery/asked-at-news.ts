import type { Client } from '../../client.ts';
import type { View } from '../../views.ts';
import { createAsking } from '../asking.ts';

/** What is asked for when somebody looks at it, and again when the server tells that it has changed. */
export function askedAtNews<Value>(
  client: Client,
  kind: 'DeliveryReceiptEvent' | 'ThreadReceiptEvent',
  none: Value,
  fetch: () => Promise<Value>,
): View<Value> {
  const listeners = new Set<() => void>();
  let known = none;
  let stop = () => {};

  const ask = createAsking(client, async () => {
    known = await fetch();
    listeners.forEach((listener) => {
      listener();
    });
  });

  function watch(): () => void {
    const looks = [
      client.news(kind).subscribe(() => void ask()),
      client.state.subscribe(() => {
        if (client.state.get() === 'live') {
          void ask();
        }
      }),
    ];
    void ask();
    return () => looks.forEach((end) => void end());
  }

  return {
    get: () => known,
    subscribe(listener) {
      if (listeners.size === 0) {
        stop = watch();
      }
      const call = () => listener();
      listeners.add(call);
      return () => {
        listeners.delete(call);
        if (listeners.size === 0) {
          stop();
        }
      };
    },
  };
}
