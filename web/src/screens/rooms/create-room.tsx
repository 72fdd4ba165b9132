import { useState } from 'react';
import { useLocation } from 'wouter';
import { roomAddress } from '../../addresses.ts';
import { CreateRoomDocument, SetSlowModeDocument, TypesToChooseDocument } from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { useAsked } from '../parts/asked.ts';
import { useDoing } from '../parts/doing.ts';
import { Choice, Form } from '../parts/form.tsx';
import { ScreenFrame } from '../parts/screen-frame.tsx';
import {
  MaxMembers,
  RoomAddress,
  RoomDescription,
  type RoomFieldName,
  RoomName,
  refusedNewRoomField,
} from './room-fields.tsx';
import { SlowModeChoice } from './slow-mode-choice.tsx';
import { slugOf } from './slug.ts';

type FieldName = RoomFieldName | 'slug';

/** A room of one's own. */
export default function CreateRoom() {
  const { screens } = useWords();
  const { createRoom: words } = screens;
  const client = useClient();
  const [, go] = useLocation();
  const [name, setName] = useState('');
  const [typedSlug, setSlug] = useState<string>();
  const [description, setDescription] = useState('');
  const [type, setType] = useState<'PUBLIC' | 'PRIVATE'>('PUBLIC');
  const [maxMembers, setMaxMembers] = useState('');
  const [slowMode, setSlowMode] = useState(0);
  const [customTypeId, setCustomTypeId] = useState('');
  const types = (useAsked(TypesToChooseDocument, {}).value?.workspaceRoomTypes ?? []).filter(
    ({ viewerMayCreate }) => viewerMayCreate,
  );
  const customType = types.find(({ id }) => id === customTypeId);
  const shownType =
    customType?.visibility === 'PRIVATE' || customType?.visibility === 'PUBLIC'
      ? customType.visibility
      : type;
  const slug = typedSlug ?? slugOf(name);

  const making = useDoing(async () => {
    const made = await client.ask(CreateRoomDocument, {
      input: {
        name: name.trim(),
        slug,
        type: shownType,
        ...(customType && { customTypeId }),
        ...(description.trim() === '' ? {} : { description: description.trim() }),
        ...(maxMembers === '' ? {} : { maxMembers: Number(maxMembers) }),
      },
    });
    const roomId = made.createRoom?.room.id ?? '';
    if (slowMode > 0 && customType === undefined) {
      await client.ask(SetSlowModeDocument, { input: { roomId, seconds: slowMode } });
    }
    go(roomAddress({ id: roomId, slug }));
  });
  const refused = refusedNewRoomField(making.error);
  const errorAt = (field: FieldName) => (refused === field ? making.error : undefined);

  return (
    <ScreenFrame title={words.title} back="/explore">
      <Form
        done={making}
        submit={words.submit}
        isToldAtField={refused !== undefined}
        onSubmit={making.run}
      >
        <RoomName value={name} error={errorAt('name')} onChange={setName} />
        <RoomAddress value={slug} error={errorAt('slug')} onChange={setSlug} />
        <RoomDescription
          value={description}
          error={errorAt('description')}
          onChange={setDescription}
        />
        {types.length > 0 && (
          <Choice
            label={words.customType}
            {...(customType?.description && { hint: customType.description })}
            value={customTypeId}
            options={[
              ['', words.noCustomType],
              ...types.map(({ id, title }) => [id, title] as const),
            ]}
            onChange={setCustomTypeId}
          />
        )}
        <Choice
          label={words.type}
          hint={screens.roomTypeHints[shownType]}
          value={shownType}
          isDisabled={shownType === customType?.visibility}
          options={[
            ['PUBLIC', screens.roomTypes.PUBLIC],
            ['PRIVATE', screens.roomTypes.PRIVATE],
          ]}
          onChange={setType}
        />
        {customType === undefined && <SlowModeChoice seconds={slowMode} onChange={setSlowMode} />}
        <MaxMembers value={maxMembers} error={errorAt('maxMembers')} onChange={setMaxMembers} />
      </Form>
    </ScreenFrame>
  );
}
