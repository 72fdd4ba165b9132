import { type ReactNode, type SubmitEvent, useId, useState } from 'react';
import { useClient } from '../../react/index.ts';
import { useWords } from '../provider.tsx';
import { contactOf, placeOf, textOfContact, textOfPlace } from './shared.ts';
import { type SpecialWords, specialWords } from './words.ts';

export interface ShareProps {
  readonly kind: 'location' | 'contact';
  readonly roomId: string;
  /** What was written: the name of what is shared. */
  readonly name: string;
  readonly parentMessageId: string | undefined;
  readonly onShared: () => void;
}

type Field = readonly [name: keyof SpecialWords['fields'], type: string, limit: number];

const FIELDS: Readonly<Record<ShareProps['kind'], readonly Field[]>> = {
  location: [
    ['name', 'text', 500],
    ['address', 'text', 500],
    ['latitude', 'text', 20],
    ['longitude', 'text', 20],
  ],
  contact: [
    ['name', 'text', 500],
    ['organization', 'text', 500],
    ['title', 'text', 500],
    ['phones', 'tel', 200],
    ['emails', 'text', 500],
    ['address', 'text', 500],
    ['url', 'url', 500],
  ],
};
const NEEDED: readonly string[] = ['latitude', 'longitude'];

/** Sends a place, or the card of a person. It waits in the queue as any message does. */
export function Share({ kind, roomId, name, parentMessageId, onShared }: ShareProps): ReactNode {
  const said = specialWords(useWords().language);
  const client = useClient();
  const id = useId();
  const [values, setValues] = useState<Readonly<Record<string, string>>>({ name });
  const [error, setError] = useState('');
  const write = (more: Readonly<Record<string, string>>) => setValues({ ...values, ...more });

  function locate(): void {
    setError('');
    navigator.geolocation.getCurrentPosition(
      ({ coords }) =>
        write({
          latitude: coords.latitude.toFixed(6),
          longitude: coords.longitude.toFixed(6),
        }),
      () => setError(said.notLocated),
      { enableHighAccuracy: true, timeout: 20_000 },
    );
  }

  function share(event: SubmitEvent): void {
    event.preventDefault();
    const given = Object.fromEntries(
      Object.entries(values).flatMap(([field, value]) =>
        value.trim() === '' ? [] : [[field, read(field, value.trim())]],
      ),
    );
    const metadata = { [kind]: given };
    const place = placeOf(metadata);
    const contact = contactOf(metadata);
    if (
      place !== undefined &&
      !(Math.abs(place.latitude) <= 90 && Math.abs(place.longitude) <= 180)
    ) {
      setError(said.noPlace);
      return;
    }
    client.act({
      kind: 'send',
      roomId,
      content: place ? textOfPlace(place) : contact ? textOfContact(contact) : name,
      metadata,
      ...(parentMessageId !== undefined && { parentMessageId }),
    });
    onShared();
  }

  return (
    <form className="trumpet-make-poll" onSubmit={share}>
      {FIELDS[kind].map(([field, type, limit], at) => (
        <label key={field} htmlFor={`${id}-${field}`}>
          {said.fields[field]}
          <input
            id={`${id}-${field}`}
            className="trumpet-input"
            type={type}
            dir="auto"
            maxLength={limit}
            inputMode={NEEDED.includes(field) ? 'decimal' : undefined}
            required={NEEDED.includes(field) || (kind === 'contact' && at === 0)}
            value={values[field] ?? ''}
            onChange={({ target }) => write({ [field]: target.value })}
          />
        </label>
      ))}
      {kind === 'location' && 'geolocation' in navigator && (
        <button type="button" className="trumpet-button" onClick={locate}>
          {said.locate}
        </button>
      )}
      <button type="submit" className="trumpet-button trumpet-button-main">
        {said.share}
      </button>
      <p role="alert">{error}</p>
    </form>
  );
}

function read(field: string, value: string): unknown {
  switch (field) {
    case 'latitude':
    case 'longitude':
      return Number(value.replace(',', '.'));
    case 'phones':
    case 'emails':
      return value.split(/\s*[,;\n]\s*/).filter((each) => each !== '');
    default:
      return value;
  }
}
