import { useState } from 'react';
import type { ShownRoom } from 'trumpet-client';
import { may } from 'trumpet-client/ui';
import { Link } from 'wouter';
import { type Permission, RoomMembersDocument, type RoomMembersQuery } from '../../generated.ts';
import type { PanelProps } from '../../screen.ts';
import { useClient, useView } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { type Pages, usePages } from '../parts/asked.ts';
import { TextField } from '../parts/form.tsx';
import { useMembersView } from '../parts/live.ts';
import { PersonRow } from '../parts/person.tsx';
import { AddMember } from './add-member.tsx';
import { ManageMember } from './manage-member.tsx';
import { isAbove } from './roles.ts';
import { RoomPanel } from './room-panel.tsx';

/** What may be done with a member below, of which there is a dialog. */
const OVER_MEMBERS: readonly Permission[] = [
  'MANAGE_ROLES',
  'MUTE_MEMBERS',
  'KICK_MEMBERS',
  'BAN_MEMBERS',
];

export type RoomMember = NonNullable<RoomMembersQuery['room']>['members']['nodes'][number];

/** Who is in a room, and what may be done with them. */
export default function Members({ roomId }: PanelProps) {
  const members = usePages(
    RoomMembersDocument,
    { roomId },
    (result) => result.room?.members,
    useMembersView(roomId),
  );
  return (
    <RoomPanel roomId={roomId} section="members">
      {(room) => <MemberList room={room} members={members} />}
    </RoomPanel>
  );
}

interface MemberListProps {
  readonly room: ShownRoom;
  readonly members: Pages<RoomMember>;
}

function MemberList({ room, members }: MemberListProps) {
  const { room: words, people } = useWords().screens;
  const [typed, setTyped] = useState('');
  const [isAdding, setIsAdding] = useState(false);
  const shown = members.value?.filter(({ user }) => isNamed(user, typed)).toSorted(byRoleAndName);
  return (
    <>
      {room.type === 'DIRECT' ? (
        <Link href={`/people?room=${room.id}`} className="trumpet-screen-button">
          {people.withMore}
        </Link>
      ) : (
        <div className="trumpet-screen-bar">
          <TextField label={words.filterMembers} type="search" value={typed} onChange={setTyped} />
          {may(room, 'ADD_MEMBERS') && (
            <button type="button" onClick={() => setIsAdding(true)}>
              {words.addMember}
            </button>
          )}
        </div>
      )}
      {isAdding && (
        <AddMember
          room={room}
          memberIds={new Set(members.value?.map(({ userId }) => userId))}
          onAdded={members.again}
          onClose={() => setIsAdding(false)}
        />
      )}
      <Paged
        pages={{ ...members, value: shown }}
        keyOf={({ userId }) => userId}
        empty={words.noMember}
        label={words.memberList}
      >
        {(member) => <MemberRow {...{ room, member }} onChange={members.again} />}
      </Paged>
    </>
  );
}

interface MemberRowProps {
  readonly room: ShownRoom;
  readonly member: RoomMember;
  readonly onChange: () => void;
}

function MemberRow({ room, member, onChange }: MemberRowProps) {
  const { screens } = useWords();
  const viewerId = useView(useClient().viewerId);
  const [isOpen, setIsOpen] = useState(false);
  const { role } = room.membership;
  const isBelow =
    isAbove(role, member.role) ||
    (role === 'MEMBER' && member.role === 'MEMBER' && member.userId !== viewerId);
  return (
    <PersonRow
      person={member.user}
      status={member.user.status}
      about={
        <>
          {member.userId === viewerId && <span>{screens.you}</span>}
          {member.role !== 'MEMBER' && (
            <span className="trumpet-screen-badge">{screens.roles[member.role]}</span>
          )}
          {member.isMuted && <span>{screens.room.muted}</span>}
          {member.seesFromSeq !== null && <span>{screens.room.seesPart}</span>}
        </>
      }
    >
      {isBelow && OVER_MEMBERS.some((each) => may(room, each)) && (
        <button
          type="button"
          aria-label={screens.room.manageNamed(member.user.displayName)}
          onClick={() => setIsOpen(true)}
        >
          {screens.room.manage}
        </button>
      )}
      {isOpen && (
        <ManageMember {...{ room, member }} onChange={onChange} onClose={() => setIsOpen(false)} />
      )}
    </PersonRow>
  );
}

function isNamed(user: RoomMember['user'], typed: string): boolean {
  const wanted = typed.trim().toLocaleLowerCase();
  return [user.displayName, user.username].some((name) =>
    name.toLocaleLowerCase().includes(wanted),
  );
}

function byRoleAndName(a: RoomMember, b: RoomMember): number {
  if (a.role !== b.role) {
    return isAbove(a.role, b.role) ? -1 : 1;
  }
  return a.user.displayName.localeCompare(b.user.displayName);
}
