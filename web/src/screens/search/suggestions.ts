import type { ShownRoom } from 'trumpet-client';
import { FoundPeopleDocument } from '../../generated.ts';
import { useClient, useView } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { NO_ITEMS, useList } from '../parts/asked.ts';
import { operatorsFor, type Typing, timesFor } from './operators.ts';

export interface Suggestion {
  /** What is typed instead of the word. */
  readonly text: string;
  readonly means: string;
}

const MOST = 8;

/** What the word at the caret may become. */
export function useSuggestions(typing: Typing | undefined): readonly Suggestion[] {
  const { search: words } = useWords().screens;
  const rooms = useView(useClient().rooms);
  const people = usePeople(typing);
  if (typing === undefined) {
    return [];
  }
  const { operator, value } = typing;
  switch (operator) {
    case undefined:
      return operatorsFor(typing).map(({ typed, means }) => ({
        text: typed,
        means: words.operators[means],
      }));
    case 'in':
      return roomsFor(rooms, value).map(({ slug, name }) => ({
        text: `in:${slug}`,
        means: name ?? '',
      }));
    case 'before':
    case 'after':
      return timesFor(value, new Date()).map((time) => ({
        text: `${operator}:${time}`,
        means: words.operators[operator],
      }));
    default:
      return [
        ...('me'.startsWith(value) ? [{ text: `${operator}:me`, means: words.me }] : []),
        ...people.map(({ username, displayName }) => ({
          text: `${operator}:${username}`,
          means: displayName,
        })),
      ].slice(0, MOST);
  }
}

/** People whose name begins like the value, when one is typed. */
function usePeople(typing: Typing | undefined) {
  const client = useClient();
  const query = typing?.operator === 'from' || typing?.operator === 'mentions' ? typing.value : '';
  const found = useList(async (first, after) => {
    const answer =
      query === '' ? undefined : await client.ask(FoundPeopleDocument, { query, first, after });
    return answer?.searchUsers ?? NO_ITEMS;
  }, `people ${query}`);
  return query === '' ? [] : (found.value ?? []);
}

function roomsFor(rooms: readonly ShownRoom[], value: string): readonly ShownRoom[] {
  const wanted = value.toLowerCase();
  return rooms
    .filter(
      ({ slug, name }) =>
        slug !== null && (slug.includes(wanted) || name?.toLowerCase().includes(wanted)),
    )
    .slice(0, MOST);
}
