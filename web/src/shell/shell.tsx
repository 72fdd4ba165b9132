import {
  type ComponentType,
  type ReactNode,
  Suspense,
  useCallback,
  useEffect,
  useRef,
} from 'react';
import { RoomList, Shortcuts, useShortcuts } from 'trumpet-client/ui';
import { Link, Route, Switch, useLocation, useRoute, useSearchParams } from 'wouter';
import { roomAddress } from '../addresses.ts';
import { deferred } from '../deferred.tsx';
import { Presence } from '../presence/presence.tsx';
import type { PanelProps } from '../screen.ts';
import { panels, screens } from '../screens/index.ts';
import { Developers } from '../sign-in/developers.tsx';
import { useClient, useView } from '../trumpet.tsx';
import { RoomView, ThreadPanel } from '../views.ts';
import { useWords } from '../words/words.tsx';
import { Banners } from './banners.tsx';
import { Barrier } from './barrier.tsx';
import { Places } from './places.tsx';
import { useTitle, useUnreadSigns } from './title.ts';

const SCREENS = screens.map(({ path, load }) => ({ path, Component: deferred(load) }));
const RoomLanding = deferred(() => import('../screens/rooms/room-landing.tsx'));
const PANELS: Readonly<Record<string, ComponentType<PanelProps>>> = {
  thread: ThreadPanel,
  ...Object.fromEntries(Object.entries(panels).map(([name, { load }]) => [name, deferred(load)])),
};

/** The three columns: rooms, what is looked at, and what belongs to it. On a phone one of them at a time. */
export default function Shell() {
  const words = useWords();
  const [location, go] = useLocation();
  const [, parameters] = useRoute('/r/:room/*?');
  const roomId = useRoomId(parameters?.room);
  const panel = usePanel(roomId);
  const root = useRef<HTMLDivElement>(null);
  const client = useClient();
  const rooms = useView(client.rooms);
  // Until the inbox has come for the first time, nobody knows what is not in it.
  const isWaiting = useView(client.state) !== 'live' && rooms.length === 0;
  useUnreadSigns();

  const openRoom = useCallback(
    (id: string) => {
      const room = client.room(id).get();
      if (room !== undefined) {
        go(roomAddress(room));
      }
    },
    [client, go],
  );
  const shortcuts = useShortcuts({ root, rooms, roomId: roomId ?? null, onOpenRoom: openRoom });

  useFocusKept(`${location} ${panel?.name} ${panel?.of}`);

  const at = location === '/' ? 'rooms' : panel === null ? 'main' : 'panel';
  return (
    <div ref={root} className="trumpet trumpet-shell" data-at={at}>
      <a className="trumpet-shell-skip" href="#main">
        {words.toMessages}
      </a>
      <Banners />
      <Presence />
      <div className="trumpet-shell-rooms">
        <Places />
        {isWaiting ? <Waiting /> : <RoomList roomId={roomId ?? null} onOpenRoom={openRoom} />}
      </div>
      <main className="trumpet-shell-both">
        <div id="main" className="trumpet-shell-main" tabIndex={-1}>
          {/* A message of a room is in the same room. */}
          <Part key={location.replace(/\/m\/\d+$/, '')}>
            <Switch>
              <Route path="/">
                <Empty onShowShortcuts={shortcuts.show} />
              </Route>
              <Route path="/r/:room/m/:seq">
                {({ room, seq }) => <RoomAt room={room} seq={readSeq(seq)} isWaiting={isWaiting} />}
              </Route>
              <Route path="/r/:room">
                {({ room }) => <RoomAt room={room} seq={undefined} isWaiting={isWaiting} />}
              </Route>
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
        </div>
        {panel !== null && (
          <div className="trumpet-shell-panel">
            <Part key={`${panel.roomId} ${panel.name} ${panel.of}`}>
              <panel.Component roomId={panel.roomId} of={panel.of} />
            </Part>
          </div>
        )}
      </main>
      <Shortcuts isOpen={shortcuts.isOpen} onClose={shortcuts.close} />
    </div>
  );
}

/** What had the focus may be gone with what was shown at another place: the keyboard then goes on from what is shown now. */
function useFocusKept(place: string): void {
  const before = useRef(place);
  useEffect(() => {
    if (before.current === place) {
      return undefined;
    }
    before.current = place;
    const frame = requestAnimationFrame(() => {
      if (document.activeElement === document.body) {
        document.getElementById('main')?.focus({ preventScroll: true });
      }
    });
    return () => cancelAnimationFrame(frame);
  }, [place]);
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
function usePanel(roomId: string | undefined) {
  const [search] = useSearchParams();
  const [name = '', of] = (search.get('panel') ?? '').split(':', 2);
  const Component = Object.hasOwn(PANELS, name) ? PANELS[name] : undefined;
  return Component === undefined || roomId === undefined ? null : { name, of, roomId, Component };
}

/** A room is addressed by its slug, or by its id where it has none. */
function useRoomId(room: string | undefined): string | undefined {
  const rooms = useView(useClient().rooms);
  return rooms.find(({ id, slug }) => id === room || (slug !== null && slug === room))?.id;
}

interface RoomAtProps {
  readonly room: string;
  readonly seq: number | undefined;
  readonly isWaiting: boolean;
}

function RoomAt({ room, seq, isWaiting }: RoomAtProps) {
  const roomId = useRoomId(room);
  if (roomId !== undefined) {
    return <RoomView key={roomId} roomId={roomId} seq={seq} />;
  }
  return isWaiting ? <Waiting /> : <RoomLanding slug={room} />;
}

/** Undefined where an address names no message. */
function readSeq(text: string): number | undefined {
  const seq = Number(text);
  return Number.isSafeInteger(seq) ? seq : undefined;
}

/** Nothing is here yet: it comes, or there is no network. */
function Waiting() {
  const words = useWords();
  const state = useView(useClient().state);
  return (
    <p className="trumpet-shell-note" role="status">
      {state === 'offline' ? words.kit.stateOffline : words.loading}
    </p>
  );
}

function Empty({ onShowShortcuts }: { readonly onShowShortcuts: () => void }) {
  const words = useWords();
  useTitle(words.appName);
  return (
    <div className="trumpet-shell-empty">
      <h1 className="trumpet-hidden">{words.appName}</h1>
      <div className="trumpet-shell-note">
        <p>{words.chooseRoom}</p>
        <button type="button" className="trumpet-link" onClick={onShowShortcuts}>
          {words.kit.shortcuts}
        </button>
      </div>
      <Developers />
    </div>
  );
}

function NotFound() {
  const words = useWords();
  return (
    <div className="trumpet-shell-note">
      <h1>{words.noSuchPage}</h1>
      <Link href="/" className="trumpet-link">
        {words.toInbox}
      </Link>
    </div>
  );
}
