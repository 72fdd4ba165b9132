/** What a person did. `messageId` may be the id of a `send` that is still in the queue. */
export type Deed =
  | {
      readonly kind: 'send';
      readonly roomId: string;
      readonly content: string;
      readonly parentMessageId?: string;
      readonly metadata?: unknown;
      readonly attachmentIds?: readonly string[];
    }
  | {
      readonly kind: 'edit';
      readonly roomId: string;
      readonly messageId: string;
      readonly content: string;
    }
  | {
      readonly kind: 'delete';
      readonly roomId: string;
      readonly messageId: string;
      readonly reason?: string;
    }
  | {
      readonly kind: 'react';
      readonly roomId: string;
      readonly messageId: string;
      readonly emoji: string;
      /** False takes the reaction away. */
      readonly isOn: boolean;
    }
  | {
      readonly kind: 'pin';
      readonly roomId: string;
      readonly messageId: string;
      readonly isOn: boolean;
    }
  | { readonly kind: 'read'; readonly roomId: string; readonly messageId: string }
  | { readonly kind: 'join'; readonly roomId: string }
  | { readonly kind: 'leave'; readonly roomId: string };

/** Why the server refused. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** A deed in the queue. */
export interface Action {
  /** The nonce: sent twice, it is done once. */
  readonly id: string;
  /** Its place in the queue. */
  readonly order: number;
  readonly deed: Deed;
  /** When it was done, in milliseconds of the clock. */
  readonly at: number;
  /**
   * `waiting`: not acknowledged yet. `acknowledged`: committed, and shown until its event comes. `refused`: shown until it is
   * mended or dropped.
   */
  readonly state: 'waiting' | 'acknowledged' | 'refused';
  readonly refusal?: Refusal;
  /** Of a message that was acknowledged. */
  readonly sent?: { readonly messageId: string; readonly seq: number };
}
