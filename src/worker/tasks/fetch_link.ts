import type { Task } from 'graphile-worker';
import { z } from 'zod';
import type { LinkSettings } from '../../config/links.ts';
import { type FetchPageOptions, fetchPage } from '../../links/fetch-page.ts';
import type { Page } from '../../links/page.ts';
import type { MakeThumbnail, Thumbnail } from '../../links/thumbnail.ts';
import { log } from '../../process/log.ts';

const payloadShape = z.object({ id: z.uuid() });

/**
 * Fetches what an address leads to, unless that is known or nobody waits for it any more, and shows it in every message
 * that does.
 */
/** @param makeThumbnail left out where there is nowhere to put it: previews have no pictures */
export function makeFetchLink(settings: LinkSettings, makeThumbnail?: MakeThumbnail): Task {
  return async function fetchLinkTask(payload, { query, abortSignal }) {
    const { id } = payloadShape.parse(payload);
    const { rows } = await query<{ url: string | null }>(
      'select app_private.begin_link($1) as url',
      [id],
    );
    const url = rows[0]?.url;
    if (url != null) {
      const options = { ...settings, signal: abortSignal };
      const page = await orNothing(() => fetchPage(url, options), options);
      const picture = page?.picture;
      const thumbnail: Thumbnail | null =
        picture == null || makeThumbnail === undefined
          ? null
          : await orNothing(() => makeThumbnail(picture, { ...options, query }), options);
      await query('select app_private.keep_link($1, $2, $3, $4, $5, $6, $7)', [
        id,
        page?.title ?? null,
        page?.description ?? null,
        page?.siteName ?? null,
        thumbnail?.id ?? null,
        thumbnail?.width ?? null,
        thumbnail?.height ?? null,
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
async function orNothing<Fetched extends Page | Thumbnail>(
  fetch: () => Promise<Fetched | null>,
  options: FetchPageOptions,
): Promise<Fetched | null> {
  try {
    return await fetch();
  } catch (error) {
    if (options.signal?.aborted === true) {
      throw error; // The worker stops: the job is done again.
    }
    // Without the address, which is a part of what somebody wrote.
    log.info({ event: 'links.not_fetched', reason: error instanceof Error ? error.name : '' });
    return null;
  }
}
