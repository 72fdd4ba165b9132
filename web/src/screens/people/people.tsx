import { useState } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import {
  FoundPeopleDocument,
  type PersonLineFragment,
  RoomMembersDocument,
  StartGroupConversationDocument,
} from '../../generated.ts';
import { useClient, useView } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Answered, Paged } from '../parts/answered.tsx';
import { usePages } from '../parts/asked.ts';
import { useDoing } from '../parts/doing.ts';
import { TextField } from '../parts/form.tsx';
import { PersonRow } from '../parts/person.tsx';
import { Refusal } from '../parts/refusal.tsx';
import { ScreenFrame } from '../parts/screen-frame.tsx';
import { useSettled } from '../parts/settled.ts';
import { WriteButton } from './write-button.tsx';

/** As the server has it: whoever asks is the twentieth. */
const MOST_OTHERS = 19;

/** Somebody to write to, or several; with `?room=` those of a conversation to begin with. */
export default function People() {
  const { people } = useWords().screens;
  const [search] = useSearchParams();
  const roomId = search.get('room');
  return (
    <ScreenFrame title={people.title}>
      {roomId === null ? <Conversation with={[]} /> : <MoreThanIn key={roomId} roomId={roomId} />}
    </ScreenFrame>
  );
}

function MoreThanIn({ roomId }: { readonly roomId: string }) {
  const viewerId = useView(useClient().viewerId);
  const members = usePages(RoomMembersDocument, { roomId }, (result) => result.room?.members);
  return (
    <Answered asked={members}>
      {(all) => (
        <Conversation
          with={all
            .map(({ user }) => user)
            .filter(({ id, deletedAt }) => id !== viewerId && deletedAt === null)}
        />
      )}
    </Answered>
  );
}

function Conversation({ with: known }: { readonly with: readonly PersonLineFragment[] }) {
  const { people } = useWords().screens;
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(known);
  const query = useSettled(typed.trim());
  return (
    <>
      {chosen.length > 0 && (
        <Chosen
          people={chosen}
          onRemove={(id) => setChosen(chosen.filter((person) => person.id !== id))}
        />
      )}
      <TextField
        label={people.find}
        type="search"
        maxLength={100}
        autoComplete="off"
        value={typed}
        onChange={setTyped}
      />
      {query === '' ? (
        <p className="trumpet-screen-note">{people.hint}</p>
      ) : (
        <FoundPeople
          query={query}
          chosen={chosen}
          onAdd={(person) => {
            setChosen([...chosen, person]);
            setTyped('');
          }}
        />
      )}
    </>
  );
}

interface ChosenProps {
  readonly people: readonly PersonLineFragment[];
  readonly onRemove: (userId: string) => void;
}

function Chosen({ people, onRemove }: ChosenProps) {
  const { people: words } = useWords().screens;
  const client = useClient();
  const [, go] = useLocation();
  const beginning = useDoing(async () => {
    const made = await client.ask(StartGroupConversationDocument, {
      input: { userIds: people.map(({ id }) => id) },
    });
    go(`/r/${made.createGroupConversation?.room.id}`);
  });
  return (
    <>
      <ul className="trumpet-screen-chosen" aria-label={words.several}>
        {people.map(({ id, displayName }) => (
          <li key={id}>
            <bdi>{displayName}</bdi>
            <button
              type="button"
              className="trumpet-screen-button-plain"
              aria-label={words.leaveOut(displayName)}
              onClick={() => onRemove(id)}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      {people.length >= MOST_OTHERS && <p className="trumpet-screen-note">{words.atMost}</p>}
      <button
        type="button"
        className="trumpet-screen-button-main"
        disabled={beginning.isUnderWay}
        onClick={beginning.run}
      >
        {words.begin}
      </button>
      <Refusal error={beginning.error} onAgain={beginning.run} />
    </>
  );
}

interface FoundPeopleProps {
  readonly query: string;
  readonly chosen: readonly PersonLineFragment[];
  readonly onAdd: (person: PersonLineFragment) => void;
}

function FoundPeople({ query, chosen, onAdd }: FoundPeopleProps) {
  const { screens } = useWords();
  const viewerId = useView(useClient().viewerId);
  const found = usePages(FoundPeopleDocument, { query }, (result) => result.searchUsers);
  return (
    <Paged
      pages={found}
      keyOf={({ id }) => id}
      empty={screens.people.noneFound}
      label={screens.people.list}
    >
      {(person) => (
        <PersonRow
          person={person}
          status={person.status}
          about={
            (person.id === viewerId && screens.you) ||
            (person.isBlocked && screens.profile.isBlocked)
          }
        >
          {person.id !== viewerId && person.deletedAt === null && (
            <>
              {chosen.length === 0 && <WriteButton person={person} isMain={false} />}
              {!chosen.some(({ id }) => id === person.id) && (
                <button
                  type="button"
                  aria-label={screens.room.addNamed(person.displayName)}
                  disabled={chosen.length >= MOST_OTHERS}
                  onClick={() => onAdd(person)}
                >
                  {screens.room.add}
                </button>
              )}
            </>
          )}
        </PersonRow>
      )}
    </Paged>
  );
}
