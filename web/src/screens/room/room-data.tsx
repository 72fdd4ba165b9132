import { useId, useState } from 'react';
import { type RoomDetailsQuery, SetRoomDataDocument } from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { useDoing } from '../parts/doing.ts';
import { Choice, Form, TextField } from '../parts/form.tsx';
import { useFormat } from '../parts/format.ts';

type Field = NonNullable<RoomDetailsQuery['roomFields']>[number];
type Details = NonNullable<RoomDetailsQuery['room']>;

interface RoomDataProps {
  readonly room: Details;
  readonly fields: readonly Field[];
}

/** What a room has under a key of its custom data, if it is of the kind that the field has. */
function valueIn({ customData }: Details, { key, kind }: Field): string | number | boolean | null {
  const value = (customData as Readonly<Record<string, unknown>> | null)?.[key];
  const wanted = kind === 'NUMBER' || kind === 'BOOLEAN' ? kind.toLowerCase() : 'string';
  return typeof value === wanted ? (value as string | number | boolean) : null;
}

/** What a room has in the fields that the administrators have defined. */
export function RoomDataLines({ room, fields }: RoomDataProps) {
  const { room: words } = useWords().screens;
  const { number, moment } = useFormat();
  const lines = fields.flatMap((field) => {
    const value = valueIn(room, field);
    return value === null ? [] : [{ ...field, value }];
  });
  const said = (kind: Field['kind'], value: string | number | boolean) => {
    switch (kind) {
      case 'NUMBER':
        return number(Number(value));
      case 'BOOLEAN':
        return value === true ? words.dataYes : words.dataNo;
      case 'TIME':
        return moment(String(value));
      default:
        return String(value);
    }
  };
  return (
    lines.length > 0 && (
      <dl className="trumpet-screen-profile-lines">
        {lines.map(({ key, label, kind, value }) => (
          <div key={key}>
            <dt dir="auto">{label}</dt>
            <dd dir="auto">{said(kind, value)}</dd>
          </div>
        ))}
      </dl>
    )
  );
}

interface RoomDataFieldsProps extends RoomDataProps {
  readonly onChange: () => void;
}

/** The same, to fill in: each field by itself, so that nobody overwrites what another has just said. */
export function RoomDataFields({ room, fields, onChange }: RoomDataFieldsProps) {
  const { room: words } = useWords().screens;
  const id = useId();
  return (
    fields.length > 0 && (
      <section className="trumpet-screen-form" aria-labelledby={id}>
        <h2 id={id}>{words.data}</h2>
        {fields.map((field) => (
          <OneField key={field.key} room={room} field={field} onChange={onChange} />
        ))}
      </section>
    )
  );
}

interface OneFieldProps {
  readonly room: Details;
  readonly field: Field;
  readonly onChange: () => void;
}

function OneField({ room, field, onChange }: OneFieldProps) {
  const { room: words, save, saved } = useWords().screens;
  const client = useClient();
  const there = valueIn(room, field);
  const [value, setValue] = useState(written(field.kind, there));
  const saving = useDoing(async () => {
    await client.ask(SetRoomDataDocument, {
      input: { roomId: room.id, patch: { [field.key]: meant(field.kind, value) } },
    });
    onChange();
  });
  const shared = { label: field.label, value, onChange: setValue, error: saving.error };
  return (
    <Form done={saving} submit={save} saved={saved} isToldAtField onSubmit={saving.run}>
      {field.kind === 'BOOLEAN' ? (
        <Choice
          {...shared}
          options={[
            ['', words.dataNothing],
            ['true', words.dataYes],
            ['false', words.dataNo],
          ]}
        />
      ) : (
        <TextField {...shared} {...INPUTS[field.kind]} />
      )}
    </Form>
  );
}

/** What is typed into, by kind. */
export const INPUTS = {
  TEXT: { type: 'text', maxLength: 200, dir: 'auto' },
  NUMBER: { type: 'number', step: 'any', dir: 'ltr' },
  TIME: { type: 'datetime-local', dir: 'ltr' },
} as const;

/** A value as it stands in its form: a time in the time zone of whoever reads it. */
function written(kind: Field['kind'], value: string | number | boolean | null): string {
  if (value === null || kind !== 'TIME') {
    return String(value ?? '');
  }
  const at = new Date(String(value));
  return Number.isNaN(at.getTime())
    ? ''
    : new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** What stands in a form, as the field holds it. Null: nothing. */
export function meant(kind: Field['kind'], typed: string): string | number | boolean | null {
  const text = typed.trim();
  if (text === '') {
    return null;
  }
  switch (kind) {
    case 'NUMBER':
      return Number(text);
    case 'BOOLEAN':
      return text === 'true';
    case 'TIME':
      return new Date(text).toISOString();
    default:
      return text;
  }
}
