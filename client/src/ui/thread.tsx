import { lazy, type ReactNode, Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { NetworkError, throwDefect } from '../errors.ts';
import { useClientState, useThread, useViewerId } from '../react/index.ts';
import { Composer } from './composer/composer.tsx';
import { IconButton } from './icon-button.tsx';
import type { MoreActions } from './messages/actions.ts';
import { Feed } from './messages/feed.tsx';
import { useWords } from './provider.tsx';
import { Follow } from './threads/follow.tsx';
import { untilLoaded } from './until-loaded.ts';

const ThreadLevel = lazy(() => untilLoaded(() => import('./threads/level.tsx')));
const ThreadReceipts = lazy(() => untilLoaded(() => import('./threads/thread-receipts.tsx')));

export interface ThreadProps {
  readonly roomId: string;
  /** The message that is answered. */
  readonly messageId: string;
  readonly moreActions?: MoreActions | undefined;
  readonly onClose?: () => void;
}

/** A message, its answers, and a composer for more. */
export function Thread(props: ThreadProps): ReactNode {
  return <OpenThread key={props.messageId} {...props} />;
}

function OpenThread({ roomId, messageId, moreActions, onClose }: ThreadProps): ReactNode {
  const words = useWords();
  const { parent, messages, hasOlder, loadOlder } = useThread(messageId);
  const isGone = useIsGone(parent === undefined, loadOlder);
  const [isAtEnd, setIsAtEnd] = useState(true);
  const viewerId = useViewerId();
  const newest = messages.findLast(({ seq }) => seq !== null);
  const all = useMemo(
    () => (parent === undefined || hasOlder ? messages : [parent, ...messages]),
    [parent, messages, hasOlder],
  );
  return (
    <section className="trumpet trumpet-thread" aria-label={words.thread}>
      <header className="trumpet-panel-head">
        <h2>{words.thread}</h2>
        {parent !== undefined && (
          <>
            <Suspense>
              <ThreadLevel messageId={parent.id} />
            </Suspense>
            <Follow messageId={parent.id} newest={newest} isAtEnd={isAtEnd} />
          </>
        )}
        {onClose !== undefined && <IconButton icon="close" label={words.close} onClick={onClose} />}
      </header>
      <div className="trumpet-messages">
        <Feed
          roomId={roomId}
          threadId={messageId}
          label={words.thread}
          messages={all}
          hasOlder={hasOlder}
          hasNewer={false}
          loadOlder={loadOlder}
          target={null}
          onArrived={nothing}
          isAtEnd={isAtEnd}
          onEnd={useCallback((isEnd: boolean) => setIsAtEnd(isEnd), [])}
          onJumpTo={nothing}
          moreActions={moreActions}
          empty={
            <p className="trumpet-empty" role={isGone ? 'status' : undefined}>
              {isGone ? words.goneMessage : words.loading}
            </p>
          }
        />
      </div>
      {newest !== undefined && (
        <Suspense>
          <ThreadReceipts messageId={messageId} newest={newest} viewerId={viewerId} />
        </Suspense>
      )}
      {!isGone && <Composer roomId={roomId} threadId={messageId} />}
    </section>
  );
}

/** Whether there is no such message: retention has taken it, it is in a room that one is not in, or there never was one. */
function useIsGone(isMissing: boolean, load: () => Promise<void>): boolean {
  const clientState = useClientState();
  const [isAnswered, setIsAnswered] = useState(false);
  useEffect(() => {
    if (isMissing && clientState === 'live') {
      load().then(
        () => setIsAnswered(true),
        (error) => {
          throwDefect(error);
          setIsAnswered(!(error instanceof NetworkError));
        },
      );
    }
  }, [isMissing, clientState, load]);
  return isMissing && isAnswered;
}

function nothing(): void {}
