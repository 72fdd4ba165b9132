import { type ReactNode, type RefObject, useEffect, useState } from 'react';
import { throwDefect } from '../../errors.ts';
import { useBlockedIds, useClient, useMessage, usePerson } from '../../react/index.ts';
import { useIsGone } from '../../react/use-is-gone.ts';
import type { ShownMessage } from '../../shown.ts';
import { Icon } from '../icons.tsx';
import type { RowDeeds } from '../messages/message-row.tsx';
import { nameOfPerson } from '../names.ts';
import { plainText } from '../plain-text.ts';
import { useKit, useWords } from '../provider.tsx';
import { fill } from '../words/plural.ts';
import { ForwardedFromDocument, type ForwardedFromQuery } from './generated.ts';
import { isForwarded, type Quote, quoteOf } from './quote-of.ts';
import { forwardWords } from './words.ts';

export interface ShownProps {
  readonly message: Pick<ShownMessage, 'id' | 'roomId' | 'metadata' | 'seq'>;
  readonly tabIndex: number;
  readonly deeds: RefObject<RowDeeds>;
}

/** What a message shows of another one: what it quotes, and where it was forwarded from, for who may read that. */
export default function Shown({ message, tabIndex, deeds }: ShownProps): ReactNode {
  const quote = quoteOf(message.metadata);
  return (
    <>
      {isForwarded(message.metadata) && (
        <Forwarded messageId={message.id} isSent={message.seq !== null} tabIndex={tabIndex} />
      )}
      {quote !== undefined && (
        <Quoted roomId={message.roomId} quote={quote} tabIndex={tabIndex} deeds={deeds} />
      )}
    </>
  );
}

interface QuotedProps {
  readonly roomId: string;
  readonly quote: Quote;
  readonly tabIndex: number;
  readonly deeds: RefObject<RowDeeds>;
}

/** As it was; what is chosen leads to the message as it is now. */
function Quoted({ roomId, quote, tabIndex, deeds }: QuotedProps): ReactNode {
  const words = useWords();
  const said = forwardWords(words.language);
  // Until it is sent, nobody has written down who said it.
  const quoted = useMessage(roomId, quote.messageId);
  const authorId = quote.authorId ?? quoted?.authorId ?? '';
  const author = usePerson(authorId);
  const isBlocked = useBlockedIds().has(authorId);
  const isGone = useIsGone(quote.disappearsAt);
  if (quote.isRemoved || isGone) {
    return (
      <blockquote className="trumpet-quoted">
        <p className="trumpet-message-deleted">{said.removed}</p>
      </blockquote>
    );
  }
  const name = nameOfPerson(words, author);
  const seq = quote.seq ?? quoted?.seq ?? null;
  const text = quote.content ?? (quoted === undefined ? '' : plainText(words, quoted));
  return (
    <blockquote className="trumpet-quoted">
      <button
        type="button"
        className="trumpet-quoted-author"
        tabIndex={tabIndex}
        title={fill(said.goToQuoted, { name })}
        disabled={seq === null}
        onClick={() => seq !== null && deeds.current.jumpTo(seq)}
      >
        <Icon name="quote" />
        <bdi>{name}</bdi>
      </button>
      <p dir="auto">
        {isBlocked ? words.fromBlocked : plainText(words, { content: text, ...NO_MORE })}
        {quote.isPart && !isBlocked && ' …'}
      </p>
    </blockquote>
  );
}

const NO_MORE = { deletedAt: null, attachments: [] };

type Source = NonNullable<NonNullable<ForwardedFromQuery['message']>['forwardedFrom']>;

interface ForwardedProps {
  readonly messageId: string;
  readonly isSent: boolean;
  readonly tabIndex: number;
}

/** Nothing but that it was forwarded, unless the person may read it where it comes from. */
function Forwarded({ messageId, isSent, tabIndex }: ForwardedProps): ReactNode {
  const { words, openMessage } = useKit();
  const said = forwardWords(words.language);
  const client = useClient();
  const [source, setSource] = useState<Source | null>(null);
  useEffect(() => {
    let isShown = true;
    if (isSent) {
      client
        .ask(ForwardedFromDocument, { messageId })
        .then(({ message }) => isShown && setSource(message?.forwardedFrom ?? null))
        .catch(throwDefect);
    }
    return () => {
      isShown = false;
    };
  }, [client, messageId, isSent]);
  const text =
    source === null
      ? said.forwarded
      : fill(said.forwardedFrom, {
          name: source.author.displayName,
          room: source.room.displayName,
        });
  return (
    <p className="trumpet-forwarded">
      <Icon name="reply" />
      {source === null || openMessage === undefined ? (
        <bdi>{text}</bdi>
      ) : (
        <button
          type="button"
          tabIndex={tabIndex}
          onClick={() => openMessage(source.room, Number(source.seq))}
        >
          <bdi>{text}</bdi>
        </button>
      )}
    </p>
  );
}
