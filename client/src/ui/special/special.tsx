import { type ReactNode, type RefObject, useEffect, useState } from 'react';
import type { Client } from '../../client.ts';
import { throwDefect } from '../../errors.ts';
import { useClient, useMessage, usePerson } from '../../react/index.ts';
import type { ShownMessage } from '../../shown.ts';
import type { RowDeeds } from '../messages/message-row.tsx';
import type { Row } from '../messages/rows.ts';
import { nameOfPerson, usePersonName } from '../names.ts';
import { useWords } from '../provider.tsx';
import { count, fill } from '../words/plural.ts';
import { MapAddressDocument } from './generated.ts';
import {
  type Contact,
  contactOf,
  mapAddress,
  type Place,
  placeOf,
  textOfContact,
  textOfPlace,
  vCardOf,
} from './shared.ts';
import SystemLine from './system-line.tsx';
import { type SystemMessage, systemMessageOf, systemText } from './system-text.ts';
import { type SpecialWords, specialWords } from './words.ts';

export interface SpecialProps {
  readonly message: Pick<
    ShownMessage,
    'roomId' | 'authorId' | 'content' | 'metadata' | 'messageType'
  >;
  /** Those who came and went, and are told together with it. */
  readonly crowd?: Row['crowd'];
  readonly tabIndex: number;
  readonly deeds: RefObject<RowDeeds>;
  /** The message as a text. */
  readonly children: ReactNode;
}

/** A message whose metadata says more than its text: what happened in the room, a place or a contact. */
export default function Special(props: SpecialProps): ReactNode {
  const { message, crowd, tabIndex, deeds, children } = props;
  const { metadata, content, messageType } = message;
  if (crowd !== undefined) {
    return <Crowd crowd={crowd} tabIndex={tabIndex} />;
  }
  if (messageType === 'SYSTEM') {
    const system = systemMessageOf(metadata);
    return system === undefined ? (
      children
    ) : (
      <System message={message} system={system} tabIndex={tabIndex} deeds={deeds} />
    );
  }
  const place = placeOf(metadata);
  const contact = contactOf(metadata);
  return (
    <>
      {content !== (place && textOfPlace(place)) &&
        content !== (contact && textOfContact(contact)) &&
        children}
      {place !== undefined && <PlaceCard place={place} tabIndex={tabIndex} />}
      {contact !== undefined && <ContactCard contact={contact} tabIndex={tabIndex} />}
    </>
  );
}

interface CrowdProps {
  readonly crowd: NonNullable<Row['crowd']>;
  readonly tabIndex: number;
}

/** Who came and who went: two by name, the others by number; each one when that is asked for. */
function Crowd({ crowd, tabIndex }: CrowdProps): ReactNode {
  const said = specialWords(useWords().language);
  const [isOpen, setIsOpen] = useState(false);
  const [joined, left] = ['MEMBER_JOINED', 'MEMBER_LEFT'].map((kind) => [
    ...new Set(
      crowd
        .filter(({ metadata }) => systemMessageOf(metadata)?.kind === kind)
        .map(({ authorId }) => authorId),
    ),
  ]) as [string[], string[]];
  return (
    <div className="trumpet-text" dir="auto">
      {isOpen ? (
        crowd.map((message) => (
          <p key={message.key}>
            <SystemLine message={message} />
          </p>
        ))
      ) : (
        <p>
          {joined.length > 0 && <Together ids={joined} said={said} kind="joined" />}{' '}
          {left.length > 0 && <Together ids={left} said={said} kind="left" />}
        </p>
      )}
      <button
        type="button"
        className="trumpet-message-show"
        tabIndex={tabIndex}
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        {isOpen ? said.together : said.eachOne}
      </button>
    </div>
  );
}

interface TogetherProps {
  readonly ids: readonly string[];
  readonly kind: 'joined' | 'left';
  readonly said: SpecialWords;
}

function Together({ ids, kind, said }: TogetherProps): ReactNode {
  const { language } = useWords();
  const name = usePersonName(ids[0] ?? '');
  const second = usePersonName(ids[1] ?? '');
  if (ids.length === 1) {
    return fill(said[kind], { name });
  }
  const { two, more } = said.several[kind];
  return ids.length === 2
    ? fill(two, { name, second })
    : count(language, more, ids.length - 2, { name, second });
}

interface SystemProps extends Omit<SpecialProps, 'children' | 'crowd'> {
  readonly system: SystemMessage;
}

function System({ message, system, tabIndex, deeds }: SystemProps): ReactNode {
  const words = useWords();
  const author = usePerson(message.authorId);
  const name = nameOfPerson(words, author);
  const pinned = useMessage(message.roomId, system.messageId ?? null);
  const seq = pinned?.seq ?? null;
  return (
    <div className="trumpet-text" dir="auto">
      <p>
        {systemText(words.language, system, name) ?? message.content}{' '}
        {seq !== null && (
          <button
            type="button"
            className="trumpet-message-show"
            tabIndex={tabIndex}
            onClick={() => deeds.current.jumpTo(seq)}
          >
            {specialWords(words.language).goToPinned}
          </button>
        )}
      </p>
    </div>
  );
}

function PlaceCard({
  place,
  tabIndex,
}: {
  readonly place: Place;
  readonly tabIndex: number;
}): ReactNode {
  const said = specialWords(useWords().language);
  const pattern = useMapAddress();
  const { latitude, longitude, name, address } = place;
  return (
    <div className="trumpet-card">
      <strong>
        <CardIcon path="M10 17s5-4.7 5-9A5 5 0 0 0 5 8c0 4.3 5 9 5 9ZM10 6.5a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4Z" />{' '}
        <bdi>{name ?? said.place}</bdi>
      </strong>
      {address !== undefined && <span dir="auto">{address}</span>}
      <small dir="ltr">
        {latitude.toFixed(5)}, {longitude.toFixed(5)}
      </small>
      {pattern !== undefined && (
        <a
          href={mapAddress(pattern, place)}
          target="_blank"
          rel="noopener noreferrer nofollow ugc"
          tabIndex={tabIndex}
        >
          {said.onMap}
        </a>
      )}
    </div>
  );
}

function ContactCard({
  contact,
  tabIndex,
}: {
  readonly contact: Contact;
  readonly tabIndex: number;
}): ReactNode {
  const said = specialWords(useWords().language);
  const { name, organization, title, phones, emails, address, url } = contact;
  const work = [title, organization].filter(Boolean).join(', ');
  return (
    <div className="trumpet-card">
      <strong>
        <CardIcon path="M10 3.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM4 16.5c0-3 2.7-4.5 6-4.5s6 1.5 6 4.5" />{' '}
        <bdi>{name}</bdi>
      </strong>
      {work !== '' && <span dir="auto">{work}</span>}
      {phones.map((phone) => (
        <a key={phone} dir="ltr" href={`tel:${phone.replace(/\s/g, '')}`} tabIndex={tabIndex}>
          {phone}
        </a>
      ))}
      {emails.map((email) => (
        <a key={email} dir="ltr" href={addressOf(email)} tabIndex={tabIndex}>
          {email}
        </a>
      ))}
      {address !== undefined && <span dir="auto">{address}</span>}
      {url !== undefined && (
        <a
          dir="ltr"
          href={url}
          target="_blank"
          rel="noopener noreferrer nofollow ugc"
          tabIndex={tabIndex}
        >
          {url}
        </a>
      )}
      <button
        type="button"
        className="trumpet-message-show"
        tabIndex={tabIndex}
        onClick={() => save(contact)}
      >
        {said.saveContact}
      </button>
    </div>
  );
}

/** The sign between the two parts stays one (RFC 6068). */
const addressOf = (email: string) => `mailto:${email.split('@').map(encodeURIComponent).join('@')}`;

/** As the icons of the kit, of which these two are fetched with what shows them. */
function CardIcon({ path }: { readonly path: string }): ReactNode {
  return (
    <svg
      className="trumpet-icon"
      viewBox="0 0 20 20"
      width="20"
      height="20"
      aria-hidden="true"
      focusable="false"
    >
      <path d={path} />
    </svg>
  );
}

function save(contact: Contact): void {
  const address = URL.createObjectURL(new Blob([vCardOf(contact)], { type: 'text/vcard' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = `${contact.name.replace(/[/\\:*?"<>|]/g, ' ').trim()}.vcf`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

const patterns = new WeakMap<Client, Promise<string | null>>();

/** Where maps are, as the installation has it: asked once. Undefined until it is known. */
function useMapAddress(): string | null | undefined {
  const client = useClient();
  const [pattern, setPattern] = useState<string | null>();
  useEffect(() => {
    let isShown = true;
    const asked =
      patterns.get(client) ??
      client.ask(MapAddressDocument, {}).then(
        (answer) => answer.mapAddress,
        (error) => {
          throwDefect(error);
          patterns.delete(client);
          return null; // The device may have a map.
        },
      );
    patterns.set(client, asked);
    asked.then((found) => isShown && setPattern(found)).catch(throwDefect);
    return () => {
      isShown = false;
    };
  }, [client]);
  return pattern;
}
