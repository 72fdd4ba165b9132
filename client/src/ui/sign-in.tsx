import { type FormEvent, type ReactNode, useState } from 'react';
import { NetworkError, TrumpetError } from '../errors.ts';
import { useClient } from '../react/index.ts';
import { useWords } from './provider.tsx';

export interface SignInProps {
  /** Filled in already. */
  readonly username?: string | undefined;
}

const focus = (input: HTMLInputElement | null) => input?.focus();

/** A name and a password, for where the kit stands alone. */
export function SignIn({ username = '' }: SignInProps): ReactNode {
  const words = useWords();
  const client = useClient();
  const [failure, setFailure] = useState('');
  const [isCodeAsked, setIsCodeAsked] = useState(false);
  const [isBusy, setIsBusy] = useState(false);

  async function signIn(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setIsBusy(true);
    setFailure('');
    try {
      await client.signIn({
        username: String(form.get('username')),
        password: String(form.get('password')),
        ...(isCodeAsked && { code: String(form.get('code')) }),
      });
    } catch (error) {
      if (error instanceof NetworkError) {
        setFailure(words.notReached);
      } else if (error instanceof TrumpetError && error.code === 'SECOND_FACTOR_REQUIRED') {
        setIsCodeAsked(true);
      } else if (error instanceof TrumpetError) {
        const wrong = isCodeAsked ? words.wrongCode : words.wrongPassword;
        setFailure(error.code === 'WRONG_CREDENTIALS' ? wrong : error.message);
      } else {
        throw error;
      }
    } finally {
      setIsBusy(false);
    }
  }

  return (
    <section className="trumpet trumpet-sign-in" aria-label={words.signIn}>
      <form onSubmit={(event) => void signIn(event)}>
        <label>
          {words.username}
          <input
            className="trumpet-input"
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            defaultValue={username}
            required
          />
        </label>
        <label>
          {words.password}
          <input
            className="trumpet-input"
            name="password"
            type="password"
            autoComplete="current-password"
            required
          />
        </label>
        {isCodeAsked && (
          <label>
            {words.secondFactor}
            <input
              className="trumpet-input"
              ref={focus}
              name="code"
              autoComplete="one-time-code"
              autoCapitalize="none"
              required
            />
          </label>
        )}
        <p role="alert">{failure}</p>
        <button type="submit" className="trumpet-button trumpet-button-main" disabled={isBusy}>
          {words.signIn}
        </button>
      </form>
    </section>
  );
}
