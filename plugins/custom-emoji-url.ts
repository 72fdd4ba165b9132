import type { PgSelectSingleStep } from '@dataplan/pg';
import { lambda } from 'grafast';
import { extendSchema, gql } from 'postgraphile/utils';
import { absoluteAddress } from '../src/addresses/absolute.ts';

/** `CustomEmoji.pictureUrl` and `stillPictureUrl`: where its pictures are, which the worker has made. */
export function makeCustomEmojiUrlPlugin(publicUrl: () => string): GraphileConfig.Plugin {
  const addressOf = (file: string) => ($emoji: PgSelectSingleStep) =>
    lambda(
      $emoji.get('picture_id'),
      (id) => (id === null ? null : absoluteAddress(publicUrl(), `/custom-emoji/${id}/${file}`)),
      true,
    );
  return {
    ...extendSchema({
      typeDefs: gql`
        extend type CustomEmoji {
          """
          Where its picture can be fetched, which may move: WebP, 128 pixels at most on each side. It stays the same:
          keep it in a cache. Null once the emoji is gone.
          """
          pictureUrl: String
          """The same as it stands still, for people who want nothing to move."""
          stillPictureUrl: String
        }
      `,
      objects: {
        CustomEmoji: {
          plans: {
            pictureUrl: addressOf('emoji.webp'),
            stillPictureUrl: addressOf('still.webp'),
          },
        },
      },
    }),
    name: 'CustomEmojiUrlPlugin',
    version: '1.0.0',
    description: 'Gives custom emoji the addresses of their pictures',
  };
}
