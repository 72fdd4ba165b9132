import { type ReactNode, useEffect, useState } from 'react';
import type { Attachment } from '../../replica/model.ts';
import { useFreshAttachment } from '../fresh-attachment.ts';
import { IconButton } from '../icon-button.tsx';
import { useModal } from '../modal.ts';
import { useWords } from '../provider.tsx';
import { textFileWords } from './words.ts';

export interface TextFileProps {
  readonly messageId: string;
  readonly file: Attachment;
  /** By which it is downloaded. */
  readonly children: ReactNode;
}

/** So much of a file is fetched for its first lines. */
const BEGINNING_BYTES = 2_048;
const FIRST_LINES = 5;
/** Lines that are longer may not be seen to their ends. */
const SEEN_AT_ONCE_BYTES = 200;
/** What is larger is for other programs. */
const SHOWN_WHOLE_BYTES = 2_000_000;

/** The first lines of a text, and all of it when that is asked for. What cannot be fetched can still be downloaded. */
export default function TextFile({ messageId, file, children }: TextFileProps): ReactNode {
  const said = textFileWords(useWords().language);
  const [fresh] = useFreshAttachment(messageId, file);
  const [isOpen, setIsOpen] = useState(false);
  const { text: beginning = '' } = useText(fresh?.url ?? null, BEGINNING_BYTES);
  const lines = beginning.split('\n', FIRST_LINES).join('\n').trimEnd();
  const isMore =
    lines !== '' && (lines !== beginning.trimEnd() || file.byteSize > SEEN_AT_ONCE_BYTES);
  return (
    <div className="trumpet-text-file">
      {children}
      {lines !== '' && <pre dir="auto">{lines}</pre>}
      {isMore && file.byteSize <= SHOWN_WHOLE_BYTES && (
        <button type="button" className="trumpet-message-show" onClick={() => setIsOpen(true)}>
          {said.open}
        </button>
      )}
      {isOpen && (
        <WholeText name={file.filename} url={fresh?.url ?? null} onClose={() => setIsOpen(false)} />
      )}
    </div>
  );
}

interface WholeTextProps {
  readonly name: string;
  readonly url: string | null;
  readonly onClose: () => void;
}

function WholeText({ name, url, onClose }: WholeTextProps): ReactNode {
  const words = useWords();
  const said = textFileWords(words.language);
  const dialog = useModal();
  const { text, isUnreached } = useText(url);
  return (
    <dialog
      ref={dialog}
      className="trumpet trumpet-dialog trumpet-whole-text"
      aria-label={name}
      onClose={onClose}
    >
      <header>
        <strong dir="auto">{name}</strong>
        <IconButton icon="close" label={words.close} onClick={() => dialog.current?.close()} />
      </header>
      {text === undefined ? (
        <p role="status">{isUnreached ? said.unreached : words.loading}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        <pre dir="auto" tabIndex={0}>
          {text}
        </pre>
      )}
    </dialog>
  );
}

interface FetchedText {
  readonly text?: string;
  readonly isUnreached?: boolean;
}

/** A text in UTF-8, or its beginning, which may end within a character: that one is left out. */
function useText(url: string | null, bytes?: number): FetchedText {
  const [fetched, setFetched] = useState<FetchedText>({});
  useEffect(() => {
    if (url === null) {
      return undefined;
    }
    const asking = new AbortController();
    fetch(url, {
      signal: asking.signal,
      ...(bytes !== undefined && { headers: { Range: `bytes=0-${bytes - 1}` } }),
    })
      .then(async (response) => {
        const read = await response.arrayBuffer();
        const text = new TextDecoder().decode(read.slice(0, bytes), { stream: true });
        setFetched(response.ok ? { text } : { isUnreached: true });
      })
      .catch(() => {
        if (!asking.signal.aborted) {
          setFetched({ isUnreached: true });
        }
      });
    return () => asking.abort();
  }, [url, bytes]);
  return fetched;
}
