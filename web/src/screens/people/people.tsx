import { useState } from 'react';
import { FoundPeopleDocument } from '../../generated.ts';
import { useClient, useView } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { usePages } from '../parts/asked.ts';
import { TextField } from '../parts/form.tsx';
import { PersonRow } from '../parts/person.tsx';
import { ScreenFrame } from '../parts/screen-frame.tsx';
import { useSettled } from '../parts/settled.ts';
import { WriteButton } from './write-button.tsx';

/** Somebody to write to. */
export default function People() {
  const { people } = useWords().screens;
  const [typed, setTyped] = useState('');
  const query = useSettled(typed.trim());
  return (
    <ScreenFrame title={people.title}>
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
        <FoundPeople query={query} />
      )}
    </ScreenFrame>
  );
}

function FoundPeople({ query }: { readonly query: string }) {
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
            <WriteButton person={person} isMain={false} />
          )}
        </PersonRow>
      )}
    </Paged>
  );
}
