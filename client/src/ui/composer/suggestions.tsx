import { type ReactNode, useEffect, useMemo, useState } from 'react';
import type { Client } from '../../client.ts';
import { throwDefect } from '../../errors.ts';
import { useClient, useMembers, useRoom, useViewerId } from '../../react/index.ts';
import { useView } from '../../react/use-view.ts';
import type { Person } from '../../replica/model.ts';
import { AvatarPicture } from '../avatar.tsx';
import { EmojiPicture } from '../emoji/emoji-picture.tsx';
import { customEmojiNamed, customEmojiOf } from '../emoji/store.ts';
import { type FoundEmoji, findEmoji } from '../emoji-data.ts';
import { suggestGroups } from '../groups/suggested.tsx';
import type { Argument, Command } from '../interactions/commands.ts';
import { useCommands } from '../interactions/use-asked.ts';
import { useKit, useWords } from '../provider.tsx';
import { FEW_MEMBERS } from '../room-size.ts';
import type { Token } from './text-field.ts';

/** Something that can take the place of what is being written. */
export interface Suggestion {
  readonly id: string;
  readonly text: string;
  readonly face: ReactNode;
  readonly label: string;
  readonly detail?: string;
  /** Where it is one. */
  readonly command?: Command;
}

const LIMIT = 8;

/** Members of a room whose name, or a word of it, begins with what was written. */
export function useMentionSuggestions(roomId: string, start: string): readonly Suggestion[] {
  const client = useClient();
  const viewerId = useViewerId();
  const members = useMembers(roomId);
  return useMemo(() => {
    const people = [...(members?.keys() ?? [])].flatMap(
      (userId) => client.person(userId).get() ?? [],
    );
    const found = people
      .filter((person) => beginsWith(person, start))
      .sort((a, b) => a.displayName.localeCompare(b.displayName))
      .sort((a, b) => Number(isCalled(b, start)) - Number(isCalled(a, start)));
    return mentionsOf(found, viewerId);
  }, [client, viewerId, members, start]);
}

/** The same in a room of which not all members are here: whoever wrote lately at once, and others as they are found. */
export function useSearchedSuggestions(roomId: string, start: string): readonly Suggestion[] {
  const client = useClient();
  const viewerId = useViewerId();
  const [found, setFound] = useState<Found>(NOTHING_FOUND);
  useEffect(() => {
    if (start === '') {
      return;
    }
    let isCurrent = true;
    const search = async () => {
      const people = await client.searchMembers(roomId, start);
      if (isCurrent) {
        setFound({ start, people });
      }
    };
    const waiting = setTimeout(() => search().catch(throwDefect), PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(waiting);
    };
  }, [client, roomId, start]);
  return useMemo(() => {
    if (found.start === start) {
      return mentionsOf(found.people, viewerId);
    }
    const known = new Map(
      [...writersOf(client, roomId), ...found.people].map((person) => [person.id, person]),
    );
    return mentionsOf(
      [...known.values()].filter((person) => beginsWith(person, start)),
      viewerId,
    );
  }, [client, roomId, viewerId, found, start]);
}

interface Found {
  readonly start: string | null;
  readonly people: readonly Person[];
}

const NOTHING_FOUND: Found = { start: null, people: [] };

/** A word is looked for, and not each of its letters. */
const PAUSE_MS = 100;

/** Whoever wrote what is shown of a room, the last first. */
function writersOf(client: Client, roomId: string): readonly Person[] {
  const { messages } = client.timeline(roomId).get();
  const ids = new Set(messages.toReversed().map(({ authorId }) => authorId));
  return [...ids].flatMap((id) => client.person(id).get() ?? []);
}

function mentionsOf(people: readonly Person[], viewerId: string | null): readonly Suggestion[] {
  return people
    .filter(({ id, deletedAt }) => id !== viewerId && deletedAt === null)
    .slice(0, LIMIT)
    .map(({ id, username, displayName, avatarUrl }) => ({
      id,
      text: `@${username} `,
      face: (
        <span className="trumpet-avatar trumpet-avatar-small">
          <AvatarPicture id={id} name={displayName} url={avatarUrl} />
        </span>
      ),
      label: displayName,
      detail: `@${username}`,
    }));
}

function beginsWith({ username, displayName }: Person, start: string): boolean {
  return [username, ...displayName.split(/\s+/)].some((name) =>
    folded(name).startsWith(folded(start)),
  );
}

function isCalled({ username, displayName }: Person, name: string): boolean {
  return [username, displayName].some((known) => folded(known) === folded(name));
}

/** Without capitals and accents. */
function folded(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
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
  const custom = useView(customEmojiOf(useClient()));
  return useMemo(
    () =>
      [
        ...(start === null ? [] : customEmojiNamed(custom, start).slice(0, LIMIT)).map((emoji) => ({
          id: emoji.id,
          text: `:${emoji.name}: `,
          face: (
            <span className="trumpet-suggestion-emoji">
              <EmojiPicture emoji={emoji} />
            </span>
          ),
          label: `:${emoji.name}:`,
        })),
        ...found.map(({ emoji, label }) => ({
          id: emoji,
          text: `${emoji} `,
          face: <span className="trumpet-suggestion-emoji">{emoji}</span>,
          label,
        })),
      ].slice(0, LIMIT),
    [found, custom, start],
  );
}

/** The commands whose names begin so; each says what it does, and whose it is. */
function useCommandSuggestions(roomId: string, start: string): readonly Suggestion[] {
  const commands = useCommands(roomId, true);
  return useMemo(
    () =>
      commands
        .filter(({ name }) => folded(name).startsWith(folded(start)))
        .slice(0, LIMIT)
        .map((command) => ({
          id: command.id,
          text: `/${command.name} `,
          face: (
            <span className="trumpet-avatar trumpet-avatar-small">
              <AvatarPicture
                id={command.bot.id}
                name={command.bot.displayName}
                url={command.bot.avatarUrl}
              />
            </span>
          ),
          label: `/${command.name}`,
          detail: command.description,
          command,
        })),
    [commands, start],
  );
}

/** The choices of an argument that begin so; and what can be written where it is one of two. */
function useChoiceSuggestions(
  argument: Argument | undefined,
  start: string,
): readonly Suggestion[] {
  const words = useWords();
  return useMemo(() => {
    const choices =
      argument?.type === 'boolean' ? [words.yes, words.no] : (argument?.choices ?? []);
    return choices
      .filter((choice) => folded(choice).startsWith(folded(start)) && choice !== start)
      .map((choice) => ({
        id: choice,
        text: /[\s"]/.test(choice) ? `"${choice}" ` : `${choice} `,
        face: null,
        label: choice,
      }));
  }, [argument, start, words]);
}

export interface SuggestionsProps {
  readonly token: Token;
  /** Of a choice: what is chosen. */
  readonly argument?: Argument | undefined;
  readonly roomId: string;
  readonly listId: string;
  readonly active: number;
  /** What there is to choose from now. */
  readonly onFound: (found: readonly Suggestion[]) => void;
  readonly onChoose: (suggestion: Suggestion) => void;
}

/** What can take the place of what is being written, above the field. */
export default function Suggestions(props: SuggestionsProps): ReactNode {
  switch (props.token.kind) {
    case 'mention':
      return <MentionSuggestions {...props} />;
    case 'emoji':
      return <EmojiSuggestions {...props} />;
    case 'command':
      return <CommandSuggestions {...props} />;
    case 'choice':
      return <ChoiceSuggestions {...props} />;
  }
}

function CommandSuggestions(props: SuggestionsProps): ReactNode {
  return <List {...props} found={useCommandSuggestions(props.roomId, props.token.start)} />;
}

function ChoiceSuggestions(props: SuggestionsProps): ReactNode {
  return <List {...props} found={useChoiceSuggestions(props.argument, props.token.start)} />;
}

function MentionSuggestions(props: SuggestionsProps): ReactNode {
  const room = useRoom(props.roomId);
  const isLarge = room !== undefined && room.memberCount > FEW_MEMBERS;
  return isLarge ? <SearchedSuggestions {...props} /> : <MemberSuggestions {...props} />;
}

function MemberSuggestions(props: SuggestionsProps): ReactNode {
  return <PeopleList {...props} found={useMentionSuggestions(props.roomId, props.token.start)} />;
}

function SearchedSuggestions(props: SuggestionsProps): ReactNode {
  return <PeopleList {...props} found={useSearchedSuggestions(props.roomId, props.token.start)} />;
}

/** People, and behind them the names for many. */
function PeopleList(props: ListProps): ReactNode {
  const many = useGroupSuggestions(props.roomId, props.token.start);
  const found = useMemo(() => [...props.found, ...many], [props.found, many]);
  return <List {...props} found={found} />;
}

const NO_GROUPS: readonly Suggestion[] = [];

/** The names for many that begin so. */
function useGroupSuggestions(roomId: string, start: string): readonly Suggestion[] {
  const client = useClient();
  const { language } = useWords();
  const [found, setFound] = useState(NO_GROUPS);
  useEffect(() => {
    let isCurrent = true;
    setFound(NO_GROUPS);
    const ask = async () => {
      const groups = await suggestGroups(client, roomId, start, language);
      if (isCurrent) {
        setFound(groups);
      }
    };
    const waiting = setTimeout(() => ask().catch(throwDefect), PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(waiting);
    };
  }, [client, roomId, start, language]);
  return found;
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
          {suggestion.detail !== undefined && (
            <small dir={suggestion.command === undefined ? 'ltr' : 'auto'}>
              {suggestion.detail}
            </small>
          )}
        </div>
      ))}
    </div>
  );
}
