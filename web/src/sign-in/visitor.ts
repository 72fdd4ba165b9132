import { NetworkError, TrumpetError } from 'trumpet-client';
import type { TypedDocumentString } from '../generated.ts';

interface Answer<Result> {
  readonly data?: Result;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string; readonly retryAfterMs?: number };
  }[];
}

/**
 * Asks the API as nobody in particular: for whoever is not signed in, or need not be.
 *
 * @throws TrumpetError when it refuses, NetworkError when no answer came
 */
export async function askAsVisitor<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Promise<void> {
  let answer: Answer<Result>;
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: document.toString(), variables }),
    });
    answer = await response.json();
  } catch (error) {
    throw new NetworkError('The server did not answer.', { cause: error });
  }
  const [refusal] = answer.errors ?? [];
  if (refusal !== undefined) {
    const { code = 'UNEXPECTED', retryAfterMs } = refusal.extensions ?? {};
    throw new TrumpetError(code, refusal.message, retryAfterMs);
  }
}
