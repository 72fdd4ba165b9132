import { createContext, type ReactNode, useContext } from 'react';
import type { Client } from '../client.ts';

const ClientContext = createContext<Client | null>(null);

export interface TrumpetProviderProps {
  readonly client: Client;
  readonly children?: ReactNode;
}

/** Gives its children the client for their hooks. */
export function TrumpetProvider({ client, children }: TrumpetProviderProps): ReactNode {
  return <ClientContext value={client}>{children}</ClientContext>;
}

/** The client of the provider around. @throws Error without one. */
export function useClient(): Client {
  const client = useContext(ClientContext);
  if (client === null) {
    throw new Error('Put a <TrumpetProvider> or <ChatProvider> around this.');
  }
  return client;
}
