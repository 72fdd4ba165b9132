import type { View } from 'trumpet-client';

/** What is known of an answer of the server. */
export interface Answer<T> {
  /** The last answer that came; it stays while it is asked for anew. */
  readonly value: T | undefined;
  /** Why the last question got no answer. */
  readonly error: unknown;
  readonly isAsking: boolean;
}

/** Something that is asked of the server when somebody looks, and again when it may have changed. */
export interface Question<T> extends View<Answer<T>> {
  again(): void;
}

/** However often it is to be asked again, one question is under way, and at most one waits behind it. */
export function createQuestion<T>(ask: () => Promise<T>, known?: T): Question<T> {
  let answer: Answer<T> = { value: known, error: undefined, isAsking: true };
  let isUnderWay = false;
  let isStale = true;
  const listeners = new Set<() => void>();

  function become(next: Answer<T>): void {
    answer = next;
    for (const listener of listeners) {
      listener();
    }
  }

  async function run(): Promise<void> {
    isUnderWay = true;
    while (isStale && listeners.size > 0) {
      isStale = false;
      if (!answer.isAsking) {
        become({ ...answer, isAsking: true });
      }
      try {
        const value = await ask();
        become({ value, error: undefined, isAsking: false });
      } catch (error) {
        become({ ...answer, error, isAsking: false });
      }
    }
    isUnderWay = false;
  }

  function again(): void {
    isStale = true;
    if (!isUnderWay) {
      void run();
    }
  }

  return {
    get: () => answer,
    subscribe(listener) {
      const call = () => listener();
      listeners.add(call);
      if (isStale) {
        again();
      }
      return () => listeners.delete(call);
    },
    again,
  };
}
