import { useId, useRef } from 'react';
import { UpdateProfileDocument } from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Avatar } from '../parts/avatar.tsx';
import { ConfirmButton } from '../parts/dialog.tsx';
import { useDoing } from '../parts/doing.ts';
import { Refusal } from '../parts/refusal.tsx';
import type { Me } from './profile-settings.tsx';

interface PictureProps {
  readonly me: Me;
  readonly onChange: () => void;
}

/** The kinds of pictures that an avatar can be made of. */
const KINDS = 'image/png,image/jpeg,image/gif,image/webp,image/avif,image/tiff';

/** One's own picture. */
export function Picture({ me, onChange }: PictureProps) {
  const { settings: words } = useWords().screens;
  const client = useClient();
  const input = useRef<HTMLInputElement>(null);
  const hint = useId();
  const setting = useDoing(async (picture: File) => {
    await client.setAvatar(picture);
    onChange();
  });
  return (
    <section className="trumpet-screen-picture" aria-label={words.picture}>
      <Avatar person={{ ...me, avatarUrl: me.largeAvatarUrl }} isLarge />
      <div>
        <div className="trumpet-screen-buttons">
          <button
            type="button"
            aria-describedby={hint}
            disabled={setting.isUnderWay}
            onClick={() => input.current?.click()}
          >
            {words.choosePicture}
          </button>
          {me.largeAvatarUrl !== null && (
            <ConfirmButton
              label={words.removePicture}
              title={words.removePictureTitle}
              text={words.removePictureText}
              confirm={words.removePicture}
              act={() => client.ask(UpdateProfileDocument, { input: { avatarUrl: null } })}
              onDone={onChange}
            />
          )}
        </div>
        <input
          ref={input}
          type="file"
          hidden
          accept={KINDS}
          aria-label={words.choosePicture}
          onChange={({ target }) => {
            const [picture] = target.files ?? [];
            if (picture !== undefined) {
              void setting.run(picture);
            }
            target.value = '';
          }}
        />
        <p id={hint} className="trumpet-screen-field-hint">
          {words.pictureHint}
        </p>
        <p role="status">{setting.isUnderWay && words.uploading}</p>
        <Refusal error={setting.error} />
      </div>
    </section>
  );
}
