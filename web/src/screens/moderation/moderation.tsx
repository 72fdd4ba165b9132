import type { ComponentType } from 'react';
import { Link, useLocation } from 'wouter';
import type { PanelProps } from '../../screen.ts';
import { useWords } from '../../words/words.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { isAtLeast } from '../room/roles.ts';
import { RoomPanel } from '../room/room-panel.tsx';
import { Bans } from './bans.tsx';
import { Held } from './held.tsx';
import { Log } from './log.tsx';
import type { ModerationProps } from './moderation-props.ts';
import { Reports } from './reports.tsx';
import { Rules } from './rules.tsx';

const PARTS = {
  reports: Reports,
  held: Held,
  bans: Bans,
  rules: Rules,
  log: Log,
} as const satisfies Record<string, ComponentType<ModerationProps>>;

type Part = keyof typeof PARTS;

/** What moderators decide in a room: `?panel=moderation:<part>`. */
export default function Moderation({ roomId, of = 'reports' }: PanelProps) {
  const { moderation: words } = useWords().screens;
  const [location] = useLocation();
  const shown = Object.hasOwn(PARTS, of) ? (of as Part) : 'reports';
  const Shown = PARTS[shown];
  return (
    <RoomPanel roomId={roomId} section="moderation">
      {(room) =>
        isAtLeast(room.membership.role, 'MODERATOR') ? (
          <>
            <Tabs
              label={words.title}
              tabs={(Object.keys(PARTS) as Part[]).map((each) => ({
                name: words[each],
                address: `${location}?panel=moderation:${each}`,
                isCurrent: each === shown,
              }))}
            />
            <Shown room={room} />
            <Link href="/moderation">{words.inAllRooms}</Link>
          </>
        ) : (
          <p className="trumpet-screen-note">{words.forModerators}</p>
        )
      }
    </RoomPanel>
  );
}
