import { useLocation } from 'wouter';
import { QuitRoomDocument, RoomDetailsDocument, type RoomDetailsQuery } from '../../generated.ts';
import type { PanelProps } from '../../screen.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Answered } from '../parts/answered.tsx';
import { useAsked } from '../parts/asked.ts';
import { ConfirmButton } from '../parts/dialog.tsx';
import { useFormat } from '../parts/format.ts';
import { useRoomView } from '../parts/live.ts';
import { PersonRow } from '../parts/person.tsx';
import { RoomDataLines } from './room-data.tsx';
import { RoomPanel, SectionList } from './room-panel.tsx';

type Details = NonNullable<RoomDetailsQuery['room']>;

/** What a room is. */
export default function About({ roomId }: PanelProps) {
  const { room: words } = useWords().screens;
  const asked = useAsked(RoomDetailsDocument, { roomId }, useRoomView(roomId));
  return (
    <RoomPanel roomId={roomId} section="about">
      {(shown) => (
        <Answered asked={asked}>
          {({ room, roomFields }) =>
            room === null ? (
              <p className="trumpet-screen-note">{words.notMember}</p>
            ) : (
              <>
                <What room={room} />
                <RoomDataLines room={room} fields={roomFields ?? []} />
                <SectionList room={shown} />
                <Statistics room={room} />
                <Leave room={room} />
              </>
            )
          }
        </Answered>
      )}
    </RoomPanel>
  );
}

function What({ room }: { readonly room: Details }) {
  const { screens } = useWords();
  const { room: words } = screens;
  const { day, duration, moment } = useFormat();
  const person = room.directUser ?? room.owner;
  return (
    <>
      <h2>
        <bdi>{room.displayName}</bdi>
      </h2>
      {room.description && (
        <p className="trumpet-screen-row-content" dir="auto">
          {room.description}
        </p>
      )}
      <ul className="trumpet-screen-facts">
        <li>{screens.roomTypes[room.type]}</li>
        {room.customType && (
          <li>
            <bdi>{room.customType.title}</bdi>
          </li>
        )}
        {room.directUser === null && (
          <li>
            {screens.members(room.memberCount)} · {words.online(room.onlineCount)}
          </li>
        )}
        {room.maxMembers !== null && <li>{words.limit(room.maxMembers)}</li>}
        {room.isArchived && <li>{words.isArchived}</li>}
        {room.writingRole !== 'MEMBER' && (
          <li>{words.announcements(screens.roles[room.writingRole])}</li>
        )}
        {(['replyRole', 'reactionRole', 'uploadRole'] as const).map(
          (which) =>
            room[which] !== 'MEMBER' && (
              <li key={which}>{words.onlyFrom[which](screens.roles[room[which]])}</li>
            ),
        )}
        {room.disappearAfterSeconds !== null && (
          <li>{words.disappears(duration(room.disappearAfterSeconds))}</li>
        )}
        {room.isLocked && <li>{words.isLocked}</li>}
        {room.slowModeSeconds > 0 && <li>{words.slowMode(duration(room.slowModeSeconds))}</li>}
        {room.viewerMembership?.isMuted && room.viewerMembership.mutedUntil !== null && (
          <li>{words.mutedUntil(moment(room.viewerMembership.mutedUntil))}</li>
        )}
        <li>{words.created(day(room.createdAt))}</li>
        {room.viewerMembership && <li>{words.joined(day(room.viewerMembership.joinedAt))}</li>}
      </ul>
      {person && (
        <PersonRow
          person={person}
          about={room.type === 'DIRECT' ? undefined : <span>{screens.roles.OWNER}</span>}
        />
      )}
    </>
  );
}

function Statistics({ room: { analytics } }: { readonly room: Details }) {
  const { room: words } = useWords().screens;
  const { number } = useFormat();
  if (analytics === null) {
    return null;
  }
  const facts = [
    [words.totalMessages, analytics.totalMessages],
    [words.messages7, analytics.messagesLast7Days],
    [words.messages30, analytics.messagesLast30Days],
    [words.writers7, analytics.activeUsers7Days],
    [words.writers30, analytics.activeUsers30Days],
    [words.averageDaily, analytics.averageDailyMessages],
    [words.peakDaily, analytics.peakDailyMessages],
  ] as const;
  return (
    <details className="trumpet-screen-more">
      <summary>{words.statistics}</summary>
      <dl className="trumpet-screen-numbers">
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{number(Math.round(value * 10) / 10)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function Leave({ room }: { readonly room: Details }) {
  const { room: words } = useWords().screens;
  const client = useClient();
  const [, go] = useLocation();
  return (
    <ConfirmButton
      label={words.leave}
      title={words.leaveTitle(room.displayName)}
      text={words.leaveText}
      confirm={words.leaveConfirm}
      act={() => client.ask(QuitRoomDocument, { input: { roomId: room.id } })}
      onDone={() => go('/')}
    />
  );
}
