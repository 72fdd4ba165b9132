import { ArchivedMessagesDocument } from '../../generated.ts';
import type { PanelProps } from '../../screen.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { useList } from '../parts/asked.ts';
import { MessageRow } from '../parts/message-row.tsx';
import { RoomPanel } from './room-panel.tsx';

/** Months of a room that were moved out of its history. */
export default function Archive({ roomId }: PanelProps) {
  const { room: words } = useWords().screens;
  const client = useClient();
  const messages = useList(async (pageSize, beforeSeq) => {
    const answer = await client.ask(ArchivedMessagesDocument, { roomId, beforeSeq, pageSize });
    const nodes = answer.archivedMessages ?? [];
    return {
      nodes,
      pageInfo: { hasNextPage: nodes.length === pageSize, endCursor: nodes.at(-1)?.seq ?? null },
    };
  }, `archive ${roomId}`);
  return (
    <RoomPanel roomId={roomId} section="archive">
      {() => (
        <>
          <p className="trumpet-screen-field-hint">{words.archiveHint}</p>
          <Paged
            pages={messages}
            keyOf={({ id }) => id}
            empty={words.noArchive}
            label={words.archive}
          >
            {(message) => <MessageRow message={message} />}
          </Paged>
        </>
      )}
    </RoomPanel>
  );
}
