import { MyDevicesDocument, type MyDevicesQuery, RemoveDeviceDocument } from '../../generated.ts';
import { pushState } from '../../push/push.ts';
import { PushSwitch } from '../../push/push-offer.tsx';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { usePages } from '../parts/asked.ts';
import { ConfirmButton } from '../parts/dialog.tsx';
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
        {(device) => <DeviceRow device={device} onRemoved={devices.again} />}
      </Paged>
    </fieldset>
  );
}

interface DeviceRowProps {
  readonly device: Device;
  readonly onRemoved: () => void;
}

function DeviceRow({ device, onRemoved }: DeviceRowProps) {
  const { settings: words } = useWords().screens;
  const { moment } = useFormat();
  const client = useClient();
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
      </div>
      <div className="trumpet-screen-row-end">
        <ConfirmButton
          label={words.removePush}
          title={words.removePushTitle}
          text={words.removePushText}
          confirm={words.removePush}
          act={() => client.ask(RemoveDeviceDocument, { input: { endpoint: device.endpoint } })}
          onDone={onRemoved}
        />
      </div>
    </div>
  );
}
