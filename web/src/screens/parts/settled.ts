import { useEffect, useState } from 'react';

/** How long nothing is typed before it is asked for, in milliseconds. */
const PAUSE_MS = 200;

/** What is typed, once the person pauses: not every letter is worth a question. */
export function useSettled(typed: string): string {
  const [settled, setSettled] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return settled;
}
