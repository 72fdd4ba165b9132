import { useState } from 'react';
import { BeginPasskeySignInDocument } from '../generated.ts';
import { answerByPasskey, NoPasskeyError } from '../passkeys.ts';
import { useClient } from '../trumpet.tsx';
import { useWords } from '../words/words.tsx';
import { useAttempt } from './attempt.ts';
import { askAsVisitor } from './visitor.ts';

/** No name and no password: the passkey says who it is. */
export default function PasskeySignIn() {
  const client = useClient();
  const words = useWords().signIn;
  const [isUnused, setIsUnused] = useState(false);
  const { attempt, isBusy, problem, waitSeconds } = useAttempt({
    WRONG_CREDENTIALS: words.unknownPasskey,
  });

  async function signIn(): Promise<void> {
    setIsUnused(false);
    const { beginPasskeySignIn } = await askAsVisitor(BeginPasskeySignInDocument, {});
    const passkey = await answerByPasskey(beginPasskeySignIn?.passkeyOptions).catch((error) => {
      if (!(error instanceof NoPasskeyError)) {
        throw error;
      }
    });
    if (passkey === undefined) {
      setIsUnused(true);
    } else {
      await client.signIn({ passkey });
    }
  }

  return (
    <>
      <button
        type="button"
        className="trumpet-page-button"
        disabled={isBusy || waitSeconds > 0}
        onClick={() => void attempt(signIn)}
      >
        {words.withPasskey}
      </button>
      <p className="trumpet-sign-in-problem" role="alert">
        {isUnused ? words.noPasskey : problem}
        {waitSeconds > 0 && ` ${words.retryIn(waitSeconds)}`}
      </p>
    </>
  );
}
