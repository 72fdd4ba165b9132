import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
import { type GraphqlError, NetworkError, refusalOf } from './errors.ts';

/** How long an answer may take, in milliseconds. The server itself gives up a request earlier. */
const ANSWER_TIMEOUT_MS = 30_000;

/** The text of a GraphQL document that knows its types, as GraphQL Code Generator writes it (`documentMode: 'string'`). */
export interface TypedDocument<Result, Variables>
  extends DocumentTypeDecoration<Result, Variables> {
  toString(): string;
  /** A document as a tree has it, which has no text to send. */
  readonly kind?: never;
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Asks the server over HTTP.
 *
 * @throws TrumpetError when it refuses, NetworkError when no answer of it came.
 */
export async function post<Result, Variables>(
  fetch: Fetch,
  url: string,
  document: TypedDocument<Result, Variables>,
  variables: Variables,
  accessToken?: string,
): Promise<Result> {
  const { data } =
    (await postJson<{ readonly data?: Result | null } | undefined>(
      fetch,
      `${url}/graphql`,
      { query: document.toString(), variables },
      accessToken,
    )) ?? {};
  if (!data) {
    throw new NetworkError('This is not the server.');
  }
  return data;
}

/** The same for what is not GraphQL. Undefined is an answer without content. */
export async function postJson<Result>(
  fetch: Fetch,
  address: string,
  content: unknown,
  accessToken?: string,
): Promise<Result> {
  let status: number;
  let body: { readonly errors?: readonly GraphqlError[] } | undefined;
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(accessToken && { authorization: `Bearer ${accessToken}` }),
      },
      body: JSON.stringify(content),
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    status = response.status;
    body = status === 204 ? undefined : await response.json();
  } catch (error) {
    throw new NetworkError('The server did not answer.', { cause: error });
  }
  if (Array.isArray(body?.errors) && body.errors.length > 0) {
    throw refusalOf(body.errors);
  }
  if (status >= 500) {
    throw new NetworkError('This is not the server.');
  }
  return body as Result;
}
