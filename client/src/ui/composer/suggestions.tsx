import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { useClient, useMembers, useViewerId } from '../../react/index.ts';
import { PersonAvatar } from '../avatar.tsx';
import { type FoundEmoji, findEmoji } from '../emoji-data.ts';
import { useKit, useWords } from '../provider.tsx';
import type { Token } from './text-field.ts';

/** Something that can take the place of what is being written. */
export interface Suggestion {
  readonly id: string;
  readonly text: string;
  readonly face: ReactNode;
  readonly label: string;
  readonly detail?: string;
}

const LIMIT = 8;

/** Members of the room whose name, or a word of it, begins with what was written. */
export function useMentionSuggestions(roomId: string, start: string | null): readonly Suggestion[] {
  const client = useClient();
  const viewerId = useViewerId();
  const members = useMembers(roomId);
  return useMemo(() => {
    if (start === null || members === undefined) {
      return [];
    }
    const wanted = start.toLocaleLowerCase();
    return [...members.keys()]
      .filter((userId) => userId !== viewerId)
      .flatMap((userId) => client.person(userId).get() ?? [])
      .filter(({ username, displayName, deletedAt }) => {
        const names = [username, ...displayName.split(/\s+/)];
        return (
          deletedAt === null && names.some((name) => name.toLocaleLowerCase().startsWith(wanted))
        );
      })
      .sort((a, b) => a.displayName.localeCompare(b.displayName))
      .slice(0, LIMIT)
      .map(({ id, username, displayName }) => ({
        id,
        text: `@${username} `,
        face: <PersonAvatar userId={id} size="small" />,
        label: displayName,
        detail: `@${username}`,
      }));
  }, [client, viewerId, members, start]);
}

const NO_EMOJI: readonly FoundEmoji[] = [];

export function useEmojiSuggestions(start: string | null): readonly Suggestion[] {
  const { emojiUrl, words } = useKit();
  const [found, setFound] = useState<readonly FoundEmoji[]>(NO_EMOJI);
  useEffect(() => {
    let isCurrent = true;
    if (emojiUrl === undefined || start === null) {
      setFound(NO_EMOJI);
    } else {
      void findEmoji(emojiUrl, words.language, start, LIMIT).then((emoji) => {
        if (isCurrent) {
          setFound(emoji);
        }
      });
    }
    return () => {
      isCurrent = false;
    };
  }, [emojiUrl, words.language, start]);
  return useMemo(
    () =>
      found.map(({ emoji, label }) => ({
        id: emoji,
        text: `${emoji} `,
        face: <span className="trumpet-suggestion-emoji">{emoji}</span>,
        label,
      })),
    [found],
  );
}

export interface SuggestionsProps {
  readonly token: Token;
  readonly roomId: string;
  readonly listId: string;
  readonly active: number;
  /** What there is to choose from now. */
  readonly onFound: (found: readonly Suggestion[]) => void;
  readonly onChoose: (suggestion: Suggestion) => void;
}

/** What can take the place of what is being written, above the field. */
export function Suggestions(props: SuggestionsProps): ReactNode {
  return props.token.kind === 'mention' ? (
    <MentionSuggestions {...props} />
  ) : (
    <EmojiSuggestions {...props} />
  );
}

function MentionSuggestions(props: SuggestionsProps): ReactNode {
  return <List {...props} found={useMentionSuggestions(props.roomId, props.token.start)} />;
}

function EmojiSuggestions(props: SuggestionsProps): ReactNode {
  return <List {...props} found={useEmojiSuggestions(props.token.start)} />;
}

interface ListProps extends SuggestionsProps {
  readonly found: readonly Suggestion[];
}

function List({ found, listId, active, onFound, onChoose }: ListProps): ReactNode {
  const words = useWords();
  useEffect(() => {
    onFound(found);
  }, [found, onFound]);
  if (found.length === 0) {
    return null;
  }
  return (
    <div id={listId} role="listbox" aria-label={words.suggestions} className="trumpet-suggestions">
      {found.map((suggestion, at) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard stays in the text field
        <div
          key={suggestion.id}
          id={`${listId}-${at}`}
          role="option"
          tabIndex={-1}
          aria-selected={at === active}
          className="trumpet-suggestion"
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(suggestion)}
        >
          {suggestion.face}
          <span dir="auto">{suggestion.label}</span>
          {suggestion.detail !== undefined && <small dir="ltr">{suggestion.detail}</small>}
        </div>
      ))}
    </div>
  );
}
