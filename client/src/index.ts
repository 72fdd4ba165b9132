export { type Client, type ClientOptions, openClient } from './client.ts';
export { NetworkError, TrumpetError, throwDefect } from './errors.ts';
export type { TypedDocument } from './http.ts';
export type { Action, Deed, GivenFile, NewDeed, QueuedFile, Refusal } from './queue/actions.ts';
export type {
  Attachment,
  Member,
  Membership,
  Message,
  Person,
  Reaction,
  Room,
} from './replica/model.ts';
export type {
  Account,
  BegunSession,
  Credentials,
  GuestPass,
  PasskeyAnswer,
  Proof,
  SessionMethod,
  Tokens,
} from './session-method.ts';
export type { ShownFile, ShownMessage, ShownRoom } from './shown.ts';
export type { ClientState } from './state.ts';
export type { Change, Snapshot, Storage, Store, Table } from './store/store.ts';
export type { Thread, ThreadState } from './thread.ts';
export type { Timeline, TimelineState } from './timeline.ts';
export type { View } from './views.ts';
