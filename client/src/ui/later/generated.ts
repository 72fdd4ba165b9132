/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** All input for the `scheduleMessage` mutation. */
export type ScheduleMessageInput = {
  /** True: an answer stands in the history of the room as well, where that leaves answers out. */
  alsoSendToRoom?: boolean | null | undefined;
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The text, at most 8,000 characters. */
  content: string;
  /** A date and a time of day in the `timeZone`, such as `2030-03-31T09:00`. A time that the clocks skip is as much later; one that comes twice is the first. */
  localTime?: string | null | undefined;
  /** Your own name for this, at most 100 characters. The same nonce returns the same scheduled message. */
  nonce?: string | null | undefined;
  /** The `id` of the message to reply to. */
  parentMessageId?: string | null | undefined;
  /** The `id` of the room. */
  roomId: string;
  /** When it is to be sent, at most a year ahead. This or `localTime`. */
  sendAt?: string | null | undefined;
  /** A name such as `Europe/Berlin`, or an offset such as `+03:00`. Default: the one of your quiet hours, else UTC. */
  timeZone?: string | null | undefined;
};

export type ScheduleMessageMutationVariables = Exact<{
  input: ScheduleMessageInput;
}>;


export type ScheduleMessageMutation = { scheduleMessage: { scheduledMessage: { id: string, sendAt: string } } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  readonly value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const ScheduleMessageDocument = /* @__PURE__ */ new TypedDocumentString(`mutation ScheduleMessage($input:ScheduleMessageInput!){scheduleMessage(input:$input){scheduledMessage{id sendAt}}}`) as unknown as TypedDocumentString<ScheduleMessageMutation, ScheduleMessageMutationVariables>;