/** A place that a message shares. docs/concepts/message-kinds.md has the shape. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
  readonly name?: string;
  readonly address?: string;
}

/** The card of a person or a firm that a message shares. */
export interface Contact {
  readonly name: string;
  readonly organization?: string;
  readonly title?: string;
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  readonly address?: string;
  readonly url?: string;
}

/** What the database has let in is as it should be; what an import has brought may not be: then there is none. */
export function placeOf(metadata: unknown): Place | undefined {
  const { latitude, longitude, name, address } = partOf(metadata, 'location');
  return typeof latitude === 'number' && typeof longitude === 'number'
    ? { latitude, longitude, ...texts({ name, address }) }
    : undefined;
}

export function contactOf(metadata: unknown): Contact | undefined {
  const { name, organization, title, phones, emails, address, url } = partOf(metadata, 'contact');
  const isWeb = typeof url === 'string' && /^https?:\/\//.test(url);
  return typeof name === 'string'
    ? {
        name,
        ...texts({ organization, title, address, url: isWeb ? url : undefined }),
        phones: textsOf(phones),
        emails: textsOf(emails),
      }
    : undefined;
}

/** The text of the message beside it, for whatever shows no cards: notifications, search, other clients. */
export function textOfPlace({ latitude, longitude, name, address }: Place): string {
  return [name, address].filter(Boolean).join(', ') || `${latitude}, ${longitude}`;
}

export function textOfContact({ name, phones, emails }: Contact): string {
  return [name, ...phones, ...emails].join(', ');
}

/** Where a place is shown: on the map that the installation has chosen, or in whatever the device has for it. */
export function mapAddress(pattern: string | null, place: Place): string {
  const [latitude, longitude] = [place.latitude, place.longitude].map(inDegrees) as [
    string,
    string,
  ];
  return pattern === null
    ? `geo:${latitude},${longitude}`
    : pattern.replaceAll('{latitude}', latitude).replaceAll('{longitude}', longitude);
}

/** To a centimetre. Close to nothing JavaScript writes 1e-7, which no map reads. */
const inDegrees = (degrees: number) => String(Number(degrees.toFixed(7))).replace(/^.*e.*$/, '0');

/** As vCard 4.0 (RFC 6350) has it, for the address book of the device. */
export function vCardOf(contact: Contact): string {
  const escaped = (text: string) =>
    text.replace(/[\\;,]/g, (mark) => `\\${mark}`).replace(/\r?\n/g, '\\n');
  const line = (name: string, text: string | undefined) =>
    text === undefined ? [] : [`${name}:${escaped(text)}`];
  return [
    'BEGIN:VCARD',
    'VERSION:4.0',
    ...line('FN', contact.name),
    ...line('ORG', contact.organization),
    ...line('TITLE', contact.title),
    ...contact.phones.flatMap((phone) => line('TEL', phone)),
    ...contact.emails.flatMap((email) => line('EMAIL', email)),
    ...(contact.address === undefined ? [] : [`ADR:;;${escaped(contact.address)};;;;`]),
    ...(contact.url === undefined ? [] : [`URL:${contact.url}`]),
    'END:VCARD',
    '',
  ].join('\r\n');
}

function partOf(metadata: unknown, name: string): Record<string, unknown> {
  const part = (metadata as Record<string, unknown> | null)?.[name];
  return typeof part === 'object' && part !== null ? (part as Record<string, unknown>) : {};
}

function texts(parts: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parts).filter(
      (part): part is [string, string] => typeof part[1] === 'string' && part[1] !== '',
    ),
  );
}

function textsOf(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
}
