import type { IncomingMessage } from 'node:http';
import { type GrafservBase, makeGraphQLWSConfig } from 'grafserv';
import { type ExecutionArgs, type GraphQLError, getOperationAST } from 'postgraphile/graphql';
import { ERROR_CODES, type ErrorCode, TrumpetError } from '../../../errors/codes.ts';
import { sentence } from '../../../errors/sentence.ts';
import type { SubscriptionDocument } from '../../execution/document.ts';

/** A subscription as it is asked for. */
interface SubscriptionBody {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
}

/**
 * Checks a subscription as one that comes over a WebSocket.
 *
 * @throws TrumpetError BAD_INPUT and what else a document may be refused for
 */
export async function prepareSubscription(
  grafserv: GrafservBase,
  request: IncomingMessage,
  body: SubscriptionBody,
): Promise<SubscriptionDocument> {
  const { onSubscribe } = makeGraphQLWSConfig(grafserv);
  const prepared = (await onSubscribe?.({ extra: { request } } as never, 'sse', {
    query: body.query,
    operationName: body.operationName,
    variables: body.variables,
  })) as ExecutionArgs | readonly GraphQLError[];
  if (isRefusal(prepared)) {
    throw refusalOf(prepared[0], grafserv);
  }
  const { document, operationName, variableValues } = prepared;
  if (getOperationAST(document, operationName)?.operation !== 'subscription') {
    throw new TrumpetError('BAD_INPUT', 'Only subscriptions are for events.');
  }
  return { document, operationName: operationName ?? undefined, variables: { ...variableValues } };
}

function isRefusal(
  prepared: ExecutionArgs | readonly GraphQLError[],
): prepared is readonly GraphQLError[] {
  return Array.isArray(prepared);
}

function refusalOf(error: GraphQLError | undefined, grafserv: GrafservBase): Error {
  if (error?.originalError instanceof TrumpetError || error === undefined) {
    return error?.originalError ?? new TrumpetError('BAD_INPUT');
  }
  const { message, extensions } = grafserv.dynamicOptions.maskError(error);
  const code = String(extensions?.code);
  return new TrumpetError(
    code in ERROR_CODES ? (code as ErrorCode) : 'BAD_INPUT',
    sentence(message),
  );
}
