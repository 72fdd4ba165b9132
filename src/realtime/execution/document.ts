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
import { TrumpetError } from '../../errors/codes.ts';
import { sentence } from '../../errors/sentence.ts';

/** What a subscription document asks for, found out before it costs anything. */
export interface SubscriptionPlan {
  readonly field: 'roomEvents' | 'userEvents';
  readonly arguments: {
    readonly roomId?: string;
    readonly after?: string | null;
    readonly cursor?: string | null;
    readonly interactionsOnly?: boolean | null;
  };
  /** Subscribers with the same key may share one execution an event. */
  readonly shareKey: string;
  /** The answer depends on who looks: shared only among the sockets of one person. */
  readonly isViewerDependent: boolean;
  /** The document cannot get from one room into another: events of several rooms may share an execution. */
  readonly isRoomBound: boolean;
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
  // Validation has seen to it that there is one.
  const [root] = operation ? rootFields(document, operation) : [];
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
    throw new TrumpetError('BAD_INPUT', sentence(errors.map(({ message }) => message).join(' ')));
  }
  return {
    field: definition.name,
    arguments: argumentsOf(() => getArgumentValues(definition, root, coerced)),
    shareKey: shareKey(document, operation, root, coerced),
    isViewerDependent: selectsMarkedField(schema, document, 'viewerDependent'),
    isRoomBound: !selectsMarkedField(schema, document, 'leadsOutOfRoom'),
  };
}

function argumentsOf(read: () => Record<string, unknown>): SubscriptionPlan['arguments'] {
  try {
    return read() as SubscriptionPlan['arguments'];
  } catch (error) {
    throw new TrumpetError(
      'BAD_INPUT',
      error instanceof Error ? sentence(error.message) : undefined,
    );
  }
}

/** The fields of an operation, and of the fragments in it. */
export function rootFields(
  document: DocumentNode,
  operation: OperationDefinitionNode,
): FieldNode[] {
  const fields: FieldNode[] = [];
  const pending = [...operation.selectionSet.selections];
  for (let selection = pending.shift(); selection; selection = pending.shift()) {
    if (selection.kind === Kind.FIELD) {
      fields.push(selection);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
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
  return fields;
}

/** Document, operation and variables, without those that only say which room, and where to resume. */
function shareKey(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  root: FieldNode,
  coerced: Record<string, unknown>,
): string {
  const ofRoot = variablesOfRoot(document, operation, root);
  const variables = Object.entries(coerced)
    .filter(([name]) => !ofRoot.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(document.loc?.source.body ?? '')
    .update('\0')
    .update(operation.name?.value ?? '')
    .update('\0')
    .update(JSON.stringify(variables))
    .digest('base64url');
}

const variablesOfRoots = new WeakMap<OperationDefinitionNode, readonly string[]>();

/** The variables that are arguments of the root field and nothing else. The same for every subscriber of a document. */
function variablesOfRoot(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  root: FieldNode,
): readonly string[] {
  const known = variablesOfRoots.get(operation);
  if (known !== undefined) {
    return known;
  }
  const found = (root.arguments ?? []).flatMap(({ value }) =>
    value.kind === Kind.VARIABLE && usesOf(document, value.name.value) === 1
      ? value.name.value
      : [],
  );
  variablesOfRoots.set(operation, found);
  return found;
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

type Mark = 'viewerDependent' | 'leadsOutOfRoom';

const marks: Readonly<Record<Mark, WeakMap<DocumentNode, boolean>>> = {
  viewerDependent: new WeakMap(),
  leadsOutOfRoom: new WeakMap(),
};

/** Whether a document selects any field that a plugin has marked so in its extensions. */
export function selectsMarkedField(
  schema: GraphQLSchema,
  document: DocumentNode,
  mark: Mark,
): boolean {
  const known = marks[mark].get(document);
  if (known !== undefined) {
    return known;
  }
  let found = false;
  const typeInfo = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field(node) {
        found ||= isMarked(schema, typeInfo.getParentType(), node.name.value, mark);
      },
    }),
  );
  marks[mark].set(document, found);
  return found;
}

function isMarked(
  schema: GraphQLSchema,
  parent: GraphQLCompositeType | null | undefined,
  fieldName: string,
  mark: Mark,
): boolean {
  if (!parent) {
    return false;
  }
  const types = isAbstractType(parent) ? [parent, ...schema.getPossibleTypes(parent)] : [parent];
  return types.some(
    (type) => 'getFields' in type && type.getFields()[fieldName]?.extensions[mark] === true,
  );
}
