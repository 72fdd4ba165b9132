import { messageAddress } from '../../addresses.ts';
import { FoundMessagesDocument } from '../../generated.ts';
import type { PanelProps } from '../../screen.ts';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { usePages } from '../parts/asked.ts';
import { MessageRow } from '../parts/message-row.tsx';
import { RoomPanel } from './room-panel.tsx';

/** The messages of a room that came with files. */
export default function Files({ roomId }: PanelProps) {
  const { room: words } = useWords().screens;
  const found = usePages(
    FoundMessagesDocument,
    { query: 'has:file', roomId },
    (result) => result.searchMessages,
  );
  return (
    <RoomPanel roomId={roomId} section="files">
      {(room) => (
        <Paged
          pages={found}
          keyOf={({ message }) => message.id}
          empty={words.noFiles}
          label={words.files}
        >
          {({ message }) => (
            <MessageRow message={message} address={messageAddress(room, Number(message.seq))} />
          )}
        </Paged>
      )}
    </RoomPanel>
  );
}
