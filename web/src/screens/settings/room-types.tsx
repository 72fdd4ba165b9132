import { useState } from 'react';
import {
  type CustomRoomTypeFragment,
  DefineRoomTypeDocument,
  type MemberRole,
  RemoveRoomTypeDocument,
  RoomTypesDocument,
} from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Answered } from '../parts/answered.tsx';
import { useAsked } from '../parts/asked.ts';
import { ConfirmButton } from '../parts/dialog.tsx';
import { useDoing } from '../parts/doing.ts';
import { Choice, Form, Switch, TextArea, TextField } from '../parts/form.tsx';
import { useFormat } from '../parts/format.ts';

/** The types of rooms of the workspace, for those who manage them. */
export function RoomTypes() {
  const { settings: words } = useWords().screens;
  const asked = useAsked(RoomTypesDocument, {});
  return (
    <>
      <p className="trumpet-screen-field-hint">{words.roomTypesHint}</p>
      <Answered asked={asked}>
        {({ workspaceRoomTypes, workspaceRoles }) => {
          const types = workspaceRoomTypes ?? [];
          const roles = workspaceRoles ?? [];
          return (
            <>
              <details className="trumpet-screen-more" open={types.length === 0}>
                <summary>{words.newRoomType}</summary>
                <TypeForm
                  // Empty again once it has made one.
                  key={types.length}
                  roles={roles}
                  taken={types.map(({ name }) => name)}
                  onChanged={asked.again}
                />
              </details>
              <ul className="trumpet-screen-list" aria-label={words.roomTypes}>
                {types.map((type) => (
                  <li key={type.id}>
                    <details className="trumpet-screen-more">
                      <summary>
                        <bdi>{type.title}</bdi>
                      </summary>
                      <TypeForm type={type} roles={roles} onChanged={asked.again} />
                      <Remove type={type} onDone={asked.again} />
                    </details>
                  </li>
                ))}
              </ul>
            </>
          );
        }}
      </Answered>
    </>
  );
}

interface TypeFormProps {
  readonly type?: CustomRoomTypeFragment;
  readonly roles: readonly { readonly id: string; readonly name: string }[];
  /** The names of the others, when it is new: one that is taken would change that type. */
  readonly taken?: readonly string[];
  readonly onChanged: () => void;
}

/** Pauses to choose from, in seconds. Its own, so that settings need no part of the screens of rooms. */
const PAUSES = [0, 5, 10, 30, 60, 300, 900, 3_600, 21_600];

const LEAST_ROLES = ['writingRole', 'replyRole', 'reactionRole', 'uploadRole'] as const;
const PEOPLE = ['creatorRoleIds', 'joinerRoleIds'] as const;

/** All that a type says: what is left empty, its rooms say themselves. */
function TypeForm({ type, roles, taken = [], onChanged }: TypeFormProps) {
  const { screens } = useWords();
  const { settings: words, room: roomWords, createRoom } = screens;
  const { duration } = useFormat();
  const client = useClient();
  const [said, setSaid] = useState({
    title: type?.title ?? '',
    description: type?.description ?? '',
    visibility: type?.visibility ?? null,
    creatorRoleIds: type?.creatorRoleIds ?? null,
    joinerRoleIds: type?.joinerRoleIds ?? null,
    writingRole: type?.writingRole ?? null,
    replyRole: type?.replyRole ?? null,
    reactionRole: type?.reactionRole ?? null,
    uploadRole: type?.uploadRole ?? null,
    slowModeSeconds: type?.slowModeSeconds ?? null,
    retentionDays: type?.retentionDays ?? null,
  });
  const say = (more: Partial<typeof said>) => setSaid((before) => ({ ...before, ...more }));
  const name = type?.name ?? freeName(said.title, taken);
  const saving = useDoing(async () => {
    const description = said.description.trim();
    await client.ask(DefineRoomTypeDocument, {
      input: { ...said, name, description: description === '' ? null : description },
    });
    onChanged();
  });
  const pauses = [...new Set([...PAUSES, said.slowModeSeconds ?? 0])].toSorted((a, b) => a - b);
  return (
    <Form
      done={saving}
      submit={type === undefined ? words.newRoomType : screens.save}
      saved={type === undefined ? undefined : screens.saved}
      onSubmit={saving.run}
    >
      <TextField
        label={words.roomTypeTitle}
        required
        maxLength={80}
        dir="auto"
        autoComplete="off"
        value={said.title}
        onChange={(title) => say({ title })}
      />
      <TextArea
        label={createRoom.description}
        rows={2}
        maxLength={1000}
        dir="auto"
        value={said.description}
        onChange={(description) => say({ description })}
      />
      <Choice
        label={createRoom.type}
        value={said.visibility ?? ''}
        options={[
          ['', words.creatorSays],
          ['PUBLIC', screens.roomTypes.PUBLIC],
          ['PRIVATE', screens.roomTypes.PRIVATE],
        ]}
        onChange={(visibility) => say({ visibility: visibility === '' ? null : visibility })}
      />
      {PEOPLE.map((which) => (
        <RolesChoice
          key={which}
          label={words[which]}
          hint={which === 'joinerRoleIds' ? words.joinerRoleIdsHint : undefined}
          roles={roles}
          value={said[which]}
          onChange={(ids) => say({ [which]: ids })}
        />
      ))}
      {LEAST_ROLES.map((which) => (
        <Choice
          key={which}
          label={roomWords[which]}
          value={said[which] ?? ''}
          options={[
            ['', words.roomSays],
            ...(['MEMBER', 'MODERATOR', 'ADMIN', 'OWNER'] as const).map(
              (role) => [role, screens.roles[role]] as const,
            ),
          ]}
          onChange={(role: MemberRole | '') => say({ [which]: role === '' ? null : role })}
        />
      ))}
      <Choice
        label={createRoom.slowMode}
        value={String(said.slowModeSeconds ?? '')}
        options={[
          ['', words.roomSays],
          ...pauses.map(
            (pause) => [String(pause), pause === 0 ? createRoom.noPause : duration(pause)] as const,
          ),
        ]}
        onChange={(pause) => say({ slowModeSeconds: numberOf(pause) })}
      />
      <TextField
        label={roomWords.retention}
        hint={words.typeRetentionHint}
        type="number"
        min={0}
        max={36_500}
        value={String(said.retentionDays ?? '')}
        onChange={(days) => say({ retentionDays: numberOf(days) })}
      />
    </Form>
  );
}

const numberOf = (text: string): number | null => (text === '' ? null : Number(text));

/** A title in a script without letters for addresses has a name all the same. */
function freeName(title: string, taken: readonly string[]): string {
  const slug = (title.toLowerCase().match(/[a-z0-9]+/g) ?? [])
    .join('-')
    .slice(0, 36)
    .replace(/-$/, '');
  const wanted = slug === '' ? 'type' : slug;
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (!taken.includes(name)) {
      return name;
    }
  }
}

interface RolesChoiceProps {
  readonly label: string;
  readonly hint: string | undefined;
  readonly roles: TypeFormProps['roles'];
  readonly value: readonly string[] | null;
  readonly onChange: (roleIds: string[] | null) => void;
}

/** Everybody, or those with some of the roles. */
function RolesChoice({ label, hint, roles, value, onChange }: RolesChoiceProps) {
  const { settings: words } = useWords().screens;
  return (
    <>
      <Choice
        label={label}
        {...(hint === undefined ? {} : { hint })}
        value={value === null ? 'everybody' : 'some'}
        options={[
          ['everybody', words.everybody],
          ['some', words.someRoles],
        ]}
        onChange={(choice) => onChange(choice === 'everybody' ? null : [])}
      />
      {value !== null && (
        <fieldset className="trumpet-screen-permissions">
          <legend>{label}</legend>
          {roles.length === 0 && <p className="trumpet-screen-field-hint">{words.noRoles}</p>}
          {roles.map(({ id, name }) => (
            <Switch
              key={id}
              label={name}
              isOn={value.includes(id)}
              onChange={(isOn) =>
                onChange(isOn ? [...value, id] : value.filter((other) => other !== id))
              }
            />
          ))}
        </fieldset>
      )}
    </>
  );
}

interface RemoveProps {
  readonly type: CustomRoomTypeFragment;
  readonly onDone: () => void;
}

function Remove({ type, onDone }: RemoveProps) {
  const { settings: words } = useWords().screens;
  const client = useClient();
  return (
    <ConfirmButton
      label={words.removeRoomType}
      title={words.removeRoomTypeTitle(type.title)}
      text={words.removeRoomTypeText}
      confirm={words.removeRoomType}
      act={() => client.ask(RemoveRoomTypeDocument, { input: { typeId: type.id } })}
      onDone={onDone}
    />
  );
}
