import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { NetworkError, TrumpetError, throwDefect } from '../../errors.ts';
import { useClient, useClientState } from '../../react/index.ts';
import { useView } from '../../react/use-view.ts';
import type { ShownMessage } from '../../shown.ts';
import { useIsAttentive } from '../attention.ts';
import { useWords } from '../provider.tsx';
import {
  FollowedThreadDocument,
  type FollowedThreadQuery,
  FollowThreadDocument,
  ReadThreadDocument,
} from './generated.ts';
import { threadsOf } from './store.ts';
import { threadWords } from './words.ts';

export interface FollowProps {
  readonly messageId: string;
  /** The last answer that is shown. */
  readonly newest: ShownMessage | undefined;
  /** Whether it is on the screen. */
  readonly isAtEnd: boolean;
}

/** How the person follows the thread; null when they do not. */
type Followed = NonNullable<FollowedThreadQuery['message']>['followedThread'];

/** Follows a thread, or ends that; and reads what is on the screen of one that is followed. */
export function Follow({ messageId, newest, isAtEnd }: FollowProps): ReactNode {
  const client = useClient();
  const words = threadWords(useWords().language);
  const store = threadsOf(client);
  const numbers = useView(store);
  const isLive = useClientState() === 'live';
  const isAttentive = useIsAttentive();
  const [followed, setFollowed] = useState<Followed | undefined>();
  const asks = useRef(0);

  /** The newest of several answers is the one that counts. */
  const take = useCallback(
    async (ask: () => Promise<{ followedThread: Followed } | null | undefined>) => {
      const number = ++asks.current;
      try {
        const message = await ask();
        if (number === asks.current) {
          setFollowed(message?.followedThread ?? null);
        }
      } catch (error) {
        // Asked again once the client is live, or somebody tries again.
        if (!(error instanceof NetworkError || error instanceof TrumpetError)) {
          throwDefect(error);
        }
      }
    },
    [],
  );

  // Whoever writes here begins to follow, and another device may read or end it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the numbers say when it may have changed
  useEffect(() => {
    if (isLive) {
      void take(async () => (await client.ask(FollowedThreadDocument, { messageId })).message);
    }
  }, [client, messageId, isLive, numbers, newest?.id, take]);

  const upToMessageId = newest?.id;
  const isUnread = followed != null && Number(newest?.seq ?? 0) > Number(followed.readSeq);
  useEffect(() => {
    if (isUnread && isAtEnd && isAttentive && upToMessageId !== undefined) {
      void take(async () => {
        const { markThreadRead } = await client.ask(ReadThreadDocument, {
          input: { messageId, upToMessageId },
        });
        void store.refresh();
        return markThreadRead?.message;
      });
    }
  }, [client, store, messageId, upToMessageId, isUnread, isAtEnd, isAttentive, take]);

  if (followed === undefined) {
    return null;
  }
  const isFollowed = followed !== null;
  return (
    <button
      type="button"
      className="trumpet-follow"
      aria-pressed={isFollowed}
      onClick={() =>
        take(async () => {
          const { setThreadFollowed } = await client.ask(FollowThreadDocument, {
            input: { messageId, isFollowed: !isFollowed },
          });
          void store.refresh();
          return setThreadFollowed?.message;
        })
      }
    >
      {words.follow}
    </button>
  );
}
