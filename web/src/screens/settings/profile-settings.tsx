import { useState } from 'react';
import { MyProfileDocument, type MyProfileQuery, UpdateProfileDocument } from '../../generated.ts';
import { CHOSEN_STATUSES, chooseStatus, chosenStatus } from '../../presence/chosen-status.ts';
import { useClient, useView } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Answered } from '../parts/answered.tsx';
import { useAsked } from '../parts/asked.ts';
import { useDoing } from '../parts/doing.ts';
import { Choice, Form, TextField } from '../parts/form.tsx';
import { Picture } from './picture.tsx';
import { ProfileFields } from './profile-fields.tsx';
import { StatusTextForm } from './status-text.tsx';

export type Me = NonNullable<MyProfileQuery['currentUser']>;

/** How others see the person. */
export function ProfileSettings() {
  const asked = useAsked(MyProfileDocument, {});
  return (
    <Answered asked={asked}>
      {({ currentUser, profileFields }) =>
        currentUser && (
          <>
            <Picture me={currentUser} onChange={asked.again} />
            <Status />
            <StatusTextForm me={currentUser} onChange={asked.again} />
            <Name me={currentUser} onChange={asked.again} />
            <ProfileFields
              fields={profileFields ?? []}
              said={currentUser.profile}
              onChange={asked.again}
            />
          </>
        )
      }
    </Answered>
  );
}

/** What others see while the person is here, on this device. */
function Status() {
  const { settings: words, statuses } = useWords().screens;
  const status = useView(chosenStatus);
  return (
    <Choice
      label={words.status}
      hint={words.statusHints[status]}
      value={status}
      options={CHOSEN_STATUSES.map((each) => [each, statuses[each]])}
      onChange={chooseStatus}
    />
  );
}

interface NameProps {
  readonly me: Me;
  readonly onChange: () => void;
}

function Name({ me, onChange }: NameProps) {
  const { settings: words, save, saved } = useWords().screens;
  const client = useClient();
  const [displayName, setDisplayName] = useState(me.displayName);
  const saving = useDoing(async () => {
    await client.ask(UpdateProfileDocument, { input: { displayName: displayName.trim() } });
    onChange();
  });
  return (
    <Form done={saving} submit={save} saved={saved} isToldAtField onSubmit={saving.run}>
      <TextField
        label={words.displayName}
        hint={words.displayNameHint}
        error={saving.error}
        required
        maxLength={80}
        dir="auto"
        autoComplete="name"
        value={displayName}
        onChange={setDisplayName}
      />
      <TextField
        label={words.username}
        hint={words.usernameHint}
        readOnly
        dir="ltr"
        value={me.username}
      />
    </Form>
  );
}
