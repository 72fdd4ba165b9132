import {
  type EmojiPickerListCategoryHeaderProps,
  type EmojiPickerListComponents,
  EmojiPicker as Picker,
} from 'frimousse';
import { type AriaAttributes, type ReactNode, useState } from 'react';
import { CustomEmojiList } from './emoji/custom-emoji-list.tsx';
import { emojiLanguage } from './emoji-data.ts';
import { Popover } from './popover.tsx';
import { useWords } from './provider.tsx';

/** The library counts rows and columns from 0, where ARIA counts from 1. */
const COMPONENTS: EmojiPickerListComponents = {
  CategoryHeader,
  Row: (props) => <div {...countedFrom1(props)} />,
  Emoji: ({ emoji, ...props }) => (
    <button type="button" {...countedFrom1(props)}>
      {emoji.emoji}
    </button>
  ),
};

function CategoryHeader({ category, ...props }: EmojiPickerListCategoryHeaderProps): ReactNode {
  const { emojiCategories } = useWords();
  return <div {...props}>{emojiCategories[category.label.toLowerCase()] ?? category.label}</div>;
}

function countedFrom1<T extends AriaAttributes>(props: T): T {
  const { 'aria-rowindex': row, 'aria-colindex': column } = props;
  return {
    ...props,
    ...(row === undefined ? {} : { 'aria-rowindex': row + 1 }),
    ...(column === undefined ? {} : { 'aria-colindex': column + 1 }),
  };
}

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
  const [search, setSearch] = useState('');
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
          onChange={({ target }) => setSearch(target.value)}
          placeholder={words.searchEmoji}
          aria-label={words.searchEmoji}
        />
        <CustomEmojiList search={search} onPick={onPick} />
        <Picker.Viewport className="trumpet-emoji-viewport">
          <Picker.Loading className="trumpet-emoji-state">{words.loading}</Picker.Loading>
          <Picker.Empty className="trumpet-emoji-state">{words.noEmoji}</Picker.Empty>
          <Picker.List components={COMPONENTS} />
        </Picker.Viewport>
      </Picker.Root>
    </Popover>
  );
}
