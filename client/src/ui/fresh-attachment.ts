import { useCallback, useEffect, useState } from 'react';
import type { Client } from '../client.ts';
import { throwDefect } from '../errors.ts';
import { FilesDocument } from '../generated.ts';
import { useClient, useClientState } from '../react/index.ts';
import type { Attachment } from '../replica/model.ts';
import { readAttachment } from '../replica/read.ts';

/*
 * The addresses of files work for some minutes, and what is kept on a device may be older. They are asked for again,
 * once for all files of a message, when they are over or a file did not come.
 */

/** An address is asked for again this long before its end: fetching takes a while. */
const BEFORE_ITS_END_MS = 20_000;

/** A file whose addresses work, as far as can be told; null while they are asked for. */
export function useFreshAttachment(
  messageId: string,
  attachment: Attachment,
): readonly [file: Attachment | null, refresh: () => void] {
  const client = useClient();
  const state = useClientState();
  const [fetched, setFetched] = useState<Attachment | null>(null);
  const [hasRefreshed, setHasRefreshed] = useState(false);
  const file = fetched !== null && !isNewer(attachment, fetched) ? fetched : attachment;
  const isOver = file.status === 'READY' && isExpired(file.url);

  const fetchAnew = useCallback(async () => {
    const files = await fetchFiles(client, messageId);
    const found = files.find(({ id }) => id === attachment.id);
    if (found !== undefined) {
      setFetched(found);
    }
  }, [client, messageId, attachment.id]);

  useEffect(() => {
    if (isOver && state === 'live') {
      void fetchAnew();
    }
  }, [isOver, state, fetchAnew]);

  const refresh = useCallback(() => {
    if (!hasRefreshed) {
      setHasRefreshed(true);
      void fetchAnew();
    }
  }, [hasRefreshed, fetchAnew]);

  return [isOver ? null : file, refresh];
}

function isNewer(a: Attachment, b: Attachment): boolean {
  return endOf(a.url) > endOf(b.url) || (a.status !== b.status && a.status !== 'PROCESSING');
}

function isExpired(url: string | null): boolean {
  return endOf(url) < Date.now() + BEFORE_ITS_END_MS;
}

/** When an address ends, in milliseconds of the clock; never for one that does not say so. */
function endOf(url: string | null): number {
  if (url === null) {
    return 0;
  }
  const expires = URL.parse(url, globalThis.location?.href)?.searchParams.get('expires');
  return expires ? Number(expires) * 1000 : Number.POSITIVE_INFINITY;
}

const underWay = new Map<string, Promise<readonly Attachment[]>>();

function fetchFiles(client: Client, messageId: string): Promise<readonly Attachment[]> {
  const asked =
    underWay.get(messageId) ??
    askForFiles(client, messageId).finally(() => underWay.delete(messageId));
  underWay.set(messageId, asked);
  return asked;
}

async function askForFiles(client: Client, messageId: string): Promise<readonly Attachment[]> {
  try {
    const { message } = await client.ask(FilesDocument, { messageId });
    return message?.attachments.map(readAttachment) ?? [];
  } catch (error) {
    throwDefect(error);
    return []; // It is tried again when the file is looked at again.
  }
}
