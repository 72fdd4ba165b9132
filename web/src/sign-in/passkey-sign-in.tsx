import { useState } from 'react';
import { postJson } from '../../../client/src/http.ts';
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
    try {
      const credential = await answerByPasskey(beginPasskeySignIn?.passkeyOptions);
      await postJson(
        (address, init) => fetch(address, init),
        `${location.origin}/session/passkey`,
        { credential },
      );
    } catch (error) {
      if (!(error instanceof NoPasskeyError)) {
        throw error;
      }
      setIsUnused(true);
      return;
    }
    await client.signIn(); // The cookie is there.
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
