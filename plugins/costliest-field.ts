import {
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  Kind,
  type SelectionSetNode,
} from 'grafast/graphql';
import { conditionOf, type Fragments, fieldOf } from './document-parts.ts';
import type { GivenValues } from './given-values.ts';
import { itemsOf, type Scale } from './query-weight.ts';

/** A field that costs most, by the way to it, and what it costs in all. */
export interface CostliestField {
  readonly path: string;
  readonly cost: number;
}

interface CostliestOptions {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly given: GivenValues;
  readonly scale: Scale;
}

/** Goes down from field to field for as long as one of them has half of all the cost. */
export function findCostliest(
  { schema, fragments, given, scale }: CostliestOptions,
  root: GraphQLNamedType | undefined,
  selections: SelectionSetNode,
): CostliestField {
  return costliest(root, selections, undefined);

  function costliest(
    type: GraphQLNamedType | undefined,
    selectionSet: SelectionSetNode,
    pageSize: number | undefined,
  ): CostliestField {
    let most: { parent: GraphQLNamedType | undefined; node: FieldNode; cost: number } | undefined;
    const seen = new Set<string>();
    const open: { type: GraphQLNamedType | undefined; set: SelectionSetNode }[] = [
      { type, set: selectionSet },
    ];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const selection of next.set.selections) {
        if (selection.kind === Kind.FIELD) {
          const { cost } = scale.weighField(next.type, selection, pageSize);
          if (most === undefined || cost > most.cost) {
            most = { parent: next.type, node: selection, cost };
          }
        } else if (selection.kind === Kind.INLINE_FRAGMENT) {
          open.push({
            type: conditionOf(schema, selection) ?? next.type,
            set: selection.selectionSet,
          });
        } else if (!seen.has(selection.name.value)) {
          seen.add(selection.name.value);
          const fragment = fragments.get(selection.name.value);
          if (fragment !== undefined) {
            open.push({ type: conditionOf(schema, fragment), set: fragment.selectionSet });
          }
        }
      }
    }
    if (most === undefined) {
      return { path: '', cost: 0 };
    }
    const { parent, node, cost } = most;
    const name = (node.alias ?? node.name).value;
    const field = fieldOf(schema, parent, node.name.value);
    if (field === undefined || node.selectionSet === undefined) {
      return { path: name, cost };
    }
    const { items, innerPageSize } = itemsOf(given, { field, node, pageSize });
    const inner = costliest(getNamedType(field.type), node.selectionSet, innerPageSize);
    return inner.cost > 1 && items * inner.cost * 2 > cost
      ? { path: `${name}.${inner.path}`, cost: items * inner.cost }
      : { path: name, cost };
  }
}
