import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  parse,
  type ValidationRule,
  validate,
} from 'grafast/graphql';
import { LRUCache } from 'lru-cache';
import { TrumpetError } from '../src/errors/codes.ts';
import { checkDocumentSize, type DocumentSize, sizeOfDocument } from './document-size.ts';
import type { MaskError } from './error-codes.ts';
import type { Caller, PlanningBudget } from './planning-budget.ts';
import { checkQuestion } from './query-cost.ts';
import { QUERY_LIMITS, type QueryLimits, SERVER_LIMITS, VISITOR_LIMITS } from './query-limits.ts';

/** How many documents are remembered with their verdict, and how long one may be to be worth it. */
const REMEMBERED_DOCUMENTS = 500;
const REMEMBERED_CHARACTERS = 20_000;
/** How many mistakes of one document are told. */
const MAX_MISTAKES = 10;

type Verdict =
  | { document: DocumentNode; errors?: undefined }
  | { document?: undefined; errors: readonly GraphQLError[] };

/** What is known of a document. Whether it is too large is another thing for a visitor. */
type Knowledge = { readonly size: DocumentSize } & Verdict;

interface DocumentCheckOptions {
  readonly introspection: boolean;
  readonly maskError: MaskError;
  readonly budget: PlanningBudget;
  /** Notes that a request was refused, or a part of it. */
  readonly noteRefusal: (requestContext: Partial<Grafast.RequestContext>) => void;
  readonly callerOf: (requestContext: Partial<Grafast.RequestContext>) => Caller;
}

/**
 * Decides about every document before it runs, over HTTP and WebSocket alike: can it be read, is it small and cheap
 * enough, does it fit the schema. It takes the place of grafserv's own check, which has no limit of words, would look
 * for conflicting fields (by the square of their number) before anything counts them, and gives errors without codes.
 *
 * What depends on variables is decided when they are there, and before anything is planned.
 */
export function makeDocumentCheckPlugin(options: DocumentCheckOptions): GraphileConfig.Plugin {
  /** @throws TrumpetError QUERY_TOO_COMPLEX */
  function checkVariables(args: Request): void {
    const { schema, document, operationName, variableValues, requestContext } = args;
    const operation = getOperationAST(document, operationName);
    if (operation != null) {
      const caller = options.callerOf(requestContext ?? {});
      const question = { document, operation, variables: variableValues ?? {} };
      checkQuestion(schema, question, limitsOf(caller));
    }
  }

  type Execute = NonNullable<GraphileConfig.GrafastMiddleware['execute']>;

  function executeChecked(args: Request, execute: () => ReturnType<Execute>) {
    try {
      checkVariables(args);
    } catch (error) {
      return { errors: [asGraphQLError(error)] } satisfies ExecutionResult;
    }
    return execute();
  }

  const checks = new WeakMap<GraphQLSchema, DocumentCheck>();
  let latest: DocumentCheck | undefined;

  return {
    name: 'DocumentCheckPlugin',
    version: '1.0.0',
    description: 'Reads, weighs and validates documents',
    grafserv: {
      middleware: {
        setPreset(next, event) {
          if (!options.introspection) {
            event.validationRules.push(NoSchemaIntrospectionCustomRule);
          }
          const getExecutionConfig = event.getExecutionConfig;
          event.getExecutionConfig = async function withDocumentCheck(requestContext) {
            const config = await getExecutionConfig.call(this, requestContext);
            const check =
              checks.get(config.schema) ??
              makeDocumentCheck(
                config.schema,
                event.validationRules,
                options.maskError,
                options.budget,
              );
            checks.set(config.schema, check);
            latest = check;
            const caller = options.callerOf(requestContext);
            await options.budget.slowDown(caller);
            return {
              ...config,
              parseAndValidate(query: string) {
                const verdict = check.verdict(query, caller);
                if (verdict.errors !== undefined) {
                  options.noteRefusal(requestContext);
                }
                return verdict;
              },
            };
          };
          return next();
        },
        async processGraphQLRequestBody(next, { body, request, graphqlWsContext }) {
          if (typeof body.query === 'string' && latest?.isKnown(body.query) !== true) {
            const { ws } = { ws: graphqlWsContext?.extra } as Pick<Grafast.RequestContext, 'ws'>;
            await options.budget.turn(options.callerOf(request?.requestContext ?? { ws }));
          }
          return next();
        },
      },
    },
    grafast: {
      middleware: {
        /** Subscriptions go to src/realtime, which does not execute them as requests. */
        prepareArgs(next, { args }) {
          if (args.requestContext?.ws !== undefined && kindOf(args) === 'subscription') {
            checkVariables(args);
          }
          return next();
        },
        async execute(next, { args }) {
          const result = await executeChecked(args, next);
          if ('errors' in result && args.requestContext !== undefined) {
            options.noteRefusal(args.requestContext);
          }
          return result;
        },
        establishOperationPlan(next, { args }) {
          const caller = options.callerOf(args.requestContext ?? {});
          return options.budget.payForPlan(caller, args.document, next);
        },
      },
    },
  };
}

type Request = Pick<
  Grafast.ExecutionArgs,
  'schema' | 'document' | 'operationName' | 'variableValues' | 'requestContext'
>;

function kindOf({ document, operationName }: Request): string | undefined {
  return getOperationAST(document, operationName)?.operation;
}

function limitsOf({ isVisitor, isServer }: Caller): QueryLimits {
  if (isVisitor) {
    return VISITOR_LIMITS;
  }
  return isServer ? SERVER_LIMITS : QUERY_LIMITS;
}

interface DocumentCheck {
  verdict(query: string, caller: Caller): Verdict;
  /** Whether nothing has to be read to decide. */
  isKnown(query: string): boolean;
}

/** Gives a document's syntax tree, or the errors to send to the caller. What is known of documents is remembered. */
function makeDocumentCheck(
  schema: GraphQLSchema,
  rules: readonly ValidationRule[],
  maskError: MaskError,
  budget: PlanningBudget,
): DocumentCheck {
  const known = new LRUCache<string, Knowledge>({ max: REMEMBERED_DOCUMENTS });

  return {
    isKnown: (query) => known.has(query),
    verdict(query, caller) {
      const limits = limitsOf(caller);
      try {
        const knowledge =
          known.get(query) ?? budget.read(caller, () => read(query, caller, limits));
        checkDocumentSize(knowledge.size, limits);
        return knowledge;
      } catch (error) {
        return { errors: [maskError(asGraphQLError(error, limits))] };
      }
    },
  };

  /** @throws GraphQLError, TrumpetError when it is not even worth to be remembered. */
  function read(query: string, caller: Caller, limits: QueryLimits): Knowledge {
    budget.require(caller);
    const document = parse(query, { maxTokens: limits.tokens });
    const size = sizeOfDocument(schema, document);
    checkDocumentSize(size, limits);
    budget.payForDocument(caller, document, size);
    const mistakes = validate(schema, document, rules, { maxErrors: MAX_MISTAKES });
    const knowledge: Knowledge =
      mistakes.length === 0 ? { size, document } : { size, errors: mistakes.map(maskError) };
    if (query.length <= REMEMBERED_CHARACTERS) {
      known.set(query, knowledge);
    }
    return knowledge;
  }
}

function asGraphQLError(error: unknown, limits: QueryLimits = QUERY_LIMITS): GraphQLError {
  if (!(error instanceof GraphQLError)) {
    return new GraphQLError('The document was refused.', { originalError: error as Error });
  }
  // graphql-js has no other mark for it.
  return /tokens\. Parsing aborted/.test(error.message)
    ? new GraphQLError(error.message, {
        originalError: new TrumpetError(
          'QUERY_TOO_COMPLEX',
          `This query is too long: at most ${limits.tokens} words and signs.`,
        ),
      })
    : error;
}
