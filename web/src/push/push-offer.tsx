import { useState } from 'react';
import { useClient, useView } from '../trumpet.tsx';
import { useWords } from '../words/words.tsx';
import { declinePush, isPushOffered, pushState, turnPushOff, turnPushOn } from './push.ts';

/** Asks whether to notify, once somebody has sent something. */
export function PushOffer() {
  const { push: words } = useWords();
  const client = useClient();
  const isOffered = useView(isPushOffered);
  return (
    isOffered && (
      <section className="trumpet-banner" aria-label={words.title}>
        <p>{words.question}</p>
        <button
          type="button"
          className="trumpet-page-button"
          data-kind="primary"
          onClick={() => void turnPushOn(client).catch(declinePush)}
        >
          {words.turnOn}
        </button>
        <button type="button" className="trumpet-page-button" onClick={declinePush}>
          {words.notNow}
        </button>
      </section>
    )
  );
}

/** The switch of the settings. */
export function PushSwitch() {
  const { push: words } = useWords();
  const client = useClient();
  const state = useView(pushState);
  const [isBusy, setIsBusy] = useState(false);
  const [hasFailed, setHasFailed] = useState(false);

  async function toggle(): Promise<void> {
    setIsBusy(true);
    setHasFailed(false);
    try {
      await (state === 'on' ? turnPushOff(client) : turnPushOn(client));
    } catch {
      setHasFailed(true);
    } finally {
      setIsBusy(false);
    }
  }

  if (state === 'unsupported') {
    return <p>{words.unsupported}</p>;
  }
  return (
    <div className="trumpet-push-switch">
      <label>
        <input
          type="checkbox"
          checked={state === 'on'}
          disabled={isBusy || state === 'denied'}
          onChange={() => void toggle()}
        />
        {words.onThisDevice}
      </label>
      {state === 'denied' && <p>{words.denied}</p>}
      {hasFailed && <p role="alert">{words.failed}</p>}
    </div>
  );
}
