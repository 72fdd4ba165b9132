import type { ReactNode } from 'react';
import { useClient, useQueue } from '../../react/index.ts';
import type { ShownMessage } from '../../shown.ts';
import type { Place } from '../composing.ts';
import { Icon } from '../icons.tsx';
import { useKit } from '../provider.tsx';
import { fill } from '../words/plural.ts';

/** What was refused, with its reason and what can be done about it. */
export function Trouble({ message, place }: TroubleProps): ReactNode {
  return message.refusal === null || message.actionId === null ? null : (
    <Refused place={place} actionId={message.actionId} reason={message.refusal.message} />
  );
}

export interface TroubleProps {
  readonly message: Pick<ShownMessage, 'actionId' | 'refusal'>;
  /** Whose composer can change it. Undefined: there is none. */
  readonly place?: Place;
}

interface RefusedProps extends Pick<TroubleProps, 'place'> {
  readonly actionId: string;
  readonly reason: string;
}

function Refused({ place, actionId, reason }: RefusedProps): ReactNode {
  const { words, composing } = useKit();
  const client = useClient();
  const action = useQueue().find(({ id }) => id === actionId);
  const deed = action?.deed;
  if (deed === undefined) {
    return null;
  }
  return (
    <div className="trumpet-trouble" role="alert">
      <Icon name="warning" />
      <span>{fill(deed.kind === 'send' ? words.notSent : words.notDone, { reason })}</span>
      <button type="button" onClick={() => client.mend(actionId, deed)}>
        {words.sendAgain}
      </button>
      {(deed.kind === 'send' || deed.kind === 'edit') && place !== undefined && (
        <button
          type="button"
          onClick={() =>
            composing.set(place, { kind: 'mend', actionId, deed, content: deed.content })
          }
        >
          {words.changeIt}
        </button>
      )}
      <button type="button" onClick={() => client.drop(actionId)}>
        {words.drop}
      </button>
    </div>
  );
}
