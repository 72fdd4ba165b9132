import { useState } from 'react';
import { SetStatusTextDocument } from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { useDoing } from '../parts/doing.ts';
import { Choice, Form, TextField } from '../parts/form.tsx';
import { useFormat } from '../parts/format.ts';
import type { Me } from './profile-settings.tsx';

/** What people say most, by the emoji that says it in every language. */
const USUAL = ['🗓️', '🎧', '🚌', '🤒', '🌴'] as const;

const HOUR_MS = 3_600_000;
const ENDS = ['hour', 'fourHours', 'today', 'week', 'never'] as const;
type End = (typeof ENDS)[number];

function endOf(end: End): string | null {
  const at = new Date();
  switch (end) {
    case 'hour':
      return new Date(at.getTime() + HOUR_MS).toISOString();
    case 'fourHours':
      return new Date(at.getTime() + 4 * HOUR_MS).toISOString();
    case 'today':
      return new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1).toISOString();
    case 'week':
      return new Date(at.getFullYear(), at.getMonth(), at.getDate() + 7).toISOString();
    case 'never':
      return null;
  }
}

interface StatusTextProps {
  readonly me: Me;
  readonly onChange: () => void;
}

/** What the person says of themselves for now, beside their name. */
export function StatusTextForm({ me, onChange }: StatusTextProps) {
  const { settings: words, saved } = useWords().screens;
  const { moment } = useFormat();
  const client = useClient();
  const now = me.statusText;
  const [text, setText] = useState(now?.text ?? '');
  const [emoji, setEmoji] = useState(now?.emoji ?? '');
  const [end, setEnd] = useState<End>('today');
  const saving = useDoing(async (input: { text: string; emoji: string; endsAt: string | null }) => {
    await client.ask(SetStatusTextDocument, { input });
    onChange();
  });
  return (
    <fieldset>
      <legend>{words.statusText}</legend>
      <Form
        done={saving}
        submit={words.sayStatus}
        saved={saved}
        onSubmit={() => saving.run({ text, emoji, endsAt: endOf(end) })}
      >
        <fieldset className="trumpet-screen-bar" aria-label={words.usualStatuses}>
          {USUAL.map((each, index) => (
            <button
              key={each}
              type="button"
              onClick={() => {
                setEmoji(each);
                setText(words.usual[index] ?? '');
              }}
            >
              {each} {words.usual[index]}
            </button>
          ))}
        </fieldset>
        <TextField label={words.statusEmoji} maxLength={32} value={emoji} onChange={setEmoji} />
        <TextField
          label={words.statusWords}
          maxLength={100}
          dir="auto"
          value={text}
          onChange={setText}
        />
        <Choice
          label={words.statusEnds}
          value={end}
          options={ENDS.map((each) => [each, words.ends[each]] as const)}
          onChange={setEnd}
        />
        {now?.endsAt != null && (
          <p className="trumpet-screen-field-hint">{words.statusEndsAt(moment(now.endsAt))}</p>
        )}
      </Form>
      {now !== null && (
        <button
          type="button"
          disabled={saving.isUnderWay}
          onClick={() => {
            setText('');
            setEmoji('');
            saving.run({ text: '', emoji: '', endsAt: null });
          }}
        >
          {words.endStatus}
        </button>
      )}
    </fieldset>
  );
}
