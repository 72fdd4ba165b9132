import { useRef, useState } from 'react';

export interface Done {
  readonly isDone: boolean;
  readonly isUnderWay: boolean;
  /** Why it was not done. */
  readonly error: unknown;
}

export interface Doing<Values extends readonly unknown[]> extends Done {
  /** @returns whether it was done. A second call while one is under way does nothing. */
  run(...values: Values): Promise<boolean>;
  /** Forgets how the last one ended. */
  reset(): void;
}

const NOTHING: Done = { isDone: false, isUnderWay: false, error: undefined };

/** Something that the person does and waits for: whether it is under way, and why it was refused. */
export function useDoing<Values extends readonly unknown[]>(
  act: (...values: Values) => Promise<unknown>,
): Doing<Values> {
  const [done, setDone] = useState(NOTHING);
  const isUnderWay = useRef(false);
  return {
    ...done,
    reset: () => setDone(NOTHING),
    async run(...values) {
      if (isUnderWay.current) {
        return false;
      }
      isUnderWay.current = true;
      setDone({ ...NOTHING, isUnderWay: true });
      try {
        await act(...values);
        setDone({ ...NOTHING, isDone: true });
        return true;
      } catch (error) {
        setDone({ ...NOTHING, error });
        return false;
      } finally {
        isUnderWay.current = false;
      }
    },
  };
}
