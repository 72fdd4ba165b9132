import type { GraphQLInputType, GraphQLOutputType } from 'grafast/graphql';
import { hasSmartTag } from './smart-tags.ts';

/** A relation that carries it may lead to nothing, though its columns are never null. */
const MAY_BE_GONE = 'mayBeGone';

/**
 * PostGraphile lets most fields be null, since policies may hide what a column leads to. Here whoever sees a row sees
 * the people and the room that it names, so clients need not look for null:
 *
 * - what a mutation gives: whatever it refuses is an error,
 * - lists and connections, which are empty rather than null, and the cursors in them,
 * - what a column leads to that is never null itself, unless the relation is tagged `@mayBeGone`,
 * - the items of an array, in what is asked for and in what is given.
 *
 * Single columns and functions say so by `@notNull` in resource-tags.ts. Fields of Query and Mutation may all be null:
 * there an error ends, and leaves the rest of the answer whole.
 */
export const NeverNullPlugin: GraphileConfig.Plugin = {
  name: 'NeverNullPlugin',
  version: '1.0.0',
  description: 'Marks the fields that are never null',
  schema: {
    hooks: {
      GraphQLObjectType_fields_field(field, build, { Self, scope }) {
        const { getNamedType, isLeafType } = build.graphql;
        if (Self.name === build.inflection.builtin('Query')) {
          return { ...field, type: build.graphql.getNullableType(field.type) };
        }
        const isNeverNull =
          scope.isPgFieldConnection ||
          scope.isPgFieldSimpleCollection ||
          scope.isCursorField ||
          (scope.isMutationPayload && scope.fieldName !== 'clientMutationId') ||
          (scope.isPgSingleRelationField && leadsSomewhere(scope.pgRelationDetails));
        const type =
          scope.pgFieldAttribute === undefined && !isLeafType(getNamedType(field.type))
            ? field.type
            : withoutNulls(build, field.type);
        return { ...field, type: isNeverNull ? neverNull(build, type) : type };
      },
      GraphQLInputObjectType_fields_field(field, build) {
        return { ...field, type: withoutNulls(build, field.type) };
      },
    },
  },
};

function leadsSomewhere(
  details: GraphileBuild.ScopeObjectFieldsField['pgRelationDetails'],
): boolean {
  const { registry, codec, relationName } = details as NonNullable<typeof details>;
  const relation = registry.pgRelations[codec.name]?.[relationName];
  return (
    relation !== undefined &&
    !relation.isReferencee &&
    !hasSmartTag(relation, MAY_BE_GONE) &&
    relation.localAttributes.every((name) => {
      const attribute = codec.attributes?.[name];
      return attribute?.notNull || hasSmartTag(attribute, 'notNull');
    })
  );
}

function neverNull<T extends GraphQLOutputType>(
  { graphql: { GraphQLNonNull, isNonNullType } }: GraphileBuild.Build,
  type: T,
) {
  return isNonNullType(type) ? type : new GraphQLNonNull(type);
}

/** The same type; a list of it with items that are never null. */
function withoutNulls<T extends GraphQLInputType | GraphQLOutputType>(
  build: GraphileBuild.Build,
  type: T,
): T {
  const { GraphQLList, GraphQLNonNull, isListType, isNonNullType } = build.graphql;
  if (isNonNullType(type)) {
    const inner = withoutNulls(build, type.ofType);
    return (inner === type.ofType ? type : new GraphQLNonNull(inner)) as T;
  }
  return isListType(type) && !isNonNullType(type.ofType)
    ? (new GraphQLList(new GraphQLNonNull(type.ofType)) as T)
    : type;
}
