import type { Client } from '../../client.ts';
import { everyPage } from '../../every-page.ts';
import type { View } from '../../views.ts';
import { createAsking } from '../asking.ts';
import { RoomArrangementsDocument } from './generated.ts';
import { noteArrangement, readArrangement } from './noted.ts';
import type { Arrangements, RoomArrangement } from './sections.ts';

/** How a person has arranged their rooms: asked for when somebody looks, and again when they arrange it elsewhere. */
export interface ArrangementStore extends View<Arrangements> {
  /** Asks again, such as after it was changed here. Never rejects. */
  refresh(): Promise<void>;
}

const ROOMS_OF_A_PAGE = 100;
const NOTHING: Arrangements = new Map();
const stores = new WeakMap<Client, ArrangementStore>();

/** The same for the same client. */
export function arrangementOf(client: Client): ArrangementStore {
  const store = stores.get(client) ?? createStore(client);
  stores.set(client, store);
  return store;
}

function createStore(client: Client): ArrangementStore {
  const listeners = new Set<() => void>();
  let viewerId = client.viewerId.get();
  let known = readNoted(viewerId);
  let stop = () => {};

  function set(arrangements: Arrangements): void {
    known = arrangements;
    listeners.forEach((listener) => {
      listener();
    });
  }

  const refresh = createAsking(client, async () => {
    if (viewerId === null) {
      return;
    }
    const asker = viewerId;
    const nodes = await everyPage<RoomArrangement>(
      async (after) =>
        (await client.ask(RoomArrangementsDocument, { first: ROOMS_OF_A_PAGE, after }))
          .roomArrangements,
    );
    if (asker === viewerId) {
      noteArrangement(asker, nodes);
      set(byRoom(nodes));
    }
  });

  function watch(): () => void {
    const looks = [
      client.news('PersonalEvent').subscribe(() => void refresh()),
      client.state.subscribe(() => {
        if (client.state.get() === 'live') {
          void refresh();
        }
      }),
      client.viewerId.subscribe(() => {
        if (client.viewerId.get() !== viewerId) {
          viewerId = client.viewerId.get();
          set(readNoted(viewerId));
          void refresh();
        }
      }),
    ];
    void refresh();
    return () => looks.forEach((end) => void end());
  }

  return {
    get: () => known,
    subscribe(listener) {
      const call = () => listener();
      if (listeners.size === 0) {
        stop = watch();
      }
      listeners.add(call);
      return () => {
        listeners.delete(call);
        if (listeners.size === 0) {
          stop();
        }
      };
    },
    refresh,
  };
}

function readNoted(viewerId: string | null): Arrangements {
  return viewerId === null ? NOTHING : byRoom(readArrangement(viewerId));
}

function byRoom(nodes: readonly RoomArrangement[]): Arrangements {
  return new Map(nodes.map((node) => [node.roomId, node]));
}
