import { type FormEvent, Suspense, use, useEffect, useId, useState } from 'react';
import { type Account, TrumpetError } from 'trumpet-client';
import { useLocation, useRoute } from 'wouter';
import { changeDevice, device, type Theme } from '../device.ts';
import { UpdateBanner } from '../shell/banners.tsx';
import { useClient, useView } from '../trumpet.tsx';
import { LANGUAGES, type Language, useWords } from '../words/words.tsx';
import { Developers } from './developers.tsx';
import { type SamplePerson, signInOptions } from './options.ts';
import { WithProvider } from './with-provider.tsx';

type Mode = 'sign in' | 'sign up';

/** What stands between a person and the chat. */
export function SignIn() {
  const words = useWords();
  return (
    <main className="trumpet trumpet-sign-in">
      <UpdateBanner />
      <div className="trumpet-sign-in-card">
        <header>
          <img src="/icon.svg" alt="" width="48" height="48" />
          <h1>{words.appName}</h1>
        </header>
        <Suspense>
          <Ways />
        </Suspense>
      </div>
      <footer className="trumpet-sign-in-foot">
        <DeviceChoices />
        <Suspense>
          <Developers />
        </Suspense>
      </footer>
    </main>
  );
}

/** What the server takes, and nothing else. */
function Ways() {
  const words = useWords().signIn;
  const { signUp, localPasswords, providers } = use(signInOptions());
  const invitationCode = useInvitationCode();
  const maySignUp = signUp === 'open' || (signUp === 'invited' && invitationCode !== undefined);
  const [mode, setMode] = useState<Mode>('sign in');
  const { attempt, isBusy, problem, waitSeconds } = useAttempt();
  if (!localPasswords) {
    return providers.length > 0 ? <WithProvider /> : <p>{words.elsewhere}</p>;
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
      />
      {maySignUp && (
        <button
          type="button"
          className="trumpet-link"
          onClick={() => setMode(mode === 'sign in' ? 'sign up' : 'sign in')}
        >
          {mode === 'sign in' ? words.toSignUp : words.toSignIn}
        </button>
      )}
      {signUp === 'invited' && !maySignUp && <p>{words.invitedOnly}</p>}
    </>
  );
}

/** Of the link that somebody has opened. */
function useInvitationCode(): string | undefined {
  const [, parameters] = useRoute('/invite/:code');
  return parameters?.code;
}

type Attempt = (signIn: () => Promise<void>) => Promise<void>;

/** Signs in, and says what was wrong with it. After too many, it counts down until the next may come. */
function useAttempt() {
  const words = useWords().signIn;
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const [mayAgainAt, setMayAgainAt] = useState(0);
  const waitSeconds = useSecondsUntil(mayAgainAt);

  const attempt: Attempt = async (signIn) => {
    setIsBusy(true);
    setProblem('');
    try {
      await signIn();
    } catch (error) {
      if (error instanceof TrumpetError) {
        const { code, message, retryAfterMs } = error;
        setProblem(words.refusals[code as keyof typeof words.refusals] ?? message);
        setMayAgainAt(Date.now() + (retryAfterMs ?? 0));
      } else {
        setProblem(words.unreachable);
      }
    } finally {
      setIsBusy(false);
    }
  };
  return { attempt, isBusy, problem, waitSeconds };
}

function useSecondsUntil(moment: number): number {
  const [now, setNow] = useState(Date.now);
  const isOver = now >= moment;
  useEffect(() => {
    setNow(Date.now());
    if (moment > Date.now()) {
      const timer = setInterval(() => setNow(Date.now()), 1_000);
      return () => clearInterval(timer);
    }
  }, [moment]);
  return isOver ? 0 : Math.ceil((moment - now) / 1_000);
}

interface AttemptProps {
  readonly isBusy: boolean;
  readonly attempt: Attempt;
}

function SamplePeople({ isBusy, attempt }: AttemptProps) {
  const client = useClient();
  const words = useWords().signIn;
  const { samplePeople } = use(signInOptions());
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
}

function AccountForm({ mode, isBusy, attempt, problem, waitSeconds }: AccountFormProps) {
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
        : client.signIn(credentials),
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

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

/** Language and theme, also for whoever cannot read the words that the browser has chosen. */
function DeviceChoices() {
  const words = useWords();
  const { language, theme } = useView(device);
  return (
    <div className="trumpet-sign-in-choices">
      <select
        aria-label={words.language}
        value={language}
        onChange={({ target }) => changeDevice({ language: target.value as Language })}
      >
        {Object.entries(LANGUAGES).map(([tag, name]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
      <select
        aria-label={words.theme}
        value={theme}
        onChange={({ target }) => changeDevice({ theme: target.value as Theme })}
      >
        {THEMES.map((each) => (
          <option key={each} value={each}>
            {words.themes[each]}
          </option>
        ))}
      </select>
    </div>
  );
}
