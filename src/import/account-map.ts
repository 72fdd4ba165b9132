import { readFile } from 'node:fs/promises';
import type pg from 'pg';
import { isUuid } from '../database/uuid.ts';
import { StartError } from '../process/start-error.ts';

/** Which account here a person of the source has: its id by the person's source id. */
export type AccountMap = ReadonlyMap<string, string>;

interface Line {
  readonly number: number;
  readonly sourceId: string;
  /** A username, or an id. */
  readonly account: string;
}

/** The lines `U024BE7LH,alice` of a map. Blank ones and those that begin with # are passed over. */
export function parseAccountMap(text: string): { lines: Line[]; problems: string[] } {
  const lines: Line[] = [];
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const [index, written] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = written.trim();
    if (line === '' || line.startsWith('#')) {
      continue;
    }
    // An id may have commas, such as that of an integration with its name; a username has none.
    const at = line.lastIndexOf(',');
    const [sourceId, account] = [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    if (at < 0 || sourceId === '' || account === '') {
      problems.push(`line ${index + 1} is not SOURCE ID,ACCOUNT`);
    } else if (seen.has(sourceId)) {
      problems.push(`line ${index + 1} names ${sourceId} again`);
    } else {
      seen.add(sourceId);
      lines.push({ number: index + 1, sourceId, account });
    }
  }
  return { lines, problems };
}

/**
 * Reads a map, and finds its accounts.
 *
 * @throws StartError that lists all lines that are no good: nothing is brought in by half of a map
 */
export async function readAccountMap(
  path: string,
  database: Pick<pg.Pool, 'query'>,
): Promise<AccountMap> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new StartError(`${path} cannot be read: ${error.message}`, { cause: error });
  });
  const { lines, problems } = parseAccountMap(text);
  const { rows } = await database.query<{ id: string; username: string }>(
    `select id, lower(username::text) as username from app_public.users
      where deleted_at is null and workspace_id = app_hidden.current_workspace_id()
        and (username = any ($1::citext[]) or id = any ($2::uuid[]))`,
    [
      lines.map(({ account }) => account),
      lines.map(({ account }) => account).filter((account) => isUuid(account)),
    ],
  );
  const ids = new Map(
    rows.flatMap(({ id, username }) => [[username, id] as const, [id, id] as const]),
  );
  const map = new Map<string, string>();
  const takenBy = new Map<string, string>();
  for (const { number, sourceId, account } of lines) {
    const id = ids.get(account.toLowerCase());
    const other = id === undefined ? undefined : takenBy.get(id);
    if (id === undefined) {
      problems.push(`line ${number}: there is no account ${account}`);
    } else if (other !== undefined) {
      problems.push(`line ${number}: ${account} is ${other} already`);
    } else {
      map.set(sourceId, id);
      takenBy.set(id, sourceId);
    }
  }
  if (problems.length > 0) {
    throw new StartError([`${path}:`, ...problems.map((problem) => `  ${problem}.`)].join('\n'));
  }
  return map;
}
