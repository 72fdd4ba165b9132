import { useState } from 'react';
import { useLocation } from 'wouter';
import { roomAddress } from '../../addresses.ts';
import { device } from '../../device.ts';
import {
  ArchiveRoomDocument,
  type ErasureRule,
  type HistoryVisibility,
  type MemberRole,
  RoomDetailsDocument,
  type RoomDetailsQuery,
  SetDeliveryReceiptsDocument,
  SetDisappearingDocument,
  SetErasureRuleDocument,
  SetGroupMentionsDocument,
  SetHistoryVisibilityDocument,
  SetPushPrivacyDocument,
  SetRoomLanguageDocument,
  SetRoomLinkPreviewsDocument,
  SetRoomLockedDocument,
  SetRoomRetentionDocument,
  SetRoomTypeDocument,
  SetSlowModeDocument,
  SetSystemMessagesDocument,
  SetWritingRolesDocument,
  type SystemMessageLevel,
  TurnIntoRoomDocument,
  TypesToChooseDocument,
  UnarchiveRoomDocument,
  UpdateRoomDocument,
} from '../../generated.ts';
import type { PanelProps } from '../../screen.ts';
import { useClient, useView } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Answered } from '../parts/answered.tsx';
import { useAsked } from '../parts/asked.ts';
import { ConfirmButton } from '../parts/dialog.tsx';
import { useDoing } from '../parts/doing.ts';

import { Choice, Form, Switch, TextField } from '../parts/form.tsx';
import { useFormat } from '../parts/format.ts';
import { useMay, useRoomView } from '../parts/live.ts';
import { Refusal } from '../parts/refusal.tsx';
import {
  MaxMembers,
  RoomAddress,
  RoomDescription,
  type RoomFieldName,
  RoomName,
  refusedNewRoomField,
  refusedRoomField,
} from '../rooms/room-fields.tsx';
import { SlowModeChoice } from '../rooms/slow-mode-choice.tsx';
import { slugOf } from '../rooms/slug.ts';
import { VisibilityChoice } from './history-choice.tsx';
import { languageName, ROOM_LANGUAGES } from './languages.ts';
import { RoomDataFields } from './room-data.tsx';
import { RoomPanel } from './room-panel.tsx';

type Details = NonNullable<RoomDetailsQuery['room']>;

interface SettingsProps extends SettingProps {
  readonly fields: NonNullable<RoomDetailsQuery['roomFields']>;
}

interface SettingProps {
  readonly room: Details;
  readonly onChange: () => void;
}

/** What moderators, admins and the owner set; everybody sees the parts that they may change. */
export default function RoomSettings({ roomId }: PanelProps) {
  const asked = useAsked(RoomDetailsDocument, { roomId }, useRoomView(roomId));
  return (
    <RoomPanel roomId={roomId} section="room-settings">
      {() => (
        <Answered asked={asked}>
          {({ room, roomFields }) =>
            room && <Settings room={room} fields={roomFields ?? []} onChange={asked.again} />
          }
        </Answered>
      )}
    </RoomPanel>
  );
}

function Settings({ fields, ...props }: SettingsProps) {
  const { room } = props;
  const { room: words } = useWords().screens;
  const may = useMay(room.id);
  if (room.type === 'DIRECT') {
    return (
      <>
        {may('SET_DISAPPEARING') && <Disappearing {...props} />}
        {may('EDIT_ROOM') && <DeliveryReceipts {...props} />}
        {may('EDIT_ROOM') && <SystemMessages {...props} />}
        {room.directUser === null && !room.isArchived && <TurnIntoRoom {...props} />}
        {may('EDIT_ROOM') && <PushPrivacy {...props} />}
        {may('EDIT_ROOM') && <LinkPreviews {...props} />}
      </>
    );
  }
  const mayArchive = may('ARCHIVE_ROOM');
  if (room.isArchived) {
    return mayArchive ? (
      <Unarchive {...props} />
    ) : (
      <p className="trumpet-screen-note">{words.isArchived}</p>
    );
  }
  const mayEdit = may('EDIT_ROOM');
  const mayManageWriting = may('MANAGE_WRITING');
  const mayDisappear = may('SET_DISAPPEARING');
  const mayRetain = may('SET_RETENTION');
  return (
    <>
      {mayEdit && <Profile {...props} />}
      {mayEdit && mayManageWriting && mayRetain && may('SET_SLOW_MODE') && <RoomType {...props} />}
      {mayEdit && <RoomDataFields {...props} fields={fields} />}
      <fieldset>
        <legend>{words.writing}</legend>
        {may('LOCK_ROOM') && <Locked {...props} />}
        {mayManageWriting && <WritingRoles {...props} />}
        {may('SET_SLOW_MODE') && <SlowMode {...props} />}
        {mayEdit && <Language {...props} />}
        {mayManageWriting && <GroupMentions {...props} />}
        {mayEdit && <SystemMessages {...props} />}
      </fieldset>
      {(mayEdit || mayDisappear || mayRetain) && (
        <fieldset>
          <legend>{words.privacy}</legend>
          {mayEdit && <PushPrivacy {...props} />}
          {mayEdit && <LinkPreviews {...props} />}
          {mayEdit && <DeliveryReceipts {...props} />}
          {mayDisappear && <Disappearing {...props} />}
          {mayRetain && <Retention {...props} />}
          {mayEdit && <HistoryVisible {...props} />}
          {mayRetain && <Erasure {...props} />}
        </fieldset>
      )}
      {mayArchive && (
        <fieldset>
          <legend>{words.archiving}</legend>
          <Archive {...props} />
        </fieldset>
      )}
    </>
  );
}

function TurnIntoRoom({ room }: SettingProps) {
  const { room: words } = useWords().screens;
  const client = useClient();
  const [, go] = useLocation();
  const [name, setName] = useState('');
  const [typedSlug, setSlug] = useState<string>();
  const [historyVisibility, setHistoryVisibility] = useState<HistoryVisibility>('SINCE_JOINING');
  const slug = typedSlug ?? slugOf(name);
  const turning = useDoing(async () => {
    await client.ask(TurnIntoRoomDocument, {
      input: { roomId: room.id, name: name.trim(), slug, historyVisibility },
    });
    go(`${roomAddress({ id: room.id, slug })}?panel=about`);
  });
  const refused = refusedNewRoomField(turning.error);
  return (
    <fieldset>
      <legend>{words.turnIntoRoom}</legend>
      <p className="trumpet-screen-field-hint">{words.turnIntoRoomHint}</p>
      <Form
        done={turning}
        submit={words.turnIntoRoom}
        isToldAtField={refused !== undefined}
        onSubmit={turning.run}
      >
        <RoomName
          value={name}
          error={refused === 'name' ? turning.error : undefined}
          onChange={setName}
        />
        <RoomAddress
          value={slug}
          error={refused === 'slug' ? turning.error : undefined}
          onChange={setSlug}
        />
        <VisibilityChoice
          value={historyVisibility}
          hint={words.turnedHistoryHint}
          onChange={setHistoryVisibility}
        />
      </Form>
    </fieldset>
  );
}

function Profile({ room, onChange }: SettingProps) {
  const { room: words, save, saved } = useWords().screens;
  const client = useClient();
  const [name, setName] = useState(room.name ?? '');
  const [description, setDescription] = useState(room.description ?? '');
  const [maxMembers, setMaxMembers] = useState(String(room.maxMembers ?? ''));
  const saving = useDoing(async () => {
    await client.ask(UpdateRoomDocument, {
      input: {
        roomId: room.id,
        name: name.trim(),
        description: description.trim() === '' ? null : description.trim(),
        maxMembers: maxMembers === '' ? null : Number(maxMembers),
      },
    });
    onChange();
  });
  const refused = refusedRoomField(saving.error);
  const errorAt = (field: RoomFieldName) => (refused === field ? saving.error : undefined);
  return (
    <fieldset>
      <legend>{words.profile}</legend>
      <Form
        done={saving}
        submit={save}
        saved={saved}
        isToldAtField={refused !== undefined}
        onSubmit={saving.run}
      >
        <RoomName value={name} error={errorAt('name')} onChange={setName} />
        <RoomDescription
          value={description}
          error={errorAt('description')}
          onChange={setDescription}
        />
        <MaxMembers value={maxMembers} error={errorAt('maxMembers')} onChange={setMaxMembers} />
      </Form>
    </fieldset>
  );
}

/** Of which type the room is, where there are types or it is of one. */
function RoomType({ room, onChange }: SettingProps) {
  const { room: words, createRoom } = useWords().screens;
  const client = useClient();
  const types = useAsked(TypesToChooseDocument, {}).value?.workspaceRoomTypes ?? [];
  const setting = useDoing(async (customTypeId: string | null) => {
    await client.ask(SetRoomTypeDocument, { input: { roomId: room.id, customTypeId } });
    onChange();
  });
  const { customType } = room;
  const offered = types.filter(
    ({ id, viewerMayCreate }) => viewerMayCreate && id !== customType?.id,
  );
  if (customType === null && offered.length === 0) {
    return null;
  }
  return (
    <fieldset>
      <legend>{createRoom.customType}</legend>
      <Choice
        label={createRoom.customType}
        hint={words.customTypeHint}
        error={setting.error}
        isDisabled={setting.isUnderWay}
        value={customType?.id ?? ''}
        options={[
          ['', createRoom.noCustomType],
          ...[...(customType === null ? [] : [customType]), ...offered].map(
            ({ id, title }) => [id, title] as const,
          ),
        ]}
        onChange={(id) => setting.run(id === '' ? null : id)}
      />
      {customType !== null && (
        <button
          type="button"
          disabled={setting.isUnderWay}
          onClick={() => setting.run(customType.id)}
        >
          {words.asTypeSays}
        </button>
      )}
    </fieldset>
  );
}

function Locked({ room, onChange }: SettingProps) {
  const { room: words } = useWords().screens;
  const client = useClient();
  const setting = useDoing(async (isLocked: boolean) => {
    await client.ask(SetRoomLockedDocument, { input: { roomId: room.id, isLocked } });
    onChange();
  });
  return (
    <>
      <Switch
        label={words.locked}
        hint={words.lockedHint}
        isOn={room.isLocked}
        isDisabled={setting.isUnderWay}
        onChange={setting.run}
      />
      <Refusal error={setting.error} />
    </>
  );
}

function SlowMode({ room, onChange }: SettingProps) {
  const client = useClient();
  const setting = useDoing(async (seconds: number) => {
    await client.ask(SetSlowModeDocument, { input: { roomId: room.id, seconds } });
    onChange();
  });
  return (
    <SlowModeChoice seconds={room.slowModeSeconds} error={setting.error} onChange={setting.run} />
  );
}

function Language({ room, onChange }: SettingProps) {
  const { room: words } = useWords().screens;
  const { language } = useView(device);
  const client = useClient();
  const setting = useDoing(async (chosen: string) => {
    await client.ask(SetRoomLanguageDocument, {
      input: { roomId: room.id, language: chosen === '' ? null : chosen },
    });
    onChange();
  });
  const known = new Set([...ROOM_LANGUAGES.keys(), ...(room.language ? [room.language] : [])]);
  return (
    <Choice
      label={words.language}
      hint={words.languageHint}
      error={setting.error}
      isDisabled={setting.isUnderWay}
      value={room.language ?? ''}
      options={[
        ['', words.noLanguage],
        ...[...known].map((each) => [each, languageName(each, language)] as const),
      ]}
      onChange={setting.run}
    />
  );
}

function WritingRoles({ room, onChange }: SettingProps) {
  const { room: words, roles } = useWords().screens;
  const client = useClient();
  const setting = useDoing(async (which: WritingRole, role: MemberRole) => {
    const { writingRole, replyRole, reactionRole, uploadRole } = room;
    await client.ask(SetWritingRolesDocument, {
      input: { roomId: room.id, writingRole, replyRole, reactionRole, uploadRole, [which]: role },
    });
    onChange();
  });
  return WRITING_ROLES.map((which) => (
    <Choice
      key={which}
      label={words[which]}
      hint={which === 'writingRole' ? words.writingRoleHint : undefined}
      error={which === 'writingRole' ? setting.error : undefined}
      isDisabled={setting.isUnderWay}
      value={room[which]}
      options={(['MEMBER', 'MODERATOR', 'ADMIN', 'OWNER'] as const).map(
        (each) => [each, roles[each]] as const,
      )}
      onChange={(role) => setting.run(which, role)}
    />
  ));
}

const WRITING_ROLES = ['writingRole', 'replyRole', 'reactionRole', 'uploadRole'] as const;
type WritingRole = (typeof WRITING_ROLES)[number];

/** Times to choose from, in seconds; the API takes any from 5 to a year. */
const TIMES = [30, 300, 3_600, 28_800, 86_400, 604_800, 2_419_200, 7_776_000];

function Disappearing({ room, onChange }: SettingProps) {
  const { room: words } = useWords().screens;
  const { duration } = useFormat();
  const client = useClient();
  const setting = useDoing(async (chosen: string) => {
    await client.ask(SetDisappearingDocument, {
      input: { roomId: room.id, afterSeconds: chosen === '' ? null : Number(chosen) },
    });
    onChange();
  });
  const seconds = room.disappearAfterSeconds;
  const times = [...new Set([...TIMES, ...(seconds === null ? [] : [seconds])])];
  return (
    <Choice
      label={words.disappearing}
      hint={words.disappearingHint}
      error={setting.error}
      isDisabled={setting.isUnderWay}
      value={String(seconds ?? '')}
      options={[
        ['', words.notDisappearing],
        ...times
          .toSorted((a, b) => a - b)
          .map((time) => [String(time), words.disappearsAfter(duration(time))] as const),
      ]}
      onChange={setting.run}
    />
  );
}

function SystemMessages({ room, onChange }: SettingProps) {
  const { room: words } = useWords().screens;
  const client = useClient();
  const setting = useDoing(async (level: SystemMessageLevel) => {
    await client.ask(SetSystemMessagesDocument, { input: { roomId: room.id, level } });
    onChange();
  });
  return (
    <Choice
      label={words.systemMessages}
      hint={words.systemMessagesHint}
      error={setting.error}
      isDisabled={setting.isUnderWay}
      value={room.systemMessages}
      options={(['NONE', 'CHANGES', 'ALL'] as const).map(
        (each) => [each, words.systemMessageLevels[each]] as const,
      )}
      onChange={setting.run}
    />
  );
}

function HistoryVisible({ room, onChange }: SettingProps) {
  const client = useClient();
  const setting = useDoing(async (historyVisibility: HistoryVisibility) => {
    await client.ask(SetHistoryVisibilityDocument, {
      input: { roomId: room.id, historyVisibility },
    });
    onChange();
  });
  return (
    <VisibilityChoice
      value={room.historyVisibility}
      error={setting.error}
      isDisabled={setting.isUnderWay}
      onChange={setting.run}
    />
  );
}

function GroupMentions({ room, onChange }: SettingProps) {
  const { room: words, roles, members } = useWords().screens;
  const client = useClient();
  const setting = useDoing(async (leastRole: MemberRole, warnAbove: number) => {
    await client.ask(SetGroupMentionsDocument, {
      input: { roomId: room.id, leastRole, warnAbove },
    });
    onChange();
  });
  const { groupMentionRole: role, groupMentionWarning: warning } = room;
  return (
    <>
      <Choice
        label={words.groupMentions}
        hint={words.groupMentionsHint}
        error={setting.error}
        isDisabled={setting.isUnderWay}
        value={role}
        options={(['MEMBER', 'MODERATOR', 'ADMIN', 'OWNER'] as const).map(
          (each) => [each, roles[each]] as const,
        )}
        onChange={(chosen) => setting.run(chosen, warning)}
      />
      <Choice
        label={words.groupMentionWarning}
        isDisabled={setting.isUnderWay}
        value={String(warning)}
        options={[...new Set([5, 20, 100, 1000, warning])]
          .toSorted((a, b) => a - b)
          .map((each) => [String(each), members(each)] as const)}
        onChange={(chosen) => setting.run(role, Number(chosen))}
      />
    </>
  );
}

function PushPrivacy({ room, onChange }: SettingProps) {
  const { room: words } = useWords().screens;
  const client = useClient();
  const setting = useDoing(async (hideText: boolean) => {
    await client.ask(SetPushPrivacyDocument, { input: { roomId: room.id, hideText } });
    onChange();
  });
  return (
    <>
      <Switch
        label={words.hidesPushText}
        hint={words.hidesPushTextHint}
        isOn={room.hidesPushText}
        isDisabled={setting.isUnderWay}
        onChange={setting.run}
      />
      <Refusal error={setting.error} />
    </>
  );
}

function DeliveryReceipts({ room, onChange }: SettingProps) {
  const { room: words } = useWords().screens;
  const client = useClient();
  const setting = useDoing(async (isOn: boolean) => {
    await client.ask(SetDeliveryReceiptsDocument, { input: { roomId: room.id, isOn } });
    onChange();
  });
  return (
    <>
      <Switch
        label={words.deliveryReceipts}
        hint={words.deliveryReceiptsHint}
        isOn={room.hasDeliveryReceipts}
        isDisabled={setting.isUnderWay}
        onChange={setting.run}
      />
      <Refusal error={setting.error} />
    </>
  );
}

function LinkPreviews({ room, onChange }: SettingProps) {
  const { room: words } = useWords().screens;
  const client = useClient();
  const setting = useDoing(async (hidePreviews: boolean) => {
    await client.ask(SetRoomLinkPreviewsDocument, { input: { roomId: room.id, hidePreviews } });
    onChange();
  });
  return (
    <>
      <Switch
        label={words.hidesLinkPreviews}
        hint={words.hidesLinkPreviewsHint}
        isOn={room.hidesLinkPreviews}
        isDisabled={setting.isUnderWay}
        onChange={setting.run}
      />
      <Refusal error={setting.error} />
    </>
  );
}

function Retention({ room, onChange }: SettingProps) {
  const { room: words, save, saved } = useWords().screens;
  const client = useClient();
  const [days, setDays] = useState(String(room.retentionDays ?? ''));
  const setting = useDoing(async () => {
    await client.ask(SetRoomRetentionDocument, {
      input: { roomId: room.id, days: days === '' ? null : Number(days) },
    });
    onChange();
  });
  return (
    <Form done={setting} submit={save} saved={saved} isToldAtField onSubmit={setting.run}>
      <TextField
        label={words.retention}
        hint={words.retentionHint}
        error={setting.error}
        type="number"
        min={0}
        max={36_500}
        value={days}
        onChange={setDays}
      />
    </Form>
  );
}

function Erasure({ room, onChange }: SettingProps) {
  const { room: words } = useWords().screens;
  const client = useClient();
  const setting = useDoing(async (rule: ErasureRule) => {
    await client.ask(SetErasureRuleDocument, { input: { roomId: room.id, rule } });
    onChange();
  });
  return (
    <Choice
      label={words.erasure}
      error={setting.error}
      isDisabled={setting.isUnderWay}
      value={room.erasureRule}
      options={(['ANONYMISE', 'ERASE'] as const).map((rule) => [rule, words.erasureRules[rule]])}
      onChange={setting.run}
    />
  );
}

function Archive({ room, onChange }: SettingProps) {
  const { room: words } = useWords().screens;
  const client = useClient();
  return (
    <ConfirmButton
      label={words.archiveRoom}
      title={words.archiveTitle(room.displayName)}
      text={words.archiveText}
      confirm={words.archiveConfirm}
      act={() => client.ask(ArchiveRoomDocument, { input: { roomId: room.id } })}
      onDone={onChange}
    />
  );
}

function Unarchive({ room, onChange }: SettingProps) {
  const { room: words } = useWords().screens;
  const client = useClient();
  const opening = useDoing(async () => {
    await client.ask(UnarchiveRoomDocument, { input: { roomId: room.id } });
    onChange();
  });
  return (
    <>
      <p>{words.isArchived}</p>
      <button type="button" disabled={opening.isUnderWay} onClick={opening.run}>
        {words.unarchive}
      </button>
      <Refusal error={opening.error} />
    </>
  );
}
