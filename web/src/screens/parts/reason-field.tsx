import { useWords } from '../../words/words.tsx';
import { Field } from './form.tsx';

interface ReasonFieldProps {
  readonly reason: string;
  readonly onChange: (reason: string) => void;
}

/** Why somebody does what others are to understand later. */
export function ReasonField({ reason, onChange }: ReasonFieldProps) {
  const { screens } = useWords();
  return (
    <Field label={screens.reason} hint={screens.reasonHint}>
      {(control) => (
        <input
          {...control}
          maxLength={500}
          dir="auto"
          value={reason}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  );
}

/** What was written, as the API takes it: null when that is nothing. */
export function written(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}
