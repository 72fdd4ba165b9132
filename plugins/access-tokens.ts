import type { PgSelectSingleStep } from '@dataplan/pg';
import type { Step } from 'grafast';

/**
 * Access tokens are signed of what the statement that opened or refreshed the session gave. PostGraphile would ask the
 * database for the parts once more, after the commit: whoever was refused then would have an account or a session and no
 * token of it.
 */
export const AccessTokensPlugin: GraphileConfig.Plugin = {
  name: 'AccessTokensPlugin',
  version: '1.0.0',
  description: 'Signs access tokens without a second statement',
  schema: {
    hooks: {
      GraphQLObjectType_fields_field(field, build, { scope: { pgFieldAttribute } }) {
        return pgFieldAttribute !== undefined &&
          build.behavior.pgCodecMatches(pgFieldAttribute.codec, 'jwt')
          ? { ...field, plan: ($session: PgSelectSingleStep) => $session.get('access_token') }
          : field;
      },
      GraphQLScalarType(config, _build, { scope }) {
        return scope.isPgJwtType === true
          ? {
              ...config,
              extensions: {
                ...config.extensions,
                grafast: { ...config.extensions?.grafast, plan: ($claims: Step) => $claims },
              },
            }
          : config;
      },
    },
  },
};
