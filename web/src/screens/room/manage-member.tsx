import { useState } from 'react';
import type { ShownRoom } from 'trumpet-client';
import { may } from 'trumpet-client/ui';
import {
  BanMemberDocument,
  KickMemberDocument,
  type MemberRole,
  MuteMemberDocument,
  type Permission,
  SetMemberRoleDocument,
  UnmuteMemberDocument,
  WidenHistoryDocument,
} from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { ConfirmButton, Dialog } from '../parts/dialog.tsx';
import { useDoing } from '../parts/doing.ts';
import { DurationChoice } from '../parts/durations.tsx';
import { Choice, Form } from '../parts/form.tsx';
import { ReasonField, written } from '../parts/reason-field.tsx';
import { HistoryChoice } from './history-choice.tsx';
import type { RoomMember } from './members.tsx';
import { OwnRoles } from './own-roles.tsx';
import { rolesBelow } from './roles.ts';

interface ManageMemberProps {
  readonly room: ShownRoom;
  readonly member: RoomMember;
  /** What the viewer may do here. */
  readonly onChange: () => void;
  readonly onClose: () => void;
}

/** What may be done with a member who stands below. */
export function ManageMember(props: ManageMemberProps) {
  const { room, member, onClose } = props;
  const { room: words } = useWords().screens;
  const has = (permission: Permission) => may(room, permission);
  const mayGiveRoles = has('MANAGE_ROLES') && rolesBelow(room.membership.role).length > 1;
  return (
    <Dialog title={member.user.displayName} onClose={onClose}>
      {mayGiveRoles && <Role {...props} />}
      {has('ADD_MEMBERS') && member.seesFromSeq !== null && <Widen {...props} />}
      {has('MANAGE_ROLES') && <OwnRoles {...props} />}
      {has('MUTE_MEMBERS') && member.isMuted && <Unmute {...props} />}
      {has('MUTE_MEMBERS') && !member.isMuted && <Mute {...props} />}
      {has('KICK_MEMBERS') && <Kick {...props} />}
      {has('BAN_MEMBERS') && <Ban {...props} />}
      {room.membership.role === 'OWNER' && (
        <details className="trumpet-screen-more">
          <summary>{words.handOver}</summary>
          <HandOver {...props} />
        </details>
      )}
    </Dialog>
  );
}

/** Does something with the member, and closes the dialog when it was done. */
function useDeed<Values extends readonly unknown[]>(
  { onChange, onClose }: ManageMemberProps,
  act: (...values: Values) => Promise<unknown>,
) {
  return useDoing(async (...values: Values) => {
    await act(...values);
    onChange();
    onClose();
  });
}

function Role(props: ManageMemberProps) {
  const { room, member } = props;
  const { screens } = useWords();
  const client = useClient();
  const [role, setRole] = useState<MemberRole>(member.role);
  const giving = useDeed(props, () =>
    client.ask(SetMemberRoleDocument, {
      input: { roomId: room.id, userId: member.userId, role },
    }),
  );
  return (
    <Form done={giving} submit={screens.room.setRole} onSubmit={giving.run}>
      <Choice
        label={screens.room.role}
        hint={screens.roleHints[role]}
        value={role}
        options={rolesBelow(room.membership.role).map((each) => [each, screens.roles[each]])}
        onChange={setRole}
      />
    </Form>
  );
}

/** Shows them more of what was written before they came: never less. */
function Widen(props: ManageMemberProps) {
  const { room, member } = props;
  const { room: words } = useWords().screens;
  const client = useClient();
  const [from, setFrom] = useState('');
  const widening = useDeed(props, () =>
    client.ask(WidenHistoryDocument, {
      input: {
        roomId: room.id,
        userId: member.userId,
        seesFromMessageId: from === '' ? null : from,
      },
    }),
  );
  return (
    <details className="trumpet-screen-more">
      <summary>{words.widenHistory}</summary>
      <p>{words.widenHistoryHint}</p>
      <Form done={widening} submit={words.widenHistory} onSubmit={widening.run}>
        <HistoryChoice roomId={room.id} value={from} isMember onChange={setFrom} />
      </Form>
    </details>
  );
}

function HandOver(props: ManageMemberProps) {
  const { room, member, onChange, onClose } = props;
  const { room: words } = useWords().screens;
  const client = useClient();
  return (
    <ConfirmButton
      label={words.handOver}
      title={words.handOverTitle(member.user.displayName)}
      text={words.handOverText}
      confirm={words.handOver}
      act={() =>
        client.ask(SetMemberRoleDocument, {
          input: { roomId: room.id, userId: member.userId, role: 'OWNER' },
        })
      }
      onDone={() => {
        onChange();
        onClose();
      }}
    />
  );
}

function Mute(props: ManageMemberProps) {
  const { room, member } = props;
  const { room: words } = useWords().screens;
  const client = useClient();
  const [seconds, setSeconds] = useState<number | null>(3_600);
  const [reason, setReason] = useState('');
  const muting = useDeed(props, () =>
    client.ask(MuteMemberDocument, {
      input: {
        roomId: room.id,
        userId: member.userId,
        durationSeconds: seconds ?? 0,
        reason: written(reason),
      },
    }),
  );
  return (
    <details className="trumpet-screen-more">
      <summary>{words.mute}</summary>
      <p>{words.muteHint}</p>
      <Form done={muting} submit={words.mute} onSubmit={muting.run}>
        <DurationChoice seconds={seconds} onChange={setSeconds} />
        <ReasonField reason={reason} onChange={setReason} />
      </Form>
    </details>
  );
}

function Unmute(props: ManageMemberProps) {
  const { room, member } = props;
  const { room: words } = useWords().screens;
  const client = useClient();
  const unmuting = useDeed(props, () =>
    client.ask(UnmuteMemberDocument, { input: { roomId: room.id, userId: member.userId } }),
  );
  return <Form done={unmuting} submit={words.unmute} onSubmit={unmuting.run} />;
}

function Kick(props: ManageMemberProps) {
  const { room, member } = props;
  const { room: words } = useWords().screens;
  const client = useClient();
  const [reason, setReason] = useState('');
  const kicking = useDeed(props, () =>
    client.ask(KickMemberDocument, {
      input: { roomId: room.id, userId: member.userId, reason: written(reason) },
    }),
  );
  return (
    <details className="trumpet-screen-more">
      <summary>{words.kick}</summary>
      <p>{words.kickHint}</p>
      <Form done={kicking} submit={words.kick} isDestructive onSubmit={kicking.run}>
        <ReasonField reason={reason} onChange={setReason} />
      </Form>
    </details>
  );
}

function Ban(props: ManageMemberProps) {
  const { room, member } = props;
  const { room: words } = useWords().screens;
  const client = useClient();
  const [seconds, setSeconds] = useState<number | null>(null);
  const [reason, setReason] = useState('');
  const banning = useDeed(props, () =>
    client.ask(BanMemberDocument, {
      input: {
        roomId: room.id,
        userId: member.userId,
        durationSeconds: seconds,
        reason: written(reason),
      },
    }),
  );
  return (
    <details className="trumpet-screen-more">
      <summary>{words.ban}</summary>
      <p>{words.banHint}</p>
      <Form done={banning} submit={words.ban} isDestructive onSubmit={banning.run}>
        <DurationChoice seconds={seconds} hasForever onChange={setSeconds} />
        <ReasonField reason={reason} onChange={setReason} />
      </Form>
    </details>
  );
}
