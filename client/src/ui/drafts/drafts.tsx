import { type ReactNode, useEffect, useRef, useState } from 'react';
import { throwDefect } from '../../errors.ts';
import { useClient } from '../../react/index.ts';
import { useView } from '../../react/use-view.ts';
import type { ChosenFile } from '../composing.ts';
import { Icon } from '../icons.tsx';
import { useWords } from '../provider.tsx';
import { draftsOf, withMore } from './sync.ts';
import { draftWords } from './words.ts';

export interface DraftsProps {
  readonly roomId: string;
  readonly threadId: string | undefined;
  readonly draft: string;
  readonly files: readonly ChosenFile[];
  /** They are others: some are there or gone on another device, or are uploaded. */
  readonly onFiles: (files: readonly ChosenFile[]) => void;
  /** It was written on another device. */
  readonly onDraft: (text: string) => void;
  /** The person writes more. */
  readonly onWrite: (text: string) => void;
}

/** Keeps the draft of a composer the same on all devices, and offers what was written beside it. */
export function Drafts(props: DraftsProps): ReactNode {
  const { roomId, threadId, draft, files, onDraft, onFiles, onWrite } = props;
  const drafts = draftsOf(useClient());
  const words = draftWords(useWords().language);
  const [others] = useState(() => drafts.setAside({ roomId, threadId }));
  const setAside = useView(others);
  const shown = useRef(draft);
  const shownFiles = useRef(files);

  useEffect(() => {
    if (shown.current !== draft) {
      shown.current = draft;
      drafts.touch({ roomId, threadId });
    }
  }, [drafts, roomId, threadId, draft]);

  useEffect(() => {
    if (shownFiles.current !== files) {
      shownFiles.current = files;
      drafts.choose({ roomId, threadId }, files);
    }
  }, [drafts, roomId, threadId, files]);

  useEffect(() => {
    const end = drafts.watch({ roomId, threadId }, shownFiles.current, (text, chosen) => {
      shown.current = text;
      onDraft(text);
      shownFiles.current = chosen;
      onFiles(chosen);
    });
    return () => {
      end();
      drafts.flush();
    };
  }, [drafts, roomId, threadId, onDraft, onFiles]);

  return setAside.map(({ id, content, attachments }) => (
    <section key={id} className="trumpet-set-aside" aria-label={words.writtenElsewhere}>
      <p>{words.writtenElsewhere}</p>
      <blockquote dir="auto">
        {content}
        {attachments.map((file) => (
          <span key={file.id} className="trumpet-chosen-file">
            <Icon name="file" />
            <bdi>{file.filename}</bdi>
          </span>
        ))}
      </blockquote>
      <button
        type="button"
        className="trumpet-button"
        onClick={() => {
          onWrite([draft, content].filter((text) => text !== '').join('\n'));
          onFiles(withMore(files, attachments));
        }}
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
