import { useRef, useState } from 'react';
import { throwDefect } from 'trumpet-client';
import { mayWrite, useNameOfRoom } from 'trumpet-client/ui';
import { useLocation } from 'wouter';
import { ForwardMessageDocument, MessageDetailsDocument } from '../../generated.ts';
import type { PanelProps } from '../../screen.ts';
import { useClient, useView } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Answered } from '../parts/answered.tsx';
import { useAsked } from '../parts/asked.ts';
import { TextArea } from '../parts/form.tsx';
import { MessageRow } from '../parts/message-row.tsx';
import { ScreenFrame } from '../parts/screen-frame.tsx';

/** To which rooms a message goes, beside its room: `?panel=forward:<id>`. */
export default function ForwardPanel({ of = '' }: PanelProps) {
  const { screens } = useWords();
  const [location] = useLocation();
  const asked = useAsked(MessageDetailsDocument, { messageId: of });
  return (
    <ScreenFrame title={screens.forward.title} panelOf={location}>
      <Answered asked={asked}>
        {({ message }) =>
          message === null ? (
            <p className="trumpet-screen-note">{screens.message.gone}</p>
          ) : (
            <>
              <MessageRow message={message} />
              <p className="trumpet-screen-field-hint">{screens.forward.hint}</p>
              <RoomPicker key={of} messageId={of} />
            </>
          )
        }
      </Answered>
    </ScreenFrame>
  );
}

/** How it went with one room; each has its own answer. */
type Answer = 'under way' | 'sent' | { readonly refusal: string };

function RoomPicker({ messageId }: { readonly messageId: string }) {
  const { screens } = useWords();
  const words = screens.forward;
  const client = useClient();
  const rooms = useView(client.rooms);
  const [wanted, setWanted] = useState('');
  const [comment, setComment] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [answers, setAnswers] = useState<ReadonlyMap<string, Answer>>(new Map());
  /** A lost answer is asked for again, and nothing is forwarded twice. */
  const nonces = useRef(new Map<string, string>());

  const note = (roomId: string, answer: Answer) =>
    setAnswers((before) => new Map(before).set(roomId, answer));
  const open = [...chosen].filter((id) => {
    const answer = answers.get(id);
    return answer === undefined || typeof answer === 'object';
  });

  async function forwardTo(roomId: string): Promise<void> {
    note(roomId, 'under way');
    const nonce = nonces.current.get(roomId) ?? crypto.randomUUID();
    nonces.current.set(roomId, nonce);
    try {
      await client.ask(ForwardMessageDocument, {
        input: { messageId, roomId, nonce, comment: comment.trim() || null },
      });
      note(roomId, 'sent');
    } catch (refused) {
      throwDefect(refused);
      note(roomId, { refusal: (refused as Error).message });
    }
  }

  return (
    <form
      className="trumpet-screen-form"
      onSubmit={async (event) => {
        event.preventDefault();
        for (const roomId of open) {
          await forwardTo(roomId);
        }
      }}
    >
      <input
        type="search"
        dir="auto"
        aria-label={words.filter}
        placeholder={words.filter}
        value={wanted}
        onChange={({ target }) => setWanted(target.value)}
      />
      <fieldset className="trumpet-screen-picker">
        <legend>{words.rooms}</legend>
        {rooms
          .filter((room) => mayWrite(room, 'SEND_MESSAGES'))
          .map((room) => (
            <RoomChoice
              key={room.id}
              roomId={room.id}
              wanted={wanted}
              isChosen={chosen.has(room.id)}
              answer={answers.get(room.id)}
              onChange={(isChosen) => {
                const next = new Set(chosen);
                if (isChosen) {
                  next.add(room.id);
                } else {
                  next.delete(room.id);
                }
                setChosen(next);
              }}
            />
          ))}
      </fieldset>
      <TextArea
        label={words.comment}
        hint={words.commentHint}
        maxLength={8_000}
        rows={2}
        dir="auto"
        value={comment}
        onChange={setComment}
      />
      <div className="trumpet-screen-form-end">
        <button type="submit" className="trumpet-screen-button-main" disabled={open.length === 0}>
          {words.submit}
        </button>
      </div>
    </form>
  );
}

interface RoomChoiceProps {
  readonly roomId: string;
  /** What its name has to have in it to be shown, unless it is chosen. */
  readonly wanted: string;
  readonly isChosen: boolean;
  readonly answer: Answer | undefined;
  readonly onChange: (isChosen: boolean) => void;
}

function RoomChoice({ roomId, wanted, isChosen, answer, onChange }: RoomChoiceProps) {
  const { forward: words } = useWords().screens;
  const name = useNameOfRoom(roomId);
  const isFound = name.toLocaleLowerCase().includes(wanted.trim().toLocaleLowerCase());
  if (!isFound && !isChosen) {
    return null;
  }
  return (
    <label className="trumpet-screen-picked">
      <input
        type="checkbox"
        checked={isChosen}
        disabled={answer === 'under way' || answer === 'sent'}
        onChange={({ target }) => onChange(target.checked)}
      />
      <bdi>{name}</bdi>
      <span role="status">
        {answer === 'sent' && words.sent}
        {typeof answer === 'object' && answer.refusal}
      </span>
    </label>
  );
}
