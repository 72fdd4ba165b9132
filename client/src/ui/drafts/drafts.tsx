import { type ReactNode, useEffect, useRef, useState } from 'react';
import { throwDefect } from '../../errors.ts';
import { useClient } from '../../react/index.ts';
import { useView } from '../../react/use-view.ts';
import { useWords } from '../provider.tsx';
import { draftsOf } from './sync.ts';
import { draftWords } from './words.ts';

export interface DraftsProps {
  readonly roomId: string;
  readonly threadId: string | undefined;
  readonly draft: string;
  /** It was written on another device. */
  readonly onDraft: (text: string) => void;
  /** The person writes more. */
  readonly onWrite: (text: string) => void;
}

/** Keeps the draft of a composer the same on all devices, and offers what was written beside it. */
export function Drafts({ roomId, threadId, draft, onDraft, onWrite }: DraftsProps): ReactNode {
  const drafts = draftsOf(useClient());
  const words = draftWords(useWords().language);
  const [others] = useState(() => drafts.setAside({ roomId, threadId }));
  const setAside = useView(others);
  const shown = useRef(draft);

  useEffect(() => {
    if (shown.current !== draft) {
      shown.current = draft;
      drafts.touch({ roomId, threadId });
    }
  }, [drafts, roomId, threadId, draft]);

  useEffect(() => {
    const end = drafts.watch({ roomId, threadId }, (text) => {
      shown.current = text;
      onDraft(text);
    });
    return () => {
      end();
      drafts.flush();
    };
  }, [drafts, roomId, threadId, onDraft]);

  return setAside.map(({ id, content }) => (
    <section key={id} className="trumpet-set-aside" aria-label={words.writtenElsewhere}>
      <p>{words.writtenElsewhere}</p>
      <blockquote dir="auto">{content}</blockquote>
      <button
        type="button"
        className="trumpet-button"
        onClick={() => onWrite(draft === '' ? content : `${draft}\n${content}`)}
      >
        {words.addToText}
      </button>
      <button
        type="button"
        className="trumpet-button"
        onClick={() => drafts.discard(id).catch(throwDefect)}
      >
        {words.discard}
      </button>
    </section>
  ));
}
