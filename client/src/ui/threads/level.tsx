import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { NetworkError, TrumpetError, throwDefect } from '../../errors.ts';
import { useClient, useClientState } from '../../react/index.ts';
import { useWords } from '../provider.tsx';
import { SetThreadLevelDocument, ThreadLevelDocument, type ThreadLevelQuery } from './generated.ts';
import { levelWords } from './level-words.ts';
import { threadsOf } from './store.ts';

const LEVELS = ['', 'ALL', 'MENTIONS', 'NONE'] as const;

type Told = ThreadLevelQuery['message'];

/** Which answers of a thread notify the person, whatever its room says. */
export default function ThreadLevel({ messageId }: { readonly messageId: string }): ReactNode {
  const client = useClient();
  const words = levelWords(useWords().language);
  const isLive = useClientState() === 'live';
  const [level, setLevel] = useState<(typeof LEVELS)[number] | undefined>();
  const asks = useRef(0);

  /** The newest of several answers is the one that counts. */
  const take = useCallback(async (ask: () => Promise<Told | undefined>) => {
    const number = ++asks.current;
    try {
      const message = await ask();
      if (number === asks.current) {
        setLevel(message?.threadNotificationLevel ?? '');
      }
    } catch (error) {
      // Asked again once the client is live, or somebody tries again.
      if (!(error instanceof NetworkError || error instanceof TrumpetError)) {
        throwDefect(error);
      }
    }
  }, []);

  useEffect(() => {
    if (isLive) {
      const refresh = () =>
        take(async () => (await client.ask(ThreadLevelDocument, { messageId })).message);
      void refresh();
      return client.news('PersonalEvent').subscribe(() => void refresh());
    }
  }, [client, messageId, isLive, take]);

  return (
    level !== undefined && (
      <select
        className="trumpet-thread-level"
        aria-label={words.label}
        title={words.label}
        value={level}
        onChange={({ target }) =>
          void take(async () => {
            const chosen = LEVELS.find((each) => each === target.value) ?? '';
            const input = { messageId, level: chosen === '' ? null : chosen };
            const { setThreadNotificationLevel } = await client.ask(SetThreadLevelDocument, {
              input,
            });
            void threadsOf(client).refresh();
            return setThreadNotificationLevel?.message;
          })
        }
      >
        {LEVELS.map((each) => (
          <option key={each} value={each}>
            {words.levels[each]}
          </option>
        ))}
      </select>
    )
  );
}
