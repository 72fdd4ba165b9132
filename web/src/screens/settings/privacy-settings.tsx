import {
  MyPrivacyDocument,
  type MyPrivacyQuery,
  SetPrivacyDocument,
  type SetPrivacyInput,
} from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Answered } from '../parts/answered.tsx';
import { useAsked } from '../parts/asked.ts';
import { useDoing } from '../parts/doing.ts';
import { Switch } from '../parts/form.tsx';
import { Refusal } from '../parts/refusal.tsx';

/** What others are told of the person, and the person of others. */
export function PrivacySettings() {
  const { settings: words } = useWords().screens;
  const asked = useAsked(MyPrivacyDocument, {});
  return (
    <>
      <p>{words.privacyHint}</p>
      <Answered asked={asked}>
        {({ privacySettings }) => <Switches settings={privacySettings} onChange={asked.again} />}
      </Answered>
    </>
  );
}

interface SwitchesProps {
  /** Null while the person has set nothing. */
  readonly settings: MyPrivacyQuery['privacySettings'];
  readonly onChange: () => void;
}

/** What is on is told: so a switch says what others see. */
function Switches({ settings, onChange }: SwitchesProps) {
  const { settings: words } = useWords().screens;
  const client = useClient();
  const setting = useDoing(async (input: SetPrivacyInput) => {
    await client.ask(SetPrivacyDocument, { input });
    onChange();
  });
  return (
    <fieldset>
      <legend>{words.othersSee}</legend>
      <Switch
        label={words.tellReading}
        hint={words.tellReadingHint}
        isOn={settings?.hidesReading !== true}
        isDisabled={setting.isUnderWay}
        onChange={(isOn) => setting.run({ matter: 'READING', hide: !isOn })}
      />
      <Switch
        label={words.tellTyping}
        isOn={settings?.hidesTyping !== true}
        isDisabled={setting.isUnderWay}
        onChange={(isOn) => setting.run({ matter: 'TYPING', hide: !isOn })}
      />
      <Switch
        label={words.tellPresence}
        isOn={settings?.hidesPresence !== true}
        isDisabled={setting.isUnderWay}
        onChange={(isOn) => setting.run({ matter: 'PRESENCE', hide: !isOn })}
      />
      <Refusal error={setting.error} />
    </fieldset>
  );
}
