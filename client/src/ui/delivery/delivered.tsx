import { type ReactNode, useMemo } from 'react';
import { useClient } from '../../react/index.ts';
import { useView } from '../../react/use-view.ts';
import { Icon } from '../icons.tsx';
import { useWords } from '../provider.tsx';
import { deliveriesOf } from './store.ts';
import { deliveryWords } from './words.ts';

export interface DeliveredProps {
  readonly roomId: string;
  readonly authorId: string;
  readonly seq: number;
}

/** Of a message that nobody has seen yet: whether it is on a device of each of the others, or sent. */
export default function Delivered({ roomId, authorId, seq }: DeliveredProps): ReactNode {
  const words = useWords();
  const client = useClient();
  const seqs = useView(useMemo(() => deliveriesOf(client, roomId), [client, roomId]));
  const others = [...seqs].filter(([userId]) => userId !== authorId);
  const isThere = others.length > 0 && others.every(([, delivered]) => delivered >= seq);
  return (
    <>
      <Icon name={isThere ? 'checks' : 'check'} />
      {isThere ? deliveryWords(words.language).delivered : words.sent}
    </>
  );
}
