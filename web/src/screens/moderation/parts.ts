import type { ShownRoom } from 'trumpet-client';
import { may } from 'trumpet-client/ui';
import type { Permission } from '../../generated.ts';

/** What any of brings a part of the moderation of a room. */
const PARTS = {
  reports: ['REVIEW_REPORTS'],
  held: ['REVIEW_MESSAGES'],
  bans: ['BAN_MEMBERS'],
  rules: ['REVIEW_MESSAGES', 'MANAGE_RULES'],
  log: ['SEE_MODERATION_LOG'],
} as const satisfies Record<string, readonly Permission[]>;

export type ModerationPart = keyof typeof PARTS;

/** The parts of the moderation of a room that the person may see. */
export function moderationOf(room: ShownRoom): readonly ModerationPart[] {
  return room.type === 'DIRECT'
    ? []
    : (Object.keys(PARTS) as ModerationPart[]).filter((part) =>
        PARTS[part].some((each) => may(room, each)),
      );
}
