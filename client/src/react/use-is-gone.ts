import { useEffect, useState } from 'react';

/** The longest that timers wait. */
const MOST_MS = 2 ** 31 - 1;

/**
 * Whether a message has disappeared. Whoever draws it draws again at its time: the server tells that, too, but not where
 * it is away.
 */
export function useIsGone(disappearsAt: string | null | undefined): boolean {
  const [looks, setLooks] = useState(0);
  const left = Date.parse(disappearsAt ?? '') - Date.now();
  useEffect(() => {
    const wait = Date.parse(disappearsAt ?? '') - Date.now();
    if (wait > 0) {
      const timer = setTimeout(() => setLooks(looks + 1), Math.min(wait + 1, MOST_MS));
      return () => clearTimeout(timer);
    }
  }, [disappearsAt, looks]);
  return left <= 0;
}
