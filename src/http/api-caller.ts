import type { Request } from 'express';
import type { PostGraphileInstance } from 'postgraphile';
import { grafast } from 'postgraphile/grafast';
import type { ExecutionResult, GraphQLError } from 'postgraphile/graphql';
import type { MaskError } from '../../plugins/error-codes.ts';

/** What one document of the API came to: its data, or the error that its caller may see. */
export type ApiResult<Data> =
  | { readonly kind: 'data'; readonly data: Data }
  | { readonly kind: 'refused'; readonly error: GraphQLError };

/** Runs a document as whoever sent a request, as if they had sent it to `/graphql`. */
export type CallApi = <Data>(
  req: Request,
  document: string,
  variables: Readonly<Record<string, unknown>>,
) => Promise<ApiResult<Data>>;

/** So that what has an address of its own runs the same functions, within the same limits, with the same errors. */
export function createApiCaller(instance: PostGraphileInstance): CallApi {
  const resolvedPreset = instance.getResolvedPreset();
  const maskError = resolvedPreset.grafserv?.maskError as MaskError;

  return async function callApi<Data>(
    req: Request,
    source: string,
    variableValues: Readonly<Record<string, unknown>>,
  ): Promise<ApiResult<Data>> {
    const { data, errors } = (await grafast({
      schema: await instance.getSchema(),
      source,
      variableValues,
      resolvedPreset,
      requestContext: { node: { req, res: req.res } as never },
    })) as ExecutionResult<Data>;
    const error = errors?.[0];
    return error === undefined
      ? { kind: 'data', data: data as Data }
      : { kind: 'refused', error: maskError(error) };
  };
}
