import { type FieldPlanResolver, lambda, type Step } from 'grafast';
import type { PgSelectSingleStep } from 'postgraphile/@dataplan/pg';
import { absoluteAddress } from '../src/addresses/absolute.ts';

/** What the database gives as a path. */
const PATHS: ReadonlySet<string> = new Set(['DataExport.url', 'IncomingWebhookAddress.url']);

/** Makes the paths that the database gives addresses that work from anywhere. */
export function makeAbsoluteUrlsPlugin(publicUrl: () => string): GraphileConfig.Plugin {
  return {
    name: 'AbsoluteUrlsPlugin',
    version: '1.0.0',
    description: 'Gives data exports and incoming webhooks absolute addresses',
    schema: {
      hooks: {
        GraphQLObjectType_fields_field(field, _build, { Self, scope }) {
          const { plan } = field;
          if (!PATHS.has(`${Self.name}.${scope.fieldName}`)) {
            return field;
          }
          const absolute: FieldPlanResolver = ($parent: Step, args, info) =>
            lambda(
              (plan === undefined
                ? ($parent as PgSelectSingleStep).get('url')
                : plan($parent, args, info)) as Step<string | null>,
              (path) => (path === null ? null : absoluteAddress(publicUrl(), path)),
            );
          return { ...field, plan: absolute };
        },
      },
    },
  };
}
