import { type ReactNode, useMemo } from 'react';
import { useClient } from '../../react/index.ts';
import { useView } from '../../react/use-view.ts';
import { statusesOf } from './store.ts';

export interface StatusTextProps {
  readonly userId: string;
}

/** What a person says of themselves, beside their name. */
export default function StatusText({ userId }: StatusTextProps): ReactNode {
  const client = useClient();
  const status = useView(useMemo(() => statusesOf(client).of(userId), [client, userId]));
  return (
    status !== undefined && (
      <bdi className="trumpet-status-text" title={status.text ?? undefined}>
        {[status.emoji, status.text].filter(Boolean).join(' ')}
      </bdi>
    )
  );
}
