import { type ReactNode, type SubmitEvent, useId, useRef, useState } from 'react';
import { throwDefect } from '../../errors.ts';
import { useClient, useRoom } from '../../react/index.ts';
import { localTimeOf, momentOf } from '../dates.ts';
import { may } from '../permissions.ts';
import { MakePoll } from '../polls/make-poll.tsx';
import { pollWords } from '../polls/words.ts';
import { Popover } from '../popover.tsx';
import { useWords } from '../provider.tsx';
import { Share } from '../special/share.tsx';
import { specialWords } from '../special/words.ts';
import { fill } from '../words/plural.ts';
import { Disappearing } from './disappearing.tsx';
import { ScheduleMessageDocument } from './generated.ts';
import { suggestedTimes } from './times.ts';
import { laterWords } from './words.ts';

export interface SendLaterProps {
  readonly anchor: Element;
  readonly roomId: string;
  readonly content: string;
  /** The message that is answered; none: it goes to the room. */
  readonly parentMessageId: string | undefined;
  /** The answer goes to the room as well. */
  readonly alsoSendToRoom?: boolean | undefined;
  /** With a sentence that says when it is sent; empty when it was asked as a poll, shared, or sent for a time. */
  readonly onScheduled: (notice: string) => void;
  readonly onClose: () => void;
}

/**
 * When a message is to be sent: one of the times that people mostly mean, or any other within a year. Or as a
 * poll, with more than its text, or now and for a time only.
 */
export default function SendLater(props: SendLaterProps): ReactNode {
  const { anchor, roomId, content, parentMessageId, alsoSendToRoom, onScheduled, onClose } = props;
  const words = useWords();
  const later = laterWords(words.language);
  const said = pollWords(words.language);
  const client = useClient();
  const room = useRoom(roomId);
  const shared = specialWords(words.language);
  const [isPoll, setIsPoll] = useState(false);
  const [sharing, setSharing] = useState<'location' | 'contact'>();
  const [isDisappearing, setIsDisappearing] = useState(false);
  const [now] = useState(() => new Date());
  const times = suggestedTimes(now);
  const [localTime, setLocalTime] = useState(() => localTimeOf(times.tomorrowMorning));
  const [error, setError] = useState('');
  const [isUnderWay, setIsUnderWay] = useState(false);
  const nonce = useRef('');
  const id = useId();

  async function schedule(when: { sendAt: string } | { localTime: string }): Promise<void> {
    setIsUnderWay(true);
    setError('');
    nonce.current ||= crypto.randomUUID(); // A lost answer is asked for again, and nothing waits twice.
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const input = { roomId, content, timeZone, nonce: nonce.current, ...when };
    try {
      const { scheduleMessage } = await client.ask(ScheduleMessageDocument, {
        input: {
          ...input,
          ...(parentMessageId !== undefined && { parentMessageId, alsoSendToRoom }),
        },
      });
      const sendAt = scheduleMessage?.scheduledMessage.sendAt ?? '';
      onScheduled(fill(later.sentAt, { moment: momentOf(words, sendAt) }));
    } catch (refused) {
      throwDefect(refused);
      setError((refused as Error).message);
      setIsUnderWay(false);
    }
  }

  if (isPoll) {
    return (
      <Popover
        anchor={anchor}
        label={said.asPoll}
        className="trumpet-menu trumpet-send-later"
        onClose={onClose}
      >
        <MakePoll
          roomId={roomId}
          question={content}
          parentMessageId={parentMessageId}
          onAsked={() => onScheduled('')}
        />
      </Popover>
    );
  }
  if (sharing !== undefined) {
    return (
      <Popover
        anchor={anchor}
        label={sharing === 'location' ? shared.asLocation : shared.asContact}
        className="trumpet-menu trumpet-send-later"
        onClose={onClose}
      >
        <Share
          kind={sharing}
          roomId={roomId}
          name={content}
          parentMessageId={parentMessageId}
          onShared={() => onScheduled('')}
        />
      </Popover>
    );
  }
  if (isDisappearing) {
    return (
      <Popover
        anchor={anchor}
        label={later.disappearsAfter}
        className="trumpet-menu trumpet-send-later"
        onClose={onClose}
      >
        <Disappearing
          {...{ roomId, content, parentMessageId, alsoSendToRoom }}
          onSent={() => onScheduled('')}
        />
      </Popover>
    );
  }
  return (
    <Popover
      anchor={anchor}
      label={words.sendLater}
      className="trumpet-menu trumpet-send-later"
      onClose={onClose}
    >
      {room !== undefined && may(room, 'CREATE_POLLS') && (
        <button type="button" className="trumpet-menu-item" onClick={() => setIsPoll(true)}>
          <span>{said.asPoll} …</span>
        </button>
      )}
      <button type="button" className="trumpet-menu-item" onClick={() => setSharing('location')}>
        <span>{shared.asLocation} …</span>
      </button>
      <button type="button" className="trumpet-menu-item" onClick={() => setSharing('contact')}>
        <span>{shared.asContact} …</span>
      </button>
      <button type="button" className="trumpet-menu-item" onClick={() => setIsDisappearing(true)}>
        <span>{later.disappearsAfter} …</span>
      </button>
      {Object.entries(times).map(([name, at]) => (
        <button
          key={name}
          type="button"
          className="trumpet-menu-item"
          disabled={isUnderWay}
          onClick={() =>
            schedule(
              name === 'inAnHour' ? { sendAt: at.toISOString() } : { localTime: localTimeOf(at) },
            )
          }
        >
          <span dir="auto">
            {later[name as keyof typeof times]}
            <small>{momentOf(words, at.toISOString())}</small>
          </span>
        </button>
      ))}
      <form
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          schedule({ localTime });
        }}
      >
        <label htmlFor={id}>{later.dayAndTime}</label>
        <input
          id={id}
          type="datetime-local"
          className="trumpet-input"
          required
          min={localTimeOf(now)}
          value={localTime}
          onChange={({ target }) => setLocalTime(target.value)}
        />
        <button type="submit" className="trumpet-button trumpet-button-main" disabled={isUnderWay}>
          {later.sendThen}
        </button>
        <p role="alert">{error}</p>
      </form>
    </Popover>
  );
}
