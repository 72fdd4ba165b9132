import type { PgResource } from 'postgraphile/@dataplan/pg';

/** `Type.field` of every computed field whose function carries the smart tag, for each build of the schema. */
const taggedFields = new WeakMap<object, ReadonlySet<string>>();

/**
 * Smart tag `@viewerDependent`: the answer depends on who looks. Subscribers may share one execution of
 * an event only when their document selects no such field, so the field says so in its extensions,
 * where the hub (src/realtime/hub.ts) reads it.
 */
export const ViewerDependentPlugin: GraphileConfig.Plugin = {
  name: 'ViewerDependentPlugin',
  description: 'Marks the fields that depend on who looks, from the smart tag @viewerDependent',
  version: '1.0.0',
  schema: {
    hooks: {
      init(types, build) {
        // Now all resources are known, and no field has been made yet.
        const fields = Object.values(build.pgResources).flatMap((resource) =>
          computedFields(build, resource as unknown as PgResource),
        );
        taggedFields.set(build, new Set(fields));
        return types;
      },
      GraphQLObjectType_fields_field(field, build, { Self, scope }) {
        const tagged =
          isTagged(scope.pgFieldAttribute) ||
          isTagged(scope.pgFieldResource) ||
          taggedFields.get(build)?.has(`${Self.name}.${scope.fieldName}`);
        return tagged
          ? { ...field, extensions: { ...field.extensions, viewerDependent: true } }
          : field;
      },
    },
  },
};

interface Tagged {
  readonly extensions?: { readonly tags?: { readonly viewerDependent?: unknown } };
}

function isTagged(thing: unknown): boolean {
  return (thing as Tagged | undefined)?.extensions?.tags?.viewerDependent !== undefined;
}

/** Under which names a function whose first argument is a row may appear as a field of that row's type. */
function computedFields({ inflection }: GraphileBuild.Build, resource: PgResource): string[] {
  const codec = resource.parameters?.[0]?.codec;
  if (!isTagged(resource) || !codec?.attributes) {
    return [];
  }
  const details = { resource } as unknown as Parameters<
    typeof inflection.computedAttributeField
  >[0];
  return [
    inflection.computedAttributeField(details),
    inflection.computedAttributeListField(details),
    inflection.computedAttributeConnectionField(details),
  ].map((fieldName) => `${inflection.tableType(codec)}.${fieldName}`);
}
