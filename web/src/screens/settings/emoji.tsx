import { useEffect, useId, useMemo, useRef, useState } from 'react';
import {
  CustomEmojiDocument,
  type CustomEmojiLineFragment,
  CustomEmojiPolicyDocument,
  RemoveCustomEmojiDocument,
  SetCustomEmojiAliasesDocument,
} from '../../generated.ts';
import { useClient, useView } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { useAsked, usePages } from '../parts/asked.ts';
import { ConfirmButton, Dialog } from '../parts/dialog.tsx';
import { useDoing } from '../parts/doing.ts';
import { Form, TextField } from '../parts/form.tsx';

/** The kinds of pictures that an emoji can be made of. */
const KINDS = 'image/png,image/gif,image/webp';

/** The emoji of the workspace: what there is, and adding more for whoever may. */
export function CustomEmoji() {
  const { settings: words } = useWords().screens;
  const client = useClient();
  const viewerId = useView(client.viewerId);
  const news = useMemo(() => client.news('CustomEmojiEvent'), [client]);
  const { value } = useAsked(CustomEmojiPolicyDocument, {}, news);
  const emoji = usePages(CustomEmojiDocument, {}, (result) => result.customEmoji, news);
  const [open, setOpen] = useState<CustomEmojiLineFragment | null>(null);
  const policy = value?.customEmojiPolicy;
  return (
    <>
      <p className="trumpet-screen-field-hint">
        {words.emojiHint}
        {policy?.viewerMayAdd === false && ` ${words.emojiOfManagers}`}
      </p>
      {policy?.viewerMayAdd && <NewEmoji most={policy.most} onAdded={emoji.again} />}
      <Paged pages={emoji} keyOf={({ id }) => id} empty={words.noEmoji} label={words.emoji}>
        {(each) => (
          <div className="trumpet-screen-row">
            <Picture emoji={each} />
            <div className="trumpet-screen-row-text">
              <p className="trumpet-screen-row-name">
                <bdi>:{each.name}:</bdi>
              </p>
              <p className="trumpet-screen-row-about">
                {each.aliases.map((alias) => (
                  <bdi key={alias}>:{alias}: </bdi>
                ))}
                {each.addedBy !== null && <span>{words.emojiBy(each.addedBy.displayName)}</span>}
              </p>
            </div>
            {(policy?.viewerIsManager || each.addedById === viewerId) && (
              <div className="trumpet-screen-buttons">
                <button type="button" onClick={() => setOpen(each)}>
                  {words.emojiAliases}
                </button>
                <ConfirmButton
                  label={words.removeEmoji}
                  title={words.removeEmojiTitle(`:${each.name}:`)}
                  text={words.removeEmojiText}
                  confirm={words.removeEmoji}
                  act={() =>
                    client.ask(RemoveCustomEmojiDocument, { input: { customEmojiId: each.id } })
                  }
                  onDone={emoji.again}
                />
              </div>
            )}
          </div>
        )}
      </Paged>
      {open !== null && (
        <Aliases
          emoji={open}
          onClose={() => {
            setOpen(null);
            emoji.again();
          }}
        />
      )}
    </>
  );
}

function Picture({ emoji }: { readonly emoji: CustomEmojiLineFragment }) {
  return (
    <picture className="trumpet-screen-emoji">
      <source
        media="(prefers-reduced-motion: reduce)"
        srcSet={emoji.stillPictureUrl ?? undefined}
      />
      <img src={emoji.pictureUrl ?? undefined} alt="" loading="lazy" />
    </picture>
  );
}

interface NewEmojiProps {
  readonly most: number;
  readonly onAdded: () => void;
}

function NewEmoji({ most, onAdded }: NewEmojiProps) {
  const { settings: words } = useWords().screens;
  const client = useClient();
  const input = useRef<HTMLInputElement>(null);
  const hint = useId();
  const [picture, setPicture] = useState<File | null>(null);
  const [name, setName] = useState('');
  const [aliases, setAliases] = useState('');
  const adding = useDoing(async () => {
    if (picture === null) {
      input.current?.click();
      return;
    }
    await client.addEmoji(picture, name, namesIn(aliases));
    setPicture(null);
    setName('');
    setAliases('');
    onAdded();
  });
  return (
    <Form done={adding} submit={words.addEmoji} onSubmit={adding.run}>
      <div className="trumpet-screen-buttons">
        {picture !== null && <Preview picture={picture} />}
        <button type="button" aria-describedby={hint} onClick={() => input.current?.click()}>
          {words.chooseEmojiPicture}
        </button>
      </div>
      <input
        ref={input}
        type="file"
        hidden
        accept={KINDS}
        aria-label={words.chooseEmojiPicture}
        onChange={({ target }) => {
          const [chosen] = target.files ?? [];
          if (chosen !== undefined) {
            setPicture(chosen);
            setName((before) => before || nameOfFile(chosen.name));
          }
          target.value = '';
        }}
      />
      <p id={hint} className="trumpet-screen-field-hint">
        {words.emojiPictureHint(most)}
      </p>
      <TextField
        label={words.emojiName}
        hint={words.emojiNameHint}
        required
        maxLength={32}
        autoComplete="off"
        value={name}
        onChange={setName}
      />
      <TextField
        label={words.emojiAliases}
        hint={words.emojiAliasesHint}
        maxLength={330}
        autoComplete="off"
        value={aliases}
        onChange={setAliases}
      />
    </Form>
  );
}

/** What was chosen, before it is uploaded. */
function Preview({ picture }: { readonly picture: File }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(picture);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [picture]);
  return (
    <span className="trumpet-screen-emoji">
      <img src={url} alt={picture.name} />
    </span>
  );
}

interface AliasesProps {
  readonly emoji: CustomEmojiLineFragment;
  readonly onClose: () => void;
}

function Aliases({ emoji, onClose }: AliasesProps) {
  const { save, settings: words } = useWords().screens;
  const client = useClient();
  const [aliases, setAliases] = useState(emoji.aliases.join(' '));
  const saving = useDoing(async () => {
    await client.ask(SetCustomEmojiAliasesDocument, {
      input: { customEmojiId: emoji.id, aliases: [...namesIn(aliases)] },
    });
    onClose();
  });
  return (
    <Dialog title={`:${emoji.name}:`} onClose={onClose}>
      <Form done={saving} submit={save} onSubmit={saving.run}>
        <TextField
          label={words.emojiAliases}
          hint={words.emojiAliasesHint}
          maxLength={330}
          autoComplete="off"
          value={aliases}
          onChange={setAliases}
        />
      </Form>
    </Dialog>
  );
}

/** The names in a text that lists them, with colons around them or without. */
function namesIn(text: string): readonly string[] {
  return text.split(/[\s,:،、]+/u).filter((name) => name !== '');
}

/** `Party Parrot.gif` is probably a `party_parrot`. */
function nameOfFile(filename: string): string {
  return filename
    .replace(/\.[^.]*$/, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}_+-]+/gu, '_')
    .replace(/^[_+-]+|_+$/g, '')
    .slice(0, 30);
}
