import type { MessagePartsFragment } from '../generated.ts';
import type { Action, Deed, FileBytes, Refusal } from './actions.ts';

/** All that changes a queue; equal queues that get the same stay equal. */
export type QueueInput =
  | { readonly kind: 'done'; readonly action: Action; readonly files?: readonly FileBytes[] }
  /** How far a file of it is. */
  | {
      readonly kind: 'file';
      readonly id: string;
      readonly fileId: string;
      readonly uploadUrl: string | null;
      readonly uploadedAt: number | null;
    }
  | {
      readonly kind: 'acknowledged';
      readonly id: string;
      readonly sent?: { readonly messageId: string; readonly seq: number };
      /** The message as it is now. */
      readonly answer?: MessagePartsFragment;
    }
  | { readonly kind: 'refused'; readonly id: string; readonly refusal: Refusal }
  /** Sent again, perhaps changed. */
  | { readonly kind: 'mended'; readonly id: string; readonly deed: Deed }
  | { readonly kind: 'dropped'; readonly id: string }
  /** The replica is behind it: it shows what was done, or what others made of it since. */
  | { readonly kind: 'settled'; readonly id: string };
