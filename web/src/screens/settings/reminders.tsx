import { useMemo, useState } from 'react';
import { messageAddress } from '../../addresses.ts';
import {
  CancelReminderDocument,
  MyRemindersDocument,
  type MyRemindersQuery,
} from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { usePages } from '../parts/asked.ts';
import { Dialog } from '../parts/dialog.tsx';
import { useDoing } from '../parts/doing.ts';
import { useFormat } from '../parts/format.ts';
import { MessageRow } from '../parts/message-row.tsx';
import { Refusal } from '../parts/refusal.tsx';
import { ReminderForm } from '../parts/reminder-form.tsx';

type Reminder = NonNullable<MyRemindersQuery['myReminders']>['nodes'][number];

/** What the person wants to be reminded of, and what they were reminded of and have not taken out. */
export function Reminders() {
  const { reminder: words, settings } = useWords().screens;
  const client = useClient();
  const news = useMemo(() => client.news('PersonalEvent'), [client]);
  const pages = usePages(MyRemindersDocument, {}, (result) => result.myReminders, news);
  const removing = useDoing(async (messageId: string) => {
    await client.ask(CancelReminderDocument, { input: { messageId } });
    pages.again();
  });
  return (
    <>
      <p className="trumpet-screen-field-hint">{words.listHint}</p>
      <Refusal error={removing.error} />
      <Paged pages={pages} keyOf={({ id }) => id} empty={words.none} label={settings.reminders}>
        {(reminder) => (
          <Row
            reminder={reminder}
            isUnderWay={removing.isUnderWay}
            onRemove={() => removing.run(reminder.messageId)}
            onChanged={pages.again}
          />
        )}
      </Paged>
    </>
  );
}

interface RowProps {
  readonly reminder: Reminder;
  readonly isUnderWay: boolean;
  readonly onRemove: () => void;
  readonly onChanged: () => void;
}

/** Of a message that the person may not see any more nothing is said but that. */
function Row({ reminder, isUnderWay, onRemove, onChanged }: RowProps) {
  const { screens } = useWords();
  const { moment } = useFormat();
  const [isEdited, setIsEdited] = useState(false);
  const { message, room, remindAt, remindedAt } = reminder;
  const when =
    remindedAt === null
      ? screens.reminder.willBe(moment(remindAt))
      : screens.reminder.was(moment(remindedAt));
  const remove = (
    <button type="button" disabled={isUnderWay} onClick={onRemove}>
      {screens.remove}
    </button>
  );
  return message === null || room === null ? (
    <div className="trumpet-screen-row trumpet-screen-row-message">
      <div className="trumpet-screen-row-text">
        <p className="trumpet-screen-row-about">{when}</p>
        <p className="trumpet-screen-row-content">{screens.settings.savedGone}</p>
        <div className="trumpet-screen-row-deeds">{remove}</div>
      </div>
    </div>
  ) : (
    <>
      <MessageRow
        message={message}
        about={
          <>
            <bdi>{room.displayName}</bdi>
            <span>{when}</span>
          </>
        }
        address={messageAddress(room, Number(message.seq))}
      >
        {message.deletedAt === null && (
          <button type="button" onClick={() => setIsEdited(true)}>
            {screens.edit}
          </button>
        )}
        {remove}
      </MessageRow>
      {isEdited && (
        <Dialog
          title={screens.reminder.title}
          onClose={() => {
            setIsEdited(false);
            onChanged();
          }}
        >
          <ReminderForm messageId={reminder.messageId} remindAt={remindAt} />
        </Dialog>
      )}
    </>
  );
}
