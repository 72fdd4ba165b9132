/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** All input for the `answerInteraction` mutation. */
export type AnswerInteractionInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The answer, at most 8,000 characters. Default: none. */
  content?: string | null | undefined;
  /** The `id` of the interaction. */
  interactionId: string;
  /** True: as a message for all. Default: for whoever asked alone. */
  isForRoom?: boolean | null | undefined;
  /** Of an answer for the room: your own data about the message, and its buttons and menus. */
  metadata?: unknown;
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

/** WAITING: the bot has been told. ANSWERED: it has answered. UNANSWERED: it has not answered in time; it still may. */
export type InteractionState =
  /** The bot has answered. */
  | 'ANSWERED'
  /** The bot has not answered in time. It still may. */
  | 'UNANSWERED'
  /** The bot has been told, and has not answered yet. */
  | 'WAITING';

/** All input for the `setCommands` mutation. */
export type SetCommandsInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** At most 50: `[{ name, description, arguments: [{ name, description, type, isRequired, choices }] }]`. */
  commands: unknown;
};

/** All input for the `setComponents` mutation. */
export type SetComponentsInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** A list of 1 to 10 buttons, links and menus. Default: none. */
  components?: unknown;
  /** The `id` of the message. */
  messageId: string;
};

export type SelfQueryVariables = Exact<{ [key: string]: never; }>;


export type SelfQuery = { currentUser: { id: string } | null };

export type SetCommandsMutationVariables = Exact<{
  input: SetCommandsInput;
}>;


export type SetCommandsMutation = { setCommands: { commands: Array<{ id: string }> } | null };

export type AskedSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type AskedSubscription = { userEvents: { cursor: string, event:
      | { __typename: 'CustomEmojiEvent' }
      | { __typename: 'DeliveryReceiptEvent' }
      | { __typename: 'InteractionEvent', interaction: { id: string, kind: InteractionKind, state: InteractionState, roomId: string, commandName: string | null, arguments: unknown, messageId: string | null, componentId: string | null, selectedValues: Array<string> | null, parentMessageId: string | null, botId: string, user: { id: string, username: string, displayName: string } } | null }
      | { __typename: 'MemberEvent' }
      | { __typename: 'MessageEvent' }
      | { __typename: 'PersonalEvent' }
      | { __typename: 'PresenceEvent' }
      | { __typename: 'ProfileEvent' }
      | { __typename: 'ReactionEvent' }
      | { __typename: 'ReadReceiptEvent' }
      | { __typename: 'ReadyEvent' }
      | { __typename: 'RoomChangedEvent' }
      | { __typename: 'StatusTextEvent' }
      | { __typename: 'ThreadReceiptEvent' }
      | { __typename: 'TypingEvent' }
     } };

export type AnswerMutationVariables = Exact<{
  input: AnswerInteractionInput;
}>;


export type AnswerMutation = { answerInteraction: { interaction: { id: string } } | null };

export type SetComponentsMutationVariables = Exact<{
  input: SetComponentsInput;
}>;


export type SetComponentsMutation = { setComponents: { message: { id: string } } | null };

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

export const SelfDocument = /* @__PURE__ */ new TypedDocumentString(`query Self{currentUser{id}}`) as unknown as TypedDocumentString<SelfQuery, SelfQueryVariables>;
export const SetCommandsDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetCommands($input:SetCommandsInput!){setCommands(input:$input){commands{id}}}`) as unknown as TypedDocumentString<SetCommandsMutation, SetCommandsMutationVariables>;
export const AskedDocument = /* @__PURE__ */ new TypedDocumentString(`subscription Asked($after:String){userEvents(after:$after interactionsOnly:true){cursor event{__typename ...on InteractionEvent{interaction{id kind state roomId commandName arguments messageId componentId selectedValues parentMessageId botId user{id username displayName}}}}}}`) as unknown as TypedDocumentString<AskedSubscription, AskedSubscriptionVariables>;
export const AnswerDocument = /* @__PURE__ */ new TypedDocumentString(`mutation Answer($input:AnswerInteractionInput!){answerInteraction(input:$input){interaction{id}}}`) as unknown as TypedDocumentString<AnswerMutation, AnswerMutationVariables>;
export const SetComponentsDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetComponents($input:SetComponentsInput!){setComponents(input:$input){message{id}}}`) as unknown as TypedDocumentString<SetComponentsMutation, SetComponentsMutationVariables>;