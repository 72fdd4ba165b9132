import type { ReactNode } from 'react';
import { useClient } from '../../react/index.ts';
import { useWords } from '../provider.tsx';
import { lengthOfTime } from '../special/length-of-time.ts';

export interface DisappearingProps {
  readonly roomId: string;
  readonly content: string;
  /** The message that is answered; none: it goes to the room. */
  readonly parentMessageId: string | undefined;
  /** The answer goes to the room as well. */
  readonly alsoSendToRoom?: boolean | undefined;
  readonly onSent: () => void;
}

const TIMES_S = [60, 3_600, 86_400, 7 * 86_400];

/** How long a message is to be there: it is sent when that is chosen. */
export function Disappearing(props: DisappearingProps): ReactNode {
  const { roomId, content, parentMessageId, alsoSendToRoom, onSent } = props;
  const { language } = useWords();
  const client = useClient();
  return TIMES_S.map((seconds) => (
    <button
      key={seconds}
      type="button"
      className="trumpet-menu-item"
      onClick={() => {
        client.act({
          kind: 'send',
          roomId,
          content,
          metadata: { disappearAfterSeconds: seconds },
          ...(parentMessageId !== undefined && { parentMessageId }),
          ...(alsoSendToRoom && { alsoSendToRoom }),
        });
        onSent();
      }}
    >
      <span>{lengthOfTime(language, seconds)}</span>
    </button>
  ));
}
