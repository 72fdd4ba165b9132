import { useEffect, useState } from 'react';
import type { SnoozeEnd } from '../../generated.ts';
import { useWords } from '../../words/words.tsx';
import type { Doing } from './doing.ts';
import { LENGTHS } from './durations.tsx';
import { Choice, Form } from './form.tsx';
import { useFormat } from './format.ts';

export const OWN_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Until when nothing is to notify: by name, which the server reads where the person is, or a moment. */
export type Snooze =
  | { readonly snooze: SnoozeEnd; readonly timeZone: string }
  | { readonly until: string };

const NAMED = ['TOMORROW', 'MONDAY'] as const satisfies readonly SnoozeEnd[];

interface SnoozeFormProps {
  readonly label?: string;
  readonly hint: string;
  readonly done: Doing<[Snooze]>;
}

/** Asks until when nothing is to notify. */
export function SnoozeForm({ label, hint, done }: SnoozeFormProps) {
  const { screens } = useWords();
  const { duration } = useFormat();
  const [end, setEnd] = useState<string>('3600');
  const named = NAMED.find((name) => name === end);
  return (
    <Form
      done={done}
      submit={screens.settings.start}
      onSubmit={() =>
        done.run(
          named === undefined
            ? { until: new Date(Date.now() + Number(end) * 1000).toISOString() }
            : { snooze: named, timeZone: OWN_ZONE },
        )
      }
    >
      <p className="trumpet-screen-field-hint">{hint}</p>
      <Choice
        label={label ?? screens.forHowLong}
        value={end}
        options={[
          ...LENGTHS.slice(0, 3).map((length) => [String(length), duration(length)] as const),
          ...NAMED.map((name) => [name, screens.settings.snoozes[name]] as const),
          ...LENGTHS.slice(3).map((length) => [String(length), duration(length)] as const),
        ]}
        onChange={setEnd}
      />
    </Form>
  );
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Whether a moment is to come; becomes false by itself. */
export function useIsAhead(moment: string | null): boolean {
  const [, setNow] = useState(0);
  const waits = moment === null ? 0 : Date.parse(moment) - Date.now();
  useEffect(() => {
    if (waits > 0) {
      const timer = setTimeout(() => setNow(Date.now()), Math.min(waits + 1, LONGEST_TIMER_MS));
      return () => clearTimeout(timer);
    }
  });
  return waits > 0;
}
