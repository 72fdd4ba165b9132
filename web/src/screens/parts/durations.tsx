import { useWords } from '../../words/words.tsx';
import { Choice } from './form.tsx';
import { useFormat } from './format.ts';

/** Lengths to choose from, in seconds. */
export const LENGTHS = [900, 3_600, 28_800, 86_400, 604_800, 2_592_000] as const;

interface DurationChoiceProps {
  readonly label?: string;
  /** Null: without an end. */
  readonly seconds: number | null;
  readonly hasForever?: boolean;
  readonly onChange: (seconds: number | null) => void;
}

/** For how long something lasts. */
export function DurationChoice({
  label,
  seconds,
  hasForever = false,
  onChange,
}: DurationChoiceProps) {
  const { screens } = useWords();
  const { duration } = useFormat();
  return (
    <Choice
      label={label ?? screens.forHowLong}
      value={String(seconds)}
      options={[
        ...LENGTHS.map((length) => [String(length), duration(length)] as const),
        ...(hasForever ? [['null', screens.forever] as const] : []),
      ]}
      onChange={(value) => onChange(value === 'null' ? null : Number(value))}
    />
  );
}
