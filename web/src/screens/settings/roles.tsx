import { useRef, useState } from 'react';
import {
  AssignRoleDocument,
  CreateRoleDocument,
  DeleteRoleDocument,
  type Permission,
  type RoleLineFragment,
  RolePeopleDocument,
  UnassignRoleDocument,
  UpdateRoleDocument,
  WorkspaceRolesDocument,
} from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Answered, Paged } from '../parts/answered.tsx';
import { useAsked, usePages } from '../parts/asked.ts';
import { ConfirmButton, Dialog } from '../parts/dialog.tsx';
import { useDoing } from '../parts/doing.ts';
import { Form, Switch, TextField } from '../parts/form.tsx';
import { PersonRow } from '../parts/person.tsx';
import { Refusal } from '../parts/refusal.tsx';
import { AddPerson } from './groups.tsx';

/** The roles of the workspace: what there is, and for those who manage them, making and giving them. */
export function Roles() {
  const { settings: words, permissions: names } = useWords().screens;
  const roles = useAsked(WorkspaceRolesDocument, {});
  const [open, setOpen] = useState<string | null>(null);
  return (
    <>
      <p className="trumpet-screen-field-hint">{words.rolesHint}</p>
      <Answered asked={roles}>
        {(value) => {
          const workspaceRoles = value.workspaceRoles ?? [];
          const workspacePermissions = (value.workspacePermissions ?? []).filter(
            (each) => each !== null,
          );
          const isManager = workspacePermissions.includes('MANAGE_WORKSPACE_ROLES');
          const shown = workspaceRoles.find(({ id }) => id === open);
          return (
            <>
              {isManager && <NewRole has={workspacePermissions} onMade={roles.again} />}
              {workspaceRoles.length === 0 && <p>{words.noRoles}</p>}
              <ul className="trumpet-screen-list" aria-label={words.roles}>
                {workspaceRoles.map((role) => (
                  <li key={role.id} className="trumpet-screen-row">
                    <div className="trumpet-screen-row-text">
                      <button
                        type="button"
                        className="trumpet-screen-row-name"
                        onClick={() => setOpen(role.id)}
                      >
                        <bdi>{role.name}</bdi>
                      </button>
                      <p className="trumpet-screen-row-about">
                        {role.permissions.map((each) => (
                          <span key={each}>{names[each]}</span>
                        ))}
                      </p>
                    </div>
                  </li>
                ))}
              </ul>
              {shown !== undefined && (
                <RoleDialog
                  role={shown}
                  has={isManager ? workspacePermissions : []}
                  onChanged={roles.again}
                  onClose={() => setOpen(null)}
                />
              )}
            </>
          );
        }}
      </Answered>
    </>
  );
}

interface NewRoleProps {
  /** What the viewer has in the workspace: that, they can give. */
  readonly has: readonly Permission[];
  readonly onMade: () => void;
}

function NewRole({ has, onMade }: NewRoleProps) {
  const { settings: words } = useWords().screens;
  const client = useClient();
  const [name, setName] = useState('');
  const [permissions, setPermissions] = useState<readonly Permission[]>([]);
  const making = useDoing(async () => {
    await client.ask(CreateRoleDocument, { input: { name, permissions: [...permissions] } });
    setName('');
    setPermissions([]);
    onMade();
  });
  return (
    <details className="trumpet-screen-more">
      <summary>{words.newRole}</summary>
      <Form done={making} submit={words.newRole} onSubmit={making.run}>
        <RoleFields
          {...{ name, permissions, has }}
          onName={setName}
          onPermissions={setPermissions}
        />
      </Form>
    </details>
  );
}

interface RoleFieldsProps {
  readonly name: string;
  readonly permissions: readonly Permission[];
  readonly has: readonly Permission[];
  readonly onName: (name: string) => void;
  readonly onPermissions: (permissions: readonly Permission[]) => void;
}

function RoleFields({ name, permissions, has, onName, onPermissions }: RoleFieldsProps) {
  const { settings: words, permissions: names } = useWords().screens;
  const given = useRef(permissions).current;
  const shown = (Object.keys(names) as Permission[]).filter(
    (each) => has.includes(each) || given.includes(each),
  );
  return (
    <>
      <TextField
        label={words.roleName}
        required
        maxLength={50}
        autoComplete="off"
        value={name}
        onChange={onName}
      />
      <fieldset className="trumpet-screen-permissions">
        <legend>{words.rolePermissions}</legend>
        {shown.map((each) => (
          <Switch
            key={each}
            label={names[each]}
            isOn={permissions.includes(each)}
            isDisabled={!has.includes(each)}
            onChange={(isOn) =>
              onPermissions(
                isOn ? [...permissions, each] : permissions.filter((other) => other !== each),
              )
            }
          />
        ))}
      </fieldset>
    </>
  );
}

interface RoleDialogProps {
  readonly role: RoleLineFragment;
  readonly has: readonly Permission[];
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

/** Who has a role in the whole workspace; for those who manage roles, what they may do with it. */
function RoleDialog({ role, has, onChanged, onClose }: RoleDialogProps) {
  const { screens } = useWords();
  const { settings: words } = screens;
  const client = useClient();
  const people = usePages(
    RolePeopleDocument,
    {},
    (result) => result.workspaceRoles?.find(({ id }) => id === role.id)?.people,
  );
  const isManager = has.length > 0;
  const roleId = role.id;
  const giving = useDoing(async (userId: string) => {
    await client.ask(AssignRoleDocument, { input: { roleId, userId } });
    people.again();
  });
  const taking = useDoing(async (userId: string) => {
    await client.ask(UnassignRoleDocument, { input: { roleId, userId } });
    people.again();
  });
  return (
    <Dialog title={role.name} onClose={onClose}>
      {isManager && <ChangeRole role={role} has={has} onChanged={onChanged} />}
      <p className="trumpet-screen-field-hint">{words.rolePeopleHint}</p>
      <Refusal error={giving.error ?? taking.error} />
      <Paged
        pages={people}
        keyOf={({ id }) => id}
        empty={words.noRolePeople}
        label={words.rolePeople}
      >
        {(person) => (
          <PersonRow person={person}>
            {isManager && (
              <button
                type="button"
                disabled={taking.isUnderWay}
                onClick={() => taking.run(person.id)}
              >
                {screens.remove}
              </button>
            )}
          </PersonRow>
        )}
      </Paged>
      {isManager && (
        <>
          <AddPerson
            memberIds={new Set(people.value?.map(({ id }) => id))}
            isUnderWay={giving.isUnderWay}
            onAdd={giving.run}
          />
          <ConfirmButton
            label={words.deleteRole}
            title={words.deleteRoleTitle(role.name)}
            text={words.deleteRoleText}
            confirm={words.deleteRole}
            act={() => client.ask(DeleteRoleDocument, { input: { roleId } })}
            onDone={() => {
              onChanged();
              onClose();
            }}
          />
        </>
      )}
    </Dialog>
  );
}

function ChangeRole({ role, has, onChanged }: Omit<RoleDialogProps, 'onClose'>) {
  const { save, saved } = useWords().screens;
  const client = useClient();
  const [name, setName] = useState(role.name);
  const [permissions, setPermissions] = useState<readonly Permission[]>(role.permissions);
  const saving = useDoing(async () => {
    await client.ask(UpdateRoleDocument, {
      input: { roleId: role.id, name, permissions: [...permissions] },
    });
    onChanged();
  });
  return (
    <Form done={saving} submit={save} saved={saved} onSubmit={saving.run}>
      <RoleFields {...{ name, permissions, has }} onName={setName} onPermissions={setPermissions} />
    </Form>
  );
}
