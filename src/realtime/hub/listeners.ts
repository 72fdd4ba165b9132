/** Who listens with which document. */
export interface Listeners {
  add(documentKey: string, userId: string): void;
  remove(documentKey: string, userId: string): void;
  /** The one person who listens with a document; undefined when there are several, or none. */
  only(documentKey: string): string | undefined;
}

export function createListeners(): Listeners {
  const listeners = new Map<string, Set<string>>();
  return {
    add(documentKey, userId) {
      listeners.set(documentKey, (listeners.get(documentKey) ?? new Set()).add(userId));
    },
    remove(documentKey, userId) {
      const people = listeners.get(documentKey);
      people?.delete(userId);
      if (people?.size === 0) {
        listeners.delete(documentKey);
      }
    },
    only(documentKey) {
      const people = listeners.get(documentKey);
      return people?.size === 1 ? people.values().next().value : undefined;
    },
  };
}
