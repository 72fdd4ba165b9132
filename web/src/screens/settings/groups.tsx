import { useState } from 'react';
import {
  ChangeUserGroupDocument,
  CreateUserGroupDocument,
  DeleteUserGroupDocument,
  FoundPeopleDocument,
  type GroupLineFragment,
  RemoveUserGroupMemberDocument,
  SetUserGroupMemberDocument,
  UserGroupMembersDocument,
  UserGroupsDocument,
} from '../../generated.ts';
import { useClient, useView } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { usePages } from '../parts/asked.ts';
import { Dialog } from '../parts/dialog.tsx';
import { useDoing } from '../parts/doing.ts';
import { Form, TextField } from '../parts/form.tsx';
import { PersonRow } from '../parts/person.tsx';
import { Refusal } from '../parts/refusal.tsx';
import { useSettled } from '../parts/settled.ts';

/** The groups of people that can be mentioned together. */
export function Groups() {
  const { settings: words, members } = useWords().screens;
  const groups = usePages(UserGroupsDocument, {}, (result) => result.userGroups);
  const [open, setOpen] = useState<GroupLineFragment | null>(null);
  return (
    <>
      <p className="trumpet-screen-field-hint">{words.groupsHint}</p>
      <NewGroup onMade={groups.again} />
      <Paged pages={groups} keyOf={({ id }) => id} empty={words.noGroups} label={words.groups}>
        {(group) => (
          <div className="trumpet-screen-row">
            <div className="trumpet-screen-row-text">
              <button
                type="button"
                className="trumpet-screen-row-name"
                onClick={() => setOpen(group)}
              >
                <bdi>{group.title}</bdi>
              </button>
              <p className="trumpet-screen-row-about">
                <bdi>@{group.name}</bdi> {members(group.memberCount)}
              </p>
            </div>
          </div>
        )}
      </Paged>
      {open !== null && (
        <Group
          group={open}
          onChanged={(changed) => {
            setOpen(changed);
            groups.again();
          }}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}

function NewGroup({ onMade }: { readonly onMade: () => void }) {
  const { settings: words } = useWords().screens;
  const client = useClient();
  const [name, setName] = useState('');
  const [title, setTitle] = useState('');
  const making = useDoing(async () => {
    await client.ask(CreateUserGroupDocument, { input: { name, title } });
    setName('');
    setTitle('');
    onMade();
  });
  return (
    <Form done={making} submit={words.newGroup} onSubmit={making.run}>
      <GroupFields name={name} title={title} onName={setName} onTitle={setTitle} />
    </Form>
  );
}

interface GroupFieldsProps {
  readonly name: string;
  readonly title: string;
  readonly onName: (name: string) => void;
  readonly onTitle: (title: string) => void;
}

function GroupFields({ name, title, onName, onTitle }: GroupFieldsProps) {
  const { settings: words } = useWords().screens;
  return (
    <>
      <TextField
        label={words.groupTitle}
        required
        maxLength={80}
        autoComplete="off"
        value={title}
        onChange={onTitle}
      />
      <TextField
        label={words.groupName}
        hint={words.groupNameHint}
        required
        minLength={2}
        maxLength={32}
        dir="ltr"
        autoComplete="off"
        value={name}
        onChange={onName}
      />
    </>
  );
}

interface GroupProps {
  readonly group: GroupLineFragment;
  /** Without a group: it is gone. */
  readonly onChanged: (group: GroupLineFragment | null) => void;
  readonly onClose: () => void;
}

/** Who is in a group; for its owners, what they may do with it. */
function Group({ group, onChanged, onClose }: GroupProps) {
  const { screens } = useWords();
  const { settings: words } = screens;
  const client = useClient();
  const members = usePages(
    UserGroupMembersDocument,
    { startsWith: group.name },
    (result) => result.userGroups?.nodes[0]?.members,
  );
  const viewerId = useView(client.viewerId);
  const isOwner =
    group.managedBy === 'OWNERS' &&
    (members.value?.some(({ user, isOwner: owns }) => owns && user.id === viewerId) ?? false);
  const groupId = group.id;
  const setting = useDoing(async (userId: string, owns: boolean) => {
    await client.ask(SetUserGroupMemberDocument, { input: { groupId, userId, isOwner: owns } });
    members.again();
    onChanged(group);
  });
  const removing = useDoing(async (userId: string) => {
    await client.ask(RemoveUserGroupMemberDocument, { input: { groupId, userId } });
    members.again();
    onChanged(group);
  });
  return (
    <Dialog title={group.title} onClose={onClose}>
      {group.managedBy === 'ADMINISTRATORS' && (
        <p className="trumpet-screen-field-hint">{words.groupOfAdministrators}</p>
      )}
      {isOwner && <ChangeGroup group={group} onChanged={onChanged} />}
      <Refusal error={setting.error ?? removing.error} />
      <Paged
        pages={members}
        keyOf={({ user }) => user.id}
        empty={words.noGroupMembers}
        label={words.groupMembers}
      >
        {({ user, isOwner: owns }) => (
          <PersonRow person={user} about={owns && <span>{words.groupOwner}</span>}>
            {isOwner && (
              <button
                type="button"
                disabled={setting.isUnderWay}
                onClick={() => setting.run(user.id, !owns)}
              >
                {owns ? words.notOwner : words.makeOwner}
              </button>
            )}
            {(isOwner || user.id === viewerId) && (
              <button
                type="button"
                disabled={removing.isUnderWay}
                onClick={() => removing.run(user.id)}
              >
                {user.id === viewerId ? words.leaveGroup : screens.remove}
              </button>
            )}
          </PersonRow>
        )}
      </Paged>
      {isOwner && (
        <AddPerson
          memberIds={new Set(members.value?.map(({ user }) => user.id))}
          isUnderWay={setting.isUnderWay}
          onAdd={(userId) => setting.run(userId, false)}
        />
      )}
    </Dialog>
  );
}

function ChangeGroup({ group, onChanged }: Omit<GroupProps, 'onClose'>) {
  const { save, saved, settings: words } = useWords().screens;
  const client = useClient();
  const [name, setName] = useState(group.name);
  const [title, setTitle] = useState(group.title);
  const saving = useDoing(async () => {
    const { changeUserGroup } = await client.ask(ChangeUserGroupDocument, {
      input: { groupId: group.id, name, title },
    });
    onChanged(changeUserGroup?.userGroup ?? group);
  });
  const deleting = useDoing(async () => {
    await client.ask(DeleteUserGroupDocument, { input: { groupId: group.id } });
    onChanged(null);
  });
  return (
    <Form
      done={saving}
      submit={save}
      saved={saved}
      onSubmit={saving.run}
      beside={
        <button type="button" disabled={deleting.isUnderWay} onClick={deleting.run}>
          {words.deleteGroup}
        </button>
      }
    >
      <GroupFields name={name} title={title} onName={setName} onTitle={setTitle} />
      <Refusal error={deleting.error} />
    </Form>
  );
}

interface AddToGroupProps {
  readonly memberIds: ReadonlySet<string>;
  readonly isUnderWay: boolean;
  readonly onAdd: (userId: string) => void;
}

/** Looks for somebody and adds them. */
export function AddPerson(props: AddToGroupProps) {
  const { people } = useWords().screens;
  const [typed, setTyped] = useState('');
  const query = useSettled(typed.trim());
  return (
    <>
      <TextField
        label={people.find}
        type="search"
        maxLength={100}
        autoComplete="off"
        value={typed}
        onChange={setTyped}
      />
      {query !== '' && <Candidates {...props} query={query} />}
    </>
  );
}

function Candidates({
  query,
  memberIds,
  isUnderWay,
  onAdd,
}: AddToGroupProps & { readonly query: string }) {
  const { people, room: words } = useWords().screens;
  const found = usePages(FoundPeopleDocument, { query }, (result) => result.searchUsers);
  return (
    <Paged pages={found} keyOf={({ id }) => id} empty={people.noneFound} label={people.list}>
      {(person) => (
        <PersonRow person={person}>
          {!memberIds.has(person.id) && (
            <button
              type="button"
              aria-label={words.addNamed(person.displayName)}
              disabled={isUnderWay}
              onClick={() => onAdd(person.id)}
            >
              {words.add}
            </button>
          )}
        </PersonRow>
      )}
    </Paged>
  );
}
