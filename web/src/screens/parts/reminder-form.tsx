import { useState } from 'react';
import { laterWords, localTimeOf, suggestedTimes } from 'trumpet-client/ui';
import { SetReminderDocument } from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { useDoing } from './doing.ts';
import { Form, TextField } from './form.tsx';
import { useFormat } from './format.ts';

interface ReminderFormProps {
  readonly messageId: string;
  /** The reminder that there is already. */
  readonly remindAt?: string;
}

/** When to be reminded of a message: one of the times that people mostly mean, or any other within a year. */
export function ReminderForm({ messageId, remindAt }: ReminderFormProps) {
  const { kit, screens } = useWords();
  const { reminder: words } = screens;
  const later = laterWords(kit.language);
  const client = useClient();
  const { moment } = useFormat();
  const [now] = useState(() => new Date());
  const times = suggestedTimes(now);
  const isToCome = remindAt !== undefined && new Date(remindAt) > now;
  const [localTime, setLocalTime] = useState(() =>
    localTimeOf(isToCome ? new Date(remindAt) : times.tomorrowMorning),
  );
  const [told, setTold] = useState('');
  const setting = useDoing(async (when: { remindAt: string } | { localTime: string }) => {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const { setReminder } = await client.ask(SetReminderDocument, {
      input: { messageId, timeZone, ...when },
    });
    setTold(words.willBe(moment(setReminder?.reminder.remindAt ?? '')));
  });
  return (
    <>
      <div className="trumpet-screen-row-deeds">
        {Object.entries(times).map(([name, at]) => (
          <button
            key={name}
            type="button"
            disabled={setting.isUnderWay}
            onClick={() =>
              setting.run(
                name === 'inAnHour'
                  ? { remindAt: at.toISOString() }
                  : { localTime: localTimeOf(at) },
              )
            }
          >
            {later[name as keyof typeof times]}
          </button>
        ))}
      </div>
      <Form
        done={setting}
        submit={words.submit}
        saved={told}
        onSubmit={() => setting.run({ localTime })}
      >
        <TextField
          label={later.dayAndTime}
          type="datetime-local"
          required
          value={localTime}
          onChange={setLocalTime}
        />
      </Form>
    </>
  );
}
