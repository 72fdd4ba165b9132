import { createThrottle, type Throttle } from './throttle.ts';

/** Lets through what people say of their presence once a second each, whichever way they say it; the last word always. */
export function createPresenceThrottle(
  tell: (userId: string, status: string) => void,
): Throttle<string> {
  return createThrottle({ tell, isSame: (told, status) => told === status });
}
