import { createContext, use, useSyncExternalStore } from 'react';
import type { Client, View } from 'trumpet-client';

export const ClientContext = createContext<Client | null>(null);

/** The client of the page. */
export function useClient(): Client {
  const client = use(ClientContext);
  if (client === null) {
    throw new Error('There is no client around this part of the page');
  }
  return client;
}

/** The value of a view, anew when it has changed. */
export function useView<T>(view: View<T>): T {
  return useSyncExternalStore(view.subscribe, view.get);
}
