import { BlockedUsersDocument } from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { usePages } from '../parts/asked.ts';
import { useDoing } from '../parts/doing.ts';
import { PersonRow } from '../parts/person.tsx';
import { Refusal } from '../parts/refusal.tsx';

/** Whom the person does not want to hear of. */
export function Blocked() {
  const { settings: words, profile } = useWords().screens;
  const client = useClient();
  const blocked = usePages(
    BlockedUsersDocument,
    {},
    (result) => result.blockedUsers,
    client.blockedIds,
  );
  const unblocking = useDoing(async (userId: string) => {
    await client.block(userId, false);
    blocked.again();
  });
  return (
    <>
      <p className="trumpet-screen-field-hint">{words.blockedHint}</p>
      <Refusal error={unblocking.error} />
      <Paged pages={blocked} keyOf={({ id }) => id} empty={words.noBlocked} label={words.blocked}>
        {(person) => (
          <PersonRow person={person}>
            <button
              type="button"
              disabled={unblocking.isUnderWay}
              onClick={() => unblocking.run(person.id)}
            >
              {profile.unblock}
            </button>
          </PersonRow>
        )}
      </Paged>
    </>
  );
}
