import type { TrumpetError } from '../../errors/codes.ts';
import type { Viewer } from '../../identity/viewer.ts';
import type { SubscriptionDocument } from '../execution/document.ts';
import type { Batch } from '../execution/result.ts';

/** On what events travel: the live protocol over GraphQL, the JSON protocol, Server-Sent Events. */
export type Transport = 'graphql' | 'json' | 'sse';

/** Whoever gets the events: one subscription on one socket. */
export interface Subscriber {
  readonly transport: Transport;
  /** Whether it is still asked for once its turn to begin has come: who has hung up meanwhile is not begun. */
  isWanted?(): boolean;
  /** Sends results; the transport leaves out fleeting ones while its reader is slow. Must not throw. */
  next(batch: Batch, cursor: string): void;
  /** A promise to wait for before sending more of the log; undefined when the reader keeps up. */
  drained(): Promise<void> | undefined;
  /** Nothing follows: access ended, or with an error that says why. Called at most once. */
  end(error?: TrumpetError): void;
}

export interface SubscribeRequest extends SubscriptionDocument {
  readonly viewer: Viewer;
}
