/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** All input for the `dismissInteraction` mutation. */
export type DismissInteractionInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the interaction. */
  interactionId: string;
};

/**
 * COMMAND: somebody has called a command. COMPONENT: they have pressed a button,
 * or chosen from a menu. NOTICE: they have asked nothing, and are told something.
 */
export type InteractionKind =
  /** A command was called. */
  | 'COMMAND'
  /** A button was pressed, or something was chosen from a menu. */
  | 'COMPONENT'
  /** Nobody has asked: the bot tells them something. */
  | 'NOTICE';

/** All input for the `useCommand` mutation. */
export type UseCommandInput = {
  /** A value for each argument, by its name. Default: none. */
  arguments?: unknown;
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the command. */
  commandId: string;
  /** Your own name for this call, at most 100 characters. The same nonce returns the same interaction. */
  nonce?: string | null | undefined;
  /** The `id` of the message to reply to. */
  parentMessageId?: string | null | undefined;
  /** The `id` of the room. */
  roomId: string;
};

/** All input for the `useComponent` mutation. */
export type UseComponentInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The `id` of the button or menu in the message. */
  componentId: string;
  /** The `id` of the message. */
  messageId: string;
  /** Your own name for this, at most 100 characters. The same nonce returns the same interaction. */
  nonce?: string | null | undefined;
  /** Of a menu: the `value` of each option that was chosen. */
  selectedValues?: Array<string> | null | undefined;
};

export type InteractionPartsFragment = { id: string, kind: InteractionKind, commandName: string | null, arguments: unknown, messageId: string | null, componentId: string | null, parentMessageId: string | null, createdAt: string, waitsUntil: string, answeredAt: string | null, answer: string | null, answerMessageId: string | null, dismissedAt: string | null, botId: string, bot: { displayName: string } };

export type CommandsQueryVariables = Exact<{
  roomId: string;
  first: number;
}>;


export type CommandsQuery = { room: { id: string, commands: { nodes: Array<{ id: string, name: string, description: string, arguments: unknown, bot: { id: string, displayName: string, avatarUrl: string | null } }> } } | null };

export type InteractionsQueryVariables = Exact<{
  roomId: string;
  first: number;
}>;


export type InteractionsQuery = { room: { id: string, interactions: { nodes: Array<{ id: string, kind: InteractionKind, commandName: string | null, arguments: unknown, messageId: string | null, componentId: string | null, parentMessageId: string | null, createdAt: string, waitsUntil: string, answeredAt: string | null, answer: string | null, answerMessageId: string | null, dismissedAt: string | null, botId: string, bot: { displayName: string } }> } } | null };

export type InteractionQueryVariables = Exact<{
  id: string;
}>;


export type InteractionQuery = { interaction: { id: string, kind: InteractionKind, commandName: string | null, arguments: unknown, messageId: string | null, componentId: string | null, parentMessageId: string | null, createdAt: string, waitsUntil: string, answeredAt: string | null, answer: string | null, answerMessageId: string | null, dismissedAt: string | null, botId: string, bot: { displayName: string } } | null };

export type UseCommandMutationVariables = Exact<{
  input: UseCommandInput;
}>;


export type UseCommandMutation = { useCommand: { interaction: { id: string, kind: InteractionKind, commandName: string | null, arguments: unknown, messageId: string | null, componentId: string | null, parentMessageId: string | null, createdAt: string, waitsUntil: string, answeredAt: string | null, answer: string | null, answerMessageId: string | null, dismissedAt: string | null, botId: string, bot: { displayName: string } } } | null };

export type UseComponentMutationVariables = Exact<{
  input: UseComponentInput;
}>;


export type UseComponentMutation = { useComponent: { interaction: { id: string, kind: InteractionKind, commandName: string | null, arguments: unknown, messageId: string | null, componentId: string | null, parentMessageId: string | null, createdAt: string, waitsUntil: string, answeredAt: string | null, answer: string | null, answerMessageId: string | null, dismissedAt: string | null, botId: string, bot: { displayName: string } } } | null };

export type DismissInteractionMutationVariables = Exact<{
  input: DismissInteractionInput;
}>;


export type DismissInteractionMutation = { dismissInteraction: { interaction: { id: string } } | null };

const InteractionPartsText = `fragment InteractionParts on Interaction{id kind commandName arguments messageId componentId parentMessageId createdAt waitsUntil answeredAt answer answerMessageId dismissedAt botId bot{displayName}}`;
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
export const InteractionPartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment InteractionParts on Interaction{id kind commandName arguments messageId componentId parentMessageId createdAt waitsUntil answeredAt answer answerMessageId dismissedAt botId bot{displayName}}`, {"fragmentName":"InteractionParts"}) as unknown as TypedDocumentString<InteractionPartsFragment, unknown>;
export const CommandsDocument = /* @__PURE__ */ new TypedDocumentString(`query Commands($roomId:UUID!$first:Int!){room(id:$roomId){id commands(first:$first){nodes{id name description arguments bot{id displayName avatarUrl(size:SMALL)}}}}}`) as unknown as TypedDocumentString<CommandsQuery, CommandsQueryVariables>;
export const InteractionsDocument = /* @__PURE__ */ new TypedDocumentString(`query Interactions($roomId:UUID!$first:Int!){room(id:$roomId){id interactions(first:$first){nodes{...InteractionParts}}}}${InteractionPartsText}`) as unknown as TypedDocumentString<InteractionsQuery, InteractionsQueryVariables>;
export const InteractionDocument = /* @__PURE__ */ new TypedDocumentString(`query Interaction($id:UUID!){interaction(id:$id){...InteractionParts}}${InteractionPartsText}`) as unknown as TypedDocumentString<InteractionQuery, InteractionQueryVariables>;
export const UseCommandDocument = /* @__PURE__ */ new TypedDocumentString(`mutation UseCommand($input:UseCommandInput!){useCommand(input:$input){interaction{...InteractionParts}}}${InteractionPartsText}`) as unknown as TypedDocumentString<UseCommandMutation, UseCommandMutationVariables>;
export const UseComponentDocument = /* @__PURE__ */ new TypedDocumentString(`mutation UseComponent($input:UseComponentInput!){useComponent(input:$input){interaction{...InteractionParts}}}${InteractionPartsText}`) as unknown as TypedDocumentString<UseComponentMutation, UseComponentMutationVariables>;
export const DismissInteractionDocument = /* @__PURE__ */ new TypedDocumentString(`mutation DismissInteraction($input:DismissInteractionInput!){dismissInteraction(input:$input){interaction{id}}}`) as unknown as TypedDocumentString<DismissInteractionMutation, DismissInteractionMutationVariables>;