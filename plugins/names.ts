import {
  PgSimplifyInflectionPlugin,
  PgSimplifyInflectionPreset,
} from '@graphile/simplify-inflection';
import { PgV4InflectionPlugin } from 'postgraphile/presets/v4';

/** Trumpet's own names, where neither PostGraphile's nor those of the plugins below fit. */
const NamesPlugin: GraphileConfig.Plugin = {
  name: 'NamesPlugin',
  version: '1.0.0',
  description: 'Calls the column id by its name, and a list what its function is called',
  inflection: {
    replace: {
      // `id` is the row's own.
      nodeIdFieldName() {
        return 'nodeId';
      },
      // Amber keeps `id` for the global object identifier, which is `nodeId` here, and calls the column `rowId`.
      _attributeName(previous, _preset, details) {
        return previous?.({ ...details, skipRowId: true }) ?? details.attributeName;
      },
      // One word stays one word: `p256dh` is what browsers call it, and would become `p256Dh`.
      attribute(previous, _preset, details) {
        const { attributeName, codec } = details;
        const isRenamed = codec.attributes[attributeName]?.extensions?.tags?.name !== undefined;
        return !isRenamed && /^[a-z0-9]+$/.test(attributeName)
          ? attributeName
          : (previous?.(details) ?? attributeName);
      },
      // A function may be called like a table: `push_subscriptions()` gives one's own of them. PostGraphile wants
      // different names for what it reads from; the API goes by the function's own.
      functionResourceName(previous, _preset, details) {
        return `${previous?.(details)}_function`;
      },
      functionRecordReturnCodecName(_previous, _preset, { pgProc }) {
        return this.upperCamelCase(`${pgProc.proname}-record`);
      },
      _functionName(_previous, _preset, { resource }) {
        const { tags, pg } = resource.extensions ?? {};
        return typeof tags?.name === 'string' ? tags.name : (pg?.name ?? resource.name);
      },
      // No function gives both a list and a connection, so none needs "List" behind its name.
      listField(_previous, _preset, baseName) {
        return baseName;
      },
    },
  },
};

/**
 * How things are called: relations after their column (`author`), the result of a mutation after its type (`room`),
 * enum values in upper case.
 */
export const NamesPreset: GraphileConfig.Preset = {
  plugins: [whereInUse(PgV4InflectionPlugin), whereInUse(PgSimplifyInflectionPlugin), NamesPlugin],
  schema: PgSimplifyInflectionPreset.schema,
};

/** These plugins also rename what Trumpet has switched off, and warn that it is not there. */
function whereInUse(plugin: GraphileConfig.Plugin): GraphileConfig.Plugin {
  const names = Object.keys(plugin.inflection?.replace ?? {});
  return {
    ...plugin,
    inflection: { ...plugin.inflection, ignoreReplaceIfNotExists: names as never[] },
  };
}
