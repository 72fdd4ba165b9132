import {
  type NotificationLevel,
  RoomDetailsDocument,
  type RoomDetailsQuery,
  SetNotificationLevelDocument,
  SilenceRoomDocument,
} from '../../generated.ts';
import type { PanelProps } from '../../screen.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Answered } from '../parts/answered.tsx';
import { useAsked } from '../parts/asked.ts';
import { useDoing } from '../parts/doing.ts';
import { Choice } from '../parts/form.tsx';
import { useFormat } from '../parts/format.ts';
import { usePersonalNews } from '../parts/live.ts';
import { Refusal } from '../parts/refusal.tsx';
import { type Snooze, SnoozeForm, useIsAhead } from '../parts/snooze.tsx';
import { RoomPanel } from './room-panel.tsx';

type Membership = NonNullable<NonNullable<RoomDetailsQuery['room']>['viewerMembership']>;

const LEVELS: readonly NotificationLevel[] = ['ALL', 'MENTIONS', 'NONE'];

interface SettingProps {
  readonly roomId: string;
  readonly membership: Membership;
  readonly onChange: () => void;
}

/** What of a room notifies the person. */
export default function Notifications({ roomId }: PanelProps) {
  const asked = useAsked(RoomDetailsDocument, { roomId }, usePersonalNews());
  return (
    <RoomPanel roomId={roomId} section="notifications">
      {() => (
        <Answered asked={asked}>
          {({ room }) =>
            room?.viewerMembership && (
              <>
                <Level roomId={roomId} membership={room.viewerMembership} onChange={asked.again} />
                <Silence
                  roomId={roomId}
                  membership={room.viewerMembership}
                  onChange={asked.again}
                />
              </>
            )
          }
        </Answered>
      )}
    </RoomPanel>
  );
}

function Level({ roomId, membership, onChange }: SettingProps) {
  const { room: words } = useWords().screens;
  const client = useClient();
  const setting = useDoing(async (level: NotificationLevel) => {
    await client.ask(SetNotificationLevelDocument, { input: { roomId, level } });
    client.hurry();
    onChange();
  });
  return (
    <Choice
      label={words.level}
      value={membership.notificationLevel ?? 'ALL'}
      options={LEVELS.map((level) => [level, words.levels[level]])}
      error={setting.error}
      isDisabled={setting.isUnderWay}
      onChange={setting.run}
    />
  );
}

function Silence({ roomId, membership, onChange }: SettingProps) {
  const { room: words } = useWords().screens;
  const client = useClient();
  const { moment } = useFormat();
  const { silentUntil } = membership;
  const silencing = useDoing(async (end: Snooze | null) => {
    await client.ask(SilenceRoomDocument, { input: { roomId, ...end } });
    onChange();
  });
  if (useIsAhead(silentUntil) && silentUntil !== null) {
    return (
      <>
        <p>{words.silentUntil(moment(silentUntil))}</p>
        <button type="button" disabled={silencing.isUnderWay} onClick={() => silencing.run(null)}>
          {words.endSilence}
        </button>
        <Refusal error={silencing.error} />
      </>
    );
  }
  return <SnoozeForm label={words.silence} hint={words.silenceHint} done={silencing} />;
}
