import type { RoomFieldCondition, RoomFieldOrder, RoomFieldsQuery } from '../../generated.ts';
import { useWords } from '../../words/words.tsx';
import { Choice, TextField } from '../parts/form.tsx';
import { INPUTS, meant } from '../room/room-data.tsx';

type Field = NonNullable<RoomFieldsQuery['roomFields']>[number];

/** Which rooms are listed, and how. */
export interface RoomsWanted {
  /** The key of a field, with - before it for the greatest first; by name when empty. */
  readonly order: string;
  /** The key of the field by which rooms are chosen; all of them when empty. */
  readonly field: string;
  readonly value: string;
}

export const ALL_ROOMS: RoomsWanted = { order: '', field: '', value: '' };

/** As the server is asked for it. */
export function askedRooms(
  { order, field, value }: RoomsWanted,
  fields: readonly Field[],
): { readonly where: RoomFieldCondition[]; readonly orderBy: RoomFieldOrder | null } {
  const chosen = fields.find(({ key }) => key === field);
  const wanted = chosen === undefined ? null : meant(chosen.kind, value);
  return {
    where:
      chosen === undefined || wanted === null
        ? []
        : [{ field, [COMPARISONS[chosen.kind]]: wanted }],
    orderBy:
      order === '' ? null : { field: order.replace(/^-/, ''), descending: order.startsWith('-') },
  };
}

/** What is found by what is typed in: texts by their beginning, times from then on. */
const COMPARISONS = {
  TEXT: 'startsWith',
  NUMBER: 'equalTo',
  BOOLEAN: 'equalTo',
  TIME: 'greaterThanOrEqualTo',
} as const;

interface RoomChoiceProps {
  readonly fields: readonly Field[];
  readonly wanted: RoomsWanted;
  readonly onChange: (wanted: RoomsWanted) => void;
}

/** By what rooms are chosen and ordered. */
export function RoomChoice({ fields, wanted, onChange }: RoomChoiceProps) {
  const { explore, room: words } = useWords().screens;
  const chosen = fields.find(({ key }) => key === wanted.field);
  const value = {
    label: chosen?.kind === 'TIME' ? explore.valueFrom : explore.value,
    value: wanted.value,
    onChange: (text: string) => onChange({ ...wanted, value: text }),
  };
  return (
    <div className="trumpet-screen-choices">
      <Choice
        label={explore.order}
        value={wanted.order}
        options={[
          ['', explore.byName],
          ...fields.flatMap(({ key, label }) => [
            [key, explore.ascending(label)] as const,
            [`-${key}`, explore.descending(label)] as const,
          ]),
        ]}
        onChange={(order) => onChange({ ...wanted, order })}
      />
      <Choice
        label={explore.only}
        value={wanted.field}
        options={[['', explore.all], ...fields.map(({ key, label }) => [key, label] as const)]}
        onChange={(field) => onChange({ ...wanted, field, value: '' })}
      />
      {chosen !== undefined &&
        (chosen.kind === 'BOOLEAN' ? (
          <Choice
            {...value}
            options={[
              ['', explore.all],
              ['true', words.dataYes],
              ['false', words.dataNo],
            ]}
          />
        ) : (
          <TextField {...value} {...INPUTS[chosen.kind]} />
        ))}
    </div>
  );
}
