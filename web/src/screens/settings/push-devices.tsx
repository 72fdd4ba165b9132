import {
  MyDevicesDocument,
  type MyDevicesQuery,
  RemoveDeviceDocument,
  SetDeviceNotificationsDocument,
  type SetDeviceNotificationsInput,
} from '../../generated.ts';
import { pushState } from '../../push/push.ts';
import { PushSwitch } from '../../push/push-offer.tsx';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { usePages } from '../parts/asked.ts';
import { ConfirmButton } from '../parts/dialog.tsx';
import { useDoing } from '../parts/doing.ts';
import { Choice, Switch } from '../parts/form.tsx';
import { useFormat } from '../parts/format.ts';
import { deviceName } from './device-name.ts';

type Device = NonNullable<MyDevicesQuery['pushSubscriptions']>['nodes'][number];

/** The browsers and apps that get notifications; this one can be switched. */
export function PushDevices() {
  const { settings: words } = useWords().screens;
  const devices = usePages(MyDevicesDocument, {}, (result) => result.pushSubscriptions, pushState);
  return (
    <fieldset>
      <legend>{words.pushes}</legend>
      <PushSwitch />
      <Paged pages={devices} keyOf={({ id }) => id} empty={words.noPushes} label={words.pushes}>
        {(device) => <DeviceRow device={device} onChange={devices.again} />}
      </Paged>
    </fieldset>
  );
}

interface DeviceRowProps {
  readonly device: Device;
  readonly onChange: () => void;
}

const LEVELS = ['ALL', 'MENTIONS', 'NONE'] as const;

function DeviceRow({ device, onChange }: DeviceRowProps) {
  const { settings: words } = useWords().screens;
  const { moment } = useFormat();
  const client = useClient();
  const setting = useDoing(async (change: Partial<SetDeviceNotificationsInput>) => {
    await client.ask(SetDeviceNotificationsDocument, {
      input: {
        deviceId: device.id,
        level: device.notificationLevel,
        quietWhileOnline: device.quietWhileOnline,
        ...change,
      },
    });
    onChange();
  });
  return (
    <div className="trumpet-screen-row">
      <div className="trumpet-screen-row-text">
        <p className="trumpet-screen-row-name">
          {deviceName(device.userAgent) ?? words.unknownDevice}
        </p>
        <p className="trumpet-screen-row-about">
          <span>{words.channels[device.channel]}</span>
          <span>{words.registered(moment(device.renewedAt))}</span>
        </p>
        <Choice
          label={words.deviceLevel}
          value={device.notificationLevel}
          options={LEVELS.map((level) => [level, words.deviceLevels[level]])}
          error={setting.error}
          isDisabled={setting.isUnderWay}
          onChange={(level) => setting.run({ level })}
        />
        <Switch
          label={words.quietWhileOnline}
          hint={words.quietWhileOnlineHint}
          isOn={device.quietWhileOnline}
          isDisabled={setting.isUnderWay}
          onChange={(quietWhileOnline) => setting.run({ quietWhileOnline })}
        />
      </div>
      <div className="trumpet-screen-row-end">
        <ConfirmButton
          label={words.removePush}
          title={words.removePushTitle}
          text={words.removePushText}
          confirm={words.removePush}
          act={() => client.ask(RemoveDeviceDocument, { input: { endpoint: device.endpoint } })}
          onDone={onChange}
        />
      </div>
    </div>
  );
}
