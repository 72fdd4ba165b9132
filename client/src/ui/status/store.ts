import type { Client } from '../../client.ts';
import type { View } from '../../views.ts';
import { createAsking } from '../asking.ts';
import { StatusTextsDocument, type StatusTextsQuery } from './generated.ts';

/** What somebody says of themselves for now. */
export type StatusText = NonNullable<StatusTextsQuery['statusTexts']>[number];

/**
 * What the people say who are shown: asked for all together when the first of a screen is shown, and again when the server
 * tells that somebody says something else. Nothing is asked by the clock.
 */
export interface StatusStore {
  /** What a person says; undefined: nothing, or it is not known yet. */
  of(userId: string): View<StatusText | undefined>;
}

/** Who is shown within this time is asked for together, and who says something else is, too. */
const GATHER_MS = 50;
/** The longest that a browser's timer waits. */
const MOST_MS = 2 ** 31 - 1;
/** As many as a screen shows. */
const MAX_PEOPLE = 500;
/** As many as one answer has. */
const PEOPLE_OF_AN_ANSWER = 100;

const stores = new WeakMap<Client, StatusStore>();

/** The same for the same client. */
export function statusesOf(client: Client): StatusStore {
  const store = stores.get(client) ?? createStore(client);
  stores.set(client, store);
  return store;
}

function createStore(client: Client): StatusStore {
  const shown = new Map<string, Set<() => void>>();
  let known: ReadonlyMap<string, StatusText> = new Map();
  let asking: ReturnType<typeof setTimeout> | undefined;
  let ending: ReturnType<typeof setTimeout> | undefined;
  let stop = () => {};

  function set(texts: readonly StatusText[]): void {
    const before = known;
    known = new Map(
      texts
        .filter(({ endsAt }) => endsAt === null || Date.parse(endsAt) > Date.now())
        .map((status) => [status.userId, status]),
    );
    clearTimeout(ending);
    const ends = [...known.values()].flatMap(({ endsAt }) => endsAt ?? []).map(Date.parse);
    if (ends.length > 0) {
      // The server tells, too; where it is away nobody is shown what is over.
      const wait = Math.min(Math.max(0, Math.min(...ends) - Date.now()) + 1, MOST_MS);
      ending = setTimeout(() => set([...known.values()]), wait);
    }
    for (const [userId, listeners] of shown) {
      if (JSON.stringify(known.get(userId)) !== JSON.stringify(before.get(userId))) {
        listeners.forEach((listener) => {
          listener();
        });
      }
    }
  }

  const ask = createAsking(client, async () => {
    asking = undefined;
    const userIds = [...shown.keys()].slice(0, MAX_PEOPLE);
    if (userIds.length === 0) {
      return;
    }
    const parts = Array.from({ length: Math.ceil(userIds.length / PEOPLE_OF_AN_ANSWER) }, (_, at) =>
      userIds.slice(at * PEOPLE_OF_AN_ANSWER, (at + 1) * PEOPLE_OF_AN_ANSWER),
    );
    const answers = await Promise.all(
      parts.map((those) =>
        client.ask(StatusTextsDocument, { userIds: those, first: PEOPLE_OF_AN_ANSWER }),
      ),
    );
    set(answers.flatMap(({ statusTexts }) => statusTexts ?? []));
  });

  function askSoon(): void {
    asking ??= setTimeout(() => void ask(), GATHER_MS);
  }

  function watch(): () => void {
    const looks = [
      client.news('StatusTextEvent').subscribe(askSoon),
      client.state.subscribe(() => {
        if (client.state.get() === 'live') {
          askSoon();
        }
      }),
      client.viewerId.subscribe(() => {
        set([]);
        askSoon();
      }),
    ];
    return () => looks.forEach((end) => void end());
  }

  return {
    of: (userId) => ({
      get: () => known.get(userId),
      subscribe(listener) {
        if (shown.size === 0) {
          stop = watch();
        }
        const call = () => listener();
        const listeners = shown.get(userId) ?? new Set();
        if (listeners.size === 0) {
          shown.set(userId, listeners);
          askSoon();
        }
        listeners.add(call);
        return () => {
          listeners.delete(call);
          if (listeners.size === 0) {
            shown.delete(userId);
          }
          if (shown.size === 0) {
            clearTimeout(asking);
            clearTimeout(ending);
            asking = undefined;
            stop();
          }
        };
      },
    }),
  };
}
