import type { View } from '../views.ts';

/*
 * What a view computes anew is often equal to what it was. What is equal stays the same object here, so that what is
 * memoised does not render again: of 1,000 messages on the screen only the one that has changed.
 */

/** A view whose value stays the same object as long as it is equal. */
export function shareValue<T>(view: View<T>): View<T> {
  return share(view, (before, now) => (areEqual(before, now) ? before : now));
}

/** A view on a list whose items stay the same objects as long as they are equal. */
export function shareItems<T extends object>(
  view: View<readonly T[]>,
  keyOf: (item: T) => string,
): View<readonly T[]> {
  return share(view, (before, now) => mergeItems(before, now, keyOf));
}

/** A view that merges what it was into what it is. */
export function share<T>(view: View<T>, merge: (before: T, now: T) => T): View<T> {
  let known: { readonly from: T; readonly value: T } | undefined;
  return {
    subscribe: view.subscribe,
    get() {
      const from = view.get();
      if (known === undefined) {
        known = { from, value: from };
      } else if (known.from !== from) {
        known = { from, value: merge(known.value, from) };
      }
      return known.value;
    },
  };
}

export function mergeItems<T extends object>(
  before: readonly T[],
  now: readonly T[],
  keyOf: (item: T) => string,
): readonly T[] {
  const known = new Map(before.map((item) => [keyOf(item), item]));
  const merged = now.map((item) => {
    const was = known.get(keyOf(item));
    return was !== undefined && areEqual(was, item) ? was : item;
  });
  return merged.length === before.length && merged.every((item, at) => item === before[at])
    ? before
    : merged;
}

/** Whether two values have the same parts. */
export function areEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) {
    return true;
  }
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return false;
  }
  if (Array.isArray(a)) {
    return (
      Array.isArray(b) && a.length === b.length && a.every((part, at) => areEqual(part, b[at]))
    );
  }
  if (!isPlain(a) || !isPlain(b)) {
    return false;
  }
  const names = Object.keys(a) as (keyof typeof a)[];
  return (
    names.length === Object.keys(b).length && names.every((name) => areEqual(a[name], b[name]))
  );
}

/** Not a Map, a Blob or the like, whose parts cannot be seen. */
function isPlain(value: object): boolean {
  return Object.getPrototypeOf(value) === Object.prototype;
}
