import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { useClient } from '../../react/index.ts';
import type { ShownMessage } from '../../shown.ts';
import { nameOfPerson } from '../names.ts';
import { plainText } from '../plain-text.ts';
import { useWords } from '../provider.tsx';
import { untilLoaded } from '../until-loaded.ts';

const SystemLine = lazy(() => untilLoaded(() => import('../special/system-line.tsx')));

/** More at once are not read to the end by anybody. */
const SAID_AT_ONCE = 5;

interface Said {
  readonly key: string;
  readonly sentence: ReactNode;
}

export interface AnnouncerProps {
  readonly messages: readonly ShownMessage[];
  readonly viewerId: string | null;
  /** There are older messages: where there are none here, they have yet to come. */
  readonly hasOlder: boolean;
}

/**
 * Says new messages of others to screen readers. The list itself is silent: messages come and go in it as one scrolls.
 * What is deleted cannot be read there either.
 */
export function Announcer({ messages, viewerId, hasOlder }: AnnouncerProps): ReactNode {
  const client = useClient();
  const words = useWords();
  const lastSeq = useRef<number | null>(null);
  const [said, setSaid] = useState<readonly Said[]>([]);
  useEffect(() => {
    // Before what the person has just sent, others may stand that are not here yet.
    const newest = messages.reduce(
      (last, { seq, actionId }) => (actionId === null ? Math.max(last, seq ?? 0) : last),
      0,
    );
    const known = lastSeq.current;
    if (known === null && newest === 0 && hasOlder) {
      return; // What comes next was there before.
    }
    lastSeq.current = Math.max(known ?? 0, newest);
    if (known === null || newest <= known) {
      return;
    }
    const blockedIds = client.blockedIds.get();
    const fresh = messages.filter(
      ({ seq, authorId, deletedAt }) =>
        seq !== null &&
        seq > known &&
        authorId !== viewerId &&
        !blockedIds.has(authorId) &&
        deletedAt === null,
    );
    const sentences = fresh.slice(-SAID_AT_ONCE).map((message) => ({
      key: message.key,
      sentence:
        message.messageType === 'SYSTEM' ? (
          <Suspense>
            <SystemLine message={message} />
          </Suspense>
        ) : (
          `${nameOfPerson(words, client.person(message.authorId).get())}: ${plainText(words, message)}`
        ),
    }));
    setSaid((before) => [...before, ...sentences].slice(-SAID_AT_ONCE));
  }, [messages, viewerId, hasOlder, client, words]);
  const deleted = new Set(
    messages.filter(({ deletedAt }) => deletedAt !== null).map(({ key }) => key),
  );
  return (
    <div className="trumpet-hidden" role="log" aria-live="polite" aria-relevant="additions">
      {said
        .filter(({ key }) => !deleted.has(key))
        .map(({ key, sentence }) => (
          <p key={key}>{sentence}</p>
        ))}
    </div>
  );
}
