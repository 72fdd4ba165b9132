import type { ReactNode } from 'react';
import type { ShownRoom } from 'trumpet-client';
import { may } from 'trumpet-client/ui';
import { Link, useLocation } from 'wouter';
import type { Permission } from '../../generated.ts';
import { useView } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { moderationOf } from '../moderation/parts.ts';
import { useRoomView } from '../parts/live.ts';
import { ScreenFrame } from '../parts/screen-frame.tsx';

export type Section =
  | 'about'
  | 'members'
  | 'pins'
  | 'files'
  | 'invitations'
  | 'incoming-webhooks'
  | 'your-list'
  | 'notifications'
  | 'room-settings'
  | 'moderation'
  | 'archive';

/** What any of brings the settings of a room. */
const SETTINGS: readonly Permission[] = [
  'SET_SLOW_MODE',
  'LOCK_ROOM',
  'EDIT_ROOM',
  'SET_DISAPPEARING',
  'MANAGE_WRITING',
  'SET_RETENTION',
  'ARCHIVE_ROOM',
];

interface RoomPanelProps {
  readonly roomId: string;
  readonly section: Section;
  readonly children: (room: ShownRoom) => ReactNode;
}

/** What stands beside a room: one of its sections, and the way to the list of all. */
export function RoomPanel({ roomId, section, children }: RoomPanelProps) {
  const { room: words } = useWords().screens;
  const room = useView(useRoomView(roomId));
  const [location] = useLocation();
  if (room === undefined) {
    return <p className="trumpet-screen-note">{words.notMember}</p>;
  }
  return (
    <ScreenFrame
      title={titlesOf(words)[section]}
      back={section === 'about' ? undefined : `${location}?panel=about`}
      panelOf={location}
    >
      {children(room)}
    </ScreenFrame>
  );
}

function titlesOf(words: ReturnType<typeof useWords>['screens']['room']): Record<Section, string> {
  return {
    about: words.about,
    members: words.memberList,
    pins: words.pins,
    files: words.files,
    invitations: words.invitations,
    'incoming-webhooks': words.incomingWebhooks,
    'your-list': words.yourList,
    notifications: words.notifications,
    'room-settings': words.settings,
    moderation: words.moderation,
    archive: words.archive,
  };
}

/** The way to the other sections, as far as the person may see them. */
export function SectionList({ room }: { readonly room: ShownRoom }) {
  const { room: words } = useWords().screens;
  const [location] = useLocation();
  const sections = sectionsOf(room);
  return (
    <nav aria-label={words.sections}>
      <ul className="trumpet-screen-list trumpet-screen-ways">
        {sections.map((section) => (
          <li key={section}>
            <Link href={`${location}?panel=${section}`}>
              {titlesOf(words)[section]}
              <span className="trumpet-screen-arrow" aria-hidden="true">
                ›
              </span>
            </Link>
          </li>
        ))}
        <li>
          <Link href={`/search?room=${room.id}`}>
            {words.search}
            <span className="trumpet-screen-arrow" aria-hidden="true">
              ›
            </span>
          </Link>
        </li>
      </ul>
    </nav>
  );
}

/** What the person may see of it. */
function sectionsOf(room: ShownRoom): readonly Section[] {
  const isDirect = room.type === 'DIRECT';
  return [
    'members',
    'pins',
    'files',
    ...(may(room, 'INVITE_MEMBERS') && !isDirect ? (['invitations'] as const) : []),
    'your-list',
    'notifications',
    ...(isDirect || SETTINGS.some((each) => may(room, each)) ? (['room-settings'] as const) : []),
    ...(moderationOf(room).length > 0 ? (['moderation'] as const) : []),
    ...(may(room, 'MANAGE_WEBHOOKS') && !isDirect ? (['incoming-webhooks'] as const) : []),
    'archive',
  ];
}
