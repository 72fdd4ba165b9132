import { useEffect, useMemo, useRef } from 'react';
import type { View } from 'trumpet-client';
import type { TypedDocumentString } from '../../generated.ts';
import { useClient, useView } from '../../trumpet.tsx';
import { type Answer, createQuestion } from './question.ts';

/** How many items a page of a list has. */
const PAGE_SIZE = 50;

export interface Asked<T> extends Answer<T> {
  /** Asks again, as after something was changed. */
  again(): void;
}

export interface Pages<T> extends Asked<readonly T[]> {
  readonly hasMore: boolean;
  more(): void;
}

export interface Connection<T> {
  readonly nodes: readonly T[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** What changed, and for what it may change: a view of the client. Not asked again for anything when left out. */
type Followed = View<unknown> | undefined;

/**
 * An answer of the server, asked for when the part is shown, again after the network was away, and when what is followed
 * has changed. The last answer stays until the next is there.
 */
export function useAsked<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  followed?: Followed,
): Asked<Result> {
  const client = useClient();
  return useQuestion(
    () => client.ask(document, variables),
    JSON.stringify([document, variables]),
    followed,
  );
}

/** A list of the server, page by page. `connectionOf` finds it in the answer. */
export function usePages<Result, Variables, T>(
  document: TypedDocumentString<Result, Variables>,
  variables: Omit<Variables, 'first' | 'after'>,
  connectionOf: (result: Result) => Connection<T> | null | undefined,
  followed?: Followed,
): Pages<T> {
  const client = useClient();
  return useList(
    async (first, after) => {
      const page = { ...variables, first, after } as Variables;
      return connectionOf(await client.ask(document, page)) ?? NO_ITEMS;
    },
    JSON.stringify([document, variables]),
    followed,
  );
}

/** A list without anything. */
export const NO_ITEMS: Connection<never> = {
  nodes: [],
  pageInfo: { hasNextPage: false, endCursor: null },
};

/**
 * A list that comes page by page, each asked for behind the end of the one before.
 *
 * @param key names what is asked: with another one it is another list
 */
export function useList<T>(
  askPage: (first: number, after: string | null) => Promise<Connection<T>>,
  key: string,
  followed?: Followed,
): Pages<T> {
  const wanted = useRef({ key, count: PAGE_SIZE });

  /** All pages from the first on, as many as were wanted: what has changed in them is then right. */
  async function ask(): Promise<{ readonly items: readonly T[]; readonly hasMore: boolean }> {
    const count = wanted.current.key === key ? wanted.current.count : PAGE_SIZE;
    const items: T[] = [];
    let after: string | null = null;
    let hasMore = true;
    while (hasMore && items.length < count) {
      const { nodes, pageInfo }: Connection<T> = await askPage(PAGE_SIZE, after);
      items.push(...nodes);
      hasMore = pageInfo.hasNextPage;
      after = pageInfo.endCursor;
    }
    return { items, hasMore };
  }

  const { value, ...asked } = useQuestion(ask, key, followed);
  return {
    ...asked,
    value: value?.items,
    hasMore: value?.hasMore ?? false,
    more() {
      wanted.current = { key, count: (value?.items.length ?? 0) + PAGE_SIZE };
      asked.again();
    },
  };
}

/** @param key names what is asked: with another one it is another question */
function useQuestion<T>(ask: () => Promise<T>, key: string, followed: Followed): Asked<T> {
  const client = useClient();
  const latest = useRef(ask);
  latest.current = ask;
  const known = useRef<T>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says when it is another question
  const question = useMemo(
    () => createQuestion(() => latest.current(), known.current),
    [client, key],
  );
  const answer = useView(question);
  known.current = answer.value;

  useEffect(() => {
    // Some things the client hears of only when somebody has looked at them.
    followed?.get();
    return followed?.subscribe(question.again);
  }, [followed, question]);

  useEffect(() => {
    let was = client.state.get();
    return client.state.subscribe(() => {
      const state = client.state.get();
      if (state === 'live' && was !== 'live') {
        question.again();
      }
      was = state;
    });
  }, [client, question]);

  // The socket of the client may have outlived what the question did not.
  useEffect(() => {
    const retry = () => {
      if (question.get().error !== undefined) {
        question.again();
      }
    };
    window.addEventListener('online', retry);
    return () => window.removeEventListener('online', retry);
  }, [question]);

  return { ...answer, again: question.again };
}
