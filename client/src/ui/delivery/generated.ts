/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** An input for mutations affecting `DeliveryPosition` */
export type DeliveryPositionInput = {
  /** The `id` of the room. */
  roomId: string;
  /** The `seq` of the last message that the device keeps, with all before it. */
  seq: string | number;
};

/** All input for the `markDelivered` mutation. */
export type MarkDeliveredInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** Up to where this device keeps the messages of which room: at most 100. */
  positions: Array<DeliveryPositionInput>;
};

export type DeliveriesQueryVariables = Exact<{
  roomId: string;
  first: number;
}>;


export type DeliveriesQuery = { room: { id: string, members: { nodes: Array<{ userId: string, lastDeliveredSeq: string }> } } | null };

export type MarkDeliveredMutationVariables = Exact<{
  input: MarkDeliveredInput;
}>;


export type MarkDeliveredMutation = { markDelivered: { toldRoomCount: number } | null };

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

export const DeliveriesDocument = /* @__PURE__ */ new TypedDocumentString(`query Deliveries($roomId:UUID!$first:Int!){room(id:$roomId){id members(first:$first){nodes{userId lastDeliveredSeq}}}}`) as unknown as TypedDocumentString<DeliveriesQuery, DeliveriesQueryVariables>;
export const MarkDeliveredDocument = /* @__PURE__ */ new TypedDocumentString(`mutation MarkDelivered($input:MarkDeliveredInput!){markDelivered(input:$input){toldRoomCount}}`) as unknown as TypedDocumentString<MarkDeliveredMutation, MarkDeliveredMutationVariables>;