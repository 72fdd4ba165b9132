import { useId, useState } from 'react';
import type { ShownRoom } from 'trumpet-client';
import { orderWith, type RoomSection, useArrangedRooms } from 'trumpet-client/ui';
import {
  MarkRoomUnreadDocument,
  OrderRoomsDocument,
  RenameRoomFolderDocument,
  SetRoomFavoriteDocument,
  SetRoomFolderDocument,
  SetRoomHiddenDocument,
} from '../../generated.ts';
import type { PanelProps } from '../../screen.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { useDoing } from '../parts/doing.ts';
import { Form, Switch, TextField } from '../parts/form.tsx';
import { Refusal } from '../parts/refusal.tsx';
import { RoomPanel } from './room-panel.tsx';

/** Where a room stands in the list of its person: for themselves alone, on all of their devices. */
export default function YourList({ roomId }: PanelProps) {
  return (
    <RoomPanel roomId={roomId} section="your-list">
      {(room) => <Arranging key={roomId} room={room} />}
    </RoomPanel>
  );
}

function Arranging({ room }: { readonly room: ShownRoom }) {
  const { room: words } = useWords().screens;
  const client = useClient();
  const { sections, arrangements, refresh } = useArrangedRooms();
  const roomId = room.id;
  const arrangement = arrangements.get(roomId);
  const section = sections.find(({ rooms }) => rooms.some(({ id }) => id === roomId));
  const doing = useDoing(async (act: () => Promise<unknown>) => {
    await act();
    await refresh();
  });
  const order = (rooms: readonly ShownRoom[] | null) =>
    doing.run(() =>
      client.ask(OrderRoomsDocument, {
        input: { roomIds: [...orderWith(sections, arrangements, section?.key ?? '', rooms)] },
      }),
    );
  return (
    <>
      <p className="trumpet-screen-field-hint">{words.yourListHint}</p>
      <Switch
        label={words.favorite}
        isOn={arrangement?.isFavorite ?? false}
        isDisabled={doing.isUnderWay}
        onChange={(isFavorite) =>
          doing.run(() => client.ask(SetRoomFavoriteDocument, { input: { roomId, isFavorite } }))
        }
      />
      <Switch
        label={words.hidden}
        hint={words.hiddenHint}
        isOn={arrangement?.isHidden ?? false}
        isDisabled={doing.isUnderWay}
        onChange={(isHidden) =>
          doing.run(() => client.ask(SetRoomHiddenDocument, { input: { roomId, isHidden } }))
        }
      />
      {section !== undefined && section.kind !== 'hidden' && (
        <Order
          roomId={roomId}
          section={section}
          isOrdered={section.rooms.some(({ id }) => arrangements.get(id)?.place != null)}
          isUnderWay={doing.isUnderWay}
          order={order}
        />
      )}
      {room.lastSeq > 0 && (
        <button
          type="button"
          disabled={doing.isUnderWay}
          onClick={() => doing.run(() => client.ask(MarkRoomUnreadDocument, { input: { roomId } }))}
        >
          {words.markUnread}
        </button>
      )}
      <Refusal error={doing.error} />
      <Folder
        key={arrangement?.folder}
        roomId={roomId}
        folder={arrangement?.folder ?? null}
        folders={sections.flatMap(({ name }) => name ?? [])}
        onChange={refresh}
      />
    </>
  );
}

interface OrderProps {
  readonly roomId: string;
  readonly section: RoomSection;
  /** Whether it has an order of its own, and not that of activity. */
  readonly isOrdered: boolean;
  readonly isUnderWay: boolean;
  readonly order: (rooms: readonly ShownRoom[] | null) => void;
}

/** Moves the room among those that it stands with. */
function Order({ roomId, section: { rooms }, isOrdered, isUnderWay, order }: OrderProps) {
  const { room: words } = useWords().screens;
  const at = rooms.findIndex(({ id }) => id === roomId);
  const move = (to: number) => {
    const others = rooms.filter(({ id }) => id !== roomId);
    order(others.toSpliced(to, 0, rooms[at] as ShownRoom));
  };
  return (
    <fieldset className="trumpet-screen-field" disabled={isUnderWay}>
      <legend>{words.order}</legend>
      <button type="button" disabled={at === 0} onClick={() => move(at - 1)}>
        {words.moveUp}
      </button>
      <button type="button" disabled={at === rooms.length - 1} onClick={() => move(at + 1)}>
        {words.moveDown}
      </button>
      {isOrdered && (
        <button type="button" onClick={() => order(null)}>
          {words.byActivity}
        </button>
      )}
    </fieldset>
  );
}

interface FolderProps {
  readonly roomId: string;
  readonly folder: string | null;
  readonly folders: readonly string[];
  readonly onChange: () => Promise<void>;
}

function Folder({ roomId, folder, folders, onChange }: FolderProps) {
  const { screens } = useWords();
  const { room: words } = screens;
  const client = useClient();
  const list = useId();
  const [name, setName] = useState(folder ?? '');
  const [newName, setNewName] = useState(folder ?? '');
  const moving = useDoing(async () => {
    await client.ask(SetRoomFolderDocument, { input: { roomId, folder: name || null } });
    await onChange();
  });
  const renaming = useDoing(async () => {
    await client.ask(RenameRoomFolderDocument, {
      input: { folder: folder ?? '', name: newName || null },
    });
    await onChange();
  });
  return (
    <>
      <Form done={moving} submit={words.moveToFolder} onSubmit={() => moving.run()}>
        <TextField
          label={words.folder}
          hint={words.folderHint}
          value={name}
          maxLength={50}
          list={list}
          onChange={setName}
        />
        <datalist id={list}>
          {folders.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      </Form>
      {folder !== null && (
        <Form done={renaming} submit={words.renameFolder} onSubmit={() => renaming.run()}>
          <TextField
            label={words.folderName}
            hint={words.folderNameHint}
            value={newName}
            maxLength={50}
            onChange={setNewName}
          />
        </Form>
      )}
    </>
  );
}
