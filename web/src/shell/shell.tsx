import { lazy, type ReactNode, Suspense } from 'react';
import { Link, Route, Switch, useLocation, useRoute, useSearchParams } from 'wouter';
import { RoomView } from '../room/room-view.tsx';
import { Rooms } from '../room/rooms.tsx';
import { panels, screens } from '../screens/index.ts';
import { useClient, useView } from '../trumpet.tsx';
import { useWords } from '../words/words.tsx';
import { Banners } from './banners.tsx';
import { Barrier } from './barrier.tsx';
import { useUnreadSigns } from './title.ts';

const SCREENS = screens.map(({ path, load }) => ({ path, Component: lazy(load) }));
const RoomLanding = lazy(() => import('../screens/rooms/room-landing.tsx'));
const PANELS = Object.fromEntries(
  Object.entries(panels).map(([name, { load }]) => [name, lazy(load)]),
);

/** The three columns: rooms, what is looked at, and what belongs to it. On a phone one of them at a time. */
export function Shell() {
  const [location] = useLocation();
  const panel = usePanel();
  useUnreadSigns();
  const at = location === '/' ? 'rooms' : panel === null ? 'main' : 'panel';
  return (
    <div className="trumpet trumpet-shell" data-at={at}>
      <Banners />
      <nav className="trumpet-shell-rooms">
        <Rooms />
      </nav>
      <main className="trumpet-shell-main">
        <Part key={location}>
          <Switch>
            <Route path="/">
              <Empty />
            </Route>
            <Route path="/r/:room/m/:seq">
              {({ room, seq }) => <RoomAt room={room} seq={Number(seq)} />}
            </Route>
            <Route path="/r/:room">{({ room }) => <RoomAt room={room} seq={undefined} />}</Route>
            {SCREENS.map(({ path, Component }) => (
              <Route key={path} path={path}>
                <Component />
              </Route>
            ))}
            <Route>
              <NotFound />
            </Route>
          </Switch>
        </Part>
      </main>
      {panel !== null && (
        <aside className="trumpet-shell-panel">
          <Part key={`${location} ${panel.name} ${panel.of}`}>
            <panel.Component roomId={panel.roomId} of={panel.of} />
          </Part>
        </aside>
      )}
    </div>
  );
}

/** A part of the page that may still be on its way, and that may fail without the others. */
function Part({ children }: { readonly children: ReactNode }) {
  const words = useWords();
  return (
    <Barrier>
      <Suspense fallback={<p className="trumpet-shell-note">{words.loading}</p>}>
        {children}
      </Suspense>
    </Barrier>
  );
}

/** What `?panel=name` or `?panel=name:of` names beside a room, if there is such a thing. */
function usePanel() {
  const [isInRoom, parameters] = useRoute('/r/:room/*?');
  const [search] = useSearchParams();
  const roomId = useRoomId(isInRoom ? parameters.room : undefined);
  const [name = '', of] = (search.get('panel') ?? '').split(':', 2);
  const Component = PANELS[name];
  return Component === undefined || roomId === undefined ? null : { name, of, roomId, Component };
}

/** A room is addressed by its slug, or by its id where it has none. */
function useRoomId(room: string | undefined): string | undefined {
  const rooms = useView(useClient().rooms);
  return rooms.find(({ id, slug }) => id === room || (slug !== null && slug === room))?.id;
}

function RoomAt({ room, seq }: { readonly room: string; readonly seq: number | undefined }) {
  const roomId = useRoomId(room);
  return roomId === undefined ? (
    <RoomLanding slug={room} />
  ) : (
    <RoomView key={roomId} roomId={roomId} seq={seq} />
  );
}

function Empty() {
  const words = useWords();
  return <p className="trumpet-shell-note">{words.chooseRoom}</p>;
}

function NotFound() {
  const words = useWords();
  return (
    <div className="trumpet-shell-note">
      <p>{words.noSuchPage}</p>
      <Link href="/">{words.toInbox}</Link>
    </div>
  );
}
