import { useState } from 'react';
import type { ShownRoom } from 'trumpet-client';
import { may } from 'trumpet-client/ui';
import { AddRoomMemberDocument, FoundPeopleDocument, type MemberRole } from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { usePages } from '../parts/asked.ts';
import { Dialog } from '../parts/dialog.tsx';
import { useDoing } from '../parts/doing.ts';
import { Choice, TextField } from '../parts/form.tsx';
import { PersonRow } from '../parts/person.tsx';
import { Refusal } from '../parts/refusal.tsx';
import { useSettled } from '../parts/settled.ts';
import { HistoryChoice } from './history-choice.tsx';
import { rolesBelow } from './roles.ts';

interface AddMemberProps {
  readonly room: ShownRoom;
  /** Who is known to be in the room. */
  readonly memberIds: ReadonlySet<string>;
  readonly onAdded: () => void;
  readonly onClose: () => void;
}

/** Adds people to a room without an invitation. */
export function AddMember({ room, memberIds, onAdded, onClose }: AddMemberProps) {
  const { screens } = useWords();
  const [typed, setTyped] = useState('');
  const [role, setRole] = useState<MemberRole>('MEMBER');
  const [seesFrom, setSeesFrom] = useState('');
  const client = useClient();
  const adding = useDoing(async (userId: string) => {
    await client.ask(AddRoomMemberDocument, {
      input: {
        roomId: room.id,
        userId,
        role,
        seesFromMessageId: seesFrom === '' ? null : seesFrom,
      },
    });
    onAdded();
  });
  const query = useSettled(typed.trim());
  return (
    <Dialog title={screens.room.addMember} onClose={onClose}>
      <TextField
        label={screens.people.find}
        type="search"
        maxLength={100}
        autoComplete="off"
        value={typed}
        onChange={setTyped}
      />
      {may(room, 'MANAGE_ROLES') && (
        <Choice
          label={screens.room.role}
          hint={screens.roleHints[role]}
          value={role}
          options={rolesBelow(room.membership.role).map((each) => [each, screens.roles[each]])}
          onChange={setRole}
        />
      )}
      <HistoryChoice roomId={room.id} value={seesFrom} onChange={setSeesFrom} />
      <Refusal error={adding.error} />
      {query !== '' && (
        <Candidates
          query={query}
          memberIds={memberIds}
          isUnderWay={adding.isUnderWay}
          onAdd={adding.run}
        />
      )}
    </Dialog>
  );
}

interface CandidatesProps {
  readonly query: string;
  readonly memberIds: ReadonlySet<string>;
  readonly isUnderWay: boolean;
  readonly onAdd: (userId: string) => void;
}

function Candidates({ query, memberIds, isUnderWay, onAdd }: CandidatesProps) {
  const { people, room: words } = useWords().screens;
  const found = usePages(FoundPeopleDocument, { query }, (result) => result.searchUsers);
  return (
    <Paged pages={found} keyOf={({ id }) => id} empty={people.noneFound} label={people.list}>
      {(person) => (
        <PersonRow
          person={person}
          status={person.status}
          about={memberIds.has(person.id) && <span>{words.isMember}</span>}
        >
          {!memberIds.has(person.id) && (
            <button
              type="button"
              aria-label={words.addNamed(person.displayName)}
              disabled={isUnderWay}
              onClick={() => onAdd(person.id)}
            >
              {words.add}
            </button>
          )}
        </PersonRow>
      )}
    </Paged>
  );
}
