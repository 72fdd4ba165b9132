import { useId, useState } from 'react';
import { type MyProfileQuery, ProfileDocument, SetProfileValueDocument } from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { useDoing } from '../parts/doing.ts';
import { Choice, Form, TextArea, TextField } from '../parts/form.tsx';

type Field = NonNullable<MyProfileQuery['profileFields']>[number];
type Said = NonNullable<MyProfileQuery['currentUser']>['profile'][number];

interface ProfileFieldsProps {
  readonly fields: readonly Field[];
  readonly said: readonly Said[];
  readonly onChange: () => void;
}

/** The fields of profiles that the administrators have defined: those that they fill in can be read. */
export function ProfileFields({ fields, said, onChange }: ProfileFieldsProps) {
  const { settings: words } = useWords().screens;
  const id = useId();
  return (
    fields.length > 0 && (
      <section className="trumpet-screen-form" aria-labelledby={id}>
        <h2 id={id}>{words.moreOfYou}</h2>
        {fields.map((field) => (
          <OneField
            key={field.key}
            field={field}
            said={textOf(said.find(({ key }) => key === field.key))}
            onChange={onChange}
          />
        ))}
      </section>
    )
  );
}

/** As it is written in the form: a person by their username. */
const textOf = (said: Said | undefined): string =>
  said?.person ? `@${said.person.username}` : (said?.value ?? '');

interface OneFieldProps {
  readonly field: Field;
  readonly said: string;
  readonly onChange: () => void;
}

function OneField({ field, said, onChange }: OneFieldProps) {
  const { settings: words, save, saved, profile } = useWords().screens;
  const client = useClient();
  const [value, setValue] = useState(said);
  const saving = useDoing(async () => {
    await client.ask(SetProfileValueDocument, {
      input: { fieldKey: field.key, value: await answer() },
    });
    onChange();
  });

  async function answer(): Promise<string | null> {
    const written = value.trim();
    if (field.kind !== 'USER' || written === '') {
      return written || null;
    }
    const username = written.replace(/^@/, '');
    const { userByUsername } = await client.ask(ProfileDocument, { username });
    // What nobody is called the server refuses, and says so.
    return userByUsername?.id ?? written;
  }

  if (field.editedBy === 'ADMINISTRATORS') {
    return (
      <TextField
        label={field.label}
        hint={words.filledInForYou}
        readOnly
        dir="auto"
        value={value || profile.nothingSaid}
      />
    );
  }
  const hint = field.visibility === 'EVERYONE' ? undefined : words.seenBy[field.visibility];
  const shared = { label: field.label, hint, value, onChange: setValue, error: saving.error };
  return (
    <Form done={saving} submit={save} saved={saved} isToldAtField onSubmit={saving.run}>
      {field.kind === 'CHOICE' ? (
        <Choice
          {...shared}
          options={[
            ['', profile.nothingSaid],
            // What is no choice any more stays until another is made.
            ...[...new Set([...field.choices, ...(said ? [said] : [])])].map(
              (choice) => [choice ?? '', choice ?? ''] as const,
            ),
          ]}
        />
      ) : field.kind === 'LONG_TEXT' ? (
        <TextArea {...shared} maxLength={field.maxLength} dir="auto" rows={4} />
      ) : (
        <TextField
          {...shared}
          hint={field.kind === 'USER' ? words.personHint : hint}
          type={field.kind === 'URL' ? 'url' : field.kind === 'DATE' ? 'date' : 'text'}
          dir={field.kind === 'TEXT' ? 'auto' : 'ltr'}
          maxLength={field.kind === 'DATE' ? undefined : field.maxLength}
        />
      )}
    </Form>
  );
}
