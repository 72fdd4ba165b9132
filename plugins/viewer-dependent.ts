import { computedFieldsWithTag, hasSmartTag } from './smart-tags.ts';

const TAG = 'viewerDependent';

/** For each build of the schema. */
const taggedFields = new WeakMap<object, ReadonlySet<string>>();

/**
 * Smart tag `@viewerDependent`: the answer depends on who looks. Subscribers may share one execution of
 * an event only when their document selects no such field, so the field says so in its extensions,
 * where the hub (src/realtime/hub/hub.ts) reads it.
 */
export const ViewerDependentPlugin: GraphileConfig.Plugin = {
  name: 'ViewerDependentPlugin',
  description: 'Marks the fields that depend on who looks, from the smart tag @viewerDependent',
  version: '1.0.0',
  schema: {
    hooks: {
      init(types, build) {
        // Now all resources are known, and no field has been made yet.
        taggedFields.set(build, computedFieldsWithTag(build, TAG));
        return types;
      },
      GraphQLObjectType_fields_field(field, build, { Self, scope }) {
        const isTagged =
          hasSmartTag(scope.pgFieldAttribute, TAG) ||
          hasSmartTag(scope.pgFieldResource, TAG) ||
          taggedFields.get(build)?.has(`${Self.name}.${scope.fieldName}`);
        return isTagged
          ? { ...field, extensions: { ...field.extensions, viewerDependent: true } }
          : field;
      },
    },
  },
};
