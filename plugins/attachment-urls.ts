import { type PgSelectSingleStep, TYPES } from '@dataplan/pg';
import { constant, lambda, type Step } from 'grafast';
import { sql } from 'pg-sql2';
import { extendSchema, gql } from 'postgraphile/utils';
import { absoluteAddress } from '../src/addresses/absolute.ts';
import type { AddressSigner, AttachmentPart } from '../src/attachments/signed-url.ts';

/** Whether the message of an attachment is held. A message of an archived month is not found, and is not. */
function isHeld($attachment: PgSelectSingleStep): Step<boolean | null> {
  const { alias } = $attachment.getClassStep();
  return $attachment.select(
    sql`(select held_at is not null from app_public.messages where messages.id = ${alias}.message_id)`,
    TYPES.boolean,
  );
}

/**
 * `url` and `thumbnailUrl` of attachments: signed when they are asked for, by someone whom the policies let see the
 * row. They do not depend on who that is, so live events that select them are still computed once for a room.
 */
export function makeAttachmentUrlsPlugin(
  signer: AddressSigner,
  publicUrl: () => string,
): GraphileConfig.Plugin {
  return {
    ...extendSchema({
      typeDefs: gql`
        extend type Attachment {
          """
          Where the file can be fetched for the next minutes, by whoever has this address. Ask again when it has
          expired. Null until \`status\` is READY.
          """
          url: String
          """
          Where a small WebP picture of it can be fetched for the next minutes, 512 pixels at most on each side. Null
          when there is none.
          """
          thumbnailUrl: String
        }
        extend type DraftAttachment {
          """
          Where the file can be fetched for the next minutes, by whoever has this address: you alone are given it. Null
          until \`status\` is READY.
          """
          url: String
          """
          Where a small WebP picture of it can be fetched for the next minutes, 512 pixels at most on each side. Null
          when there is none.
          """
          thumbnailUrl: String
        }
      `,
      objects: {
        Attachment: {
          plans: {
            url: ($attachment: PgSelectSingleStep) => addressOf($attachment, 'file'),
            thumbnailUrl: ($attachment: PgSelectSingleStep) => addressOf($attachment, 'thumbnail'),
          },
        },
        DraftAttachment: {
          plans: {
            url: ($attachment: PgSelectSingleStep) =>
              addressOf($attachment, 'file', constant(false)),
            thumbnailUrl: ($attachment: PgSelectSingleStep) =>
              addressOf($attachment, 'thumbnail', constant(false)),
          },
        },
      },
    }),
    name: 'AttachmentUrlsPlugin',
    version: '1.0.0',
    description: 'Gives attachments the signed addresses of their files',
  };

  function addressOf(
    $attachment: PgSelectSingleStep,
    part: AttachmentPart,
    $isHeld = isHeld($attachment),
  ): Step<string | null> {
    return lambda(
      [$attachment.get('id'), $attachment.get('status'), $attachment.get('has_thumbnail'), $isHeld],
      ([id, status, hasThumbnail, held]) =>
        status === 'ready' && (part === 'file' || hasThumbnail)
          ? absoluteAddress(publicUrl(), signer.sign(id, part, held === true))
          : null,
      true,
    );
  }
}
