import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { PersonLineFragment, UserStatus } from '../../generated.ts';

import { useWords } from '../../words/words.tsx';
import { Avatar } from './avatar.tsx';
import { usePresence } from './live.ts';

/** Where the profile of a person is in the page. */
export function personAddress({ username }: { readonly username: string }): string {
  return `/people/${encodeURIComponent(username)}`;
}

interface PersonRowProps {
  readonly person: PersonLineFragment;
  /** What the server told last; what the client hears of later goes before it. */
  readonly status?: UserStatus;
  /** What stands below the name. */
  readonly about?: ReactNode;
  /** What can be done with them. */
  readonly children?: ReactNode;
}

/** A person in a list. Names may be of any length and script: each is its own piece of text. */
export function PersonRow({ person, status, about, children }: PersonRowProps) {
  const { screens } = useWords();
  const now = (usePresence(person.id) ?? status) as UserStatus | undefined;
  return (
    <div className="trumpet-screen-row">
      <Avatar person={person} status={now} />
      <div className="trumpet-screen-row-text">
        {person.deletedAt === null ? (
          <Link href={personAddress(person)} className="trumpet-screen-row-name">
            <bdi>{person.displayName}</bdi>
          </Link>
        ) : (
          <span className="trumpet-screen-row-name">{screens.deletedAccount}</span>
        )}
        <p className="trumpet-screen-row-about">
          {person.deletedAt === null && <bdi>@{person.username}</bdi>}
          {now !== undefined && now !== 'OFFLINE' && <span>{screens.statuses[now]}</span>}
          {about}
        </p>
      </div>
      {children && <div className="trumpet-screen-row-end">{children}</div>}
    </div>
  );
}

/** The name of a person in a sentence or a line. */
export function PersonName({ person }: { readonly person: PersonLineFragment | null }) {
  const { screens } = useWords();
  if (person === null || person.deletedAt !== null) {
    return <span>{person === null ? screens.nobody : screens.deletedAccount}</span>;
  }
  return (
    <Link href={personAddress(person)}>
      <bdi>{person.displayName}</bdi>
    </Link>
  );
}
