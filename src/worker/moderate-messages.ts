import type { Pool } from 'pg';
import type { Judgement } from '../moderation/formats.ts';
import type { Judge } from '../moderation/service.ts';
import { log } from '../process/log.ts';

/** As many as OpenAI takes at once. */
const BATCH_SIZE = 32;
/** About five hours, with the pauses that claim_for_moderation makes. */
const MAX_TRIES = 12;

interface Claim {
  readonly message_id: string;
  /** Null when it was deleted meanwhile. */
  readonly content: string | null;
  readonly tries: number;
}

/** Begins to note messages for the moderation service, or stops. */
export async function setModerationHook(pool: Pool, isOn: boolean): Promise<void> {
  await pool.query('select app_private.set_moderation_hook($1)', [isOn]);
}

/**
 * Asks the moderation service about every message that is due, and does what it says. When it does not answer, the
 * messages are due again later: after 10 seconds, 20, 40 and so on, fewer at once each time; after the twelfth try they
 * stay as they are.
 */
export async function moderateMessages(pool: Pool, judge: Judge, timeoutMs: number): Promise<void> {
  for (;;) {
    const claims = await claimBatch(pool, timeoutMs);
    if (claims.length === 0) {
      return;
    }
    const judgements = await ask(judge, claims);
    const failed: Claim[] = [];
    for (const [index, claim] of claims.entries()) {
      const judgement = judgements[index] ?? null;
      if (judgement === 'unreadable' || !(await isApplied(pool, claim, judgement))) {
        failed.push(claim);
      }
    }
    await giveUp(pool, failed);
  }
}

async function claimBatch(pool: Pool, timeoutMs: number): Promise<Claim[]> {
  const { rows } = await pool.query<Claim>(
    "select * from app_private.claim_for_moderation($1, $2 * interval '1 ms')",
    [BATCH_SIZE, timeoutMs],
  );
  return rows;
}

/** One judgement a claim, null where there is no text. Nothing can be read in an answer that does not come. */
async function ask(judge: Judge, claims: readonly Claim[]): Promise<readonly Judgement[]> {
  const texts = claims.flatMap(({ content }) => content || []);
  try {
    const judgements = texts.length > 0 ? await judge(texts) : [];
    const unreadable = judgements.filter((judgement) => judgement === 'unreadable').length;
    if (unreadable > 0) {
      log.warn({ event: 'moderation.unreadable', messages: unreadable });
    }
    return claims.map(({ content }) => (content ? (judgements.shift() ?? null) : null));
  } catch (error) {
    log.warn({ event: 'moderation.unanswered', messages: texts.length, error });
    return claims.map(({ content }) => (content ? 'unreadable' : null));
  }
}

/** False when it has to be done again: the room is locked for long, say. */
async function isApplied(
  pool: Pool,
  { message_id: messageId, content, tries }: Claim,
  judgement: Exclude<Judgement, 'unreadable'>,
): Promise<boolean> {
  const { action, reason } = judgement ?? { action: null, reason: null };
  try {
    const { rows } = await pool.query<{ done: boolean }>(
      'select app_private.apply_moderation($1, $2, $3, $4, $5) as done',
      [messageId, content, tries, action, reason],
    );
    if (rows[0]?.done === true) {
      log.info({ event: 'moderation.applied', messageId, action });
    }
    return true;
  } catch (error) {
    log.warn({ event: 'moderation.not_applied', messageId, error });
    return false;
  }
}

async function giveUp(pool: Pool, claims: readonly Claim[]): Promise<void> {
  const ids = claims.flatMap(({ message_id, tries }) => (tries < MAX_TRIES ? [] : message_id));
  if (ids.length > 0) {
    await pool.query('delete from app_private.moderation_queue where message_id = any ($1)', [ids]);
    log.error({ event: 'moderation.given_up', messages: ids.length });
  }
}
