import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { roomAddress } from '../../addresses.ts';
import {
  EnterRoomDocument,
  type FoundRoomFragment,
  FoundRoomsDocument,
  PublicRoomsDocument,
  RoomFieldsDocument,
} from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { type Pages, useAsked, usePages } from '../parts/asked.ts';
import { useDoing } from '../parts/doing.ts';
import { TextField } from '../parts/form.tsx';
import { Refusal } from '../parts/refusal.tsx';
import { ScreenFrame } from '../parts/screen-frame.tsx';
import { useSettled } from '../parts/settled.ts';
import { ALL_ROOMS, askedRooms, RoomChoice } from './room-choice.tsx';

/** Public rooms to find and to join. */
export default function Explore() {
  const { explore } = useWords().screens;
  const [typed, setTyped] = useState('');
  const query = useSettled(typed.trim());
  return (
    <ScreenFrame
      title={explore.title}
      beside={
        <>
          <Link href="/people" className="trumpet-screen-button">
            {explore.writeTo}
          </Link>
          <Link href="/explore/new" className="trumpet-screen-button trumpet-screen-button-main">
            {explore.create}
          </Link>
        </>
      }
    >
      <TextField
        label={explore.find}
        type="search"
        maxLength={100}
        value={typed}
        onChange={setTyped}
      />
      {query === '' ? <PublicRooms /> : <FoundRooms query={query} />}
    </ScreenFrame>
  );
}

function PublicRooms() {
  const { explore } = useWords().screens;
  const [wanted, setWanted] = useState(ALL_ROOMS);
  const fields = useAsked(RoomFieldsDocument, {}).value?.roomFields ?? [];
  const settled = useSettled(wanted.value);
  // What another field was asked for is forgotten at once.
  const value = wanted.value === '' ? '' : settled;
  const { where, orderBy } = askedRooms({ ...wanted, value }, fields);
  const rooms = usePages(PublicRoomsDocument, { where, orderBy }, (result) => result.publicRooms);
  return (
    <>
      {fields.length > 0 && <RoomChoice fields={fields} wanted={wanted} onChange={setWanted} />}
      <RoomList rooms={rooms} empty={where.length > 0 ? explore.noneFound : explore.empty} />
    </>
  );
}

function FoundRooms({ query }: { readonly query: string }) {
  const { explore } = useWords().screens;
  const rooms = usePages(FoundRoomsDocument, { query }, (result) => result.searchRooms);
  return <RoomList rooms={rooms} empty={explore.noneFound} />;
}

interface RoomListProps {
  readonly rooms: Pages<FoundRoomFragment>;
  readonly empty: string;
}

function RoomList({ rooms, empty }: RoomListProps) {
  const { explore } = useWords().screens;
  return (
    <Paged pages={rooms} keyOf={({ id }) => id} empty={empty} label={explore.list}>
      {(room) => <RoomRow room={room} />}
    </Paged>
  );
}

/** A room with what it is for, and the way into it. */
export function RoomRow({ room }: { readonly room: FoundRoomFragment }) {
  const { screens } = useWords();
  const { explore } = screens;
  const client = useClient();
  const [, go] = useLocation();
  const joining = useDoing(async () => {
    await client.ask(EnterRoomDocument, { input: { roomId: room.id } });
    go(roomAddress(room));
  });
  // Only some join rooms of its type by themselves.
  const isClosed = room.customType?.viewerMayJoin === false;
  const isFull = room.maxMembers !== null && room.memberCount >= room.maxMembers;
  return (
    <div className="trumpet-screen-row">
      <div className="trumpet-screen-row-text">
        <p className="trumpet-screen-row-name">
          <bdi>{room.displayName}</bdi>
        </p>
        <p className="trumpet-screen-row-about">
          <span>{screens.members(room.memberCount)}</span>
          {room.type !== 'PUBLIC' && <span>{screens.roomTypes[room.type]}</span>}
          {room.isArchived && <span>{explore.archived}</span>}
        </p>
        {room.description && (
          <p className="trumpet-screen-row-content" dir="auto">
            {room.description}
          </p>
        )}
        <Refusal error={joining.error} onAgain={joining.run} />
      </div>
      <div className="trumpet-screen-row-end">
        {room.viewerMembership !== null ? (
          <Link
            href={roomAddress(room)}
            className="trumpet-screen-button"
            aria-label={explore.openNamed(room.displayName)}
          >
            {explore.open}
          </Link>
        ) : (
          !isClosed && (
            <button
              type="button"
              className="trumpet-screen-button-main"
              aria-label={isFull ? undefined : explore.joinNamed(room.displayName)}
              disabled={joining.isUnderWay || isFull || room.isArchived}
              onClick={joining.run}
            >
              {isFull ? explore.full : explore.join}
            </button>
          )
        )}
      </div>
    </div>
  );
}
