import { type ReactNode, useEffect, useState } from 'react';
import { throwDefect } from '../../errors.ts';
import { useClient } from '../../react/index.ts';
import { useIsGone } from '../../react/use-is-gone.ts';
import { IconButton } from '../icon-button.tsx';
import { nameOfPerson } from '../names.ts';
import { plainText } from '../plain-text.ts';
import { Popover } from '../popover.tsx';
import { useWords } from '../provider.tsx';
import { count, fill, writeNumber } from '../words/plural.ts';
import { RoomRecapDocument, type RoomRecapQuery } from './generated.ts';
import { type RecapWords, recapWords } from './words.ts';

export interface RecapProps {
  readonly roomId: string;
  /** What came after this one was missed. */
  readonly sinceSeq: number;
  readonly onJumpTo: (seq: number) => void;
}

/** Offers to tell what somebody has missed in a room, in numbers and by the messages that stand out. */
export default function Recap({ roomId, sinceSeq, onJumpTo }: RecapProps): ReactNode {
  const said = recapWords(useWords().language);
  const [isDismissed, setIsDismissed] = useState(false);
  const [anchor, setAnchor] = useState<Element | null>(null);
  if (isDismissed) {
    return null;
  }
  return (
    <div className="trumpet-recap-offer">
      <button
        type="button"
        className="trumpet-jump"
        aria-haspopup="dialog"
        onClick={({ currentTarget }) => setAnchor(currentTarget)}
      >
        {said.title}
      </button>
      <IconButton icon="close" label={said.dismiss} onClick={() => setIsDismissed(true)} />
      {anchor !== null && (
        <Popover
          anchor={anchor}
          label={said.title}
          className="trumpet-recap"
          onClose={() => setAnchor(null)}
        >
          <Missed
            roomId={roomId}
            sinceSeq={sinceSeq}
            onJumpTo={(seq) => {
              setAnchor(null);
              onJumpTo(seq);
            }}
          />
        </Popover>
      )}
    </div>
  );
}

type RoomRecap = NonNullable<RoomRecapQuery['roomRecap']>;
type Highlight = RoomRecap['highlights'][number];

function Missed({ roomId, sinceSeq, onJumpTo }: RecapProps): ReactNode {
  const words = useWords();
  const said = recapWords(words.language);
  const client = useClient();
  const [attempt, setAttempt] = useState(0);
  const [answer, setAnswer] = useState<RoomRecap | null>();
  const [error, setError] = useState('');
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again at each attempt
  useEffect(() => {
    let isShown = true;
    client.ask(RoomRecapDocument, { roomId, sinceSeq }).then(
      ({ roomRecap }) => isShown && setAnswer(roomRecap),
      (refused) => {
        throwDefect(refused);
        if (isShown) {
          setError((refused as Error).message);
        }
      },
    );
    return () => {
      isShown = false;
    };
  }, [client, roomId, sinceSeq, attempt]);

  if (error !== '') {
    return (
      <>
        <p role="alert">{error}</p>
        <button
          type="button"
          className="trumpet-button"
          onClick={() => {
            setError('');
            setAttempt(attempt + 1);
          }}
        >
          {said.again}
        </button>
      </>
    );
  }
  if (answer === undefined) {
    return <p role="status">{words.loading}</p>;
  }
  if (answer === null || answer.messageCount === 0) {
    return <p role="status">{said.nothing}</p>;
  }
  const told = (['mentions', 'files', 'polls', 'threads'] as const).flatMap((what) => {
    const of = answer[COUNTS[what]];
    return of === 0 ? [] : [count(words.language, said[what], of)];
  });
  return (
    <>
      <p role="status">
        <strong>
          {fill(said.messagesFrom, {
            messages: count(words.language, said.messages, answer.messageCount),
            people: count(words.language, said.people, answer.peopleCount),
          })}
        </strong>
        {answer.isPartial && <small>{said.partial}</small>}
      </p>
      {told.length > 0 && (
        <ul className="trumpet-recap-numbers">
          {told.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {answer.peopleCount > 1 && (
        <>
          <h3>{said.mostFrom}</h3>
          <ul className="trumpet-recap-numbers">
            {answer.writers.map(({ user, messageCount }) => (
              <li key={user.id}>
                <bdi>{nameOfPerson(words, user)}</bdi> {writeNumber(words.language, messageCount)}
              </li>
            ))}
          </ul>
        </>
      )}
      {answer.highlights.length > 0 && (
        <>
          <h3>{said.standsOut}</h3>
          <ul>
            {answer.highlights.map((highlight) => (
              <Outstanding key={highlight.message.id} highlight={highlight} onJumpTo={onJumpTo} />
            ))}
          </ul>
        </>
      )}
    </>
  );
}

const COUNTS = {
  mentions: 'mentionCount',
  files: 'fileCount',
  polls: 'pollCount',
  threads: 'threadCount',
} as const;

interface OutstandingProps {
  readonly highlight: Highlight;
  readonly onJumpTo: (seq: number) => void;
}

function Outstanding({ highlight, onJumpTo }: OutstandingProps): ReactNode {
  const words = useWords();
  const { message } = highlight;
  const isGone = useIsGone(message.disappearsAt);
  return isGone ? null : (
    <li>
      <button
        type="button"
        className="trumpet-menu-item"
        onClick={() => onJumpTo(Number(message.seq))}
      >
        <span>
          <small>
            <bdi>{nameOfPerson(words, message.author)}</bdi> · {reasonOf(words.language, highlight)}
          </small>
          <span dir="auto">{plainText(words, message)}</span>
        </span>
      </button>
    </li>
  );
}

function reasonOf(language: string, { reason, count: of }: Highlight): string {
  const said: RecapWords = recapWords(language);
  switch (reason) {
    case 'MENTION':
      return said.mention;
    case 'POLL':
      return said.poll;
    case 'REACTIONS':
      return count(language, said.reactions, of);
    case 'REPLIES':
      return count(language, said.replies, of);
  }
}
