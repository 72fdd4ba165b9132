/** What a person did. `messageId` and `parentMessageId` may be the id of a `send`: as long as it is in the queue, and then on. */
export type Deed =
  | {
      readonly kind: 'send';
      readonly roomId: string;
      readonly content: string;
      readonly parentMessageId?: string;
      /** An answer stands in the history of the room as well, where that leaves answers out. */
      readonly alsoSendToRoom?: boolean;
      readonly metadata?: unknown;
      readonly attachmentIds?: readonly string[];
      /** Up to which message the room is read with it: both are done, or neither. */
      readonly readUpToMessageId?: string;
      /** Files that go with it. It is sent when they are there. */
      readonly files?: readonly QueuedFile[];
      /** Whether its files are kept byte for byte, with where they were made. */
      readonly keepsOriginals?: boolean;
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

/** A deed as it is given: with the files themselves. */
export type NewDeed =
  | Exclude<Deed, { readonly kind: 'send' }>
  | (Omit<Extract<Deed, { readonly kind: 'send' }>, 'files'> & {
      readonly files?: readonly GivenFile[];
    });

/** A file, and how far it has been uploaded: what is there is not uploaded again. */
export interface GivenFile extends File {
  uploadUrl?: string;
  uploadedAt?: number;
}

/** A file of a message that is not sent yet. Its bytes are kept beside it. */
export interface QueuedFile {
  readonly id: string;
  readonly name: string;
  /** Such as `image/png`; empty when it is not known. */
  readonly type: string;
  /** In bytes. */
  readonly size: number;
  /** Where the server takes it; null until it was begun. */
  readonly uploadUrl: string | null;
  /** When all of it was there, in milliseconds of the clock; null until then. */
  readonly uploadedAt: number | null;
}

/** The bytes of a file. */
export interface FileBytes {
  readonly id: string;
  readonly blob: Blob;
}

/** Why the server refused; or `FILE_LOST`: the device has the file no more. */
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
  /** Up to where the room's messages were there before it; infinite where that is not known. */
  readonly after: number;
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
