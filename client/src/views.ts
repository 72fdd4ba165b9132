/** Something that is shown: its value now, and a call after each change. As `useSyncExternalStore` wants it. */
export interface View<T> {
  /** The same value as before, unless it has changed. */
  get(): T;
  /** @returns what ends it */
  subscribe(listener: () => void): () => void;
}

export interface Notifier {
  /** A view that is computed anew when one of its topics has changed. */
  view<T>(topics: readonly string[], compute: () => T): View<T>;
  /** Tells whoever shows one of these, once for all changes of this moment. */
  notify(topics: Iterable<string>): void;
}

export function createNotifier(): Notifier {
  const versions = new Map<string, number>();
  const listeners = new Map<string, Set<() => void>>();
  let waiting = new Set<string>();

  function flush(): void {
    const topics = waiting;
    waiting = new Set();
    const called = new Set<() => void>();
    for (const topic of topics) {
      for (const listener of [...(listeners.get(topic) ?? [])]) {
        if (!called.has(listener)) {
          called.add(listener);
          try {
            listener();
          } catch (error) {
            // Told as any defect is, and the others are called.
            queueMicrotask(() => {
              throw error;
            });
          }
        }
      }
    }
  }

  return {
    view<T>(topics: readonly string[], compute: () => T): View<T> {
      let known: { readonly stamp: number; readonly value: T } | undefined;
      return {
        get() {
          const stamp = topics.reduce((sum, topic) => sum + (versions.get(topic) ?? 0), 0);
          if (known?.stamp !== stamp) {
            known = { stamp, value: compute() };
          }
          return known.value;
        },
        subscribe(listener) {
          const call = () => listener();
          for (const topic of topics) {
            const those = listeners.get(topic) ?? new Set();
            listeners.set(topic, those.add(call));
          }
          return () => {
            for (const topic of topics) {
              const those = listeners.get(topic);
              those?.delete(call);
              if (those?.size === 0) {
                listeners.delete(topic);
              }
            }
          };
        },
      };
    },
    notify(topics) {
      if (waiting.size === 0) {
        queueMicrotask(flush);
      }
      for (const topic of topics) {
        versions.set(topic, (versions.get(topic) ?? 0) + 1);
        waiting.add(topic);
      }
    },
  };
}
