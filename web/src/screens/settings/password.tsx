import { useState } from 'react';
import { TrumpetError } from 'trumpet-client';
import { ChangePasswordDocument, MyAccountDocument } from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Answered } from '../parts/answered.tsx';
import { useAsked } from '../parts/asked.ts';
import { useDoing } from '../parts/doing.ts';
import { Form, TextField } from '../parts/form.tsx';
import { ClaimGuest } from './claim-guest.tsx';

/** What one signs in with: a guest has nothing yet. */
export function Password() {
  const account = useAsked(MyAccountDocument, {});
  return (
    <Answered asked={account}>
      {(answer) =>
        answer.account?.isGuest ? <ClaimGuest onDone={account.again} /> : <ChangePassword />
      }
    </Answered>
  );
}

/** Another password; whoever is signed in elsewhere by the old one is signed out. */
function ChangePassword() {
  const { settings: words } = useWords().screens;
  const client = useClient();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [repeated, setRepeated] = useState('');
  const changing = useDoing(async () => {
    await client.ask(ChangePasswordDocument, {
      input: { currentPassword: current, newPassword: next },
    });
    setCurrent('');
    setNext('');
    setRepeated('');
  });
  const code = changing.error instanceof TrumpetError ? changing.error.code : undefined;
  const isAboutCurrent = code === 'WRONG_CREDENTIALS';
  const isAboutNew = code === 'BAD_INPUT' || code === 'TOO_LARGE';
  return (
    <Form
      done={changing}
      submit={words.changePassword}
      saved={words.passwordChanged}
      isToldAtField={isAboutCurrent || isAboutNew}
      onSubmit={changing.run}
    >
      <TextField
        label={words.currentPassword}
        error={isAboutCurrent ? changing.error : undefined}
        required
        type="password"
        autoComplete="current-password"
        value={current}
        onChange={setCurrent}
      />
      <TextField
        label={words.newPassword}
        hint={words.newPasswordHint}
        error={isAboutNew ? changing.error : undefined}
        required
        minLength={8}
        type="password"
        autoComplete="new-password"
        value={next}
        onChange={setNext}
      />
      <TextField
        label={words.repeatPassword}
        required
        type="password"
        autoComplete="new-password"
        value={repeated}
        ref={(input) => input?.setCustomValidity(repeated === next ? '' : words.notTheSame)}
        onChange={setRepeated}
      />
    </Form>
  );
}
