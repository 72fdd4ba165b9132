import { type FieldPlanResolver, lambda, type Step } from 'grafast';
import { absoluteAddress } from '../src/addresses/absolute.ts';

/** Makes the path that `app_public.data_exports_url` gives an address that works from anywhere. */
export function makeDataExportUrlPlugin(publicUrl: () => string): GraphileConfig.Plugin {
  return {
    name: 'DataExportUrlPlugin',
    version: '1.0.0',
    description: 'Gives data exports absolute addresses',
    schema: {
      hooks: {
        GraphQLObjectType_fields_field(field, _build, { Self, scope }) {
          const { plan } = field;
          if (Self.name !== 'DataExport' || scope.fieldName !== 'url' || plan === undefined) {
            return field;
          }
          const absolute: FieldPlanResolver = ($parent: Step, args, info) =>
            lambda(plan($parent, args, info) as Step<string | null>, (path) =>
              path === null ? null : absoluteAddress(publicUrl(), path),
            );
          return { ...field, plan: absolute };
        },
      },
    },
  };
}
