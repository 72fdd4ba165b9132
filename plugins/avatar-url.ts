import type { PgSelectSingleStep } from '@dataplan/pg';
import { type FieldArgs, lambda } from 'grafast';
import { extendSchema, gql } from 'postgraphile/utils';
import { absoluteAddress } from '../src/addresses/absolute.ts';

/** The sides of the squares, in pixels, as the worker cuts them. */
const SIDES: Record<string, number> = { SMALL: 64, LARGE: 256 };

/** `User.avatarUrl`: the address of the picture that was uploaded, or the one that was given. */
export function makeAvatarUrlPlugin(publicUrl: () => string): GraphileConfig.Plugin {
  return {
    ...extendSchema({
      typeDefs: gql`
        """How large the picture of a person is."""
        enum AvatarSize {
          """64 by 64 pixels."""
          SMALL
          """256 by 256 pixels."""
          LARGE
        }

        extend type User {
          """
          The web address of a picture, or null. That of one that was uploaded stays until another takes its place:
          keep it in a cache. A picture elsewhere has one size, whatever is asked for.
          """
          avatarUrl(size: AvatarSize! = LARGE): String
        }
      `,
      objects: {
        User: {
          plans: {
            avatarUrl: ($user: PgSelectSingleStep, fieldArgs: FieldArgs) =>
              lambda(
                [$user.get('avatar_id'), $user.get('avatar_url'), fieldArgs.getRaw('size')],
                ([id, address, size]) =>
                  id === null
                    ? address
                    : absoluteAddress(publicUrl(), `/avatars/${id}/${SIDES[size as string]}.webp`),
                true,
              ),
          },
        },
      },
    }),
    name: 'AvatarUrlPlugin',
    version: '1.0.0',
    description: 'Gives people the address of their picture',
  };
}
