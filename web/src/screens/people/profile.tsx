import { useMemo } from 'react';
import { Link, useParams } from 'wouter';
import { ProfileDocument, type ProfileQuery } from '../../generated.ts';
import { useClient, useView } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Answered } from '../parts/answered.tsx';
import { useAsked } from '../parts/asked.ts';
import { Avatar } from '../parts/avatar.tsx';
import { ConfirmButton } from '../parts/dialog.tsx';
import { useDoing } from '../parts/doing.ts';
import { useFormat } from '../parts/format.ts';
import { usePresence } from '../parts/live.ts';
import { Refusal } from '../parts/refusal.tsx';
import { ScreenFrame } from '../parts/screen-frame.tsx';
import { ProfileLines } from './profile-lines.tsx';
import { WriteButton } from './write-button.tsx';

type Person = NonNullable<ProfileQuery['userByUsername']>;

/** Who somebody is, and what can be done with them. */
export default function Profile() {
  const { profile } = useWords().screens;
  const { username = '' } = useParams();
  const client = useClient();
  const changes = useMemo(() => client.news('ProfileEvent'), [client]);
  const asked = useAsked(ProfileDocument, { username }, changes);
  return (
    <ScreenFrame title={profile.title}>
      <Answered asked={asked}>
        {({ userByUsername: person }) =>
          person === null ? (
            <p className="trumpet-screen-note">{profile.none}</p>
          ) : (
            <ProfileOf person={person} onChange={asked.again} />
          )
        }
      </Answered>
    </ScreenFrame>
  );
}

interface ProfileOfProps {
  readonly person: Person;
  readonly onChange: () => void;
}

function ProfileOf({ person, onChange }: ProfileOfProps) {
  const { screens } = useWords();
  const { day, moment } = useFormat();
  const viewerId = useView(useClient().viewerId);
  const status = usePresence(person.id) ?? person.status;
  return (
    <div className="trumpet-screen-profile">
      <Avatar person={{ ...person, avatarUrl: person.largeAvatarUrl }} isLarge />
      <h2>
        <bdi>{person.deletedAt === null ? person.displayName : screens.deletedAccount}</bdi>
      </h2>
      <p>
        <bdi>@{person.username}</bdi>
      </p>
      <p>
        {status === 'OFFLINE' && person.lastSeenAt !== null
          ? screens.profile.lastSeen(moment(person.lastSeenAt))
          : screens.statuses[status]}
      </p>
      {person.statusText !== null && (
        <p>
          <bdi>{[person.statusText.emoji, person.statusText.text].filter(Boolean).join(' ')}</bdi>
          {person.statusText.endsAt !== null &&
            ` ${screens.settings.statusEndsAt(moment(person.statusText.endsAt))}`}
        </p>
      )}
      <ProfileLines lines={person.profile} />
      <p>{screens.profile.memberSince(day(person.createdAt))}</p>
      {person.id === viewerId ? (
        <Link href="/settings/profile" className="trumpet-screen-button">
          {screens.profile.settings}
        </Link>
      ) : (
        person.deletedAt === null && <Deeds person={person} onChange={onChange} />
      )}
    </div>
  );
}

function Deeds({ person, onChange }: ProfileOfProps) {
  const { profile } = useWords().screens;
  const client = useClient();
  const unblocking = useDoing(async () => {
    await client.block(person.id, false);
    onChange();
  });
  return (
    <>
      {person.isBlocked && <p className="trumpet-screen-note">{profile.isBlocked}</p>}
      <div className="trumpet-screen-buttons">
        {person.isBlocked ? (
          <button type="button" disabled={unblocking.isUnderWay} onClick={unblocking.run}>
            {profile.unblock}
          </button>
        ) : (
          <>
            <WriteButton person={person} isMain />
            <ConfirmButton
              label={profile.block}
              title={profile.blockTitle(person.displayName)}
              text={profile.blockText}
              confirm={profile.block}
              act={() => client.block(person.id, true)}
              onDone={onChange}
            />
          </>
        )}
      </div>
      <Refusal error={unblocking.error} onAgain={unblocking.run} />
      <p className="trumpet-screen-field-hint">{profile.reportHint}</p>
    </>
  );
}
