import { useMemo } from 'react';
import { messageAddress } from '../../addresses.ts';
import {
  MySavedMessagesDocument,
  type MySavedMessagesQuery,
  UnsaveMessageDocument,
} from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { usePages } from '../parts/asked.ts';
import { useDoing } from '../parts/doing.ts';
import { MessageRow } from '../parts/message-row.tsx';
import { Refusal } from '../parts/refusal.tsx';

type Saved = NonNullable<MySavedMessagesQuery['mySavedMessages']>['nodes'][number];

/** What the person has saved, the last saved first. */
export function SavedMessages() {
  const { settings: words } = useWords().screens;
  const client = useClient();
  const news = useMemo(() => client.news('PersonalEvent'), [client]);
  const pages = usePages(MySavedMessagesDocument, {}, (result) => result.mySavedMessages, news);
  const removing = useDoing(async (messageId: string) => {
    await client.ask(UnsaveMessageDocument, { input: { messageId } });
    pages.again();
  });
  return (
    <>
      <p className="trumpet-screen-field-hint">{words.savedHint}</p>
      <Refusal error={removing.error} />
      <Paged
        pages={pages}
        keyOf={({ messageId }) => messageId}
        empty={words.noSaved}
        label={words.savedMessages}
      >
        {(saved) => (
          <Row
            saved={saved}
            isUnderWay={removing.isUnderWay}
            onRemove={() => removing.run(saved.messageId)}
          />
        )}
      </Paged>
    </>
  );
}

interface RowProps {
  readonly saved: Saved;
  readonly isUnderWay: boolean;
  readonly onRemove: () => void;
}

/** Of a message that the person may not see any more nothing is said but that. */
function Row({ saved: { message, room }, isUnderWay, onRemove }: RowProps) {
  const { screens } = useWords();
  const remove = (
    <button type="button" disabled={isUnderWay} onClick={onRemove}>
      {screens.remove}
    </button>
  );
  return message === null || room === null ? (
    <div className="trumpet-screen-row trumpet-screen-row-message">
      <div className="trumpet-screen-row-text">
        <p className="trumpet-screen-row-content">{screens.settings.savedGone}</p>
        <div className="trumpet-screen-row-deeds">{remove}</div>
      </div>
    </div>
  ) : (
    <MessageRow
      message={message}
      about={<bdi>{room.displayName}</bdi>}
      address={messageAddress(room, Number(message.seq))}
    >
      {remove}
    </MessageRow>
  );
}
