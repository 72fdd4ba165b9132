import { NetworkError, TrumpetError } from 'trumpet-client';
import { device } from '../../device.ts';
import { useView } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import type { ScreenWords } from '../words/en.ts';
import { useFormat } from './format.ts';

type Code = keyof ScreenWords['errors'];

export interface Refused {
  /** In the language of the person. */
  readonly sentence: string;
  /** What the server said of it more exactly, in English, where the sentence is in another language. */
  readonly detail: string | undefined;
}

/** What to tell of an error. */
export function useRefusal(error: unknown): Refused | undefined {
  const { errors, retryIn } = useWords().screens;
  const { language } = useView(device);
  const { duration } = useFormat();
  if (error === undefined) {
    return undefined;
  }
  if (error instanceof NetworkError) {
    return { sentence: errors.NETWORK, detail: undefined };
  }
  if (!(error instanceof TrumpetError)) {
    throw error;
  }
  const { code, message, retryAfterMs } = error;
  const own = Object.hasOwn(errors, code) ? errors[code as Code] : errors.UNEXPECTED;
  if (retryAfterMs !== undefined) {
    const wait = retryIn(duration(Math.max(1, Math.ceil(retryAfterMs / 1000))));
    return { sentence: `${own} ${wait}`, detail: undefined };
  }
  if (language === 'en') {
    return { sentence: message, detail: undefined };
  }
  return { sentence: own, detail: IS_EXACT.has(code) ? message : undefined };
}

/** Codes of which the server's own sentence tells what is wrong with what was given. */
const IS_EXACT: ReadonlySet<string> = new Set(['BAD_INPUT', 'CONFLICT', 'TOO_LARGE']);

interface RefusalProps {
  readonly error: unknown;
  /** Does the same again. */
  readonly onAgain?: (() => void) | undefined;
}

/** Tells that something was refused, or got no answer. Nothing without an error. */
export function Refusal({ error, onAgain }: RefusalProps) {
  const { again } = useWords().screens;
  const refused = useRefusal(error);
  return (
    <div role="alert" className="trumpet-screen-refusal" data-is-there={refused !== undefined}>
      {refused && (
        <>
          <p>{refused.sentence}</p>
          {refused.detail && (
            <p lang="en" dir="ltr">
              {refused.detail}
            </p>
          )}
          {onAgain && (
            <button type="button" onClick={onAgain}>
              {again}
            </button>
          )}
        </>
      )}
    </div>
  );
}
