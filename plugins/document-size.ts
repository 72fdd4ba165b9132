import {
  type DocumentNode,
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'grafast/graphql';
import { conditionOf, type Fragments, fieldOf, fragmentsOf } from './document-parts.ts';
import { createIntrospectionRuler } from './introspection-size.ts';
import { type QueryLimits, refuseAbove } from './query-limits.ts';

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
  const measure = createRuler(schema, fragments);
  const countRootFields = createRootFieldCount(fragments);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) {
      const { depth, objects, introspectionDepth } = measure(definition);
      size.rootFields = Math.max(size.rootFields, countRootFields(definition.selectionSet));
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

/** Fields that are the pages of a list and no further object. */
const PAGE_FIELDS = new Set(['nodes', 'edges', 'node', 'pageInfo']);

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

/** Measures operations, by the fields below one another. Each fragment is measured once. */
function createRuler(
  schema: GraphQLSchema,
  fragments: Fragments,
): (operation: OperationDefinitionNode) => Measure {
  const measureIntrospection = createIntrospectionRuler(fragments);
  const measuredFragments = new Map<string, Measure>();

  return measure;

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
}

/** How many fields stand at the top of an operation, those of fragments included. Each fragment is counted once. */
function createRootFieldCount(fragments: Fragments): (selectionSet: SelectionSetNode) => number {
  const rootFieldsOfFragment = new Map<string, number>();

  return countRootFields;

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
