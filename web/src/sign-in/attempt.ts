import { useEffect, useState } from 'react';
import { TrumpetError } from 'trumpet-client';
import { useWords } from '../words/words.tsx';

export type Attempt = (act: () => Promise<void>) => Promise<void>;

/** Does what a form is for, and says what was wrong with it. After too many, it counts down until the next may come. */
export function useAttempt(refusals: Readonly<Record<string, string>> = {}) {
  const words = useWords().signIn;
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const [mayAgainAt, setMayAgainAt] = useState(0);
  const waitSeconds = useSecondsUntil(mayAgainAt);

  const attempt: Attempt = async (act) => {
    setIsBusy(true);
    setProblem('');
    try {
      await act();
    } catch (error) {
      if (error instanceof TrumpetError) {
        const { code, message, retryAfterMs } = error;
        setProblem(
          refusals[code] ?? words.refusals[code as keyof typeof words.refusals] ?? message,
        );
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
