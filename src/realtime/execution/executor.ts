import { context, execute } from 'postgraphile/grafast';
import {
  type DocumentNode,
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLError,
  type GraphQLFieldConfigMap,
  type GraphQLFormattedError,
  GraphQLList,
  GraphQLObjectType,
  GraphQLSchema,
  getNullableType,
  Kind,
  OperationTypeNode,
  visit,
} from 'postgraphile/graphql';
import { isDatabaseAway } from '../../database/away.ts';
import { isPassing } from '../../database/passing.ts';
import type { RoomEvent } from '../log/events.ts';

/*
 * Many events, one execution.
 *
 * Grafast's own subscriptions execute each event by itself: begin, set_config, query, commit, four
 * round trips a time. A document is therefore executed here as a query over a LIST of events, in a
 * twin of the schema whose root type is Subscription with every field a list: a burst of a hundred
 * messages is one transaction and one `where id = any(…)`, and a resume of a thousand is ten. The
 * subscriber's document is used as it is, except for the keyword `subscription`.
 */

/** An event as plugins/room-events.ts takes it: its fields under the name of its type. */
export type EventValue = { readonly __typename: string } & Readonly<Record<string, unknown>>;

/** What the root field of a document resolves to. */
export type RootValue = EventValue | { readonly cursor: string; readonly event: EventValue };

export function eventValue(event: RoomEvent): EventValue {
  return { __typename: event.__typename, [event.__typename]: event };
}

export interface Execution {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Record<string, unknown>;
  /** Settings of the transaction: role, and who or which room it is for. */
  readonly pgSettings: Record<string, string>;
  readonly events: readonly RootValue[];
}

export interface ExecutorOptions {
  readonly schema: GraphQLSchema;
  readonly resolvedPreset: GraphileConfig.ResolvedPreset;
  /** A context for one execution under these settings. */
  readonly makeContext: (pgSettings: Record<string, string>) => Record<string, unknown>;
  readonly maskError: (error: GraphQLError) => GraphQLError | GraphQLFormattedError;
}

/**
 * Executes a document over events: one result an event, in the same order. What goes wrong with an
 * event is in its result, masked, with the paths that a subscriber expects.
 *
 * @throws the error that says so when the database is away, or something took too long: then the results would not be
 * true.
 */
export type Executor = (execution: Execution) => Promise<FormattedExecutionResult[]>;

declare global {
  namespace Grafast {
    interface Context {
      /** What an execution of the twin schema is over. */
      readonly trumpetEvents?: readonly RootValue[];
    }
  }
}

export function createExecutor(options: ExecutorOptions): Executor {
  const schema = twinSchema(options.schema);
  const twins = new WeakMap<DocumentNode, DocumentNode>();

  return async function executeEvents(execution) {
    let document = twins.get(execution.document);
    if (document === undefined) {
      document = asQuery(execution.document);
      twins.set(execution.document, document);
    }
    const result = (await execute({
      schema,
      document,
      operationName: execution.operationName ?? null,
      variableValues: execution.variables,
      contextValue: {
        ...options.makeContext(execution.pgSettings),
        trumpetEvents: execution.events,
      },
      resolvedPreset: options.resolvedPreset,
      // Grafserv's and PostGraphile's hooks fill the context of a request; this is not one.
      middleware: null,
    })) as ExecutionResult;
    const untrue = result.errors?.find((error) => isDatabaseAway(error) || isPassing(error));
    if (untrue !== undefined) {
      throw untrue;
    }
    return splitResult(result, execution.events.length, options.maskError);
  };
}

function twinSchema(schema: GraphQLSchema): GraphQLSchema {
  const subscription = schema.getSubscriptionType();
  if (!subscription) {
    throw new Error('The schema has no subscriptions');
  }
  const { fields, ...config } = subscription.toConfig();
  const twinFields: GraphQLFieldConfigMap<unknown, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    twinFields[name] = {
      ...field,
      type: new GraphQLList(getNullableType(field.type)),
      subscribe: undefined,
      resolve: undefined,
      extensions: { grafast: { plan: () => context().get('trumpetEvents') } },
    };
  }
  const roots = new Set(
    [schema.getQueryType(), schema.getMutationType(), subscription].map((type) => type?.name),
  );
  return new GraphQLSchema({
    query: new GraphQLObjectType({ ...config, fields: twinFields }),
    types: Object.values(schema.getTypeMap()).filter((type) => !roots.has(type.name)),
    directives: schema.getDirectives(),
    assumeValid: true,
  });
}

function asQuery(document: DocumentNode): DocumentNode {
  return visit(document, {
    OperationDefinition: (node) =>
      node.operation === OperationTypeNode.SUBSCRIPTION
        ? { ...node, operation: OperationTypeNode.QUERY }
        : { ...node },
    [Kind.SELECTION_SET]: { enter: () => false },
  });
}

/** One result over a list becomes a result for each item. */
export function splitResult(
  result: ExecutionResult,
  count: number,
  maskError: ExecutorOptions['maskError'],
): FormattedExecutionResult[] {
  const [key, items] = Object.entries(result.data ?? {})[0] ?? [];
  const errors: GraphQLFormattedError[][] = Array.from({ length: count }, () => []);
  for (const error of result.errors ?? []) {
    const [root, index, ...rest] = error.path ?? [];
    const masked = formatted(maskError(error));
    if (root !== undefined && typeof index === 'number') {
      errors[index]?.push({ ...masked, path: [root, ...rest] });
    } else {
      for (const list of errors) {
        list.push(masked);
      }
    }
  }
  return errors.map((list, index) => {
    const item = Array.isArray(items) ? (items[index] ?? null) : null;
    const data = key === undefined || item === null ? null : { [key]: item };
    return list.length === 0 ? { data } : { errors: list, data };
  });
}

function formatted(error: GraphQLError | GraphQLFormattedError): GraphQLFormattedError {
  return 'toJSON' in error ? error.toJSON() : error;
}
