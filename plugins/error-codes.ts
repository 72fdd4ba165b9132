import { isSafeError } from 'grafast';
import { GraphQLError, type GraphQLErrorExtensions, getOperationAST } from 'grafast/graphql';
import { isDatabaseAway, mayHaveBeenDone } from '../src/database/away.ts';
import { ERROR_CODES, type ErrorCode, TrumpetError } from '../src/errors/codes.ts';
import { databaseAway } from '../src/errors/database-away.ts';
import { explainDatabaseError, isDatabaseError } from '../src/errors/from-sqlstate.ts';
import { type Sentence, sentence } from '../src/errors/sentence.ts';
import { unexpectedError } from '../src/errors/unexpected.ts';

/** What the server gets to know of an error that a caller got. */
export type ErrorReport =
  | { readonly code: ErrorCode }
  | { readonly code: 'UNEXPECTED'; readonly errorId: string; readonly cause: unknown };

/** Errors of results that were computed for someone who had not signed in. */
const visitorErrors = new WeakSet<object>();
/** Errors of mutations. */
const mutationErrors = new WeakSet<object>();

export type MaskError = (error: GraphQLError) => GraphQLError;

/** Errors that have been through `maskError`: some are asked about twice. */
const maskedErrors = new WeakSet<object>();

interface MaskOptions {
  readonly reportError: (report: ErrorReport) => void;
  /** False takes away "Did you mean …?", which tells of the schema what introspection no longer does. */
  readonly suggestions: boolean;
}

/**
 * Turns any error into one that its caller may see: a code of `ERROR_CODES` where there is something to act on, a
 * masked message with an id otherwise. The id and the error go to `reportError`; nothing of SQL, tables or other
 * people's values leaves the process.
 */
export function makeMaskError({ reportError, suggestions }: MaskOptions): MaskError {
  return function maskError(error) {
    if (maskedErrors.has(error)) {
      return error;
    }
    const reason = explain(error);
    if (reason !== undefined) {
      const known = isBelowMutation(error) ? doneButNotTold(reason.message as Sentence) : reason;
      reportError({ code: known.code });
      const message = suggestions ? known.message : known.message.replace(/ Did you mean .*$/s, '');
      return replacement(error, message, known.extensions);
    }
    const { message, extensions } = unexpectedError();
    reportError({ code: 'UNEXPECTED', ...extensions, cause: causeOf(error) });
    return replacement(error, message, extensions);
  };
}

function explain(error: GraphQLError): TrumpetError | undefined {
  const cause = causeOf(error);
  if (cause instanceof TrumpetError) {
    return cause;
  }
  if (isDatabaseAway(cause)) {
    return mutationErrors.has(error) && mayHaveBeenDone(cause)
      ? new TrumpetError('INTERRUPTED')
      : databaseAway();
  }
  if (isDatabaseError(cause)) {
    return explainDatabaseError(cause, visitorErrors.has(error));
  }
  if (isTimeout(cause)) {
    return mutationErrors.has(error)
      ? new TrumpetError('INTERRUPTED', 'This took too long: it may have been done, or not.')
      : new TrumpetError('QUERY_TOO_COMPLEX', 'This query took too long.');
  }
  const { code, statusCode } = extensionsOf(cause) ?? {};
  if (typeof code === 'string' && Object.hasOwn(ERROR_CODES, code)) {
    return new TrumpetError(code as ErrorCode, sentence((cause as Error).message));
  }
  if (statusCode === 413) {
    return new TrumpetError('TOO_LARGE');
  }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new TrumpetError('BAD_INPUT', sentence((cause as Error).message));
  }
  // Grafast's own words about arguments, such as a cursor of another list.
  if (cause instanceof Error && isSafeError(cause)) {
    return new TrumpetError('BAD_INPUT', sentence(cause.message));
  }
  // Errors about the document or its variables belong to no field of the result.
  if (error.path === undefined) {
    const isAboutRequest = cause instanceof GraphQLError || (error.nodes?.length ?? 0) > 0;
    return isAboutRequest ? new TrumpetError('BAD_INPUT', sentence(error.message)) : undefined;
  }
  return undefined;
}

/**
 * Whether a mutation has been done, and what failed is something that was asked of what it gave: each relation in a
 * payload is a statement of its own, after the commit.
 */
function isBelowMutation(error: GraphQLError): boolean {
  return mutationErrors.has(error) && error.path !== undefined && error.path.length > 1;
}

/** Whatever it was: no code may say here that nothing was done, or that the same can be sent again. */
function doneButNotTold(reason: Sentence): TrumpetError {
  return new TrumpetError(
    'INTERRUPTED',
    `This has been done, but what was asked about it could not be read: ${reason}`,
  );
}

/** The error at the bottom: GraphQL wraps what plans and drivers throw, sometimes twice. */
function causeOf(error: GraphQLError): unknown {
  let cause: unknown = error;
  while (cause instanceof GraphQLError && cause.originalError != null) {
    cause = cause.originalError;
  }
  return cause;
}

/** Grafast marks its own timeouts with a symbol of that name. */
function isTimeout(error: unknown): boolean {
  const extensions = extensionsOf(error);
  return (
    extensions !== undefined &&
    Object.getOwnPropertySymbols(extensions).some(({ description }) => description === 'timeout')
  );
}

function extensionsOf(error: unknown): Record<PropertyKey, unknown> | undefined {
  return error instanceof Error && 'extensions' in error && typeof error.extensions === 'object'
    ? ((error.extensions as Record<PropertyKey, unknown> | null) ?? undefined)
    : undefined;
}

function replacement(
  error: GraphQLError,
  message: string,
  extensions: GraphQLErrorExtensions,
): GraphQLError {
  const masked = new GraphQLError(message, {
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    path: error.path,
    extensions,
  });
  maskedErrors.add(masked);
  return masked;
}

/**
 * Remembers which errors a visitor got, to whom a missing right means "sign in" and not "you may not", and which a
 * mutation, of which it may matter whether it was done. What masks the errors later sees nothing but the error.
 */
export const ErrorCodesPlugin: GraphileConfig.Plugin = {
  name: 'ErrorCodesPlugin',
  version: '1.0.0',
  description:
    'Tells errors of visitors from those of people who signed in, and errors of mutations from others',
  grafast: {
    middleware: {
      async execute(next, { args }) {
        const result = await next();
        const isVisitor =
          (args.contextValue as { viewer?: unknown } | undefined)?.viewer === undefined;
        const operation = getOperationAST(args.document, args.operationName)?.operation;
        for (const error of ('errors' in result && result.errors) || []) {
          if (isVisitor) {
            visitorErrors.add(error);
          }
          if (operation === 'mutation') {
            mutationErrors.add(error);
          }
        }
        return result;
      },
    },
  },
};
