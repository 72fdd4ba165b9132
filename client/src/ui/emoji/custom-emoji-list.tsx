import type { ReactNode } from 'react';
import { useClient } from '../../react/index.ts';
import { useView } from '../../react/use-view.ts';
import { useWords } from '../provider.tsx';
import { EmojiPicture } from './emoji-picture.tsx';
import { customEmojiNamed, customEmojiOf } from './store.ts';
import { emojiWords } from './words.ts';

export interface CustomEmojiListProps {
  readonly search: string;
  /** Called with the name between colons. */
  readonly onPick: (emoji: string) => void;
}

/** The workspace's own emoji, above those of Unicode. */
export function CustomEmojiList({ search, onPick }: CustomEmojiListProps): ReactNode {
  const found = customEmojiNamed(useView(customEmojiOf(useClient())), search.trim());
  const { ofWorkspace } = emojiWords(useWords().language);
  if (found.length === 0) {
    return null;
  }
  return (
    <section className="trumpet-custom-emoji-list" aria-label={ofWorkspace}>
      <h3>{ofWorkspace}</h3>
      <div>
        {found.map((emoji) => (
          <button
            key={emoji.id}
            type="button"
            aria-label={`:${emoji.name}:`}
            onClick={() => onPick(`:${emoji.name}:`)}
          >
            <EmojiPicture emoji={emoji} />
          </button>
        ))}
      </div>
    </section>
  );
}
