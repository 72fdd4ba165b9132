import { type FormEvent, useId, useState } from 'react';
import { Link } from 'wouter';
import { VerifyEmailDocument } from '../generated.ts';
import { useWords } from '../words/words.tsx';
import { useAttempt } from './attempt.ts';
import { Card } from './card.tsx';
import { useMailedCode } from './mailed-code.ts';
import { askAsVisitor } from './visitor.ts';

/** Proves an e-mail address. It takes a click: programs that look at mails follow links, too. */
export default function Verify() {
  const words = useWords().mailed;
  const code = useMailedCode();
  const problemId = useId();
  const [isDone, setIsDone] = useState(false);
  const { attempt, isBusy, problem } = useAttempt(words.refusals);

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const typed = new FormData(event.currentTarget).get('code');
    const input = { code: code === '' ? String(typed).trim() : code };
    void attempt(async () => {
      await askAsVisitor(VerifyEmailDocument, { input });
      setIsDone(true);
    });
  }

  return (
    <Card>
      {isDone ? (
        <p role="status">{words.isVerified}</p>
      ) : (
        <form className="trumpet-sign-in-form" aria-label={words.verify} onSubmit={submit}>
          <p>{words.verifyText}</p>
          {code === '' && (
            <label>
              {words.code}
              <input name="code" autoComplete="one-time-code" dir="ltr" required />
            </label>
          )}
          <button
            type="submit"
            className="trumpet-page-button"
            data-kind="primary"
            disabled={isBusy}
            aria-describedby={problemId}
          >
            {words.verify}
          </button>
          <p id={problemId} className="trumpet-sign-in-problem" role="alert">
            {problem}
          </p>
        </form>
      )}
      <Link href="/">{words.toChat}</Link>
    </Card>
  );
}
