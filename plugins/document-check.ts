import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  parse,
  type ValidationRule,
  validate,
} from 'grafast/graphql';
import { LRUCache } from 'lru-cache';
import { TrumpetError } from '../src/errors/codes.ts';
import type { MaskError } from './error-codes.ts';
import { checkQueryCost, QUERY_LIMITS } from './query-cost.ts';

/** How many documents are remembered with their verdict, and how long one may be to be worth it. */
const REMEMBERED_DOCUMENTS = 500;
const REMEMBERED_CHARACTERS = 20_000;
/** How many mistakes of one document are told. */
const MAX_MISTAKES = 10;

type Verdict =
  | { document: DocumentNode; errors?: undefined }
  | { document?: undefined; errors: readonly GraphQLError[] };

interface DocumentCheckOptions {
  readonly introspection: boolean;
  readonly maskError: MaskError;
}

/**
 * Decides about every document before it runs, over HTTP and WebSocket alike: can it be read, is it small and cheap
 * enough, does it fit the schema. It takes the place of grafserv's own check, which has no limit of words, would look
 * for conflicting fields (by the square of their number) before anything counts them, and gives errors without codes.
 */
export function makeDocumentCheckPlugin(options: DocumentCheckOptions): GraphileConfig.Plugin {
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
          const checks = new WeakMap<GraphQLSchema, (query: string) => Verdict>();
          event.getExecutionConfig = async function withDocumentCheck(requestContext) {
            const config = await getExecutionConfig.call(this, requestContext);
            const parseAndValidate =
              checks.get(config.schema) ??
              makeDocumentCheck(config.schema, event.validationRules, options.maskError);
            checks.set(config.schema, parseAndValidate);
            return { ...config, parseAndValidate };
          };
          return next();
        },
      },
    },
  };
}

/** Gives a document's syntax tree, or the errors to send to the caller. Verdicts are remembered. */
export function makeDocumentCheck(
  schema: GraphQLSchema,
  rules: readonly ValidationRule[],
  maskError: MaskError,
): (query: string) => Verdict {
  const verdicts = new LRUCache<string, Verdict>({ max: REMEMBERED_DOCUMENTS });

  return function checkDocument(query) {
    const known = verdicts.get(query);
    if (known !== undefined) {
      return known;
    }
    const verdict = decide(query);
    if (query.length <= REMEMBERED_CHARACTERS) {
      verdicts.set(query, verdict);
    }
    return verdict;
  };

  function decide(query: string): Verdict {
    try {
      const document = parse(query, { maxTokens: QUERY_LIMITS.tokens });
      checkQueryCost(schema, document);
      const mistakes = validate(schema, document, rules, { maxErrors: MAX_MISTAKES });
      return mistakes.length === 0 ? { document } : { errors: mistakes.map(maskError) };
    } catch (error) {
      return { errors: [maskError(asGraphQLError(error))] };
    }
  }
}

function asGraphQLError(error: unknown): GraphQLError {
  if (!(error instanceof GraphQLError)) {
    return new GraphQLError('The document was refused.', { originalError: error as Error });
  }
  // graphql-js has no other mark for it.
  return /tokens\. Parsing aborted/.test(error.message)
    ? new GraphQLError(error.message, {
        originalError: new TrumpetError(
          'QUERY_TOO_COMPLEX',
          `This query is too long: at most ${QUERY_LIMITS.tokens} words and signs.`,
        ),
      })
    : error;
}
