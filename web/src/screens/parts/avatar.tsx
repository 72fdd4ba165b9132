import { AvatarPicture } from 'trumpet-client/ui';
import type { PersonLineFragment, UserStatus } from '../../generated.ts';

interface AvatarProps {
  readonly person: Pick<PersonLineFragment, 'id' | 'displayName' | 'avatarUrl'>;
  readonly status?: UserStatus | undefined;
  readonly isLarge?: boolean;
}

/** The picture of a person, as in a room. It says nothing that the name beside it does not. */
export function Avatar({ person, status = 'OFFLINE', isLarge = false }: AvatarProps) {
  return (
    <span
      className={`trumpet-avatar trumpet-screen-face ${isLarge ? 'trumpet-avatar-large' : ''}`}
      aria-hidden="true"
    >
      <AvatarPicture id={person.id} name={person.displayName} url={person.avatarUrl} />
      {status !== 'OFFLINE' && <span className="trumpet-presence" data-presence={status} />}
    </span>
  );
}
