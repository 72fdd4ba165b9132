import { type ReactNode, useEffect, useId, useState } from 'react';
import { throwDefect } from '../../errors.ts';
import { useClient, useRoom, useViewerId } from '../../react/index.ts';
import type { ShownMessage } from '../../shown.ts';
import { momentOf } from '../dates.ts';
import { mayWrite } from '../messages/actions.ts';
import { may } from '../permissions.ts';
import { Popover } from '../popover.tsx';
import { useWords } from '../provider.tsx';
import { count, fill } from '../words/plural.ts';
import { useChoices } from './choices.ts';
import { ClosePollDocument, PollVotersDocument, type PollVotersQuery } from './generated.ts';
import type { Poll } from './poll-of.ts';
import { pollWords } from './words.ts';

export interface MessagePollProps {
  readonly message: Pick<ShownMessage, 'id' | 'roomId' | 'authorId' | 'seq' | 'heldAt'>;
  readonly poll: Poll;
  readonly tabIndex: number;
}

/** The answers of a poll, how many have chosen each, and this person's own choice. */
export function MessagePoll({ message, poll, tabIndex }: MessagePollProps): ReactNode {
  const words = useWords();
  const said = pollWords(words.language);
  const room = useRoom(message.roomId);
  const viewerId = useViewerId();
  const isSent = message.seq !== null;
  const { chosen, choose } = useChoices(message.id, isSent);
  const [error, setError] = useState('');
  const [voters, setVoters] = useState<Element | null>(null);
  const [closing, setClosing] = useState<Element | null>(null);
  const name = useId();
  const isOver = useIsOver(poll);
  const mayVote =
    isSent &&
    !isOver &&
    message.heldAt === null &&
    room !== undefined &&
    mayWrite(room, 'ADD_REACTIONS');
  const mayClose =
    isSent &&
    !isOver &&
    room !== undefined &&
    !room.isArchived &&
    (message.authorId === viewerId || may(room, 'CLOSE_POLLS'));
  const isSingle = poll.maxChoices === 1;
  const most = Math.max(1, poll.voterCount);

  async function vote(numbers: ReadonlySet<number>): Promise<void> {
    setError('');
    try {
      await choose(numbers);
    } catch (refused) {
      throwDefect(refused);
      setError((refused as Error).message);
    }
  }

  function toggle(number: number): void {
    const next = new Set(isSingle ? [] : chosen);
    if (isSingle || !next.delete(number)) {
      next.add(number);
    }
    vote(next);
  }

  return (
    <div className="trumpet-poll" data-over={isOver}>
      <fieldset disabled={!mayVote || chosen === undefined}>
        <legend>
          {isOver
            ? said.closed
            : isSingle
              ? said.chooseOne
              : count(words.language, said.chooseUpTo, poll.maxChoices)}
        </legend>
        {poll.answers.map((answer, at) => {
          const number = at + 1;
          const votes = poll.counts[at] ?? 0;
          const isChosen = chosen?.has(number) === true;
          return (
            <label key={answer} className="trumpet-poll-answer" data-chosen={isChosen}>
              <input
                type={isSingle ? 'radio' : 'checkbox'}
                name={name}
                tabIndex={tabIndex}
                checked={isChosen}
                disabled={!isSingle && !isChosen && (chosen?.size ?? 0) >= poll.maxChoices}
                onChange={() => toggle(number)}
              />
              <bdi>{answer}</bdi>
              <span className="trumpet-poll-count">{count(words.language, said.votes, votes)}</span>
              <span
                className="trumpet-poll-bar"
                style={{ inlineSize: `${(100 * votes) / most}%` }}
                aria-hidden="true"
              />
            </label>
          );
        })}
      </fieldset>
      <p className="trumpet-poll-state">
        {[
          count(words.language, said.voters, poll.voterCount),
          ...(poll.closesAt !== null && !isOver
            ? [fill(said.openUntil, { moment: momentOf(words, poll.closesAt) })]
            : []),
          ...(poll.isAnonymous ? [said.nobodySees] : []),
        ].join(' · ')}
      </p>
      <div className="trumpet-poll-deeds">
        {mayVote && chosen !== undefined && chosen.size > 0 && (
          <button
            type="button"
            className="trumpet-component"
            tabIndex={tabIndex}
            onClick={() => vote(new Set())}
          >
            {said.takeBack}
          </button>
        )}
        {!poll.isAnonymous && poll.voterCount > 0 && (
          <button
            type="button"
            className="trumpet-component"
            tabIndex={tabIndex}
            aria-haspopup="dialog"
            onClick={({ currentTarget }) => setVoters(currentTarget)}
          >
            {said.whoVoted}
          </button>
        )}
        {mayClose && (
          <button
            type="button"
            className="trumpet-component"
            tabIndex={tabIndex}
            aria-haspopup="dialog"
            onClick={({ currentTarget }) => setClosing(currentTarget)}
          >
            {said.close}
          </button>
        )}
      </div>
      <p role="alert" className="trumpet-poll-error">
        {error}
      </p>
      {voters !== null && (
        <Popover anchor={voters} label={said.whoVoted} onClose={() => setVoters(null)}>
          <Voters messageId={message.id} />
        </Popover>
      )}
      {closing !== null && (
        <Popover anchor={closing} label={said.close} onClose={() => setClosing(null)}>
          <Closing messageId={message.id} onClosed={() => setClosing(null)} />
        </Popover>
      )}
    </div>
  );
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A poll with a time is over by the clock: nothing tells of it. */
function useIsOver({ closesAt, closedAt }: Poll): boolean {
  const [now, setNow] = useState(Date.now);
  const rest = closedAt !== null ? 0 : closesAt === null ? Infinity : Date.parse(closesAt) - now;
  useEffect(() => {
    if (rest <= 0 || rest === Infinity) {
      return undefined;
    }
    const timer = setTimeout(() => setNow(Date.now()), Math.min(rest, LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  }, [rest]);
  return rest <= 0;
}

const VOTERS_SHOWN = 50;
type Answers = NonNullable<NonNullable<PollVotersQuery['message']>['poll']>['answers'];

function Voters({ messageId }: { readonly messageId: string }): ReactNode {
  const words = useWords();
  const said = pollWords(words.language);
  const client = useClient();
  const [answers, setAnswers] = useState<Answers | null>(null);
  const [error, setError] = useState('');
  useEffect(() => {
    let isWanted = true;
    client
      .ask(PollVotersDocument, { messageId, first: VOTERS_SHOWN })
      .then(({ message }) => isWanted && setAnswers(message?.poll?.answers ?? []))
      .catch((refused) => {
        throwDefect(refused);
        setError((refused as Error).message);
      });
    return () => {
      isWanted = false;
    };
  }, [client, messageId]);
  return (
    <div className="trumpet-poll-voters" aria-busy={answers === null}>
      <p role="alert">{error}</p>
      {answers?.map(({ number, text, voters, ...answer }) => (
        <section key={number}>
          <h3 dir="auto">{text}</h3>
          <ul>
            {voters.nodes.map(({ id, username, displayName }) => (
              <li key={id}>
                <bdi>{displayName || username}</bdi>
              </li>
            ))}
            {voters.nodes.length === 0 && <li>{said.nobody}</li>}
            {answer.count > voters.nodes.length && voters.nodes.length === VOTERS_SHOWN && (
              <li>{count(words.language, said.andMore, answer.count - voters.nodes.length)}</li>
            )}
          </ul>
        </section>
      ))}
    </div>
  );
}

interface ClosingProps {
  readonly messageId: string;
  readonly onClosed: () => void;
}

function Closing({ messageId, onClosed }: ClosingProps): ReactNode {
  const { language } = useWords();
  const said = pollWords(language);
  const client = useClient();
  const [error, setError] = useState('');

  async function close(): Promise<void> {
    setError('');
    try {
      await client.ask(ClosePollDocument, { input: { messageId } });
      onClosed();
    } catch (refused) {
      throwDefect(refused);
      setError((refused as Error).message);
    }
  }

  return (
    <div className="trumpet-poll-voters">
      <p>{said.closeText}</p>
      <button type="button" className="trumpet-button trumpet-button-main" onClick={close}>
        {said.close}
      </button>
      <p role="alert">{error}</p>
    </div>
  );
}
