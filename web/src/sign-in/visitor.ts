import type { TypedDocument } from 'trumpet-client';
import { post } from '../../../client/src/http.ts';

/**
 * Asks the API as nobody in particular: for whoever is not signed in, or need not be.
 *
 * @throws TrumpetError when it refuses, NetworkError when no answer came
 */
export function askAsVisitor<Result, Variables>(
  document: TypedDocument<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  return post((address, init) => fetch(address, init), location.origin, document, variables);
}
