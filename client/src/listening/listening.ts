import type { GraphqlError, TrumpetError } from '../errors.ts';

/** One subscription, from when it is asked for to its end. */
export interface Listening {
  readonly ended: Promise<Ending>;
  /** Looks whether the server still answers or, of a stream, whether sockets open again. */
  check(): void;
  /** Ends it at once, for this reason. */
  end(ending: Ending): void;
}

/** Why a subscription has ended. */
export type Ending =
  | { readonly kind: 'closed'; readonly code: number }
  | { readonly kind: 'refused'; readonly refusal: TrumpetError };

/** A result as GraphQL gives it. */
export interface Result {
  readonly data?: unknown;
  readonly errors?: readonly GraphqlError[];
}

export interface ListenOptions {
  /** Of the server. */
  readonly url: string;
  readonly token: string;
  /** What is subscribed to. */
  readonly payload: { readonly query: string; readonly variables: unknown };
  readonly onResult: (result: Result) => void;
}

/** What is said when a connection breaks without a word. */
export const BROKEN = { kind: 'closed', code: 1006 } as const;

/** Why a stream is left: to come back at once, by a socket. */
export const SOCKETS_OPEN = { kind: 'closed', code: 1012 } as const;
