import { useState } from 'react';
import type { ShownRoom } from 'trumpet-client';
import {
  AssignRoleDocument,
  type Permission,
  type PermissionEffect,
  RolesInRoomDocument,
  SetPermissionExceptionDocument,
  UnassignRoleDocument,
} from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Answered } from '../parts/answered.tsx';
import { useAsked } from '../parts/asked.ts';
import { useDoing } from '../parts/doing.ts';
import { Choice, Switch } from '../parts/form.tsx';
import { Refusal } from '../parts/refusal.tsx';
import type { RoomMember } from './members.tsx';

interface OwnRolesProps {
  readonly room: ShownRoom;
  readonly member: RoomMember;
  readonly onChange: () => void;
}

/** Which of the workspace's roles a member has in a room, and what is granted or denied to them alone. */
export function OwnRoles(props: OwnRolesProps) {
  const { room: words } = useWords().screens;
  const roles = useAsked(RolesInRoomDocument, { roomId: props.room.id });
  return (
    <details className="trumpet-screen-more">
      <summary>{words.ownRoles}</summary>
      <Answered asked={roles}>
        {({ workspaceRoles, room }) => (
          <>
            <Given {...props} roles={workspaceRoles ?? []} />
            <Exceptions {...props} has={room?.viewerPermissions ?? []} />
          </>
        )}
      </Answered>
    </details>
  );
}

interface GivenProps extends OwnRolesProps {
  readonly roles: readonly { readonly id: string; readonly name: string }[];
}

function Given({ room, member, roles, onChange }: GivenProps) {
  const client = useClient();
  const [given, setGiven] = useState<readonly string[]>(member.roleIds);
  const giving = useDoing(async (roleId: string, isGiven: boolean) => {
    const input = { roleId, userId: member.userId, roomId: room.id };
    await (isGiven
      ? client.ask(AssignRoleDocument, { input })
      : client.ask(UnassignRoleDocument, { input }));
    setGiven(isGiven ? [...given, roleId] : given.filter((other) => other !== roleId));
    onChange();
  });
  return (
    <>
      {roles.map(({ id, name }) => (
        <Switch
          key={id}
          label={name}
          isOn={given.includes(id)}
          isDisabled={giving.isUnderWay}
          onChange={(isOn) => giving.run(id, isOn)}
        />
      ))}
      <Refusal error={giving.error} />
    </>
  );
}

interface ExceptionsProps extends OwnRolesProps {
  /** What the viewer has here: of that, they can make exceptions. */
  readonly has: readonly Permission[];
}

function Exceptions({ room, member, has, onChange }: ExceptionsProps) {
  const { room: words, permissions: names } = useWords().screens;
  const client = useClient();
  const [permission, setPermission] = useState<Permission>(has[0] ?? 'SEND_MESSAGES');
  const [changed, setChanged] = useState<Readonly<Record<string, PermissionEffect | null>>>({});
  const known = member.permissionExceptions.find(
    (each) => each.permission === permission && !each.isEverywhere,
  );
  const effect = changed[permission] === undefined ? (known?.effect ?? null) : changed[permission];
  const setting = useDoing(async (chosen: PermissionEffect | null) => {
    await client.ask(SetPermissionExceptionDocument, {
      input: { roomId: room.id, userId: member.userId, permission, effect: chosen },
    });
    setChanged({ ...changed, [permission]: chosen });
    onChange();
  });
  return (
    <>
      <Choice
        label={words.exceptionOf}
        value={permission}
        options={has.map((each) => [each, names[each]])}
        onChange={setPermission}
      />
      <Choice
        label={names[permission]}
        error={setting.error}
        value={effect ?? 'ROLE'}
        isDisabled={setting.isUnderWay}
        options={[
          ['ROLE', words.asRolesSay],
          ['GRANT', words.granted],
          ['DENY', words.denied],
        ]}
        onChange={(chosen) => setting.run(chosen === 'ROLE' ? null : chosen)}
      />
    </>
  );
}
