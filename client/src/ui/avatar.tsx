import { memo, type ReactNode, useState } from 'react';
import { usePerson, usePresence } from '../react/index.ts';
import type { ShownRoom } from '../shown.ts';
import { colourOf, initialsOf, nameOfPerson, useRoomName } from './names.ts';
import { useWords } from './provider.tsx';
import type { Words } from './words/en.ts';

export interface PersonAvatarProps {
  readonly userId: string;
  readonly size?: 'small' | 'medium' | 'large';
  /** With a dot that says whether they are online. */
  readonly hasPresence?: boolean;
}

/** A person's picture, or their initials on a colour that stays theirs. */
export const PersonAvatar = memo(function PersonAvatar(props: PersonAvatarProps): ReactNode {
  const { userId, size = 'medium', hasPresence = false } = props;
  const words = useWords();
  const person = usePerson(userId);
  return (
    <span className={`trumpet-avatar trumpet-avatar-${size}`}>
      <AvatarPicture
        id={userId}
        name={nameOfPerson(words, person)}
        url={person?.avatarUrl ?? null}
      />
      {hasPresence && <PresenceDot userId={userId} />}
    </span>
  );
});

export interface RoomAvatarProps {
  readonly room: Pick<ShownRoom, 'id' | 'name' | 'directUserId' | 'displayName'>;
  readonly size?: 'small' | 'medium' | 'large';
}

/** A direct conversation has the picture of the other person. */
export function RoomAvatar({ room, size = 'medium' }: RoomAvatarProps): ReactNode {
  const name = useRoomName(room);
  return room.directUserId === null ? (
    <span className={`trumpet-avatar trumpet-avatar-room trumpet-avatar-${size}`}>
      <AvatarPicture id={room.id} name={name} url={null} />
    </span>
  ) : (
    <PersonAvatar userId={room.directUserId} size={size} hasPresence />
  );
}

export interface AvatarPictureProps {
  readonly id: string;
  readonly name: string;
  readonly url: string | null;
}

/** Only the picture, of whoever it is: for people whom the client does not keep. */
export function AvatarPicture({ id, name, url }: AvatarPictureProps): ReactNode {
  const [failed, setFailed] = useState<string | null>(null);
  return url === null || failed === url ? (
    <span className="trumpet-avatar-initials" data-colour={colourOf(id)} aria-hidden="true">
      {initialsOf(name)}
    </span>
  ) : (
    <img src={url} alt="" loading="lazy" draggable={false} onError={() => setFailed(url)} />
  );
}

const PRESENCE_WORDS: Readonly<Record<string, keyof Words & string>> = {
  ONLINE: 'online',
  AWAY: 'away',
  BUSY: 'doNotDisturb',
};

function PresenceDot({ userId }: { readonly userId: string }): ReactNode {
  const words = useWords();
  const presence = usePresence(userId);
  const word = presence && PRESENCE_WORDS[presence];
  return word === undefined || word === '' ? null : (
    <span
      className="trumpet-presence"
      data-presence={presence}
      role="img"
      aria-label={words[word] as string}
    />
  );
}
