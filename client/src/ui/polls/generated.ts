/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** All input for the `closePoll` mutation. */
export type ClosePollInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the message. */
  messageId: string;
};

/** All input for the `createPoll` mutation. */
export type CreatePollInput = {
  /** What can be chosen: 2 to 20 answers of 1 to 80 characters each. */
  answers: Array<string>;
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** When the poll is over by itself. Default: when it is closed. */
  closesAt?: string | null | undefined;
  /** Whether nobody sees who has chosen what. Default: false. */
  isAnonymous?: boolean | null | undefined;
  /** How many of the answers one person can choose. Default: 1. */
  maxChoices?: number | null | undefined;
  /** Your own name for this sending, at most 200 characters. The same nonce returns the same message, for as long as the log is kept (90 days by default). */
  nonce?: string | null | undefined;
  /** The `id` of the message to reply to. */
  parentMessageId?: string | null | undefined;
  /** What is asked: the text of the message, at most 8,000 characters. */
  question: string;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `voteInPoll` mutation. */
export type VoteInPollInput = {
  /** The numbers of the answers, from 1 on; none to take your vote back. */
  choices: Array<number>;
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the message. */
  messageId: string;
};

export type PollChoicesQueryVariables = Exact<{
  messageId: string;
}>;


export type PollChoicesQuery = { message: { poll: { answers: Array<{ number: number, viewerHasChosen: boolean }> } | null } | null };

export type PollVotersQueryVariables = Exact<{
  messageId: string;
  first: number;
}>;


export type PollVotersQuery = { message: { poll: { answers: Array<{ number: number, text: string, count: number, voters: { nodes: Array<{ id: string, username: string, displayName: string }> } }> } | null } | null };

export type CreatePollMutationVariables = Exact<{
  input: CreatePollInput;
}>;


export type CreatePollMutation = { createPoll: { message: { id: string } } | null };

export type VoteInPollMutationVariables = Exact<{
  input: VoteInPollInput;
}>;


export type VoteInPollMutation = { voteInPoll: { message: { id: string } } | null };

export type ClosePollMutationVariables = Exact<{
  input: ClosePollInput;
}>;


export type ClosePollMutation = { closePoll: { message: { id: string } } | null };

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

export const PollChoicesDocument = /* @__PURE__ */ new TypedDocumentString(`query PollChoices($messageId:UUID!){message(id:$messageId){poll{answers{number viewerHasChosen}}}}`) as unknown as TypedDocumentString<PollChoicesQuery, PollChoicesQueryVariables>;
export const PollVotersDocument = /* @__PURE__ */ new TypedDocumentString(`query PollVoters($messageId:UUID!$first:Int!){message(id:$messageId){poll{answers{number text count voters(first:$first){nodes{id username displayName}}}}}}`) as unknown as TypedDocumentString<PollVotersQuery, PollVotersQueryVariables>;
export const CreatePollDocument = /* @__PURE__ */ new TypedDocumentString(`mutation CreatePoll($input:CreatePollInput!){createPoll(input:$input){message{id}}}`) as unknown as TypedDocumentString<CreatePollMutation, CreatePollMutationVariables>;
export const VoteInPollDocument = /* @__PURE__ */ new TypedDocumentString(`mutation VoteInPoll($input:VoteInPollInput!){voteInPoll(input:$input){message{id}}}`) as unknown as TypedDocumentString<VoteInPollMutation, VoteInPollMutationVariables>;
export const ClosePollDocument = /* @__PURE__ */ new TypedDocumentString(`mutation ClosePoll($input:ClosePollInput!){closePoll(input:$input){message{id}}}`) as unknown as TypedDocumentString<ClosePollMutation, ClosePollMutationVariables>;