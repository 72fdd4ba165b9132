/** A page of a connection of the API. */
export interface Page<T> {
  readonly nodes: readonly T[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** The things of all pages, up to a limit. */
export async function everyPage<T>(
  fetchPage: (after: string | null) => Promise<Page<T> | null | undefined>,
  limit = Number.POSITIVE_INFINITY,
): Promise<readonly T[]> {
  const things: T[] = [];
  for (let after: string | null = null; things.length < limit; ) {
    const page = await fetchPage(after);
    things.push(...(page?.nodes ?? []));
    if (!page?.pageInfo.hasNextPage) {
      break;
    }
    after = page.pageInfo.endCursor;
  }
  return things;
}
