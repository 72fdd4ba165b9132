import { useState } from 'react';
import {
  MyNotificationsDocument,
  type MyNotificationsQuery,
  SetDoNotDisturbDocument,
  SetEmailDigestsDocument,
  SetQuietHoursDocument,
} from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Answered } from '../parts/answered.tsx';
import { useAsked } from '../parts/asked.ts';
import { useDoing } from '../parts/doing.ts';
import { Choice, Form, Switch, TextField } from '../parts/form.tsx';
import { useFormat } from '../parts/format.ts';
import { usePersonalNews } from '../parts/live.ts';
import { Refusal } from '../parts/refusal.tsx';
import { OWN_ZONE, type Snooze, SnoozeForm, useIsAhead } from '../parts/snooze.tsx';
import { Keywords } from './keywords.tsx';
import { PushDevices } from './push-devices.tsx';

type Settings = MyNotificationsQuery['notificationSettings'];

interface PartProps {
  /** Null while the person has set nothing. */
  readonly settings: Settings;
  readonly onChange: () => void;
}

/** When and how the person is notified, in all rooms. */
export function NotificationSettings() {
  const { settings: words } = useWords().screens;
  const asked = useAsked(MyNotificationsDocument, {}, usePersonalNews());
  return (
    <>
      <PushDevices />
      <Answered asked={asked}>
        {({ notificationSettings: settings }) => (
          <>
            <Keywords keywords={settings?.keywords ?? []} onChange={asked.again} />
            <DoNotDisturb settings={settings} onChange={asked.again} />
            <QuietHours settings={settings} onChange={asked.again} />
            <Digests settings={settings} onChange={asked.again} />
          </>
        )}
      </Answered>
      <p className="trumpet-screen-field-hint">{words.levelsOfRooms}</p>
    </>
  );
}

function DoNotDisturb({ settings, onChange }: PartProps) {
  const { settings: words } = useWords().screens;
  const { moment } = useFormat();
  const client = useClient();
  const until = settings?.doNotDisturbUntil ?? null;
  const setting = useDoing(async (end: Snooze | null) => {
    await client.ask(SetDoNotDisturbDocument, { input: end ?? {} });
    onChange();
  });
  return (
    <fieldset>
      <legend>{words.doNotDisturb}</legend>
      {useIsAhead(until) && until !== null ? (
        <>
          <p>{words.disturbedAgainAt(moment(until))}</p>
          <button type="button" disabled={setting.isUnderWay} onClick={() => setting.run(null)}>
            {words.endDoNotDisturb}
          </button>
          <Refusal error={setting.error} />
        </>
      ) : (
        <SnoozeForm hint={words.doNotDisturbHint} done={setting} />
      )}
    </fieldset>
  );
}

function QuietHours({ settings, onChange }: PartProps) {
  const { settings: words, save, saved } = useWords().screens;
  const client = useClient();
  const [isOn, setIsOn] = useState((settings?.quietFrom ?? null) !== null);
  const [from, setFrom] = useState(settings?.quietFrom?.slice(0, 5) ?? '22:00');
  const [until, setUntil] = useState(settings?.quietUntil?.slice(0, 5) ?? '07:00');
  const [timeZone, setTimeZone] = useState(
    settings?.quietFrom == null ? OWN_ZONE : settings.timeZone,
  );
  const setting = useDoing(async () => {
    await client.ask(SetQuietHoursDocument, {
      input: isOn
        ? { quietFrom: from, quietUntil: until, timeZone }
        : { quietFrom: null, quietUntil: null },
    });
    onChange();
  });
  const zones = new Set([timeZone, OWN_ZONE, ...Intl.supportedValuesOf('timeZone')]);
  return (
    <fieldset>
      <legend>{words.quietHours}</legend>
      <Form done={setting} submit={save} saved={saved} onSubmit={setting.run}>
        <Switch label={words.quietOn} hint={words.quietHoursHint} isOn={isOn} onChange={setIsOn} />
        {isOn && (
          <>
            <div className="trumpet-screen-bar">
              <TextField label={words.from} required type="time" value={from} onChange={setFrom} />
              <TextField label={words.to} required type="time" value={until} onChange={setUntil} />
            </div>
            <Choice
              label={words.timeZone}
              value={timeZone}
              options={[...zones].map((zone) => [zone, zone.replaceAll('_', ' ')] as const)}
              onChange={setTimeZone}
            />
          </>
        )}
      </Form>
    </fieldset>
  );
}

function Digests({ settings, onChange }: PartProps) {
  const { settings: words } = useWords().screens;
  const client = useClient();
  const setting = useDoing(async (enabled: boolean) => {
    await client.ask(SetEmailDigestsDocument, { input: { enabled } });
    onChange();
  });
  return (
    <fieldset>
      <legend>{words.mails}</legend>
      <Switch
        label={words.digests}
        hint={words.digestsHint}
        isOn={settings?.emailDigests ?? true}
        isDisabled={setting.isUnderWay}
        onChange={setting.run}
      />
      <Refusal error={setting.error} />
    </fieldset>
  );
}
