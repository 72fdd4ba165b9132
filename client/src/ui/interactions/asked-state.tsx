import type { ReactNode } from 'react';
import { useClient } from '../../react/index.ts';
import { IconButton } from '../icon-button.tsx';
import { Icon } from '../icons.tsx';
import { Markdown } from '../markdown.tsx';
import { usePersonName } from '../names.ts';
import { useWords } from '../provider.tsx';
import { fill } from '../words/plural.ts';
import { type Asked, interactionsOf } from './store.ts';

export interface AskedStateProps {
  readonly asked: Asked;
}

const NOBODY = new Map<string, string>();

/** How it goes with something that was asked of a bot, and the answer for this person alone. */
export function AskedState({ asked }: AskedStateProps): ReactNode {
  const words = useWords();
  const client = useClient();
  const person = usePersonName(asked.botId);
  const name = asked.botName ?? person;
  const { state, answer, reason } = asked;
  return (
    <div className="trumpet-asked" data-state={state}>
      <div className="trumpet-asked-text">
        {asked.text !== null && (
          <p className="trumpet-asked-command" dir="auto">
            {asked.text}
          </p>
        )}
        {answer !== null && (
          <>
            <p className="trumpet-asked-note">
              <bdi>{name}</bdi> · {words.onlyYou}
            </p>
            <Markdown text={answer} mentioned={NOBODY} />
          </>
        )}
        {answer === null && (
          <p className="trumpet-asked-note">
            <Icon name={ICONS[state]} />{' '}
            {state === 'refused'
              ? fill(words.notDone, { reason: reason ?? '' })
              : fill(words[SENTENCES[state]], { name })}
          </p>
        )}
      </div>
      {state !== 'waiting' && (
        <IconButton
          icon="close"
          label={words.close}
          onClick={() => interactionsOf(client).dismiss(asked.key)}
        />
      )}
    </div>
  );
}

const ICONS = {
  waiting: 'clock',
  answered: 'check',
  unanswered: 'warning',
  refused: 'warning',
} as const;

const SENTENCES = {
  waiting: 'waitingForBot',
  answered: 'botIsDone',
  unanswered: 'botIsSilent',
} as const;
