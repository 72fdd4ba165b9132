import { useEffect, useState } from 'react';
import type { ShownRoom } from 'trumpet-client';
import { useSearchParams } from 'wouter';
import { messageAddress } from '../../addresses.ts';
import { FoundMessagesDocument, type FoundMessagesQuery } from '../../generated.ts';
import { useClient, useView } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { usePages } from '../parts/asked.ts';
import { Choice } from '../parts/form.tsx';
import { MessageRow } from '../parts/message-row.tsx';
import { ScreenFrame } from '../parts/screen-frame.tsx';
import { useSettled } from '../parts/settled.ts';
import { piecesOf } from './headline.ts';
import { SearchBox } from './search-box.tsx';
import { SearchHelp } from './search-help.tsx';

type Match = NonNullable<FoundMessagesQuery['searchMessages']>['nodes'][number];

/** What restricts a search beside its words, with the operator that does it. */
const FILTERS = {
  hasFile: 'has:file',
  isPinned: 'is:pinned',
  isReply: 'is:reply',
  mentionsMe: 'mentions:me',
} as const;

const FILTER_NAMES = Object.keys(FILTERS) as readonly (keyof typeof FILTERS)[];

/** Finds messages: in one room (`?room=`) or in all. What is looked for is in the address: back and reload keep it. */
export default function Search() {
  const { search: words } = useWords().screens;
  const [address, setAddress] = useSearchParams();
  const [typed, setTyped] = useState(address.get('q') ?? '');
  const query = useSettled(typed.trim());
  const roomId = address.get('room');
  const filters = FILTER_NAMES.filter((filter) => address.has(filter));
  // The word that is being typed stays the last: it is also found by its beginning.
  const asked = [...filters.map((filter) => FILTERS[filter]), query].join(' ').trim();

  function change(name: string, value: string | null): void {
    setAddress(
      (current) => {
        const next = new URLSearchParams(current);
        if (value === null) {
          next.delete(name);
        } else {
          next.set(name, value);
        }
        return next;
      },
      { replace: true },
    );
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is looked for changes the address
  useEffect(() => change('q', query === '' ? null : query), [query]);

  return (
    <ScreenFrame title={words.title}>
      <SearchBox text={typed} onChange={setTyped} />
      <div className="trumpet-screen-bar">
        <Where roomId={roomId} onChange={(id) => change('room', id)} />
        <fieldset className="trumpet-screen-filters">
          <legend>{words.filters}</legend>
          {FILTER_NAMES.map((filter) => (
            <label key={filter}>
              <input
                type="checkbox"
                checked={filters.includes(filter)}
                onChange={({ target }) => change(filter, target.checked ? 'yes' : null)}
              />
              {words[filter]}
            </label>
          ))}
        </fieldset>
      </div>
      {asked === '' ? <SearchHelp /> : <Results query={asked} roomId={roomId} />}
    </ScreenFrame>
  );
}

interface WhereProps {
  readonly roomId: string | null;
  readonly onChange: (roomId: string | null) => void;
}

function Where({ roomId, onChange }: WhereProps) {
  const { screens } = useWords();
  const { search: words } = screens;
  const client = useClient();
  const rooms = useView(client.rooms);
  const nameOf = ({ name, directUserId, displayName }: ShownRoom) =>
    name ?? client.person(directUserId ?? '').get()?.displayName ?? displayName;
  return (
    <Choice
      label={words.where}
      value={roomId ?? ''}
      options={[['', words.everywhere], ...rooms.map((room) => [room.id, nameOf(room)] as const)]}
      onChange={(id) => onChange(id === '' ? null : id)}
    />
  );
}

interface ResultsProps {
  readonly query: string;
  readonly roomId: string | null;
}

function Results({ query, roomId }: ResultsProps) {
  const { search: words } = useWords().screens;
  const found = usePages(
    FoundMessagesDocument,
    { query, roomId },
    (result) => result.searchMessages,
  );
  return (
    <Paged
      pages={found}
      keyOf={({ message }) => message.id}
      empty={words.none}
      label={words.results}
    >
      {(match) => <MatchRow match={match} isRoomTold={roomId === null} />}
    </Paged>
  );
}

interface MatchRowProps {
  readonly match: Match;
  /** The room is not told where there is only one. */
  readonly isRoomTold: boolean;
}

function MatchRow({ match, isRoomTold }: MatchRowProps) {
  const { search: words } = useWords().screens;
  const { message } = match;
  const rooms = useView(useClient().rooms);
  const room = rooms.find(({ id }) => id === message.room.id) ?? {
    id: message.room.id,
    slug: null,
  };
  return (
    <MessageRow
      message={message}
      address={messageAddress(room, Number(message.seq))}
      text={<Headline headline={match.headline} />}
      about={
        <>
          {isRoomTold && <bdi>{message.room.displayName}</bdi>}
          {match.isApproximate && <span className="trumpet-screen-badge">{words.approximate}</span>}
        </>
      }
    />
  );
}

function Headline({ headline }: { readonly headline: string }) {
  return piecesOf(headline).map(({ text, isMatch }, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: a piece is known by its place
    isMatch ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>,
  );
}
