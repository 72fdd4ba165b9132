import { useWords } from '../../words/words.tsx';
import { TextField } from './form.tsx';

interface ReasonFieldProps {
  readonly reason: string;
  readonly onChange: (reason: string) => void;
}

/** Why somebody does what others are to understand later. */
export function ReasonField({ reason, onChange }: ReasonFieldProps) {
  const { screens } = useWords();
  return (
    <TextField
      label={screens.reason}
      hint={screens.reasonHint}
      maxLength={500}
      dir="auto"
      value={reason}
      onChange={onChange}
    />
  );
}

/** What was written, as the API takes it: null when that is nothing. */
export function written(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}
