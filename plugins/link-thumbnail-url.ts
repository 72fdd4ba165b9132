import type { PgSelectSingleStep } from '@dataplan/pg';
import { lambda } from 'grafast';
import { extendSchema, gql } from 'postgraphile/utils';
import { absoluteAddress } from '../src/addresses/absolute.ts';

/** `LinkPreview.thumbnailUrl`: where its picture is, which the worker has made. */
export function makeLinkThumbnailUrlPlugin(publicUrl: () => string): GraphileConfig.Plugin {
  return {
    ...extendSchema({
      typeDefs: gql`
        extend type LinkPreview {
          """
          Where the picture of the page can be fetched, small and from this installation: a WebP picture, 512 pixels at
          most on each side. It stays the same: keep it in a cache. Null when there is none.
          """
          thumbnailUrl: String
        }
      `,
      objects: {
        LinkPreview: {
          plans: {
            thumbnailUrl: ($preview: PgSelectSingleStep) =>
              lambda(
                $preview.get('thumbnail_id'),
                (id) =>
                  id === null ? null : absoluteAddress(publicUrl(), `/link-thumbnails/${id}.webp`),
                true,
              ),
          },
        },
      },
    }),
    name: 'LinkThumbnailUrlPlugin',
    version: '1.0.0',
    description: 'Gives previews of links the address of their picture',
  };
}
