import { lazy, type ReactNode, Suspense, useRef, useState } from 'react';
import { useClient } from '../../react/index.ts';
import type { ShownMessage } from '../../shown.ts';
import { Icon } from '../icons.tsx';
import { Menu } from '../menu.tsx';
import { useModal } from '../modal.ts';
import { Popover } from '../popover.tsx';
import { useKit, useWords } from '../provider.tsx';
import { untilLoaded } from '../until-loaded.ts';
import { fill } from '../words/plural.ts';
import type { MessageAction } from './actions.ts';

const EmojiPicker = lazy(() => untilLoaded(() => import('../emoji-picker.tsx')));

/** What is offered first. */
const QUICK_EMOJI = ['👍', '❤️', '😂', '🎉', '😮', '😢'];

/** What is open at a message of a list. */
export type OpenMenu =
  | { readonly kind: 'menu'; readonly message: ShownMessage; readonly anchor: Element }
  | { readonly kind: 'emoji'; readonly message: ShownMessage; readonly anchor: Element }
  | { readonly kind: 'delete'; readonly message: ShownMessage };

export interface MessageMenuProps {
  readonly open: OpenMenu | null;
  readonly actionsFor: (message: ShownMessage) => readonly MessageAction[];
  /** Left out where the person may not react. */
  readonly react: ((message: ShownMessage, emoji: string) => void) | undefined;
  readonly onClose: () => void;
}

export function MessageMenu({ open, actionsFor, react, onClose }: MessageMenuProps): ReactNode {
  const { words, emojiUrl } = useKit();
  const [hasPicker, setHasPicker] = useState(false);
  const [shown, setShown] = useState(open);
  if (shown !== open) {
    setShown(open);
    setHasPicker(false);
  }
  if (open === null) {
    return null;
  }
  if (open.kind === 'delete') {
    return <DeleteQuestion message={open.message} onClose={onClose} />;
  }
  const { message, anchor } = open;
  const pick = (emoji: string) => {
    onClose();
    react?.(message, emoji);
  };
  if (hasPicker && emojiUrl !== undefined) {
    return (
      <Suspense>
        <EmojiPicker anchor={anchor} emojiUrl={emojiUrl} onPick={pick} onClose={onClose} />
      </Suspense>
    );
  }
  const quick = message.messageType !== 'SYSTEM' && react !== undefined && (
    <QuickEmoji
      onPick={pick}
      onMore={emojiUrl === undefined ? undefined : () => setHasPicker(true)}
    />
  );
  if (open.kind === 'emoji') {
    return (
      <Popover anchor={anchor} label={words.react} onClose={onClose}>
        {quick}
      </Popover>
    );
  }
  return (
    <Menu
      anchor={anchor}
      label={words.actions}
      items={actionsFor(message).map((action) => ({ ...action, run: () => action.run(message) }))}
      onClose={onClose}
    >
      {quick}
    </Menu>
  );
}

interface QuickEmojiProps {
  readonly onPick: (emoji: string) => void;
  readonly onMore: (() => void) | undefined;
}

function QuickEmoji({ onPick, onMore }: QuickEmojiProps): ReactNode {
  const words = useWords();
  return (
    <div className="trumpet-quick-emoji">
      {QUICK_EMOJI.map((emoji) => (
        <button
          key={emoji}
          type="button"
          aria-label={fill(words.reactWith, { emoji })}
          onClick={() => onPick(emoji)}
        >
          {emoji}
        </button>
      ))}
      {onMore !== undefined && (
        <button type="button" aria-label={words.moreEmoji} title={words.moreEmoji} onClick={onMore}>
          <Icon name="smile" />
        </button>
      )}
    </div>
  );
}

interface DeleteQuestionProps {
  readonly message: ShownMessage;
  readonly onClose: () => void;
}

function DeleteQuestion({ message, onClose }: DeleteQuestionProps): ReactNode {
  const words = useWords();
  const client = useClient();
  const dialog = useModal();
  const isConfirmed = useRef(false);
  const closed = () => {
    onClose();
    if (isConfirmed.current) {
      client.act({ kind: 'delete', roomId: message.roomId, messageId: message.id });
    }
  };
  return (
    <dialog
      ref={dialog}
      className="trumpet trumpet-dialog"
      aria-label={words.deleteQuestion}
      onClose={closed}
    >
      <p>{words.deleteQuestion}</p>
      <div className="trumpet-dialog-buttons">
        <button type="button" className="trumpet-button" onClick={() => dialog.current?.close()}>
          {words.cancel}
        </button>
        <button
          type="button"
          className="trumpet-button trumpet-button-danger"
          onClick={() => {
            isConfirmed.current = true;
            dialog.current?.close();
          }}
        >
          {words.delete}
        </button>
      </div>
    </dialog>
  );
}
