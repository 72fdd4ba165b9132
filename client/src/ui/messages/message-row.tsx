import {
  type KeyboardEvent,
  lazy,
  memo,
  type PointerEvent,
  type ReactNode,
  type RefObject,
  Suspense,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { Client } from '../../client.ts';
import { throwDefect } from '../../errors.ts';
import { useBlockedIds, useClient, useMessage, usePerson } from '../../react/index.ts';
import { useIsGone } from '../../react/use-is-gone.ts';
import { useView } from '../../react/use-view.ts';
import type { ShownMessage } from '../../shown.ts';
import type { View } from '../../views.ts';
import { Attachments } from '../attachments.tsx';
import { AvatarPicture, PersonAvatar } from '../avatar.tsx';
import { dayOf, momentOf, shortTimeOf, timeOf } from '../dates.ts';
import { IconButton } from '../icon-button.tsx';
import { Icon } from '../icons.tsx';
import { hasParts } from '../interactions/components.ts';
import { LinkPreviews } from '../link-previews.tsx';
import { EmojiText, Markdown } from '../markdown.tsx';
import { nameOfPerson } from '../names.ts';
import { plainText } from '../plain-text.ts';
import { useKit, useWords } from '../provider.tsx';
import { BesideName } from '../status/beside-name.tsx';
import { untilLoaded } from '../until-loaded.ts';
import { count, fill, writeNumber } from '../words/plural.ts';
import type { Row } from './rows.ts';
import { namedSender } from './sender.ts';
import { Trouble } from './trouble.tsx';

const WaitingFiles = lazy(() => untilLoaded(() => import('./waiting-files.tsx')));
const Disappearing = lazy(() => untilLoaded(() => import('./disappearing.tsx')));
const InRoomToo = lazy(() => untilLoaded(() => import('../threads/in-room-too.tsx')));
const MessageComponents = lazy(() =>
  untilLoaded(() => import('../interactions/message-components.tsx')),
);

const Shown = lazy(() => untilLoaded(() => import('../forwards/shown.tsx')));
const Special = lazy(() => untilLoaded(() => import('../special/special.tsx')));

/** What a list does for its rows; the same object for all of them, for as long as the list is there. */
export interface RowDeeds {
  /** Opens what can be done with a message, at an element. */
  openMenu(message: ShownMessage, at: Element): void;
  openEmoji(message: ShownMessage, at: Element): void;
  /** Does it, where it may be done. */
  run(actionId: string, message: ShownMessage): void;
  react(message: ShownMessage, emoji: string): void;
  openThread(messageId: string): void;
  jumpTo(seq: number): void;
  /** The keyboard is at this message. */
  activate(key: string): void;
}

export interface MessageRowProps {
  readonly row: Row;
  readonly place: number;
  readonly total: number;
  readonly isHighlighted: boolean;
  /** Tab comes to it, and the arrow keys go on from it. */
  readonly isActive: boolean;
  readonly isOwn: boolean;
  readonly isInThread: boolean;
  readonly mayReact: boolean;
  readonly mayReply: boolean;
  readonly deeds: RefObject<RowDeeds>;
  readonly footer?: ReactNode;
}

/** How long a finger rests on a message until its menu opens. */
const LONG_PRESS_MS = 450;
const FINGER_RESTS_PX = 10;

export const MessageRow = memo(function MessageRow(props: MessageRowProps): ReactNode {
  const { row, place, total, isHighlighted, isActive, isOwn, isInThread, deeds, footer } = props;
  const { mayReact, mayReply } = props;
  const { message, crowd, isFirst, hasDay, hasUnreadLine } = row;
  const { words, openPerson } = useKit();
  const author = usePerson(message.authorId);
  const sender = author?.isBot ? namedSender(message) : undefined;
  const name = sender?.name ?? nameOfPerson(words, author);
  const article = useRef<HTMLElement>(null);
  const press = useLongPress(() => {
    if (article.current !== null) {
      deeds.current.openMenu(message, article.current);
    }
  });
  const isSystem = message.messageType === 'SYSTEM';
  const isPending = message.actionId !== null && message.refusal === null;
  const tabIndex = isActive ? 0 : -1;
  // A third of all elements of a row, and nobody sees them before.
  const [isPointedAt, setIsPointedAt] = useState(false);
  const hasTools = isPointedAt || isActive;
  const [isShownAnyway, setIsShownAnyway] = useState(false);
  const isGone = useIsGone(message.disappearsAt);
  const isHidden =
    useBlockedIds().has(message.authorId) &&
    !isShownAnyway &&
    !isSystem &&
    message.deletedAt === null;

  if (isGone) {
    return null;
  }
  return (
    <div className="trumpet-row">
      {hasDay && (
        <div className="trumpet-day">
          <time dateTime={message.createdAt.slice(0, 10)}>{dayOf(words, message.createdAt)}</time>
        </div>
      )}
      {hasUnreadLine && <div className="trumpet-unread-line">{words.newMessages}</div>}
      <article
        ref={article}
        className="trumpet-message"
        data-key={message.key}
        data-first={isFirst}
        data-own={isOwn}
        data-system={isSystem}
        data-highlighted={isHighlighted}
        data-state={message.refusal !== null ? 'refused' : isPending ? 'pending' : 'sent'}
        aria-posinset={place}
        aria-setsize={total}
        aria-label={fill(words.message, { name, time: momentOf(words, message.createdAt) })}
        tabIndex={tabIndex}
        onFocus={() => deeds.current.activate(message.key)}
        onKeyDown={(event) => keyDown(event, message, deeds.current)}
        onPointerEnter={({ pointerType }) => setIsPointedAt(pointerType !== 'touch')}
        {...press}
      >
        {isFirst && !isSystem ? (
          <button
            type="button"
            className="trumpet-message-picture"
            tabIndex={-1}
            aria-hidden="true"
            disabled={openPerson === undefined}
            onClick={() => openPerson?.(message.authorId)}
          >
            {sender?.picture === undefined ? (
              <PersonAvatar userId={message.authorId} />
            ) : (
              <span className="trumpet-avatar trumpet-avatar-medium">
                <AvatarPicture id={message.authorId} name={name} url={sender.picture} />
              </span>
            )}
          </button>
        ) : (
          <time className="trumpet-message-side" dateTime={message.createdAt} aria-hidden="true">
            {shortTimeOf(words, message.createdAt)}
          </time>
        )}
        <div className="trumpet-message-body">
          {isFirst && !isSystem && (
            <header className="trumpet-message-head">
              <bdi className="trumpet-message-author">
                {openPerson === undefined ? (
                  name
                ) : (
                  <button
                    type="button"
                    tabIndex={tabIndex}
                    onClick={() => openPerson(message.authorId)}
                  >
                    {name}
                  </button>
                )}
              </bdi>
              {author?.isBot ? (
                <span className="trumpet-bot">{words.bot}</span>
              ) : (
                <BesideName userId={message.authorId} />
              )}
              <time dateTime={message.createdAt} title={momentOf(words, message.createdAt)}>
                {timeOf(words, message.createdAt)}
              </time>
            </header>
          )}
          {isHidden ? (
            <FromBlocked tabIndex={tabIndex} onShow={() => setIsShownAnyway(true)} />
          ) : (
            <>
              {message.parentMessageId !== null && !isInThread && (
                <Quote
                  roomId={message.roomId}
                  messageId={message.parentMessageId}
                  tabIndex={tabIndex}
                  deeds={deeds}
                />
              )}
              {hasParts(message.metadata, 'quote', 'forward') && (
                <Suspense>
                  <Shown message={message} tabIndex={tabIndex} deeds={deeds} />
                </Suspense>
              )}
              {hasParts(message.metadata, isSystem ? 'system' : 'location', 'contact') &&
              message.deletedAt === null ? (
                <Suspense>
                  <Special message={message} crowd={crowd} tabIndex={tabIndex} deeds={deeds}>
                    <Content message={message} />
                  </Special>
                </Suspense>
              ) : (
                <Content message={message} />
              )}
              {hasParts(message.metadata, 'components', 'poll') && message.deletedAt === null && (
                <Suspense>
                  <MessageComponents message={message} tabIndex={tabIndex} />
                </Suspense>
              )}
              {message.files.length > 0 && (
                <Suspense>
                  <WaitingFiles files={message.files} />
                </Suspense>
              )}
              {message.alsoSentToRoom && isInThread && (
                <Suspense>
                  <InRoomToo />
                </Suspense>
              )}
              <Marks message={message} isPending={isPending} />
              <Reactions message={message} mayReact={mayReact} tabIndex={tabIndex} deeds={deeds} />
            </>
          )}
          {message.replyCount > 0 && !isInThread && (
            <button
              type="button"
              className="trumpet-replies"
              tabIndex={tabIndex}
              onClick={() => deeds.current.openThread(message.id)}
            >
              <Icon name="thread" />
              {count(words.language, words.replies, message.replyCount)}
            </button>
          )}
          <Trouble
            message={message}
            place={{
              roomId: message.roomId,
              threadId: isInThread ? (message.parentMessageId ?? message.id) : undefined,
            }}
          />
          {footer}
        </div>
        {hasTools && message.seq !== null && message.deletedAt === null && (
          <Tools
            message={message}
            mayReact={mayReact}
            mayReply={mayReply && !isInThread}
            tabIndex={tabIndex}
            deeds={deeds}
          />
        )}
      </article>
    </div>
  );
});

const KEYS: Readonly<Record<string, string>> = {
  r: 'reply',
  e: 'edit',
  t: 'thread',
  Delete: 'delete',
};

function keyDown(event: KeyboardEvent<HTMLElement>, message: ShownMessage, deeds: RowDeeds): void {
  if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const action = KEYS[event.key];
  if (event.key === 'Enter' || event.key === 'ContextMenu') {
    event.preventDefault();
    deeds.openMenu(message, event.currentTarget);
  } else if (event.key === '+') {
    event.preventDefault();
    deeds.openEmoji(message, event.currentTarget);
  } else if (action !== undefined) {
    event.preventDefault();
    deeds.run(action, message);
  }
}

interface FromBlockedProps {
  readonly tabIndex: number;
  readonly onShow: () => void;
}

/** In place of what somebody wrote whom the person has blocked. */
function FromBlocked({ tabIndex, onShow }: FromBlockedProps): ReactNode {
  const words = useWords();
  return (
    <p className="trumpet-message-deleted">
      {words.fromBlocked}{' '}
      <button type="button" className="trumpet-message-show" tabIndex={tabIndex} onClick={onShow}>
        {words.showIt}
      </button>
    </p>
  );
}

interface MessageProps {
  readonly message: ShownMessage;
}

const Content = memo(
  function Content({ message }: MessageProps): ReactNode {
    const words = useWords();
    const mentioned = useMentioned(message.mentionedIds, message.groupMentions);
    if (message.deletedAt !== null || message.content === null) {
      return <p className="trumpet-message-deleted">{words.deleted}</p>;
    }
    return (
      <>
        {message.content !== '' && <Markdown text={message.content} mentioned={mentioned} />}
        {message.attachments.length > 0 && (
          <Attachments messageId={message.id} attachments={message.attachments} />
        )}
        {message.linkPreviews !== undefined && <LinkPreviews previews={message.linkPreviews} />}
      </>
    );
  },
  (before, now) =>
    before.message.content === now.message.content &&
    before.message.deletedAt === now.message.deletedAt &&
    before.message.attachments === now.message.attachments &&
    before.message.linkPreviews === now.message.linkPreviews &&
    before.message.mentionedIds === now.message.mentionedIds &&
    before.message.groupMentions === now.message.groupMentions,
);

/** Their ids, by their usernames in small letters. In a large room it may be the first that is heard of them. */
function useMentioned(
  ids: readonly string[],
  groups: readonly string[] | undefined,
): ReadonlyMap<string, string> {
  const client = useClient();
  const usernames = useView(useMemo(() => usernamesOf(client, ids), [client, ids]));
  return useMemo(() => {
    const names = usernames.toLocaleLowerCase().split(' ');
    const pairs = ids.map((id, at) => [names[at] ?? '', id] as const);
    return new Map([
      ...pairs.filter(([name]) => name !== ''),
      ...(groups ?? []).map((name) => [name, ''] as const),
    ]);
  }, [ids, usernames, groups]);
}

/** One behind the other; nothing stands for those of whom nothing is known: looking at them asks for them. */
function usernamesOf(client: Client, ids: readonly string[]): View<string> {
  const people = ids.map((id) => client.person(id));
  return {
    get: () => people.map((person) => person.get()?.username ?? '').join(' '),
    subscribe(listener) {
      const stops = people.map((person) => person.subscribe(listener));
      for (const [at, id] of ids.entries()) {
        if (people[at]?.get() === undefined) {
          client.lookUp(id).catch(throwDefect);
        }
      }
      return () => {
        for (const stop of stops) {
          stop();
        }
      };
    },
  };
}

function Marks({ message, isPending }: MessageProps & { readonly isPending: boolean }): ReactNode {
  const words = useWords();
  const { editedAt, pinnedAt, heldAt, deletedAt, disappearsAt } = message;
  if (deletedAt !== null || (!editedAt && !pinnedAt && !heldAt && !isPending && !disappearsAt)) {
    return null;
  }
  return (
    <div className="trumpet-marks">
      {pinnedAt !== null && (
        <span>
          <Icon name="pin" /> {words.pinned}
        </span>
      )}
      {editedAt !== null && <span title={momentOf(words, editedAt)}>{words.edited}</span>}
      {heldAt !== null && (
        <span>
          <Icon name="clock" /> {words.held}
        </span>
      )}
      {disappearsAt && (
        <Suspense>
          <Disappearing at={disappearsAt} />
        </Suspense>
      )}
      {isPending && (
        <span className="trumpet-pending">
          <Icon name="clock" />
          <span className="trumpet-hidden">{words.pending}</span>
        </span>
      )}
    </div>
  );
}

interface PartProps extends MessageProps {
  readonly mayReact: boolean;
  readonly tabIndex: number;
  readonly deeds: RefObject<RowDeeds>;
}

function Reactions({ message, mayReact, tabIndex, deeds }: PartProps): ReactNode {
  const words = useWords();
  if (message.reactions.length === 0 || message.deletedAt !== null) {
    return null;
  }
  return (
    <div className="trumpet-reactions">
      {message.reactions.map(({ emoji, count: of, viewerHasReacted }) => (
        <button
          key={emoji}
          type="button"
          className="trumpet-reaction"
          tabIndex={tabIndex}
          disabled={!mayReact && !viewerHasReacted}
          aria-pressed={viewerHasReacted}
          aria-label={count(words.language, words.reactedWith, of, { emoji })}
          onClick={() => deeds.current.react(message, emoji)}
        >
          <span aria-hidden="true">
            <EmojiText text={emoji} />
          </span>{' '}
          {writeNumber(words.language, of)}
        </button>
      ))}
      {mayReact && (
        <IconButton
          icon="smile"
          className="trumpet-reaction-more"
          label={words.react}
          tabIndex={tabIndex}
          onClick={(event) => deeds.current.openEmoji(message, event.currentTarget)}
        />
      )}
    </div>
  );
}

/** Beside a message under the mouse, and of the one that has the focus. */
function Tools({
  message,
  mayReact,
  mayReply,
  tabIndex,
  deeds,
}: PartProps & { readonly mayReply: boolean }): ReactNode {
  const words = useWords();
  const isPlain = message.messageType !== 'SYSTEM';
  return (
    <div className="trumpet-message-tools">
      <div className="trumpet-message-bar">
        {isPlain && mayReact && (
          <IconButton
            icon="smile"
            label={words.react}
            tabIndex={tabIndex}
            onClick={(event) => deeds.current.openEmoji(message, event.currentTarget)}
          />
        )}
        {isPlain && mayReply && (
          <IconButton
            icon="reply"
            label={words.reply}
            tabIndex={tabIndex}
            onClick={() => deeds.current.run('reply', message)}
          />
        )}
        <IconButton
          icon="more"
          label={words.actions}
          tabIndex={tabIndex}
          aria-haspopup="menu"
          onClick={(event) => deeds.current.openMenu(message, event.currentTarget)}
        />
      </div>
    </div>
  );
}

interface QuoteProps {
  readonly roomId: string;
  readonly messageId: string;
  readonly tabIndex: number;
  readonly deeds: RefObject<RowDeeds>;
}

/** What a message answers: leads to its thread. */
function Quote({ roomId, messageId, tabIndex, deeds }: QuoteProps): ReactNode {
  const words = useWords();
  const parent = useMessage(roomId, messageId);
  const author = usePerson(parent?.authorId ?? '');
  const isBlocked = useBlockedIds().has(parent?.authorId ?? '');
  return (
    <button
      type="button"
      className="trumpet-quote"
      tabIndex={tabIndex}
      onClick={() => deeds.current.openThread(messageId)}
    >
      <Icon name="reply" />
      {parent === undefined ? (
        <bdi>{words.earlierMessage}</bdi>
      ) : (
        <>
          <bdi>{fill(words.inReplyTo, { name: nameOfPerson(words, author) })}</bdi>{' '}
          <bdi>{isBlocked ? words.fromBlocked : plainText(words, parent).slice(0, 200)}</bdi>
        </>
      )}
    </button>
  );
}

/** Of a finger that rests; a mouse has its own ways. */
function useLongPress(onLongPress: () => void) {
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(null);
  const end = () => {
    clearTimeout(press.current?.timer);
    press.current = null;
  };
  return {
    onPointerDown(event: PointerEvent) {
      if (event.pointerType !== 'mouse' && event.isPrimary) {
        const timer = setTimeout(() => {
          press.current = null;
          onLongPress();
        }, LONG_PRESS_MS);
        press.current = { timer, x: event.clientX, y: event.clientY };
      }
    },
    onPointerMove({ clientX, clientY }: PointerEvent) {
      const { x, y } = press.current ?? { x: clientX, y: clientY };
      if (Math.hypot(clientX - x, clientY - y) > FINGER_RESTS_PX) {
        end();
      }
    },
    onPointerUp: end,
    onPointerCancel: end,
    onPointerLeave: end,
  };
}
