import {
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  Kind,
  type OperationDefinitionNode,
  type ValueNode,
} from 'grafast/graphql';
import { type QueryLimits, refuseAbove } from './query-limits.ts';

/** An operation and the variables that it is to be run with, before anyone has looked at them. */
export interface Question {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What the arguments of one question are given, in its text and in its variables. */
export interface GivenValues {
  /** A number, a list (what is in it is of no interest here), null, undefined, or anything else as it is. */
  valueAt(node: ValueNode | undefined): unknown;
  /** Values that a field's arguments are given, beyond one each. */
  weighArguments(field: GraphQLField<unknown, unknown>, node: FieldNode): number;
}

/** Refuses, when it comes to one, a list of names that is too long. */
export function createGivenValues(
  { operation, variables }: Question,
  limits: QueryLimits,
): GivenValues {
  const valueAt = createValueReader(operation, variables);
  const variableSizes = new Map<string, number>();

  return { valueAt, weighArguments };

  function weighArguments(field: GraphQLField<unknown, unknown>, node: FieldNode): number {
    let values = 0;
    for (const { name, value } of node.arguments ?? []) {
      const type = field.args.find((argument) => argument.name === name.value)?.type;
      values += countGiven(type, value) - 1;
    }
    return values;
  }

  function countGiven(type: GraphQLInputType | undefined, node: ValueNode): number {
    const named = type === undefined ? undefined : getNamedType(type);
    const given = valueAt(node);
    if (isEnumType(named) && Array.isArray(given)) {
      refuseAbove(limits, 'listedNames', given.length);
    }
    switch (node.kind) {
      case Kind.LIST:
        return node.values.reduce((sum, item) => sum + countGiven(named, item), 1);
      case Kind.OBJECT:
        return node.fields.reduce((sum, { name, value }) => {
          const inner = isInputObjectType(named) ? named.getFields()[name.value]?.type : undefined;
          return sum + countGiven(inner, value);
        }, 1);
      case Kind.VARIABLE:
        return sizeOfVariable(node.name.value);
      default:
        return 1;
    }
  }

  function sizeOfVariable(name: string): number {
    const known = variableSizes.get(name);
    if (known !== undefined) {
      return known;
    }
    const { values } = sizeOfValue(variables[name], limits);
    variableSizes.set(name, values);
    return values;
  }
}

function createValueReader(
  operation: OperationDefinitionNode,
  variables: Question['variables'],
): GivenValues['valueAt'] {
  const defaults = new Map(
    operation.variableDefinitions?.map(({ variable, defaultValue }) => [
      variable.name.value,
      defaultValue,
    ]),
  );

  return valueAt;

  function valueAt(node: ValueNode | undefined): unknown {
    switch (node?.kind) {
      case Kind.VARIABLE: {
        const given = variables[node.name.value];
        return given === undefined ? valueAt(defaults.get(node.name.value)) : given;
      }
      case Kind.INT:
        return Number(node.value);
      case Kind.LIST:
        return node.values;
      case Kind.NULL:
        return null;
      default:
        return node;
    }
  }
}

/** Stops counting beyond the limits. */
export function sizeOfValue(
  value: unknown,
  limits: QueryLimits,
): { values: number; depth: number } {
  let values = 0;
  let depth = 0;
  const open: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    values += 1;
    depth = Math.max(depth, next.depth);
    if (depth > limits.valueDepth) {
      break;
    }
    if (typeof next.value === 'object' && next.value !== null) {
      const items = Array.isArray(next.value) ? next.value : Object.values(next.value);
      if (values + open.length + items.length > limits.values) {
        return { values: values + open.length + items.length, depth };
      }
      for (const item of items) {
        open.push({ value: item, depth: next.depth + 1 });
      }
    }
  }
  return { values, depth };
}
