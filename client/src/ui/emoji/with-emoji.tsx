import { Fragment, type ReactNode, useMemo } from 'react';
import { useClient } from '../../react/index.ts';
import { useView } from '../../react/use-view.ts';
import { EmojiPicture } from './emoji-picture.tsx';
import { type CustomEmoji, customEmojiOf, foldedName } from './store.ts';

export interface WithEmojiProps {
  readonly text: string;
}

/** A text in which the names of the workspace's emoji are pictures. What names none stays text. */
export default function WithEmoji({ text }: WithEmojiProps): ReactNode {
  const known = useView(customEmojiOf(useClient()));
  return useMemo(
    () =>
      partsOf(text, known).map((part, at) =>
        typeof part === 'string' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text are in its order
          <Fragment key={at}>{part}</Fragment>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text are in its order
          <EmojiPicture key={at} emoji={part} />
        ),
      ),
    [text, known],
  );
}

const NAME = /:([\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}_+-]{0,40}):/gu;

/** What is text and what is emoji. The colon behind what is no name may stand before one that is. */
export function partsOf(
  text: string,
  known: ReadonlyMap<string, CustomEmoji>,
): readonly (string | CustomEmoji)[] {
  const parts: (string | CustomEmoji)[] = [];
  const name = new RegExp(NAME);
  let from = 0;
  for (let match = name.exec(text); match !== null; match = name.exec(text)) {
    const emoji = known.get(foldedName(match[1] as string));
    if (emoji === undefined) {
      name.lastIndex -= 1;
    } else {
      parts.push(text.slice(from, match.index), emoji);
      from = name.lastIndex;
    }
  }
  return [...parts, text.slice(from)].filter((part) => part !== '');
}
