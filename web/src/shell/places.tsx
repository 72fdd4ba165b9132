import { type ReactNode, Suspense, useEffect } from 'react';
import { throwDefect } from 'trumpet-client';
import { usePerson } from 'trumpet-client/react';
import { PersonAvatar } from 'trumpet-client/ui';
import { Link, useRoute } from 'wouter';
import { deferred } from '../deferred.tsx';
import { useClient, useView } from '../trumpet.tsx';
import { useWords } from '../words/words.tsx';

/** Drawn on 20 × 20 like the signs of the kit. */
const SIGNS = {
  search: 'M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4ZM12.7 12.7 16.5 16.5',
  explore: 'M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM12.8 7.2l-1.6 4-4 1.6 1.6-4Z',
  people:
    'M8 4.5a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4ZM3 16c.3-2.8 2.3-4.2 5-4.2s4.7 1.4 5 4.2M13 5a2.4 2.4 0 0 1 0 4.4M14.5 12c1.5.6 2.4 2 2.5 4',
  plus: 'M10 4.5v11M4.5 10h11',
  about: 'M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM10 9.2V13M10 6.9h.01',
};

const ThreadsPlace = deferred(() => import('../screens/threads/place.tsx'));

/** Where one can go from anywhere, above the rooms. */
export function Places() {
  const words = useWords();
  const client = useClient();
  const viewerId = useView(client.viewerId) ?? '';
  const isKnown = usePerson(viewerId) !== undefined;
  useEffect(() => {
    // Whoever has written nothing yet is in no room's history. Without the name there are no initials.
    if (!isKnown && viewerId !== '') {
      client.lookUp(viewerId).catch(throwDefect);
    }
  }, [client, isKnown, viewerId]);
  return (
    <nav aria-label={words.appName}>
      <div className="trumpet-shell-head">
        <Link href="/" className="trumpet-shell-home">
          <img src="/icon.svg" alt="" width="24" height="24" />
          {words.appName}
        </Link>
        <Place href="/search" label={words.search}>
          <Sign name="search" />
        </Place>
        <Place href="/explore" label={words.explore}>
          <Sign name="explore" />
        </Place>
        <Place href="/people" label={words.people}>
          <Sign name="people" />
        </Place>
        <Place href="/explore/new" label={words.newRoom}>
          <Sign name="plus" />
        </Place>
        <Place href="/settings" label={words.you}>
          <PersonAvatar userId={viewerId} size="small" />
        </Place>
      </div>
      <div className="trumpet-shell-threads">
        <Suspense>
          <ThreadsPlace />
        </Suspense>
      </div>
    </nav>
  );
}

interface PlaceProps {
  readonly href: string;
  readonly label: string;
  readonly children: ReactNode;
}

export function Place({ href, label, children }: PlaceProps) {
  const [isHere] = useRoute(href);
  return (
    <Link
      href={href}
      className="trumpet-shell-place"
      title={label}
      aria-current={isHere ? 'page' : undefined}
    >
      {children}
      <span className="trumpet-hidden">{label}</span>
    </Link>
  );
}

export function Sign({ name }: { readonly name: keyof typeof SIGNS }) {
  return (
    <svg className="trumpet-icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <path d={SIGNS[name]} />
    </svg>
  );
}
