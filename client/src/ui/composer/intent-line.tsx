import type { ReactNode } from 'react';
import { useMessage } from '../../react/index.ts';
import type { Intent } from '../composing.ts';
import { IconButton } from '../icon-button.tsx';
import { Icon } from '../icons.tsx';
import { usePersonName } from '../names.ts';
import { plainText } from '../plain-text.ts';
import { useWords } from '../provider.tsx';
import { fill } from '../words/plural.ts';

interface IntentLineProps {
  readonly roomId: string;
  readonly intent: Intent;
  readonly onLeave: () => void;
}

/** What is edited or answered. */
export default function IntentLine({ roomId, intent, onLeave }: IntentLineProps): ReactNode {
  const words = useWords();
  const messageId = 'messageId' in intent ? intent.messageId : null;
  const isEdit = intent.kind === 'edit' || intent.kind === 'mend';
  const message = useMessage(roomId, messageId);
  const name = usePersonName(message?.authorId ?? '');
  return (
    <div className="trumpet-intent">
      <Icon name={isEdit ? 'edit' : (intent.kind as 'reply')} />
      <span dir="auto">
        <strong>
          {isEdit
            ? words.editing
            : intent.kind === 'quote'
              ? name
              : fill(words.replyingTo, { name })}
        </strong>{' '}
        {'metadata' in intent && intent.metadata.quote.content
          ? intent.metadata.quote.content
          : !isEdit && message !== undefined && plainText(words, message)}
      </span>
      <IconButton icon="close" label={words.cancel} onClick={onLeave} />
    </div>
  );
}
