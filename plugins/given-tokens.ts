import type { PgSelectSingleStep } from '@dataplan/pg';
import { lambda } from 'grafast';

/**
 * Tells the process of every refresh token that is given out.
 *
 * @param noteGiven hears of one before its client does
 */
export function makeGivenTokensPlugin(
  noteGiven: (refreshToken: string) => void,
): GraphileConfig.Plugin {
  return {
    name: 'GivenTokensPlugin',
    version: '1.0.0',
    description: 'Tells of the refresh tokens that are given out',
    schema: {
      hooks: {
        GraphQLObjectType_fields_field(field, _build, { Self, scope: { fieldName } }) {
          return Self.name === 'UserSession' && fieldName === 'refreshToken'
            ? {
                ...field,
                plan: ($session: PgSelectSingleStep) =>
                  lambda($session.get('refresh_token'), (refreshToken: string | null) => {
                    if (refreshToken !== null) {
                      noteGiven(refreshToken);
                    }
                    return refreshToken;
                  }),
              }
            : field;
        },
      },
    },
  };
}
