import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import { isDatabaseError } from '../errors/from-sqlstate.ts';

/*
 * What a hook has to be asked about comes as a notice beside the error that refuses it: errors are written to the log of
 * Postgres, with all that is in them, and notices are not.
 */

/** The notice that has the question, and the SQLSTATE of the refusal. */
const NOTICE = 'trumpet.hook_question';
const UNASKED = 'TRHKS';

const questionShape = z.object({
  event: z.enum(['message', 'edit']),
  author_id: z.string(),
  room_id: z.string(),
  nonce: z.string().nullable(),
  request_hash: z.string(),
  hooks_version: z.string(),
  message: z.looseObject({ content: z.string() }),
});

/** What the hooks of a room are to be asked. The database has written it, and gets it back as it is. */
export type HookQuestion = z.infer<typeof questionShape>;

/** A message was refused because a hook has to be asked first. Nothing was done. */
export class UnaskedError extends Error {
  /** Undefined when the hooks were others a moment later: then the same is tried again. */
  readonly question: HookQuestion | undefined;

  constructor(question: HookQuestion | undefined, cause: unknown) {
    super('A hook has to be asked first', { cause });
    this.name = 'UnaskedError';
    this.question = question;
  }
}

/**
 * Runs what may send or edit a message, after the room's hooks have been asked where there are any.
 *
 * @param attempt one transaction that begins with these settings; run again when it throws UnaskedError
 */
export type AskFirst = <T>(
  attempt: (settings: Readonly<Record<string, string>>) => Promise<T>,
) => Promise<T>;

const questions = new WeakMap<PoolClient, string>();

/** Keeps what the connections of a pool are told to ask. For a pool that has none yet. */
export function rememberQuestions(pool: Pool): void {
  pool.on('connect', (client) => {
    client.on('notice', ({ message, detail }) => {
      if (message === NOTICE && detail !== undefined) {
        questions.set(client, detail);
      }
    });
  });
}

/** Works on one connection: what a statement is told to ask comes there. */
export async function onOneConnection<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    return await work(client);
  } catch (error) {
    throw withQuestion(client, error);
  } finally {
    client.release();
  }
}

/** The error of a transaction that failed on a connection: with the question, if that is why. */
export function withQuestion(client: PoolClient, error: unknown): unknown {
  if (!isDatabaseError(error) || error.code !== UNASKED) {
    return error;
  }
  const detail = questions.get(client);
  questions.delete(client);
  return new UnaskedError(
    detail === undefined ? undefined : questionShape.parse(JSON.parse(detail)),
    error,
  );
}
