import { useLocation } from 'wouter';
import { type PersonLineFragment, StartConversationDocument } from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { useDoing } from '../parts/doing.ts';
import { Refusal } from '../parts/refusal.tsx';

interface WriteButtonProps {
  readonly person: PersonLineFragment;
  readonly isMain: boolean;
}

/** Opens the direct conversation with somebody, which is made by the first who asks for it. */
export function WriteButton({ person, isMain }: WriteButtonProps) {
  const { people, profile } = useWords().screens;
  const client = useClient();
  const [, go] = useLocation();
  const writing = useDoing(async () => {
    const made = await client.ask(StartConversationDocument, { input: { userId: person.id } });
    go(`/r/${made.createDirectConversation?.room.id}`);
  });
  return (
    <>
      <button
        type="button"
        className={isMain ? 'trumpet-screen-button-main' : undefined}
        aria-label={isMain ? undefined : people.writeNamed(person.displayName)}
        disabled={writing.isUnderWay}
        onClick={writing.run}
      >
        {isMain ? profile.write : people.write}
      </button>
      <Refusal error={writing.error} />
    </>
  );
}
