import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  type ValueNode,
} from 'grafast/graphql';
import { TrumpetError } from '../src/errors/codes.ts';
import { defaultPageSizeOf, MAX_PAGE_SIZE } from './page-size.ts';

/** What one request may ask for. */
export interface QueryLimits {
  /** Words and signs; graphql-js stops reading there. */
  readonly tokens: number;
  /** Fields written in the document, fragments counted once: checking them for conflicts takes time by the square. */
  readonly fields: number;
  /** Fields at the top of one operation, by whatever alias. */
  readonly rootFields: number;
  /** Fields below one another. */
  readonly depth: number;
  /** Fields below one another in `__schema` and `__type`; GraphiQL's own question has 15. */
  readonly introspectionDepth: number;
  /** Fields that are objects, pages not counted: each takes the planner about a millisecond. */
  readonly objects: number;
  /** Values in the answer, estimated by page sizes. A page of 100 messages with all their parts costs about 30,000. */
  readonly cost: number;
  /** Values in variables, and in the lists that arguments are given, as often as they are given. */
  readonly values: number;
  /** Values below one another in a variable. */
  readonly valueDepth: number;
  /** Items of a list of names, such as `orderBy`: each is a part of the plan. */
  readonly listedNames: number;
}

export const QUERY_LIMITS: QueryLimits = {
  tokens: 2_000,
  fields: 500,
  rootFields: 10,
  depth: 12,
  introspectionDepth: 16,
  objects: 60,
  cost: 35_000,
  values: 5_000,
  valueDepth: 20,
  listedNames: 4,
};

/** For those who have not signed in: they sign up and in, and look the schema up. */
export const VISITOR_LIMITS: QueryLimits = {
  ...QUERY_LIMITS,
  tokens: 1_000,
  fields: 150,
  objects: 12,
  cost: 2_000,
  values: 100,
  valueDepth: 5,
};

/** How many items a list without page size is taken to have. */
const PLAIN_LIST_SIZE = 10;

/** The lists of introspection that lead to types again: one inside itself would multiply the whole schema. */
const INTROSPECTION_LISTS = new Set(['fields', 'inputFields', 'interfaces', 'possibleTypes']);

/** Fields that are the pages of a list and no further object. */
const PAGE_FIELDS = new Set(['nodes', 'edges', 'node', 'pageInfo']);

type LimitName = Exclude<keyof QueryLimits, 'tokens' | 'cost'>;

const LIMIT_NAMES: Readonly<Record<LimitName, string>> = {
  fields: 'fields written in one document',
  rootFields: 'fields at the top',
  depth: 'fields below one another',
  introspectionDepth: 'fields of introspection below one another',
  objects: 'fields that are objects',
  values: 'values in variables and lists',
  valueDepth: 'values below one another in a variable',
  listedNames: 'names in a list',
};

function refuseAbove(limits: QueryLimits, name: LimitName, amount: number): void {
  if (amount > limits[name]) {
    throw new TrumpetError(
      'QUERY_TOO_COMPLEX',
      `This query has ${whole(amount)} ${LIMIT_NAMES[name]}: at most ${whole(limits[name])} are allowed.`,
    );
  }
}

function whole(amount: number): string {
  return amount.toLocaleString('en');
}

/** How large a document is, whatever its variables are: the largest of its operations counts. */
export interface DocumentSize {
  readonly fields: number;
  readonly rootFields: number;
  readonly depth: number;
  readonly introspectionDepth: number;
  readonly objects: number;
}

/**
 * Measures a document. Needs no valid one: what it does not know counts as a plain field, and a fragment inside itself
 * counts nothing; validation refuses both afterwards. Each fragment is measured once, so it takes time by the length of
 * the document.
 *
 * @throws TrumpetError QUERY_TOO_COMPLEX for an introspection that repeats the schema.
 */
export function sizeOfDocument(schema: GraphQLSchema, document: DocumentNode): DocumentSize {
  const fragments = fragmentsOf(document);
  const size = { fields: 0, rootFields: 0, depth: 0, introspectionDepth: 0, objects: 0 };
  for (const definition of document.definitions) {
    if ('selectionSet' in definition && definition.selectionSet !== undefined) {
      size.fields += countFields(definition.selectionSet);
    }
  }
  const ruler = makeRuler(schema, fragments);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) {
      const { depth, objects, introspectionDepth } = ruler.measure(definition);
      size.rootFields = Math.max(size.rootFields, ruler.countRootFields(definition.selectionSet));
      size.depth = Math.max(size.depth, depth);
      size.objects = Math.max(size.objects, objects);
      size.introspectionDepth = Math.max(size.introspectionDepth, introspectionDepth);
    }
  }
  return size;
}

/** @throws TrumpetError QUERY_TOO_COMPLEX that names the limit, and how much was asked for. */
export function checkDocumentSize(size: DocumentSize, limits: QueryLimits): void {
  for (const name of Object.keys(size) as (keyof DocumentSize)[]) {
    refuseAbove(limits, name, size[name]);
  }
}

/** An operation and the variables that it is to be run with, before anyone has looked at them. */
export interface Question {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Checks what a question would give and what it gives: values in the answer by its page sizes, values in its variables
 * and lists. In time by its length, and before anything is planned.
 *
 * @throws TrumpetError QUERY_TOO_COMPLEX; about the answer it names the field that costs most.
 */
export function checkQuestion(
  schema: GraphQLSchema,
  question: Question,
  limits: QueryLimits,
): void {
  const given = sizeOfValue(question.variables, limits);
  refuseAbove(limits, 'values', given.values);
  refuseAbove(limits, 'valueDepth', given.depth);
  const scale = makeScale(schema, question, limits);
  const { cost, values } = scale.weigh();
  refuseAbove(limits, 'values', values);
  if (cost > limits.cost) {
    const most = scale.costliest();
    throw new TrumpetError(
      'QUERY_TOO_COMPLEX',
      `This query asks for up to ${whole(cost)} values, by its page sizes: at most ${whole(limits.cost)} are allowed. Most of them, ${whole(most.cost)}, are in ${most.path}: ask for fewer there.`,
    );
  }
}

/** Stops counting beyond the limits. */
function sizeOfValue(value: unknown, limits: QueryLimits): { values: number; depth: number } {
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

function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    }
  }
  return fragments;
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

interface Measure {
  readonly depth: number;
  readonly objects: number;
  readonly introspectionDepth: number;
}

const NOTHING: Measure = { depth: 0, objects: 0, introspectionDepth: 0 };

/** How deep a part of an introspection goes, and through which lists. */
interface Introspection {
  readonly depth: number;
  readonly lists: ReadonlySet<string>;
}

function makeRuler(schema: GraphQLSchema, fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
  const measuredFragments = new Map<string, Measure>();
  const introspectedFragments = new Map<string, Introspection>();
  const rootFieldsOfFragment = new Map<string, number>();

  return { measure, countRootFields };

  function measure(operation: OperationDefinitionNode): Measure {
    return measureSelections(
      schema.getRootType(operation.operation) ?? undefined,
      operation.selectionSet,
    );
  }

  function measureSelections(
    type: GraphQLNamedType | undefined,
    selectionSet: SelectionSetNode,
  ): Measure {
    let { depth, objects, introspectionDepth } = NOTHING;
    for (const selection of selectionSet.selections) {
      const part =
        selection.kind === Kind.FIELD
          ? measureField(type, selection)
          : selection.kind === Kind.INLINE_FRAGMENT
            ? measureSelections(conditionOf(schema, selection) ?? type, selection.selectionSet)
            : measureFragment(selection.name.value);
      depth = Math.max(depth, part.depth);
      objects += part.objects;
      introspectionDepth = Math.max(introspectionDepth, part.introspectionDepth);
    }
    return { depth, objects, introspectionDepth };
  }

  function measureFragment(name: string): Measure {
    const known = measuredFragments.get(name);
    if (known !== undefined) {
      return known;
    }
    const fragment = fragments.get(name);
    if (fragment === undefined) {
      return NOTHING;
    }
    measuredFragments.set(name, NOTHING);
    const size = measureSelections(conditionOf(schema, fragment), fragment.selectionSet);
    measuredFragments.set(name, size);
    return size;
  }

  function measureField(parent: GraphQLNamedType | undefined, node: FieldNode): Measure {
    const field = fieldOf(schema, parent, node.name.value);
    if (field === SchemaMetaFieldDef || field === TypeMetaFieldDef) {
      const introspectionDepth = 1 + measureIntrospection(node.selectionSet).depth;
      return { depth: 1, objects: 1, introspectionDepth };
    }
    if (field === undefined || node.selectionSet === undefined) {
      return { ...NOTHING, depth: 1 };
    }
    const inner = measureSelections(getNamedType(field.type), node.selectionSet);
    return {
      depth: inner.depth + 1,
      objects: inner.objects + (PAGE_FIELDS.has(field.name) ? 0 : 1),
      introspectionDepth: inner.introspectionDepth,
    };
  }

  /**
   * Introspection reads memory, not tables, so it has no cost of its own; but the lists that lead from type to type
   * must not stand inside themselves, or a short query would print the schema many times over.
   */
  function measureIntrospection(selectionSet: SelectionSetNode | undefined): Introspection {
    let depth = 0;
    const lists = new Set<string>();
    for (const selection of selectionSet?.selections ?? []) {
      const below =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? measureIntrospectionFragment(selection.name.value)
          : measureIntrospection(selection.selectionSet);
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

  function measureIntrospectionFragment(name: string): Introspection {
    const known = introspectedFragments.get(name);
    if (known !== undefined) {
      return known;
    }
    introspectedFragments.set(name, { depth: 0, lists: new Set() });
    const size = measureIntrospection(fragments.get(name)?.selectionSet);
    introspectedFragments.set(name, size);
    return size;
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
}

interface Weight {
  /** Values in the answer. */
  readonly cost: number;
  /** Values in the lists of arguments. */
  readonly values: number;
}

const WEIGHTLESS: Weight = { cost: 0, values: 0 };

/** A field with what it costs in all, and how often what is below it comes. */
interface WeighedField extends Weight {
  readonly items: number;
}

function makeScale(
  schema: GraphQLSchema,
  { document, operation, variables }: Question,
  limits: QueryLimits,
) {
  const fragments = fragmentsOf(document);
  const defaults = new Map(
    operation.variableDefinitions?.map(({ variable, defaultValue }) => [
      variable.name.value,
      defaultValue,
    ]),
  );
  /** A fragment always stands on its own type, but its lists are as long as the page it is spread in. */
  const weighedFragments = new Map<string, Weight>();
  const variableSizes = new Map<string, number>();
  const root = schema.getRootType(operation.operation) ?? undefined;

  return {
    weigh: () => weighSelections(root, operation.selectionSet, undefined),
    costliest: () => costliest(root, operation.selectionSet, undefined),
  };

  /** `pageSize` is set directly below a connection: its `nodes` and `edges` have that many items. */
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
    const given = field === undefined ? 0 : weighArguments(field, node);
    if (
      field === undefined ||
      field === SchemaMetaFieldDef ||
      field === TypeMetaFieldDef ||
      node.selectionSet === undefined
    ) {
      return { cost: 1, values: given, items: 1 };
    }
    const { items, innerPageSize } = itemsOf(field, node, pageSize);
    const inner = weighSelections(getNamedType(field.type), node.selectionSet, innerPageSize);
    return { cost: 1 + items * inner.cost, values: given + inner.values, items };
  }

  /** How often what is below a field comes, and how long the page is that it opens. */
  function itemsOf(
    field: GraphQLField<unknown, unknown>,
    node: FieldNode,
    pageSize: number | undefined,
  ): { items: number; innerPageSize: number | undefined } {
    const ownPageSize = field.args.some(({ name }) => name === 'first')
      ? pageSizeOf(field, node)
      : undefined;
    return isListType(getNullableType(field.type))
      ? { items: pageSize ?? ownPageSize ?? PLAIN_LIST_SIZE, innerPageSize: undefined }
      : { items: 1, innerPageSize: ownPageSize };
  }

  /** How long the page is that a field asks for. */
  function pageSizeOf(field: GraphQLField<unknown, unknown>, node: FieldNode): number {
    for (const { name, value } of node.arguments ?? []) {
      if (name.value === 'first' || name.value === 'last') {
        const size = givenValue(value);
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

  /** Values that a field's arguments are given, beyond one each. */
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
    const given = givenValue(node);
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

  /** A number, a list (what is in it is of no interest here), null, undefined, or anything else as it is. */
  function givenValue(node: ValueNode | undefined): unknown {
    switch (node?.kind) {
      case Kind.VARIABLE: {
        const given = variables[node.name.value];
        return given === undefined ? givenValue(defaults.get(node.name.value)) : given;
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

  /** Goes down from field to field for as long as one of them has half of all the cost. */
  function costliest(
    type: GraphQLNamedType | undefined,
    selectionSet: SelectionSetNode,
    pageSize: number | undefined,
  ): { readonly path: string; readonly cost: number } {
    let most: { parent: GraphQLNamedType | undefined; node: FieldNode; cost: number } | undefined;
    const seen = new Set<string>();
    const open: { type: GraphQLNamedType | undefined; set: SelectionSetNode }[] = [
      { type, set: selectionSet },
    ];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const selection of next.set.selections) {
        if (selection.kind === Kind.FIELD) {
          const { cost } = weighField(next.type, selection, pageSize);
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
    const { items, innerPageSize } = itemsOf(field, node, pageSize);
    const inner = costliest(getNamedType(field.type), node.selectionSet, innerPageSize);
    return inner.cost > 1 && items * inner.cost * 2 > cost
      ? { path: `${name}.${inner.path}`, cost: items * inner.cost }
      : { path: name, cost };
  }
}

function fieldOf(
  schema: GraphQLSchema,
  type: GraphQLNamedType | undefined,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (type !== undefined && type === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  }
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
}

function conditionOf(
  schema: GraphQLSchema,
  node: { typeCondition?: { name: { value: string } } | undefined },
) {
  const type =
    node.typeCondition === undefined ? undefined : schema.getType(node.typeCondition.name.value);
  return isCompositeType(type) ? type : undefined;
}
