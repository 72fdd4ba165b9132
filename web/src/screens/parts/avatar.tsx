import type { PersonLineFragment, UserStatus } from '../../generated.ts';

interface AvatarProps {
  readonly person: Pick<PersonLineFragment, 'id' | 'displayName'> & {
    readonly avatarUrl: string | null;
  };
  readonly status?: UserStatus | undefined;
  readonly isLarge?: boolean;
}

/** The picture of a person, or the first letter of their name. It says nothing that the name beside it does not. */
export function Avatar({ person, status, isLarge = false }: AvatarProps) {
  return (
    <span
      className="trumpet-screen-face"
      data-is-large={isLarge}
      data-status={status}
      aria-hidden="true"
    >
      {person.avatarUrl === null ? (
        <span className="trumpet-screen-face-letter">{firstLetterOf(person.displayName)}</span>
      ) : (
        <img src={person.avatarUrl} alt="" loading="lazy" />
      )}
    </span>
  );
}

/** A letter may be several code points. */
function firstLetterOf(name: string): string {
  const [first] = new Intl.Segmenter().segment(name.trim());
  return first?.segment.toLocaleUpperCase() ?? '?';
}
