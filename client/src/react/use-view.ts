import { useSyncExternalStore } from 'react';
import type { View } from '../views.ts';

/** The value of a view now; the component renders again when it is another. */
export function useView<T>(view: View<T>): T {
  return useSyncExternalStore(view.subscribe, view.get, view.get);
}
