import { useState } from 'react';
import { useClient } from '../trumpet.tsx';
import { useWords } from '../words/words.tsx';

export function SignIn() {
  const client = useClient();
  const words = useWords().signIn;
  const [problem, setProblem] = useState('');
  return (
    <main className="trumpet-sign-in">
      <h1>{words.title}</h1>
      <form
        onSubmit={async (event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          try {
            await client.signIn({
              username: String(form.get('username')),
              password: String(form.get('password')),
            });
          } catch (error) {
            setProblem((error as Error).message);
          }
        }}
      >
        <label>
          {words.username} <input name="username" autoComplete="username" required />
        </label>
        <label>
          {words.password}{' '}
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <button type="submit">{words.submit}</button>
        <p role="alert">{problem}</p>
      </form>
    </main>
  );
}
