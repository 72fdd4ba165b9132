import {
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isListType,
  Kind,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'grafast/graphql';
import { conditionOf, type Fragments, fieldOf } from './document-parts.ts';
import type { GivenValues } from './given-values.ts';
import { defaultPageSizeOf, MAX_PAGE_SIZE } from './page-size.ts';

export interface Weight {
  /** Values in the answer. */
  readonly cost: number;
  /** Values in the lists of arguments. */
  readonly values: number;
}

const WEIGHTLESS: Weight = { cost: 0, values: 0 };

/** A field with what it costs in all, and how often what is below it comes. */
export interface WeighedField extends Weight {
  readonly items: number;
}

/** How long a list without page size is taken to be. */
const PLAIN_LIST_SIZE = 10;

/** What selections cost, by the pages that they ask for. */
export interface Scale {
  /** `pageSize` is set directly below a connection: its `nodes` and `edges` have that many items. */
  weighSelections(
    type: GraphQLNamedType | undefined,
    selectionSet: SelectionSetNode,
    pageSize: number | undefined,
  ): Weight;
  weighField(
    parent: GraphQLNamedType | undefined,
    node: FieldNode,
    pageSize: number | undefined,
  ): WeighedField;
}

interface ScaleOptions {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly given: GivenValues;
}

export function createScale({ schema, fragments, given }: ScaleOptions): Scale {
  /** A fragment always stands on its own type, but its lists are as long as the page it is spread in. */
  const weighedFragments = new Map<string, Weight>();

  return { weighSelections, weighField };

  function weighSelections(
    type: GraphQLNamedType | undefined,
    selectionSet: SelectionSetNode,
    pageSize: number | undefined,
  ): Weight {
    let { cost, values } = WEIGHTLESS;
    for (const selection of selectionSet.selections) {
      const weight =
        selection.kind === Kind.FIELD
          ? weighField(type, selection, pageSize)
          : selection.kind === Kind.INLINE_FRAGMENT
            ? weighSelections(
                conditionOf(schema, selection) ?? type,
                selection.selectionSet,
                pageSize,
              )
            : weighFragment(selection.name.value, pageSize);
      cost += weight.cost;
      values += weight.values;
    }
    return { cost, values };
  }

  function weighFragment(name: string, pageSize: number | undefined): Weight {
    const key = `${name} ${pageSize ?? ''}`;
    const known = weighedFragments.get(key);
    if (known !== undefined) {
      return known;
    }
    const fragment = fragments.get(name);
    if (fragment === undefined) {
      return WEIGHTLESS;
    }
    weighedFragments.set(key, WEIGHTLESS);
    const weight = weighSelections(conditionOf(schema, fragment), fragment.selectionSet, pageSize);
    weighedFragments.set(key, weight);
    return weight;
  }

  function weighField(
    parent: GraphQLNamedType | undefined,
    node: FieldNode,
    pageSize: number | undefined,
  ): WeighedField {
    const field = fieldOf(schema, parent, node.name.value);
    const own = field === undefined ? 0 : given.weighArguments(field, node);
    if (
      field === undefined ||
      field === SchemaMetaFieldDef ||
      field === TypeMetaFieldDef ||
      node.selectionSet === undefined
    ) {
      return { cost: 1, values: own, items: 1 };
    }
    const { items, innerPageSize } = itemsOf(given, { field, node, pageSize });
    const inner = weighSelections(getNamedType(field.type), node.selectionSet, innerPageSize);
    return { cost: 1 + items * inner.cost, values: own + inner.values, items };
  }
}

/** How often what is below a field comes, and how long the page is that it opens. */
export function itemsOf(
  given: GivenValues,
  { field, node, pageSize }: WeighedPlace,
): { items: number; innerPageSize: number | undefined } {
  const ownPageSize = field.args.some(({ name }) => name === 'first')
    ? pageSizeOf(given, field, node)
    : undefined;
  return isListType(getNullableType(field.type))
    ? { items: pageSize ?? ownPageSize ?? PLAIN_LIST_SIZE, innerPageSize: undefined }
    : { items: 1, innerPageSize: ownPageSize };
}

/** A field where it stands in a document. */
interface WeighedPlace {
  readonly field: GraphQLField<unknown, unknown>;
  readonly node: FieldNode;
  readonly pageSize: number | undefined;
}

/** How long the page is that a field asks for. */
function pageSizeOf(
  given: GivenValues,
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
): number {
  for (const { name, value } of node.arguments ?? []) {
    if (name.value === 'first' || name.value === 'last') {
      const size = given.valueAt(value);
      if (typeof size === 'number') {
        return Math.max(0, Math.min(size, MAX_PAGE_SIZE));
      }
      if (size !== undefined && size !== null) {
        return MAX_PAGE_SIZE; // No number: whoever coerces it will say so.
      }
    }
  }
  return defaultPageSizeOf(field);
}
