import type { ReactNode } from 'react';
import { useBlockedIds } from 'trumpet-client/react';
import { Markdown } from 'trumpet-client/ui';
import { Link } from 'wouter';
import type { MessageLineFragment } from '../../generated.ts';
import { useWords } from '../../words/words.tsx';
import { Avatar } from './avatar.tsx';
import { useFormat } from './format.ts';
import { PersonName } from './person.tsx';

interface MessageRowProps {
  readonly message: MessageLineFragment;
  /** The message in its history; without it there is no way there. */
  readonly address?: string | undefined;
  /** What is shown instead of the text, such as the part of it that was found. */
  readonly text?: ReactNode;
  readonly about?: ReactNode;
  /** Also what somebody wrote whom the person has blocked, as for whoever has to decide on it. */
  readonly showsBlocked?: boolean;
  readonly children?: ReactNode;
}

/** A message in a list, outside of its history. */
export function MessageRow(props: MessageRowProps) {
  const { message, address, text, about, showsBlocked = false, children } = props;
  const { screens, kit } = useWords();
  const isBlocked = useBlockedIds().has(message.author?.id ?? '') && !showsBlocked;
  const { moment, size } = useFormat();
  return (
    <article className="trumpet-screen-row trumpet-screen-row-message">
      <Avatar person={message.author} />
      <div className="trumpet-screen-row-text">
        <p className="trumpet-screen-row-about">
          <PersonName person={message.author} />
          {about}
          {address === undefined ? (
            <time dateTime={message.createdAt}>{moment(message.createdAt)}</time>
          ) : (
            <Link href={address} aria-label={screens.showInRoom(moment(message.createdAt))}>
              <time dateTime={message.createdAt}>{moment(message.createdAt)}</time>
            </Link>
          )}
        </p>
        {isBlocked ? (
          <p className="trumpet-screen-row-content">{kit.fromBlocked}</p>
        ) : text === undefined && message.content !== null && message.deletedAt === null ? (
          <Markdown text={message.content} />
        ) : (
          <p className="trumpet-screen-row-content" dir="auto">
            {text ?? screens.deletedMessage}
          </p>
        )}
        {message.attachments.length > 0 && !isBlocked && (
          <ul className="trumpet-screen-files">
            {message.attachments.map((file) => (
              <li key={file.id}>
                {file.thumbnailUrl && <img src={file.thumbnailUrl} alt="" loading="lazy" />}
                {file.url === null ? (
                  <bdi>{file.filename}</bdi>
                ) : (
                  <a href={file.url} target="_blank" rel="noreferrer">
                    <bdi>{file.filename}</bdi>
                  </a>
                )}{' '}
                <span>{size(Number(file.byteSize))}</span>
              </li>
            ))}
          </ul>
        )}
        {children && <div className="trumpet-screen-row-deeds">{children}</div>}
      </div>
    </article>
  );
}
