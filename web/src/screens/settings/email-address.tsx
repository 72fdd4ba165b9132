import { useState } from 'react';
import { TrumpetError } from 'trumpet-client';
import {
  ChangeEmailDocument,
  MyAccountDocument,
  type MyAccountQuery,
  RequestEmailVerificationDocument,
} from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Answered } from '../parts/answered.tsx';
import { useAsked } from '../parts/asked.ts';
import { useDoing } from '../parts/doing.ts';
import { Form, TextField } from '../parts/form.tsx';

type Account = MyAccountQuery['account'];

/** The address to which mails go, and by which a lost password is set anew. */
export function EmailAddress() {
  const account = useAsked(MyAccountDocument, {});
  return <Answered asked={account}>{(answer) => <Address account={answer.account} />}</Answered>;
}

function Address({ account }: { readonly account: Account }) {
  const { settings: words } = useWords().screens;
  return (
    <>
      <p>{account?.email ?? words.noEmail}</p>
      {account?.email && (account.isEmailVerified ? <p>{words.emailVerified}</p> : <Unverified />)}
      {account?.hasPassword ? (
        <Change />
      ) : (
        <p>{account?.isGuest ? words.guestFirst : words.emailElsewhere}</p>
      )}
    </>
  );
}

function Unverified() {
  const { settings: words } = useWords().screens;
  const client = useClient();
  const sending = useDoing(() => client.ask(RequestEmailVerificationDocument, {}));
  return (
    <Form
      done={sending}
      submit={words.sendVerification}
      saved={words.mailSent}
      onSubmit={sending.run}
    >
      <p>{words.emailUnverified}</p>
    </Form>
  );
}

function Change() {
  const { settings: words } = useWords().screens;
  const client = useClient();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const changing = useDoing(async () => {
    await client.ask(ChangeEmailDocument, { input: { newEmail: email, password } });
    setPassword('');
  });
  const isAboutPassword =
    changing.error instanceof TrumpetError && changing.error.code === 'WRONG_CREDENTIALS';
  return (
    <Form
      done={changing}
      submit={words.changeEmail}
      saved={words.mailSent}
      isToldAtField={isAboutPassword}
      onSubmit={changing.run}
    >
      <TextField
        label={words.newEmail}
        hint={words.newEmailHint}
        required
        type="email"
        autoComplete="email"
        value={email}
        onChange={setEmail}
      />
      <TextField
        label={words.currentPassword}
        error={isAboutPassword ? changing.error : undefined}
        required
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
      />
    </Form>
  );
}
