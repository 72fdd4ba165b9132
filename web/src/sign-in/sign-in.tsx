import { type FormEvent, Suspense, useId, useState } from 'react';
import { type Account, type Credentials, TrumpetError } from 'trumpet-client';
import { Link, useLocation, useRoute } from 'wouter';
import { deferred } from '../deferred.tsx';
import { usesPasskeys } from '../passkeys.ts';
import { useClient } from '../trumpet.tsx';
import { useWords } from '../words/words.tsx';
import { type Attempt, useAttempt } from './attempt.ts';
import { Card } from './card.tsx';
import { type SamplePerson, useSignInOptions } from './options.ts';
import { WithProvider } from './with-provider.tsx';

const PasskeySignIn = deferred(() => import('./passkey-sign-in.tsx'));
const Guest = deferred(() => import('./guest.tsx'));

type Mode = 'sign in' | 'sign up';

/** What stands between a person and the chat. */
export function SignIn() {
  return (
    <Card>
      <Ways />
    </Card>
  );
}

/** What the server takes, and nothing else. */
function Ways() {
  const words = useWords().signIn;
  const { signUp, localPasswords, passkeys, mails, providers } = useSignInOptions();
  const invitationCode = useInvitationCode();
  const maySignUp = signUp === 'open' || (signUp === 'invited' && invitationCode !== undefined);
  const [mode, setMode] = useState<Mode>('sign in');
  const [isCodeAsked, setIsCodeAsked] = useState(false);
  const { attempt, isBusy, problem, waitSeconds } = useAttempt(
    isCodeAsked ? { WRONG_CREDENTIALS: words.wrongCode } : {},
  );
  const guest = invitationCode !== undefined && signUp !== 'closed' && (
    <Suspense fallback={null}>
      <Guest code={invitationCode} />
    </Suspense>
  );
  const passkey = passkeys && usesPasskeys && (
    <Suspense fallback={null}>
      <PasskeySignIn />
    </Suspense>
  );
  if (!localPasswords) {
    return (
      <>
        {providers.length > 0 ? <WithProvider /> : <p>{words.elsewhere}</p>}
        {passkey}
        {guest}
      </>
    );
  }
  return (
    <>
      <WithProvider />
      <SamplePeople isBusy={isBusy} attempt={attempt} />
      <AccountForm
        key={mode}
        mode={mode}
        isBusy={isBusy || waitSeconds > 0}
        attempt={attempt}
        problem={problem}
        waitSeconds={waitSeconds}
        isCodeAsked={isCodeAsked}
        onCodeAsked={setIsCodeAsked}
      />
      {mode === 'sign in' && passkey}
      {maySignUp && (
        <button
          type="button"
          className="trumpet-link"
          onClick={() => {
            setIsCodeAsked(false);
            setMode(mode === 'sign in' ? 'sign up' : 'sign in');
          }}
        >
          {mode === 'sign in' ? words.toSignUp : words.toSignIn}
        </button>
      )}
      {guest}
      {mails && mode === 'sign in' && <Link href="/reset">{words.forgotten}</Link>}
      {signUp === 'invited' && !maySignUp && <p>{words.invitedOnly}</p>}
    </>
  );
}

/** Of the link that somebody has opened. */
function useInvitationCode(): string | undefined {
  const [, parameters] = useRoute('/invite/:code');
  return parameters?.code;
}

interface AttemptProps {
  readonly isBusy: boolean;
  readonly attempt: Attempt;
}

function SamplePeople({ isBusy, attempt }: AttemptProps) {
  const client = useClient();
  const words = useWords().signIn;
  const { samplePeople } = useSignInOptions();
  if (samplePeople.length === 0) {
    return null;
  }
  const enter = ({ username, password }: SamplePerson) =>
    attempt(() => client.signIn({ username, password }));
  return (
    <section className="trumpet-sign-in-samples" aria-label={words.asSample}>
      <p>{words.asSample}</p>
      <ul>
        {samplePeople.map((person, index) => (
          <li key={person.username}>
            <button type="button" disabled={isBusy} onClick={() => void enter(person)}>
              <span className="trumpet-sign-in-face" data-colour={index} aria-hidden="true">
                {person.displayName.slice(0, 1)}
              </span>
              {person.displayName}
            </button>
          </li>
        ))}
      </ul>
      <p className="trumpet-sign-in-or">{words.withPassword}</p>
    </section>
  );
}

interface AccountFormProps extends AttemptProps {
  readonly mode: Mode;
  readonly problem: string;
  readonly waitSeconds: number;
  /** Whether the password was right and a code is missing. */
  readonly isCodeAsked: boolean;
  readonly onCodeAsked: (isCodeAsked: boolean) => void;
}

const focus = (input: HTMLInputElement | null) => input?.focus();

function AccountForm(props: AccountFormProps) {
  const { mode, isBusy, attempt, problem, waitSeconds, isCodeAsked, onCodeAsked } = props;
  const client = useClient();
  const words = useWords().signIn;
  const problemId = useId();
  const isNew = mode === 'sign up';
  const invitationCode = useInvitationCode();
  const [, go] = useLocation();

  async function signUp(account: Account): Promise<void> {
    await client.signUp(account);
    if (invitationCode !== undefined) {
      go('/', { replace: true }); // They are in the room.
    }
  }

  async function signIn(credentials: Credentials): Promise<void> {
    try {
      await client.signIn(credentials);
    } catch (error) {
      if (!(error instanceof TrumpetError && error.code === 'SECOND_FACTOR_REQUIRED')) {
        throw error;
      }
      onCodeAsked(true);
    }
  }

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '').trim();
    const credentials = { username: text('username'), password: String(form.get('password')) };
    const displayName = text('displayName');
    const email = text('email');
    void attempt(() =>
      isNew
        ? signUp({
            ...credentials,
            ...(invitationCode !== undefined && { invitationCode }),
            ...(displayName !== '' && { displayName }),
            ...(email !== '' && { email }),
          })
        : signIn({ ...credentials, ...(isCodeAsked && { code: text('code') }) }),
    );
  }

  return (
    <form
      className="trumpet-sign-in-form"
      aria-label={isNew ? words.signUp : words.title}
      onSubmit={submit}
    >
      <label>
        {words.username}
        <input
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          dir="ltr"
          required
          aria-describedby={problemId}
          onChange={() => onCodeAsked(false)}
        />
      </label>
      {isNew && (
        <>
          <label>
            {words.displayName}
            <input name="displayName" autoComplete="name" dir="auto" />
          </label>
          <label>
            {words.email}
            <input name="email" type="email" autoComplete="email" dir="ltr" />
          </label>
        </>
      )}
      <label>
        {words.password}
        <input
          name="password"
          type="password"
          autoComplete={isNew ? 'new-password' : 'current-password'}
          minLength={isNew ? 8 : undefined}
          dir="ltr"
          required
        />
      </label>
      {isCodeAsked && (
        <label>
          {words.code}
          <input
            ref={focus}
            name="code"
            autoComplete="one-time-code"
            autoCapitalize="none"
            spellCheck={false}
            dir="ltr"
            required
            aria-describedby={problemId}
          />
        </label>
      )}
      <button type="submit" className="trumpet-page-button" data-kind="primary" disabled={isBusy}>
        {isNew ? words.signUp : words.submit}
      </button>
      <p id={problemId} className="trumpet-sign-in-problem" role="alert">
        {problem}
        {waitSeconds > 0 && ` ${words.retryIn(waitSeconds)}`}
      </p>
    </form>
  );
}
