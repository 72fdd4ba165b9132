/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** All input for the `joinAsGuest` mutation. */
export type JoinAsGuestInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The code of an invitation. */
  code: string;
  /** 32 to 200 random characters by which this device is known again: made once, and kept on it. */
  deviceSecret?: string | null | undefined;
  /** The name to show, 1 to 80 characters. */
  displayName: string;
  /** The browser or app, for a list of devices. */
  userAgent?: string | null | undefined;
};

/** All input for the `refreshSession` mutation. */
export type RefreshSessionInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** The refresh token from the last sign-in or refresh. */
  refreshToken: string;
};

/** All input for the `signIn` mutation. */
export type SignInInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** What the app of the person shows, or one of their recovery codes. Only for whom `SECOND_FACTOR_REQUIRED` was said. */
  code?: string | null | undefined;
  /** 32 to 200 random characters by which this device is known again: made once, and kept on it. */
  deviceSecret?: string | null | undefined;
  /** At least 8 characters, at most 72 bytes. */
  password: string;
  /** The browser or app, for a list of devices. */
  userAgent?: string | null | undefined;
  /** The unique name, in upper or lower case. */
  username: string;
};

/** All input for the `signInWithPasskey` mutation. */
export type SignInWithPasskeyInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** What the browser gives: `credential.toJSON()`. */
  credential: unknown;
  /** 32 to 200 random characters by which this device is known again: made once, and kept on it. */
  deviceSecret?: string | null | undefined;
  /** The browser or app, for a list of devices. */
  userAgent?: string | null | undefined;
};

/** All input for the `signUp` mutation. */
export type SignUpInput = {
  /**
   * An arbitrary string value with no semantic meaning. Will be included in the
   * payload verbatim. May be used to track mutations by the client.
   */
  clientMutationId?: string | null | undefined;
  /** 32 to 200 random characters by which this device is known again: made once, and kept on it. */
  deviceSecret?: string | null | undefined;
  /** The name to show, 1 to 80 characters. */
  displayName?: string | null | undefined;
  /** An e-mail address, seen by nobody else. */
  email?: string | null | undefined;
  /** Of an invitation to a room: you are in it at once. */
  invitationCode?: string | null | undefined;
  /** At least 8 characters, at most 72 bytes. */
  password: string;
  /** The browser or app, for a list of devices. */
  userAgent?: string | null | undefined;
  /** The unique name: 2 to 32 letters, digits, `_`, `.` or `-`. */
  username: string;
};

export type SessionPartsFragment = { accessToken: string, refreshToken: string, expiresAt: string, user: { id: string } };

export type SignInMutationVariables = Exact<{
  input: SignInInput;
}>;


export type SignInMutation = { signIn: { session: { accessToken: string, refreshToken: string, expiresAt: string, user: { id: string } } } | null };

export type JoinAsGuestMutationVariables = Exact<{
  input: JoinAsGuestInput;
}>;


export type JoinAsGuestMutation = { joinAsGuest: { session: { accessToken: string, refreshToken: string, expiresAt: string, user: { id: string } } } | null };

export type SignInWithPasskeyMutationVariables = Exact<{
  input: SignInWithPasskeyInput;
}>;


export type SignInWithPasskeyMutation = { signInWithPasskey: { session: { accessToken: string, refreshToken: string, expiresAt: string, user: { id: string } } } | null };

export type SignUpMutationVariables = Exact<{
  input: SignUpInput;
}>;


export type SignUpMutation = { signUp: { session: { accessToken: string, refreshToken: string, expiresAt: string, user: { id: string } } } | null };

export type RefreshSessionMutationVariables = Exact<{
  input: RefreshSessionInput;
}>;


export type RefreshSessionMutation = { refreshSession: { session: { accessToken: string, refreshToken: string, expiresAt: string, user: { id: string } } } | null };

export type SignOutMutationVariables = Exact<{ [key: string]: never; }>;


export type SignOutMutation = { signOut: { clientMutationId: string | null } | null };

const SessionPartsText = `fragment SessionParts on UserSession{accessToken refreshToken expiresAt user{id}}`;
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
export const SessionPartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment SessionParts on UserSession{accessToken refreshToken expiresAt user{id}}`, {"fragmentName":"SessionParts"}) as unknown as TypedDocumentString<SessionPartsFragment, unknown>;
export const SignInDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SignIn($input:SignInInput!){signIn(input:$input){session{...SessionParts}}}${SessionPartsText}`) as unknown as TypedDocumentString<SignInMutation, SignInMutationVariables>;
export const JoinAsGuestDocument = /* @__PURE__ */ new TypedDocumentString(`mutation JoinAsGuest($input:JoinAsGuestInput!){joinAsGuest(input:$input){session{...SessionParts}}}${SessionPartsText}`) as unknown as TypedDocumentString<JoinAsGuestMutation, JoinAsGuestMutationVariables>;
export const SignInWithPasskeyDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SignInWithPasskey($input:SignInWithPasskeyInput!){signInWithPasskey(input:$input){session{...SessionParts}}}${SessionPartsText}`) as unknown as TypedDocumentString<SignInWithPasskeyMutation, SignInWithPasskeyMutationVariables>;
export const SignUpDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SignUp($input:SignUpInput!){signUp(input:$input){session{...SessionParts}}}${SessionPartsText}`) as unknown as TypedDocumentString<SignUpMutation, SignUpMutationVariables>;
export const RefreshSessionDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RefreshSession($input:RefreshSessionInput!){refreshSession(input:$input){session{...SessionParts}}}${SessionPartsText}`) as unknown as TypedDocumentString<RefreshSessionMutation, RefreshSessionMutationVariables>;
export const SignOutDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SignOut{signOut(input:{}){clientMutationId}}`) as unknown as TypedDocumentString<SignOutMutation, SignOutMutationVariables>;