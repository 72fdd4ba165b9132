import { type FormEvent, useId } from 'react';
import { useLocation } from 'wouter';
import { useClient } from '../trumpet.tsx';
import { useWords } from '../words/words.tsx';
import { useAttempt } from './attempt.ts';

interface GuestProps {
  /** Of the link that somebody has opened. */
  readonly code: string;
}

/** A name, and one is in the room: for whoever has no account. */
export default function Guest({ code }: GuestProps) {
  const client = useClient();
  const words = useWords().signIn;
  const problemId = useId();
  const [, go] = useLocation();
  const { attempt, isBusy, problem } = useAttempt({ FORBIDDEN: words.notForGuests });

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const displayName = String(new FormData(event.currentTarget).get('guestName')).trim();
    void attempt(async () => {
      await client.signIn({ invitationCode: code, displayName });
      go('/', { replace: true });
    });
  }

  return (
    <form className="trumpet-sign-in-form" aria-label={words.asGuest} onSubmit={submit}>
      <label>
        {words.guestName}
        <input name="guestName" dir="auto" maxLength={80} required aria-describedby={problemId} />
      </label>
      <button type="submit" className="trumpet-page-button" disabled={isBusy}>
        {words.asGuest}
      </button>
      <p id={problemId} className="trumpet-sign-in-problem" role="alert">
        {problem}
      </p>
    </form>
  );
}
