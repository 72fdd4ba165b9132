import { EmojiPicker as Picker } from 'frimousse';
import type { ReactNode } from 'react';
import { emojiLanguage } from './emoji-data.ts';
import { Popover } from './popover.tsx';
import { useWords } from './provider.tsx';

export interface EmojiPickerProps {
  readonly anchor: Element;
  readonly emojiUrl: string;
  readonly onPick: (emoji: string) => void;
  readonly onClose: () => void;
}

/** All emoji that this browser can draw, with a field to search them. Loaded when it is first opened. */
export default function EmojiPicker({
  anchor,
  emojiUrl,
  onPick,
  onClose,
}: EmojiPickerProps): ReactNode {
  const words = useWords();
  return (
    <Popover anchor={anchor} label={words.emoji} className="trumpet-emoji-picker" onClose={onClose}>
      <Picker.Root
        emojibaseUrl={new URL(emojiUrl, document.baseURI).href.replace(/\/$/, '')}
        locale={emojiLanguage(words.language)}
        columns={8}
        onEmojiSelect={({ emoji }) => onPick(emoji)}
      >
        <Picker.Search
          className="trumpet-input"
          autoFocus
          placeholder={words.searchEmoji}
          aria-label={words.searchEmoji}
        />
        <Picker.Viewport className="trumpet-emoji-viewport">
          <Picker.Loading className="trumpet-emoji-state">{words.loading}</Picker.Loading>
          <Picker.Empty className="trumpet-emoji-state">{words.noEmoji}</Picker.Empty>
          <Picker.List />
        </Picker.Viewport>
      </Picker.Root>
    </Popover>
  );
}
