import type { ReactNode } from 'react';
import { useClient } from '../../react/index.ts';
import { useView } from '../../react/use-view.ts';
import { Icon } from '../icons.tsx';
import { useWords } from '../provider.tsx';
import { draftsOf } from './sync.ts';
import { draftWords } from './words.ts';

/** Marks a room of the list where something was begun, on whichever device. */
export default function DraftMark({ roomId }: { readonly roomId: string }): ReactNode {
  const words = draftWords(useWords().language);
  return (
    useView(draftsOf(useClient()).roomIds).has(roomId) && (
      <span role="img" aria-label={words.draft} title={words.draft} className="trumpet-room-muted">
        <Icon name="edit" />
      </span>
    )
  );
}
