import { type FormEvent, useId, useState } from 'react';
import { Link } from 'wouter';
import { RequestPasswordResetDocument, ResetPasswordDocument } from '../generated.ts';
import { useClient } from '../trumpet.tsx';
import { useWords } from '../words/words.tsx';
import { useAttempt } from './attempt.ts';
import { Card } from './card.tsx';
import { useMailedCode } from './mailed-code.ts';
import { askAsVisitor } from './visitor.ts';

/** A new password for whoever has forgotten theirs: first a mail is asked for, then its code is shown. */
export default function Reset() {
  const code = useMailedCode();
  const [isOnItsWay, setIsOnItsWay] = useState(false);
  return (
    <Card>
      {code === '' && !isOnItsWay ? (
        <AskForMail onAsked={() => setIsOnItsWay(true)} />
      ) : (
        <NewPassword code={code} />
      )}
    </Card>
  );
}

function AskForMail({ onAsked }: { readonly onAsked: () => void }) {
  const words = useWords().mailed;
  const problemId = useId();
  const { attempt, isBusy, problem } = useAttempt();

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const email = String(new FormData(event.currentTarget).get('email'));
    void attempt(async () => {
      await askAsVisitor(RequestPasswordResetDocument, { input: { email } });
      onAsked();
    });
  }

  return (
    <form className="trumpet-sign-in-form" aria-label={words.forgotten} onSubmit={submit}>
      <p>{words.askText}</p>
      <label>
        {words.email}
        <input
          name="email"
          type="email"
          autoComplete="email"
          dir="ltr"
          required
          aria-describedby={problemId}
        />
      </label>
      <button type="submit" className="trumpet-page-button" data-kind="primary" disabled={isBusy}>
        {words.askForMail}
      </button>
      <p id={problemId} className="trumpet-sign-in-problem" role="alert">
        {problem}
      </p>
      <Link href="/">{words.toSignIn}</Link>
    </form>
  );
}

function NewPassword({ code }: { readonly code: string }) {
  const client = useClient();
  const words = useWords().mailed;
  const problemId = useId();
  const [isDone, setIsDone] = useState(false);
  const { attempt, isBusy, problem } = useAttempt(words.refusals);

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const input = {
      code: code === '' ? String(form.get('code')).trim() : code,
      newPassword: String(form.get('password')),
    };
    void attempt(async () => {
      await askAsVisitor(ResetPasswordDocument, { input });
      if (client.viewerId.get() !== null) {
        await client.signOut();
      }
      setIsDone(true);
    });
  }

  if (isDone) {
    return (
      <>
        <p role="status">{words.isReset}</p>
        <Link href="/">{words.toSignIn}</Link>
      </>
    );
  }
  return (
    <form className="trumpet-sign-in-form" aria-label={words.setPassword} onSubmit={submit}>
      {code === '' && (
        <>
          <p role="status">{words.onItsWay}</p>
          <label>
            {words.code}
            <input name="code" autoComplete="one-time-code" dir="ltr" required />
          </label>
        </>
      )}
      <label>
        {words.newPassword}
        <input
          name="password"
          type="password"
          autoComplete="new-password"
          minLength={8}
          dir="ltr"
          required
          aria-describedby={problemId}
        />
      </label>
      <button type="submit" className="trumpet-page-button" data-kind="primary" disabled={isBusy}>
        {words.setPassword}
      </button>
      <p id={problemId} className="trumpet-sign-in-problem" role="alert">
        {problem}
      </p>
      <Link href="/">{words.toSignIn}</Link>
    </form>
  );
}
