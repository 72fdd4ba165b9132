import { type ReactNode, type SubmitEvent, useId, useRef, useState } from 'react';
import { throwDefect } from '../../errors.ts';
import { useClient } from '../../react/index.ts';
import { localTimeOf } from '../dates.ts';
import { useWords } from '../provider.tsx';
import { fill, writeNumber } from '../words/plural.ts';
import { CreatePollDocument } from './generated.ts';
import { pollWords } from './words.ts';

export interface MakePollProps {
  readonly roomId: string;
  readonly question: string;
  readonly parentMessageId: string | undefined;
  readonly onAsked: () => void;
}

const ANSWERS_LIMIT = 20;
const ANSWER_CHARACTERS_LIMIT = 80;

/** What can be answered to the question that was written. There is always one more field, until there are all. */
export function MakePoll({ roomId, question, parentMessageId, onAsked }: MakePollProps): ReactNode {
  const { language } = useWords();
  const words = pollWords(language);
  const client = useClient();
  const [answers, setAnswers] = useState<readonly string[]>(['', '']);
  const [isSeveral, setIsSeveral] = useState(false);
  const [isAnonymous, setIsAnonymous] = useState(false);
  const [closesAt, setClosesAt] = useState('');
  const [error, setError] = useState('');
  const [isUnderWay, setIsUnderWay] = useState(false);
  const asked = useRef({ nonce: '', what: '' });
  const id = useId();
  const given = answers.map((answer) => answer.trim()).filter((answer) => answer !== '');

  function write(at: number, text: string): void {
    const next = answers.with(at, text);
    setAnswers(next.at(-1) === '' || next.length === ANSWERS_LIMIT ? next : [...next, '']);
  }

  async function ask(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    setIsUnderWay(true);
    setError('');
    // A lost answer is asked for again, and nothing is asked twice.
    const what = JSON.stringify([given, isSeveral, isAnonymous, closesAt]);
    if (what !== asked.current.what) {
      asked.current = { nonce: crypto.randomUUID(), what };
    }
    try {
      await client.ask(CreatePollDocument, {
        input: {
          ...{ roomId, question, isAnonymous, nonce: asked.current.nonce },
          answers: given,
          maxChoices: isSeveral ? given.length : 1,
          ...(closesAt !== '' && { closesAt: new Date(closesAt).toISOString() }),
          ...(parentMessageId !== undefined && { parentMessageId }),
        },
      });
      onAsked();
    } catch (refused) {
      throwDefect(refused);
      setError((refused as Error).message);
      setIsUnderWay(false);
    }
  }

  return (
    <form className="trumpet-make-poll" onSubmit={ask}>
      <p dir="auto">{question}</p>
      {answers.map((answer, at) => (
        <input
          // biome-ignore lint/suspicious/noArrayIndexKey: a field is its place
          key={at}
          className="trumpet-input"
          dir={answer === '' ? undefined : 'auto'}
          aria-label={fill(words.answer, { number: writeNumber(language, at + 1) })}
          placeholder={fill(words.answer, { number: writeNumber(language, at + 1) })}
          maxLength={ANSWER_CHARACTERS_LIMIT}
          required={at < 2}
          value={answer}
          onChange={({ target }) => write(at, target.value)}
        />
      ))}
      <label className="trumpet-choice">
        <input
          type="checkbox"
          checked={isSeveral}
          onChange={({ target }) => setIsSeveral(target.checked)}
        />
        {words.several}
      </label>
      <label className="trumpet-choice">
        <input
          type="checkbox"
          checked={isAnonymous}
          onChange={({ target }) => setIsAnonymous(target.checked)}
        />
        {words.anonymous}
      </label>
      <label htmlFor={id}>{words.closesAt}</label>
      <input
        id={id}
        type="datetime-local"
        className="trumpet-input"
        min={localTimeOf(new Date())}
        value={closesAt}
        onChange={({ target }) => setClosesAt(target.value)}
      />
      <button
        type="submit"
        className="trumpet-button trumpet-button-main"
        disabled={isUnderWay || given.length < 2}
      >
        {words.ask}
      </button>
      <p role="alert">{error}</p>
    </form>
  );
}
