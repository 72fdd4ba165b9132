import { useState } from 'react';
import {
  BeginPasskeyDocument,
  FinishPasskeyDocument,
  MyPasskeysDocument,
  type MyPasskeysQuery,
  ProofOfMeDocument,
  RemovePasskeyDocument,
  RenamePasskeyDocument,
} from '../../generated.ts';
import { makePasskey, NoPasskeyError, usesPasskeys } from '../../passkeys.ts';
import { useSignInOptions } from '../../sign-in/options.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Answered, Paged } from '../parts/answered.tsx';
import { useAsked, usePages } from '../parts/asked.ts';
import { ConfirmButton, Dialog } from '../parts/dialog.tsx';
import { useDoing } from '../parts/doing.ts';
import { Form, TextField } from '../parts/form.tsx';
import { useFormat } from '../parts/format.ts';
import { deviceName } from './device-name.ts';

type Passkey = NonNullable<MyPasskeysQuery['passkeys']>['nodes'][number];

/** What one signs in with instead of a password. */
export function Passkeys() {
  const { settings: words } = useWords().screens;
  const { passkeys: areThere } = useSignInOptions();
  const proof = useAsked(ProofOfMeDocument, {});
  const passkeys = usePages(MyPasskeysDocument, {}, (result) => result.passkeys);
  return (
    <>
      <p>{words.passkeysText}</p>
      <Paged
        pages={passkeys}
        keyOf={({ id }) => id}
        empty={words.noPasskeys}
        label={words.passkeyList}
      >
        {(passkey) => <PasskeyRow passkey={passkey} onChanged={passkeys.again} />}
      </Paged>
      {areThere && usesPasskeys ? (
        <Answered asked={proof}>
          {({ account, secondFactor }) =>
            account?.hasPassword ? (
              <AddPasskey asksForCode={secondFactor?.totpSince != null} onAdded={passkeys.again} />
            ) : (
              <p>{account?.isGuest ? words.guestFirst : words.factorElsewhere}</p>
            )
          }
        </Answered>
      ) : (
        <p>{words.passkeysNowhere}</p>
      )}
    </>
  );
}

interface PasskeyRowProps {
  readonly passkey: Passkey;
  readonly onChanged: () => void;
}

function PasskeyRow({ passkey, onChanged }: PasskeyRowProps) {
  const { settings: words } = useWords().screens;
  const { moment } = useFormat();
  const client = useClient();
  const { id: passkeyId, name, isBackedUp, createdAt, lastUsedAt } = passkey;
  return (
    <div className="trumpet-screen-row">
      <div className="trumpet-screen-row-text">
        <p className="trumpet-screen-row-name" dir="auto">
          {name}
        </p>
        <p className="trumpet-screen-row-about">
          {isBackedUp && <span className="trumpet-screen-badge">{words.passkeyInCloud}</span>}
          <span>{words.passkeyMade(moment(createdAt))}</span>
          <span>
            {lastUsedAt === null ? words.passkeyUnused : words.passkeyUsed(moment(lastUsedAt))}
          </span>
        </p>
      </div>
      <div className="trumpet-screen-row-end">
        <RenameButton passkey={passkey} onRenamed={onChanged} />
        <ConfirmButton
          label={words.passkeyRemove}
          title={words.passkeyRemoveTitle}
          text={words.passkeyRemoveText}
          confirm={words.passkeyRemove}
          act={() => client.ask(RemovePasskeyDocument, { input: { passkeyId } })}
          onDone={onChanged}
        />
      </div>
    </div>
  );
}

interface RenameButtonProps {
  readonly passkey: Passkey;
  readonly onRenamed: () => void;
}

function RenameButton({ passkey, onRenamed }: RenameButtonProps) {
  const { settings: words } = useWords().screens;
  const client = useClient();
  const [isOpen, setIsOpen] = useState(false);
  const [name, setName] = useState(passkey.name);
  const renaming = useDoing(() =>
    client.ask(RenamePasskeyDocument, { input: { passkeyId: passkey.id, name } }),
  );
  return (
    <>
      <button type="button" onClick={() => setIsOpen(true)}>
        {words.passkeyRename}
      </button>
      {isOpen && (
        <Dialog title={words.passkeyRenameTitle} onClose={() => setIsOpen(false)}>
          <Form
            done={renaming}
            submit={words.passkeyRename}
            onSubmit={async () => {
              if (await renaming.run()) {
                setIsOpen(false);
                onRenamed();
              }
            }}
          >
            <TextField
              label={words.passkeyName}
              required
              maxLength={80}
              dir="auto"
              value={name}
              onChange={setName}
            />
          </Form>
        </Dialog>
      )}
    </>
  );
}

interface AddPasskeyProps {
  readonly asksForCode: boolean;
  readonly onAdded: () => void;
}

/** Asks once more who somebody is, and then their device. */
function AddPasskey({ asksForCode, onAdded }: AddPasskeyProps) {
  const { settings: words } = useWords().screens;
  const client = useClient();
  const [name, setName] = useState(() => deviceName(navigator.userAgent) ?? '');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const adding = useDoing(async () => {
    const { beginPasskey } = await client.ask(BeginPasskeyDocument, {
      input: { password: password || null, code: code || null },
    });
    const credential = await makePasskey(beginPasskey?.passkeyOptions);
    await client.ask(FinishPasskeyDocument, { input: { credential, name } });
    setPassword('');
    setCode('');
    onAdded();
  });
  const isNotMade = adding.error instanceof NoPasskeyError;
  return (
    <Form
      done={adding}
      submit={words.passkeyAdd}
      saved={words.passkeyAdded}
      isToldAtField={isNotMade}
      onSubmit={adding.run}
    >
      <TextField
        label={words.passkeyName}
        required
        maxLength={80}
        dir="auto"
        value={name}
        onChange={setName}
      />
      <TextField
        label={words.currentPassword}
        hint={words.passkeyPasswordHint}
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
      />
      {asksForCode && (
        <TextField
          label={words.factorCode}
          hint={words.factorCodeHint}
          dir="ltr"
          autoComplete="one-time-code"
          autoCapitalize="none"
          value={code}
          onChange={setCode}
        />
      )}
      {isNotMade && (
        <p className="trumpet-screen-field-error" role="alert">
          {words.passkeyNotMade}
        </p>
      )}
    </Form>
  );
}
