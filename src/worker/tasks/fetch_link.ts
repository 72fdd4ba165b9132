import type { Task } from 'graphile-worker';
import { z } from 'zod';
import type { LinkSettings } from '../../config/links.ts';
import { type FetchPageOptions, fetchPage } from '../../links/fetch-page.ts';
import type { Page } from '../../links/page.ts';
import { log } from '../../process/log.ts';

const payloadShape = z.object({ id: z.uuid() });

/**
 * Fetches what an address leads to, unless that is known or nobody waits for it any more, and shows it in every message
 * that does.
 */
export function makeFetchLink(settings: LinkSettings): Task {
  return async function fetchLinkTask(payload, { query, abortSignal }) {
    const { id } = payloadShape.parse(payload);
    const { rows } = await query<{ url: string | null }>(
      'select app_private.begin_link($1) as url',
      [id],
    );
    const url = rows[0]?.url;
    if (url != null) {
      const page = await fetchKnown(url, { ...settings, signal: abortSignal });
      await query('select app_private.keep_link($1, $2, $3, $4)', [
        id,
        page?.title ?? null,
        page?.description ?? null,
        page?.siteName ?? null,
      ]);
    }
    let isLeft = true;
    while (isLeft) {
      const shown = await query<{ found: boolean }>('select app_private.show_link($1) as found', [
        id,
      ]);
      isLeft = shown.rows[0]?.found === true;
    }
    await query('select app_private.end_link($1)', [id]);
  };
}

/** Null for what cannot be fetched: people have to do without it. */
async function fetchKnown(url: string, options: FetchPageOptions): Promise<Page | null> {
  try {
    return await fetchPage(url, options);
  } catch (error) {
    if (options.signal?.aborted === true) {
      throw error; // The worker stops: the job is done again.
    }
    // Without the address, which is a part of what somebody wrote.
    log.info({ event: 'links.not_fetched', reason: error instanceof Error ? error.name : '' });
    return null;
  }
}
