import { useWords } from '../../words/words.tsx';
import { Choice } from '../parts/form.tsx';
import { useFormat } from '../parts/format.ts';

/** Pauses to choose from, in seconds; the API takes any up to six hours. */
const PAUSES = [0, 5, 10, 30, 60, 300, 900, 3_600, 21_600];

interface SlowModeChoiceProps {
  readonly seconds: number;
  readonly error?: unknown;
  readonly onChange: (seconds: number) => void;
}

/** How long a member waits between two messages. */
export function SlowModeChoice({ seconds, error, onChange }: SlowModeChoiceProps) {
  const { createRoom } = useWords().screens;
  const { duration } = useFormat();
  const pauses = PAUSES.includes(seconds) ? PAUSES : [...PAUSES, seconds].toSorted((a, b) => a - b);
  return (
    <Choice
      label={createRoom.slowMode}
      error={error}
      value={String(seconds)}
      options={pauses.map((pause) => [
        String(pause),
        pause === 0 ? createRoom.noPause : duration(pause),
      ])}
      onChange={(value) => onChange(Number(value))}
    />
  );
}
