import { createHash } from 'node:crypto';
import { getArgumentValues, getVariableValues } from 'graphql/execution/values.js';
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getOperationAST,
  isAbstractType,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  type ValueNode,
  visit,
  visitWithTypeInfo,
} from 'postgraphile/graphql';
import { TrumpetError } from '../errors.ts';

/** What a subscription document asks for, found out before it costs anything. */
export interface SubscriptionPlan {
  readonly field: 'roomEvents' | 'userEvents';
  readonly arguments: { readonly roomId?: string; readonly after?: string | null };
  /** Subscribers with the same key in the same room may share one execution an event. */
  readonly shareKey: string;
  /** The answer depends on who looks: shared only among the sockets of one person. */
  readonly isViewerDependent: boolean;
}

export interface SubscriptionDocument {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Record<string, unknown>;
}

/**
 * @throws TrumpetError BAD_INPUT when variables do not fit or the root field is none of ours.
 */
export function planSubscription(
  schema: GraphQLSchema,
  request: SubscriptionDocument,
): SubscriptionPlan {
  const { document, operationName, variables } = request;
  const operation = getOperationAST(document, operationName);
  const root =
    operation === null || operation === undefined ? undefined : rootField(document, operation);
  const definition = root && schema.getSubscriptionType()?.getFields()[root.name.value];
  if (
    !operation ||
    !root ||
    !definition ||
    (definition.name !== 'roomEvents' && definition.name !== 'userEvents')
  ) {
    throw new TrumpetError('BAD_INPUT', 'There is no such subscription.');
  }
  const { coerced, errors } = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    variables,
    {
      maxErrors: 5,
    },
  );
  if (errors) {
    throw new TrumpetError('BAD_INPUT', errors.map(({ message }) => message).join('; '));
  }
  return {
    field: definition.name,
    arguments: argumentsOf(() => getArgumentValues(definition, root, coerced)),
    shareKey: shareKey(document, operation, root, coerced),
    isViewerDependent: isViewerDependent(schema, document),
  };
}

function argumentsOf(read: () => Record<string, unknown>): SubscriptionPlan['arguments'] {
  try {
    return read() as SubscriptionPlan['arguments'];
  } catch (error) {
    throw new TrumpetError('BAD_INPUT', error instanceof Error ? error.message : undefined);
  }
}

/** Validation has seen to it that there is one root field; it may stand in a fragment. */
function rootField(
  document: DocumentNode,
  operation: OperationDefinitionNode,
): FieldNode | undefined {
  const pending = [...operation.selectionSet.selections];
  for (let selection = pending.shift(); selection; selection = pending.shift()) {
    if (selection.kind === Kind.FIELD) {
      return selection;
    }
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      pending.push(...selection.selectionSet.selections);
    } else {
      const { name } = selection;
      const fragment = document.definitions.find(
        (node) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === name.value,
      );
      if (fragment?.kind === Kind.FRAGMENT_DEFINITION) {
        pending.push(...fragment.selectionSet.selections);
      }
    }
  }
  return undefined;
}

/** Document, operation and variables, without the one that only says where to resume. */
function shareKey(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  root: FieldNode,
  coerced: Record<string, unknown>,
): string {
  const after = root.arguments?.find(({ name }) => name.value === 'after')?.value;
  const resumeVariable =
    after?.kind === Kind.VARIABLE && usesOf(document, after.name.value) === 1
      ? after.name.value
      : undefined;
  const variables = Object.entries(coerced)
    .filter(([name]) => name !== resumeVariable)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(document.loc?.source.body ?? '')
    .update('\0')
    .update(operation.name?.value ?? '')
    .update('\0')
    .update(JSON.stringify(variables))
    .digest('base64url');
}

function usesOf(document: DocumentNode, variable: string): number {
  let uses = 0;
  const count = (value: ValueNode) => {
    uses += value.kind === Kind.VARIABLE && value.name.value === variable ? 1 : 0;
  };
  visit(document, {
    Variable: count,
    // `$after` in its own definition is no use of it.
    VariableDefinition: () => false,
  });
  return uses;
}

const viewerDependence = new WeakMap<DocumentNode, boolean>();

/** Whether a document selects any field that is marked by the smart tag @viewerDependent. */
export function isViewerDependent(schema: GraphQLSchema, document: DocumentNode): boolean {
  const cached = viewerDependence.get(document);
  if (cached !== undefined) {
    return cached;
  }
  let found = false;
  const typeInfo = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field(node) {
        found ||= isFieldViewerDependent(schema, typeInfo.getParentType(), node.name.value);
      },
    }),
  );
  viewerDependence.set(document, found);
  return found;
}

function isFieldViewerDependent(
  schema: GraphQLSchema,
  parent: GraphQLCompositeType | null | undefined,
  fieldName: string,
): boolean {
  if (!parent) {
    return false;
  }
  const types = isAbstractType(parent) ? [parent, ...schema.getPossibleTypes(parent)] : [parent];
  return types.some(
    (type) =>
      'getFields' in type && type.getFields()[fieldName]?.extensions.viewerDependent === true,
  );
}
