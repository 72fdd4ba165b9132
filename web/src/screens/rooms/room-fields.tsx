import { TrumpetError } from 'trumpet-client';
import { useWords } from '../../words/words.tsx';
import { TextArea, TextField } from '../parts/form.tsx';

/* What a room is given when it is made, and may be changed later. */

interface RoomFieldProps {
  readonly value: string;
  readonly error?: unknown;
  readonly onChange: (text: string) => void;
}

export function RoomName(props: RoomFieldProps) {
  const { createRoom: words } = useWords().screens;
  return <TextField {...props} label={words.name} required maxLength={80} dir="auto" />;
}

export function RoomDescription(props: RoomFieldProps) {
  const { createRoom: words } = useWords().screens;
  return <TextArea {...props} label={words.description} rows={3} maxLength={1000} dir="auto" />;
}

export function MaxMembers(props: RoomFieldProps) {
  const { createRoom: words } = useWords().screens;
  return (
    <TextField
      {...props}
      label={words.maxMembers}
      hint={words.maxMembersHint}
      type="number"
      min={2}
      max={1_000_000}
    />
  );
}

export function RoomAddress(props: RoomFieldProps) {
  const { createRoom: words } = useWords().screens;
  return (
    <TextField
      {...props}
      label={words.address}
      hint={words.addressHint}
      required
      maxLength={64}
      dir="ltr"
      autoCapitalize="none"
      spellCheck={false}
    />
  );
}

export type RoomFieldName = 'name' | 'description' | 'maxMembers';

/** Which field of a new room a refusal is about. */
export function refusedNewRoomField(error: unknown): RoomFieldName | 'slug' | undefined {
  const isAboutSlug =
    error instanceof TrumpetError && (error.code === 'CONFLICT' || /slug/i.test(error.message));
  return isAboutSlug ? 'slug' : refusedRoomField(error);
}

/** Which field a refusal of what was given is about. */
export function refusedRoomField(error: unknown): RoomFieldName | undefined {
  if (!(error instanceof TrumpetError) || error.code !== 'BAD_INPUT') {
    return undefined;
  }
  return (['description', 'maxMembers', 'name'] as const).find((field) =>
    error.message.toLowerCase().includes(field.toLowerCase()),
  );
}
