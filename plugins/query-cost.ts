import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'grafast/graphql';
import { TrumpetError } from '../src/errors/codes.ts';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from './page-size.ts';

/** What one document may ask for. A page of 100 messages with all their parts costs about 18,000. */
export const QUERY_LIMITS = {
  /** Words and signs; graphql-js stops reading there. */
  tokens: 2_000,
  /** Fields written in the document, fragments counted once: checking them for conflicts takes time by the square. */
  fields: 500,
  /** Fields at the top of one operation, by whatever alias. */
  rootFields: 10,
  /** Fields below one another. */
  depth: 12,
  /** Fields below one another in `__schema` and `__type`; GraphiQL's own question has 15. */
  introspectionDepth: 16,
  /** Values in the answer, estimated by page sizes. */
  cost: 25_000,
} as const;

/** How many items a list without page size is taken to have, such as a message's reactions. */
const PLAIN_LIST_SIZE = 10;

/** The lists of introspection that lead to types again: one inside itself would multiply the whole schema. */
const INTROSPECTION_LISTS = new Set(['fields', 'inputFields', 'interfaces', 'possibleTypes']);

interface Weight {
  readonly depth: number;
  readonly cost: number;
}

/**
 * Checks a document against `QUERY_LIMITS`. Every operation in it has to pass, whichever will be run. Needs no valid
 * document: what it does not know counts as a plain field, and a fragment inside itself counts nothing; validation
 * refuses both afterwards. Each fragment is weighed once, so the check takes time by the length of the document.
 *
 * Variables are not known here, as the verdict is kept for the next request with the same document: a page size in a
 * variable is taken to be the largest.
 *
 * @throws TrumpetError QUERY_TOO_COMPLEX that names the limit.
 */
export function checkQueryCost(schema: GraphQLSchema, document: DocumentNode): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  let fields = 0;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    }
    if ('selectionSet' in definition && definition.selectionSet !== undefined) {
      fields += countFields(definition.selectionSet);
    }
  }
  refuseAbove('fields', fields);
  const scale = makeScale(schema, fragments);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) {
      refuseAbove('rootFields', scale.countRootFields(definition.selectionSet));
      const { depth, cost } = scale.weigh(definition);
      refuseAbove('depth', depth);
      refuseAbove('cost', cost);
    }
  }
}

const LIMIT_NAMES = {
  fields: 'fields written in one document',
  rootFields: 'fields at the top',
  depth: 'fields below one another',
  introspectionDepth: 'fields of introspection below one another',
  cost: 'values, by its page sizes',
} as const;

function refuseAbove(name: keyof typeof LIMIT_NAMES, amount: number): void {
  if (amount > QUERY_LIMITS[name]) {
    throw new TrumpetError(
      'QUERY_TOO_COMPLEX',
      `This query asks for too much at once: at most ${QUERY_LIMITS[name]} ${LIMIT_NAMES[name]}.`,
    );
  }
}

function countFields(selectionSet: SelectionSetNode): number {
  let count = 0;
  const open = [selectionSet];
  for (let set = open.pop(); set !== undefined; set = open.pop()) {
    for (const selection of set.selections) {
      count += selection.kind === Kind.FIELD ? 1 : 0;
      if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet !== undefined) {
        open.push(selection.selectionSet);
      }
    }
  }
  return count;
}

/** How deep a part of an introspection goes, and through which lists. */
interface Introspection {
  readonly depth: number;
  readonly lists: ReadonlySet<string>;
}

function makeScale(schema: GraphQLSchema, fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
  /** A fragment always stands on its own type, but its lists are as long as the page it is spread in. */
  const weighedFragments = new Map<string, Weight>();
  const introspectedFragments = new Map<string, Introspection>();
  const rootFieldsOfFragment = new Map<string, number>();

  return { weigh, countRootFields };

  function weigh(operation: OperationDefinitionNode): Weight {
    return weighSelections(
      schema.getRootType(operation.operation) ?? undefined,
      operation.selectionSet,
      undefined,
    );
  }

  /** `pageSize` is set directly below a connection: its `nodes` and `edges` have that many items. */
  function weighSelections(
    type: GraphQLNamedType | undefined,
    selectionSet: SelectionSetNode,
    pageSize: number | undefined,
  ): Weight {
    let depth = 0;
    let cost = 0;
    for (const selection of selectionSet.selections) {
      const weight =
        selection.kind === Kind.FIELD
          ? weighField(type, selection, pageSize)
          : selection.kind === Kind.INLINE_FRAGMENT
            ? weighSelections(conditionOf(selection) ?? type, selection.selectionSet, pageSize)
            : weighFragment(selection.name.value, pageSize);
      depth = Math.max(depth, weight.depth);
      cost += weight.cost;
    }
    return { depth, cost };
  }

  function weighFragment(name: string, pageSize: number | undefined): Weight {
    const key = `${name} ${pageSize ?? ''}`;
    const known = weighedFragments.get(key);
    if (known !== undefined) {
      return known;
    }
    const fragment = fragments.get(name);
    if (fragment === undefined) {
      return { depth: 0, cost: 0 };
    }
    weighedFragments.set(key, { depth: 0, cost: 0 });
    const weight = weighSelections(conditionOf(fragment), fragment.selectionSet, pageSize);
    weighedFragments.set(key, weight);
    return weight;
  }

  function weighField(
    parent: GraphQLNamedType | undefined,
    node: FieldNode,
    pageSize: number | undefined,
  ): Weight {
    const field = fieldOf(parent, node.name.value);
    if (field === SchemaMetaFieldDef || field === TypeMetaFieldDef) {
      refuseAbove('introspectionDepth', 1 + weighIntrospection(node.selectionSet).depth);
      return { depth: 1, cost: 1 };
    }
    if (field === undefined || node.selectionSet === undefined) {
      return { depth: 1, cost: 1 };
    }
    const type = getNamedType(field.type);
    const isList = isListType(getNullableType(field.type));
    const ownPageSize = field.args.some(({ name }) => name === 'first')
      ? pageSizeOf(node)
      : undefined;
    const items = isList ? (pageSize ?? ownPageSize ?? PLAIN_LIST_SIZE) : 1;
    const inner = weighSelections(type, node.selectionSet, isList ? undefined : ownPageSize);
    return { depth: inner.depth + 1, cost: 1 + items * inner.cost };
  }

  /**
   * Introspection reads memory, not tables, so it has no cost of its own; but the lists that lead from type to type
   * must not stand inside themselves, or a short query would print the schema many times over.
   */
  function weighIntrospection(selectionSet: SelectionSetNode | undefined): Introspection {
    let depth = 0;
    const lists = new Set<string>();
    for (const selection of selectionSet?.selections ?? []) {
      const below =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? weighIntrospectionFragment(selection.name.value)
          : weighIntrospection(selection.selectionSet);
      for (const list of below.lists) {
        lists.add(list);
      }
      depth = Math.max(depth, below.depth + (selection.kind === Kind.FIELD ? 1 : 0));
      if (selection.kind === Kind.FIELD && INTROSPECTION_LISTS.has(selection.name.value)) {
        if (below.lists.has(selection.name.value)) {
          throw new TrumpetError(
            'QUERY_TOO_COMPLEX',
            'This introspection query repeats the schema.',
          );
        }
        lists.add(selection.name.value);
      }
    }
    return { depth, lists };
  }

  function weighIntrospectionFragment(name: string): Introspection {
    const known = introspectedFragments.get(name);
    if (known !== undefined) {
      return known;
    }
    introspectedFragments.set(name, { depth: 0, lists: new Set() });
    const weight = weighIntrospection(fragments.get(name)?.selectionSet);
    introspectedFragments.set(name, weight);
    return weight;
  }

  function countRootFields(selectionSet: SelectionSetNode): number {
    let count = 0;
    for (const selection of selectionSet.selections) {
      if (selection.kind === Kind.FIELD) {
        count += 1;
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        count += countRootFields(selection.selectionSet);
      } else {
        count += countRootFieldsOfFragment(selection.name.value);
      }
    }
    return count;
  }

  function countRootFieldsOfFragment(name: string): number {
    const known = rootFieldsOfFragment.get(name);
    if (known !== undefined) {
      return known;
    }
    rootFieldsOfFragment.set(name, 0);
    const fragment = fragments.get(name);
    const count = fragment === undefined ? 0 : countRootFields(fragment.selectionSet);
    rootFieldsOfFragment.set(name, count);
    return count;
  }

  function fieldOf(
    type: GraphQLNamedType | undefined,
    name: string,
  ): GraphQLField<unknown, unknown> | undefined {
    if (type !== undefined && type === schema.getQueryType()) {
      if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
      if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
    }
    return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
  }

  function conditionOf(node: { typeCondition?: { name: { value: string } } | undefined }) {
    const type =
      node.typeCondition === undefined ? undefined : schema.getType(node.typeCondition.name.value);
    return isCompositeType(type) ? type : undefined;
  }
}

/** How long the page is that a field asks for, or could be asked to be by its variables. */
function pageSizeOf(node: FieldNode): number {
  let size: number | undefined;
  for (const argument of node.arguments ?? []) {
    if (argument.name.value === 'first' || argument.name.value === 'last') {
      size =
        argument.value.kind === Kind.INT
          ? Math.min(Number(argument.value.value), MAX_PAGE_SIZE)
          : MAX_PAGE_SIZE;
    }
  }
  return size ?? DEFAULT_PAGE_SIZE;
}
