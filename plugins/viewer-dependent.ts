import { hasSmartTag, makeFieldTag } from './smart-tags.ts';

const TAG = 'viewerDependent';

/** Fields that plugins make: there is no function that could carry the tag. */
const MADE_BY_PLUGINS: ReadonlySet<string> = new Set([
  'UserEvent.conversation',
  'InteractionEvent.interaction',
]);

const viewerDependent = makeFieldTag(TAG);

/**
 * Smart tag `@viewerDependent`: the answer depends on who looks. Subscribers may share one execution of
 * an event only when their document selects no such field, so the field says so in its extensions,
 * where the hub (src/realtime/hub/hub.ts) reads it. On a table: whoever is not its moderator, or not the one it is
 * about, sees no row, so what leads to it depends on who looks.
 */
export const ViewerDependentPlugin: GraphileConfig.Plugin = {
  name: 'ViewerDependentPlugin',
  description: 'Marks the fields that depend on who looks, from the smart tag @viewerDependent',
  version: '1.0.0',
  schema: {
    hooks: {
      init(types, build) {
        viewerDependent.find(build);
        return types;
      },
      GraphQLObjectType_fields_field(field, build, { Self, scope }) {
        const isTagged =
          hasSmartTag(scope.pgFieldAttribute, TAG) ||
          hasSmartTag(tableBehind(scope.pgRelationDetails), TAG) ||
          viewerDependent.isOn(build, Self.name, scope) ||
          MADE_BY_PLUGINS.has(`${Self.name}.${scope.fieldName}`);
        return isTagged
          ? { ...field, extensions: { ...field.extensions, viewerDependent: true } }
          : field;
      },
    },
  },
};

/** What a relation leads to. */
function tableBehind(details: GraphileBuild.ScopeObjectFieldsField['pgRelationDetails']) {
  if (details === undefined) {
    return undefined;
  }
  const { registry, codec, relationName } = details;
  return registry.pgRelations[codec.name]?.[relationName]?.remoteResource.codec;
}
