import { useState } from 'react';
import { EmojiText } from 'trumpet-client/ui';
import { useLocation } from 'wouter';
import { messageAddress } from '../../addresses.ts';
import {
  MessageDetailsDocument,
  type MessageDetailsQuery,
  ReportMessageDocument,
  TakeDownMessageDocument,
} from '../../generated.ts';
import type { PanelProps } from '../../screen.ts';
import { useClient, useView } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Answered } from '../parts/answered.tsx';
import { useAsked } from '../parts/asked.ts';
import { useDoing } from '../parts/doing.ts';
import { Form, TextArea } from '../parts/form.tsx';
import { useFormat } from '../parts/format.ts';
import { useMay, useRoomView } from '../parts/live.ts';
import { MessageRow } from '../parts/message-row.tsx';
import { PersonName, PersonRow } from '../parts/person.tsx';
import { ReasonField, written } from '../parts/reason-field.tsx';
import { ScreenFrame } from '../parts/screen-frame.tsx';

type Message = NonNullable<MessageDetailsQuery['message']>;

/** Everything that is known of one message, beside its room: `?panel=message:<id>`. */
export default function MessageDetails({ roomId, of = '' }: PanelProps) {
  const { message: words } = useWords().screens;
  const [location] = useLocation();
  const room = useView(useRoomView(roomId));
  const asked = useAsked(MessageDetailsDocument, { messageId: of });
  return (
    <ScreenFrame title={words.title} panelOf={location}>
      <Answered asked={asked}>
        {({ message }) =>
          message === null ? (
            <p className="trumpet-screen-note">{words.gone}</p>
          ) : (
            <>
              <MessageRow
                message={message}
                showsBlocked
                address={room && messageAddress(room, Number(message.seq))}
              />
              <Facts message={message} />
              <Deeds message={message} onChange={asked.again} />
            </>
          )
        }
      </Answered>
    </ScreenFrame>
  );
}

function Facts({ message }: { readonly message: Message }) {
  const { message: words } = useWords().screens;
  const { moment } = useFormat();
  const readers = message.readBy.totalCount;
  return (
    <>
      {message.heldAt && <p>{words.held}</p>}
      {message.matchedKeywords.length > 0 && (
        <p>{words.matched(message.matchedKeywords.join(', '))}</p>
      )}
      {message.pinnedAt && <p>{words.pinned(moment(message.pinnedAt))}</p>}
      <details className="trumpet-screen-more">
        <summary>{readers === 0 ? words.readByNobody : words.readBy(readers)}</summary>
        <ul className="trumpet-screen-list">
          {message.readBy.nodes.map((person) => (
            <li key={person.id}>
              <PersonRow person={person} />
            </li>
          ))}
        </ul>
        {readers > message.readBy.nodes.length && (
          <p>{words.others(readers - message.readBy.nodes.length)}</p>
        )}
      </details>
      <h2>{words.reactions}</h2>
      {message.reactions.length === 0 ? (
        <p className="trumpet-screen-note">{words.noReactions}</p>
      ) : (
        <ul className="trumpet-screen-facts">
          {message.reactions.map(({ emoji, count, users }) => (
            <li key={emoji}>
              <EmojiText text={emoji} />{' '}
              {users.nodes.map((person, index) => (
                <span key={person.id}>
                  {index > 0 && ', '}
                  <PersonName person={person} />
                </span>
              ))}{' '}
              {count > users.nodes.length && words.others(count - users.nodes.length)}
            </li>
          ))}
        </ul>
      )}
      <h2>{words.edits}</h2>
      {message.edits.nodes.length === 0 ? (
        <p className="trumpet-screen-note">{words.noEdits}</p>
      ) : (
        <ol className="trumpet-screen-facts">
          {message.edits.nodes.map((edit) => (
            <li key={edit.id}>
              <time dateTime={edit.editedAt}>{moment(edit.editedAt)}</time>
              {edit.wasHeld && ` · ${words.wasHeld}`}
              <p className="trumpet-screen-row-content" dir="auto">
                {edit.previousContent}
              </p>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

interface DeedsProps {
  readonly message: Message;
  readonly onChange: () => void;
}

function Deeds({ message, onChange }: DeedsProps) {
  const viewerId = useView(useClient().viewerId);
  const isOwn = message.author.id === viewerId;
  const may = useMay(message.room.id);
  if (message.deletedAt !== null) {
    return null;
  }
  return (
    <>
      {!isOwn && message.room.type !== 'DIRECT' && <Report message={message} />}
      {!isOwn && may('DELETE_MESSAGES') && <TakeDown message={message} onChange={onChange} />}
    </>
  );
}

function Report({ message }: { readonly message: Message }) {
  const { message: words } = useWords().screens;
  const client = useClient();
  const [reason, setReason] = useState('');
  const reporting = useDoing(() =>
    client.ask(ReportMessageDocument, { input: { messageId: message.id, reason: reason.trim() } }),
  );
  return (
    <details className="trumpet-screen-more">
      <summary>{words.report}</summary>
      <p>{words.reportText}</p>
      <Form
        done={reporting}
        submit={words.report}
        saved={words.reported}
        isToldAtField
        onSubmit={reporting.run}
      >
        <TextArea
          label={words.reportWhy}
          error={reporting.error}
          required
          rows={2}
          maxLength={500}
          dir="auto"
          value={reason}
          onChange={setReason}
        />
      </Form>
    </details>
  );
}

function TakeDown({ message, onChange }: DeedsProps) {
  const { message: words } = useWords().screens;
  const client = useClient();
  const [reason, setReason] = useState('');
  const taking = useDoing(async () => {
    await client.ask(TakeDownMessageDocument, {
      input: { messageId: message.id, reason: written(reason) },
    });
    onChange();
  });
  return (
    <details className="trumpet-screen-more">
      <summary>{words.takeDown}</summary>
      <p>{words.takeDownText}</p>
      <Form done={taking} submit={words.takeDown} isDestructive onSubmit={taking.run}>
        <ReasonField reason={reason} onChange={setReason} />
      </Form>
    </details>
  );
}
