import type { Pool } from 'pg';
import { z } from 'zod';
import type { WebhookSettings } from '../config/webhooks.ts';
import { runBatches } from '../database/batches.ts';
import { onOneConnection } from '../database/unasked.ts';
import { TrumpetError } from '../errors/codes.ts';
import { log } from '../process/log.ts';
import { createGuardedClient, type GuardedClientOptions } from '../push/guarded-request.ts';
import { CHANGE_COLUMNS, type ChangeRow, eventOfChange } from '../realtime/log/events.ts';
import { createBeforeSend } from './before-send.ts';
import { deliver, type Outcome } from './delivery.ts';
import type { ComputeFrame } from './frames.ts';

/*
 * Every webhook has a queue of its own: the rooms where something is new for it. A worker tells a webhook of a few rooms at
 * a time, of each room in the order of its log. Where nothing is taken, only these few places are waited at; a claim ends
 * by itself when its worker does.
 */

/** A room gives its place to the next after so many changes. */
const CHANGES_A_TURN = 64;
/** What a claim lasts longer than an answer may take: for computing, and for a busy database. */
const CLAIM_SPARE_MS = 5_000;
/** How long until a change is computed again that could not be. */
const UNCOMPUTED_WAIT_MS = 5_000;
/** A text of 8,000 characters, each of them written as two escapes, and what is beside it. */
const ANSWER_CAP_BYTES = 131_072;
/** What is not answered by then is told by another worker. */
const SHUTDOWN_TIMEOUT_MS = 4_000;

export interface Telling {
  /** Looks for what is new, and begins to tell it. Does not wait for any webhook. */
  tellDue(): Promise<void>;
  /** Resolves when nobody is being told anything any more. */
  settled(): Promise<void>;
  /** Begins nothing any more, and waits for what is under way, at most four seconds. */
  stop(): Promise<void>;
}

export interface TellingOptions
  extends WebhookSettings,
    Pick<GuardedClientOptions, 'resolve' | 'ca'> {
  /** Connections of the owner. */
  readonly pool: Pool;
  /** Called when there is something to tell for the first time. */
  readonly openFrames: () => Promise<ComputeFrame>;
}

interface Claim {
  readonly webhookId: string;
  readonly roomId: string;
  readonly claimId: string;
}

interface Due extends ChangeRow {
  readonly url: string;
  readonly secrets: readonly Buffer[];
}

interface AskedOfBot {
  readonly interactionId: string;
  readonly claimId: string;
  readonly url: string;
  readonly secrets: readonly Buffer[];
  readonly frame: object;
}

const answerShape = z.object({
  content: z.string().nullish(),
  is_for_room: z.boolean().nullish(),
  components: z.array(z.unknown()).nullish(),
});

interface BotAnswer {
  readonly content: string | null;
  readonly isForRoom: boolean;
  /** As JSON. */
  readonly components: string | null;
}

/**
 * What a webhook answers for its bot; undefined when it says nothing.
 *
 * @throws Error when it says something that cannot be read
 */
function readAnswer(body: string): BotAnswer | undefined {
  const text = body.trim(); // Without a byte order mark, too.
  if (!text.startsWith('{')) {
    return undefined;
  }
  const { content, is_for_room: isForRoom, components } = answerShape.parse(JSON.parse(text));
  return {
    content: content ?? null,
    isForRoom: isForRoom ?? false,
    components: components == null ? null : JSON.stringify(components),
  };
}

/** Whether something was refused, and would be again. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof TrumpetError ||
    error instanceof z.ZodError ||
    error instanceof SyntaxError ||
    error instanceof RangeError || // Values within one another without end: they cannot be written again.
    /^(TR|22|23|54)/.test(String((error as { code?: unknown } | null)?.code))
  );
}

/** Tells webhooks what happens. Any number of workers may do so. */
export function createTelling({ pool, timeoutMs, openFrames, ...rules }: TellingOptions): Telling {
  const client = createGuardedClient({
    ...rules,
    hosts: 'public',
    timeoutMs,
    // Each webhook has its few places, and several may be at one origin: none waits there for another.
    socketsPerOrigin: Number.POSITIVE_INFINITY,
    answerCapBytes: ANSWER_CAP_BYTES,
  });
  // What a bot answers is a message like any other.
  const beforeSend = createBeforeSend({ ...rules, pool });
  const claimMs = timeoutMs + CLAIM_SPARE_MS;
  const underWay = new Map<string, Set<Promise<void>>>();
  let frames: Promise<ComputeFrame> | undefined;
  let isStopping = false;
  let isGivenUp = false;

  function computeFrames(): Promise<ComputeFrame> {
    frames ??= openFrames().catch((error) => {
      frames = undefined; // The database was away, say: the next tries again.
      throw error;
    });
    return frames;
  }

  async function takeNotes(): Promise<void> {
    await runBatches(async (size) => {
      const { rows } = await pool.query<{ count: number }>(
        'select app_private.take_webhook_notes($1) as count',
        [size],
      );
      return !isStopping && rows[0]?.count === size;
    });
  }

  async function claimRooms(webhookId: string, places: number): Promise<void> {
    const busy = underWay.get(webhookId) ?? new Set();
    underWay.set(webhookId, busy);
    if (isStopping || busy.size >= places) {
      return;
    }
    const { rows } = await pool.query<Pick<Claim, 'roomId' | 'claimId'>>(
      `select room_id as "roomId", claim_id as "claimId"
        from app_private.claim_webhook_rooms($1, $2, $3 * interval '1 ms')`,
      [webhookId, places - busy.size, claimMs],
    );
    for (const row of rows) {
      const told = tellRoom({ webhookId, ...row }).finally(() => {
        busy.delete(told);
        if (busy.size === 0) {
          underWay.delete(webhookId);
        }
      });
      busy.add(told);
    }
  }

  /** Never rejects: what was not noted is told again when the claim is over. */
  async function tellRoom(claim: Claim): Promise<void> {
    try {
      for (let count = 0; count < CHANGES_A_TURN && !isStopping; count += 1) {
        if (!(await tellNext(claim))) {
          return;
        }
      }
      await release(claim, 0);
    } catch (error) {
      log.warn({ event: 'webhook.not_told', ...claim, error });
      await release(claim, UNCOMPUTED_WAIT_MS).catch(() => {});
    }
  }

  /** Whether there may be more to tell. */
  async function tellNext(claim: Claim): Promise<boolean> {
    const { webhookId, roomId, claimId } = claim;
    const { rows } = await pool.query<Due>(
      `select ${CHANGE_COLUMNS}, url, secrets
        from (
          select (next.change).*, next.url, next.secrets
            from app_private.next_webhook_change($1, $2, $3, $4 * interval '1 ms') as next
        ) as changes`,
      [webhookId, roomId, claimId, claimMs],
    );
    const [due] = rows;
    if (due === undefined) {
      return false;
    }
    const event = eventOfChange(due);
    const computeFrame = await computeFrames();
    const body = await computeFrame(event);
    const id = `${roomId}_${event.cursor}`;
    const startedAt = performance.now();
    const outcome = await deliver(client, { id, body, url: due.url, secrets: due.secrets });
    const durationMs = Math.round(performance.now() - startedAt);
    if (isGivenUp) {
      await release(claim, 0); // It was us who broke off: whoever comes next tells it again.
      return false;
    }
    return await settle(claim, { id, changeSeq: event.changeSeq, durationMs }, outcome);
  }

  async function settle(
    { webhookId, roomId, claimId }: Claim,
    told: { readonly id: string; readonly changeSeq: number; readonly durationMs: number },
    { outcome, status, retryAfterMs }: Outcome,
  ): Promise<boolean> {
    const { rows } = await pool.query<{ what_next: 'go on' | 'wait' | 'lost' | 'disabled' }>(
      `select app_private.settle_webhook_delivery(
          $1, $2, $3, $4, $5, $6, $7, $8, $9 * interval '1 ms') as what_next`,
      [
        webhookId,
        roomId,
        claimId,
        told.changeSeq,
        told.id,
        outcome,
        status,
        told.durationMs,
        retryAfterMs,
      ],
    );
    if (rows[0]?.what_next === 'disabled') {
      log.warn({ event: 'webhook.disabled', webhookId, outcome, status });
    }
    return rows[0]?.what_next === 'go on';
  }

  async function claimInteractions(webhookId: string, places: number): Promise<void> {
    const busy = underWay.get(webhookId) ?? new Set();
    underWay.set(webhookId, busy);
    if (isStopping || busy.size >= places) {
      return;
    }
    const { rows } = await pool.query<AskedOfBot>(
      `select interaction_id as "interactionId", claim_id as "claimId", url, secrets, frame
        from app_private.claim_interactions($1, $2, $3 * interval '1 ms')`,
      [webhookId, places - busy.size, claimMs],
    );
    for (const row of rows) {
      const told = tellInteraction(webhookId, row).finally(() => {
        busy.delete(told);
        if (busy.size === 0) {
          underWay.delete(webhookId);
        }
      });
      busy.add(told);
    }
  }

  /** Never rejects: what was not noted is sent again when the claim is over. */
  async function tellInteraction(webhookId: string, asked: AskedOfBot): Promise<void> {
    const { interactionId, claimId, url, secrets, frame } = asked;
    try {
      const startedAt = performance.now();
      const told = JSON.stringify(frame);
      const {
        outcome,
        status,
        retryAfterMs,
        body: answer,
      } = await deliver(client, {
        ...{ id: interactionId, body: told, url, secrets },
      });
      const durationMs = Math.round(performance.now() - startedAt);
      if (isGivenUp) {
        return;
      }
      if (outcome === 'delivered' && answer !== undefined) {
        await takeAnswer(webhookId, interactionId, answer);
      }
      await pool.query(
        `select app_private.settle_interaction_delivery($1, $2, $3, $4, $5, $6, $7 * interval '1 ms')`,
        [webhookId, interactionId, claimId, outcome, status, durationMs, retryAfterMs],
      );
    } catch (error) {
      log.warn({ event: 'webhook.not_told', webhookId, interactionId, error });
    }
  }

  /** What is refused of an answer is for its maker to see, and not sent again. */
  async function takeAnswer(webhookId: string, interactionId: string, body: string): Promise<void> {
    try {
      const answer = readAnswer(body);
      if (answer === undefined) {
        return;
      }
      const { content, isForRoom, components } = answer;
      await beforeSend.askFirst((settings) =>
        onOneConnection(pool, (connection) =>
          connection.query(
            `select app_private.answer_by_webhook($1, $2, $3, $4, $5)
              from set_config('trumpet.hook_question', $6, true)`,
            [
              ...[webhookId, interactionId, content, isForRoom, components],
              settings['trumpet.hook_question'] ?? '',
            ],
          ),
        ),
      );
    } catch (error) {
      if (!isRefusal(error)) {
        throw error;
      }
      log.warn({ event: 'webhook.answer_refused', webhookId, interactionId, error });
    }
  }

  async function release({ webhookId, roomId, claimId }: Claim, waitMs: number): Promise<void> {
    await pool.query(`select app_private.release_webhook_room($1, $2, $3, $4 * interval '1 ms')`, [
      webhookId,
      roomId,
      claimId,
      waitMs,
    ]);
  }

  async function settled(): Promise<void> {
    await Promise.all([...underWay.values()].flatMap((busy) => [...busy]));
  }

  return {
    async tellDue() {
      await takeNotes();
      const { rows } = await pool.query<{ webhook_id: string; places: number }>(
        'select * from app_private.due_webhooks()',
      );
      for (const { webhook_id: webhookId, places } of rows) {
        await claimRooms(webhookId, places);
      }
      const { rows: asked } = await pool.query<{ webhook_id: string; places: number }>(
        'select * from app_private.due_interaction_webhooks()',
      );
      for (const { webhook_id: webhookId, places } of asked) {
        await claimInteractions(webhookId, places);
      }
    },
    settled,
    async stop() {
      isStopping = true;
      const patience = setTimeout(() => {
        isGivenUp = true;
        client.close();
      }, SHUTDOWN_TIMEOUT_MS);
      await settled();
      clearTimeout(patience);
      client.close();
      await beforeSend.close();
    },
  };
}
