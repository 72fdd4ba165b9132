import type { ComponentType } from 'react';
import { Link, useLocation } from 'wouter';
import type { PanelProps } from '../../screen.ts';
import { useWords } from '../../words/words.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { RoomPanel } from '../room/room-panel.tsx';
import { Bans } from './bans.tsx';
import { Held } from './held.tsx';
import { Log } from './log.tsx';
import type { ModerationProps } from './moderation-props.ts';
import { type ModerationPart, moderationOf } from './parts.ts';
import { Reports } from './reports.tsx';
import { Rules } from './rules.tsx';

const PARTS = {
  reports: Reports,
  held: Held,
  bans: Bans,
  rules: Rules,
  log: Log,
} as const satisfies Record<ModerationPart, ComponentType<ModerationProps>>;

/** What moderators decide in a room: `?panel=moderation:<part>`. */
export default function Moderation({ roomId, of }: PanelProps) {
  const { moderation: words } = useWords().screens;
  return (
    <RoomPanel roomId={roomId} section="moderation">
      {(room) => {
        const parts = moderationOf(room);
        const shown = parts.find((part) => part === of) ?? parts[0];
        return shown === undefined ? (
          <p className="trumpet-screen-note">{words.forModerators}</p>
        ) : (
          <Parts {...{ room, parts, shown }} />
        );
      }}
    </RoomPanel>
  );
}

interface PartsProps extends ModerationProps {
  readonly parts: readonly ModerationPart[];
  readonly shown: ModerationPart;
}

function Parts({ room, parts, shown }: PartsProps) {
  const { moderation: words } = useWords().screens;
  const [location] = useLocation();
  const Shown = PARTS[shown];
  return (
    <>
      <Tabs
        label={words.title}
        tabs={parts.map((each) => ({
          name: words[each],
          address: `${location}?panel=moderation:${each}`,
          isCurrent: each === shown,
        }))}
      />
      <Shown room={room} />
      <Link href="/moderation">{words.inAllRooms}</Link>
    </>
  );
}
