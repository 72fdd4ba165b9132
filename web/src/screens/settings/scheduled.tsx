import { useMemo, useState } from 'react';
import { localTimeOf, Markdown } from 'trumpet-client/ui';
import { Link } from 'wouter';
import { roomAddress } from '../../addresses.ts';
import {
  CancelScheduledMessageDocument,
  EditScheduledMessageDocument,
  MyScheduledMessagesDocument,
  type MyScheduledMessagesQuery,
} from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { usePages } from '../parts/asked.ts';
import { ConfirmButton, Dialog } from '../parts/dialog.tsx';
import { useDoing } from '../parts/doing.ts';
import { Form, TextArea, TextField } from '../parts/form.tsx';
import { useFormat } from '../parts/format.ts';

type Scheduled = NonNullable<MyScheduledMessagesQuery['myScheduledMessages']>['nodes'][number];

/** What the person has written and is sent later, and what was refused then. */
export function ScheduledMessages() {
  const { settings: words } = useWords().screens;
  const client = useClient();
  const news = useMemo(() => client.news('PersonalEvent'), [client]);
  const pages = usePages(
    MyScheduledMessagesDocument,
    {},
    (result) => result.myScheduledMessages,
    news,
  );
  return (
    <>
      <p className="trumpet-screen-field-hint">{words.scheduledHint}</p>
      <Paged pages={pages} keyOf={({ id }) => id} empty={words.noScheduled} label={words.scheduled}>
        {(message) => <Row message={message} onChanged={pages.again} />}
      </Paged>
    </>
  );
}

interface RowProps {
  readonly message: Scheduled;
  readonly onChanged: () => void;
}

function Row({ message, onChanged }: RowProps) {
  const { screens } = useWords();
  const { settings: words } = screens;
  const client = useClient();
  const { moment } = useFormat();
  const [isEdited, setIsEdited] = useState(false);
  const { id, room, content, sendAt, localTime, timeZone, refusedAt, refusalCode, refusal } =
    message;
  return (
    <article className="trumpet-screen-row trumpet-screen-row-message">
      <div className="trumpet-screen-row-text">
        <p className="trumpet-screen-row-about">
          {room === null ? (
            words.roomLeft
          ) : (
            <Link href={roomAddress(room)}>
              <bdi>{room.displayName}</bdi>
            </Link>
          )}
          <time dateTime={sendAt}>{moment(sendAt)}</time>
          {localTime !== null && timeZone !== timeZoneHere() && (
            <span>{words.timeThere(localTime.replace('T', ' '), timeZone)}</span>
          )}
          {message.alsoSendToRoom && <span>{words.alsoToRoom}</span>}
        </p>
        <Markdown text={content} />
        {refusedAt !== null && (
          <p className="trumpet-screen-field-error" role="status">
            {words.notSent} {screens.errors[refusalCode as keyof typeof screens.errors] ?? refusal}
          </p>
        )}
        <div className="trumpet-screen-row-deeds">
          <button type="button" onClick={() => setIsEdited(true)}>
            {screens.edit}
          </button>
          <ConfirmButton
            label={screens.remove}
            title={words.cancelScheduledTitle}
            text={words.cancelScheduledText}
            confirm={screens.remove}
            act={() =>
              client.ask(CancelScheduledMessageDocument, { input: { scheduledMessageId: id } })
            }
            onDone={onChanged}
          />
        </div>
        {isEdited && (
          <Edit
            message={message}
            onClose={() => {
              setIsEdited(false);
              onChanged();
            }}
          />
        )}
      </div>
    </article>
  );
}

interface EditProps {
  readonly message: Scheduled;
  readonly onClose: () => void;
}

function Edit({ message, onClose }: EditProps) {
  const { screens } = useWords();
  const { settings: words } = screens;
  const client = useClient();
  const before = localTimeOf(new Date(message.sendAt));
  const [content, setContent] = useState(message.content);
  const [localTime, setLocalTime] = useState(before);
  const saving = useDoing(() =>
    client.ask(EditScheduledMessageDocument, {
      input: {
        scheduledMessageId: message.id,
        content,
        // A time that stays is left as it was asked for, in the zone that it was asked for in.
        ...((localTime !== before || message.refusedAt !== null) && {
          localTime,
          timeZone: timeZoneHere(),
        }),
      },
    }),
  );
  return (
    <Dialog title={words.editScheduled} onClose={onClose}>
      <Form
        done={saving}
        submit={screens.save}
        onSubmit={async () => {
          if (await saving.run()) {
            onClose();
          }
        }}
      >
        <TextArea
          label={words.scheduledText}
          dir="auto"
          rows={4}
          required
          value={content}
          onChange={setContent}
        />
        <TextField
          label={words.scheduledTime}
          type="datetime-local"
          required
          value={localTime}
          onChange={setLocalTime}
        />
      </Form>
    </Dialog>
  );
}

function timeZoneHere(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
