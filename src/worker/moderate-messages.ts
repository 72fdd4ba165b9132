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
 * messages are due again later: after 10 seconds, 20, 40 and so on; after the twelfth try they stay as they are.
 */
export async function moderateMessages(pool: Pool, judge: Judge): Promise<void> {
  let claims: Claim[];
  do {
    claims = await claimBatch(pool);
    const judgements = await ask(judge, claims);
    if (judgements === undefined) {
      await giveUp(pool, claims);
      return;
    }
    for (const [index, claim] of claims.entries()) {
      await apply(pool, claim, judgements[index] ?? null);
    }
  } while (claims.length === BATCH_SIZE);
}

async function claimBatch(pool: Pool): Promise<Claim[]> {
  const { rows } = await pool.query<Claim>('select * from app_private.claim_for_moderation($1)', [
    BATCH_SIZE,
  ]);
  return rows;
}

/** One judgement a claim, null where there is no text, or undefined when there is no answer. */
async function ask(judge: Judge, claims: readonly Claim[]): Promise<Judgement[] | undefined> {
  const texts = claims.flatMap(({ content }) => content || []);
  try {
    const judgements = texts.length > 0 ? await judge(texts) : [];
    return claims.map(({ content }) => (content ? (judgements.shift() ?? null) : null));
  } catch (error) {
    log.warn({ event: 'moderation.unanswered', messages: texts.length, error });
    return undefined;
  }
}

async function apply(pool: Pool, claim: Claim, judgement: Judgement): Promise<void> {
  const { rows } = await pool.query<{ done: boolean }>(
    'select app_private.apply_moderation($1, $2, $3, $4) as done',
    [claim.message_id, claim.content, judgement?.action ?? null, judgement?.reason ?? null],
  );
  if (rows[0]?.done === true) {
    log.info({
      event: 'moderation.applied',
      messageId: claim.message_id,
      action: judgement?.action,
    });
  }
}

async function giveUp(pool: Pool, claims: readonly Claim[]): Promise<void> {
  const ids = claims.flatMap(({ message_id, tries }) => (tries < MAX_TRIES ? [] : message_id));
  if (ids.length > 0) {
    await pool.query('delete from app_private.moderation_queue where message_id = any ($1)', [ids]);
    log.error({ event: 'moderation.given_up', messages: ids.length });
  }
}
