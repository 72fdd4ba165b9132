import { useEffect, useState } from 'react';
import type { Asked } from './asked.ts';

/** How long is waited before it is looked again whether a file is ready: longer each time, and then no more. */
const WAITS_MS = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000];

/**
 * No event tells that a file is ready: it is asked for a few times, and when the person comes back to the page.
 *
 * @param isWaiting whether a file is not ready, by the last answer
 */
export function useWaiting({ isAsking, again }: Asked<unknown>, isWaiting: boolean): void {
  const [tries, setTries] = useState(0);
  const isPending = isWaiting && !isAsking;
  useEffect(() => {
    const wait = WAITS_MS[tries];
    if (!isPending || wait === undefined) {
      return;
    }
    const timer = setTimeout(() => {
      setTries(tries + 1);
      again();
    }, wait);
    return () => clearTimeout(timer);
  }, [isPending, tries, again]);
  useEffect(() => {
    if (!isPending) {
      return;
    }
    window.addEventListener('focus', again);
    return () => window.removeEventListener('focus', again);
  }, [isPending, again]);
}
