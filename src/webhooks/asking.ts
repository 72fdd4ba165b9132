import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { WebhookSettings } from '../config/webhooks.ts';
import type { HookQuestion } from '../database/unasked.ts';
import { TrumpetError } from '../errors/codes.ts';
import { sentence } from '../errors/sentence.ts';
import { explainedQuery } from '../identity/explained-query.ts';
import { log } from '../process/log.ts';
import { createGuardedClient, type GuardedClientOptions } from '../push/guarded-request.ts';
import { deliver, type Outcome } from './delivery.ts';
import { type HookAnswer, readHookAnswer } from './hook-answer.ts';
import { hookMetrics } from './metrics.ts';

/** How long whoever sends the same beside another waits before they look again. */
const LOOK_AGAIN_MS = 50;
/** A text of 8,000 characters, each of them written as two escapes. */
const ANSWER_CAP_BYTES = 131_072;
/** What one hook is asked at a time by one server; for what is more, its default counts. */
export const MOST_OF_A_HOOK = 256;
/** What one person has decided at a time: they alone must not use up the places of a hook. */
export const MOST_OF_A_PERSON = 16;
const RETRY_MS = 1_000;

export interface Asking {
  /**
   * Asks the hooks of a room about a message, at most two seconds, unless somebody else is asking them just now: then it
   * waits for what comes of that.
   *
   * @returns the number of what was decided; undefined when the message has been sent meanwhile
   * @throws TrumpetError RATE_LIMITED when its author has too much decided at a time, FORBIDDEN when a hook refuses what
   *   has no nonce, or does not answer and its default is to refuse
   */
  decide(question: HookQuestion): Promise<string | undefined>;
  /** Ends what is under way. */
  close(): void;
}

export interface AskingOptions
  extends Pick<WebhookSettings, 'trustedOrigins'>,
    Pick<GuardedClientOptions, 'resolve' | 'ca'> {
  /** Connections of the unprivileged login. */
  readonly pool: Pool;
}

interface Hook {
  readonly id: string;
  readonly url: string;
  readonly default_verdict: 'allow' | 'refuse' | 'hold';
  /** False while it is disabled, or has failed often. */
  readonly is_asked: boolean;
  readonly secrets: readonly string[];
}

type Begun =
  | { readonly state: 'asked'; readonly id: string }
  | { readonly state: 'undecided' }
  | { readonly state: 'decided'; readonly id?: string }
  | {
      readonly state: 'ours';
      readonly id: string;
      readonly ask_within_ms: number;
      readonly room: object;
      readonly author: object;
      readonly hooks: readonly Hook[];
    };

type Ours = Extract<Begun, { state: 'ours' }>;

interface Asked {
  readonly webhook_id: string;
  readonly outcome: Outcome['outcome'] | 'wrong_answer' | 'not_asked';
  readonly status?: number | undefined;
  readonly duration_ms: number;
  readonly verdict: HookAnswer['verdict'];
}

interface Decision {
  /** Null when a hook did not answer whose default is to refuse: then it may be sent again. */
  readonly verdict: 'allow' | 'refuse' | 'hold' | null;
  readonly content: string | null;
  readonly reason: string | null;
  readonly code: string | null;
}

/** What asks hooks. Any number of servers may do so. */
export function createAsking({ pool, ...rules }: AskingOptions): Asking {
  const client = createGuardedClient({
    ...rules,
    hosts: 'public',
    socketsPerOrigin: Number.POSITIVE_INFINITY,
    answerCapBytes: ANSWER_CAP_BYTES,
  });
  const hooksInUse = createPlaces(MOST_OF_A_HOOK);
  const peopleWaiting = createPlaces(MOST_OF_A_PERSON);

  async function decide(question: HookQuestion): Promise<string | undefined> {
    if (!peopleWaiting.take(question.author_id)) {
      throw new TrumpetError('RATE_LIMITED', undefined, { retryAfterMs: RETRY_MS });
    }
    try {
      let waitedFor: string | undefined;
      for (;;) {
        const begun = await begin(question, waitedFor);
        switch (begun.state) {
          case 'decided':
            return begun.id;
          case 'ours':
            return await askAll(begun, question);
          case 'undecided':
            throw notChecked();
          case 'asked':
            waitedFor = begun.id;
            await sleep(LOOK_AGAIN_MS);
        }
      }
    } finally {
      peopleWaiting.giveBack(question.author_id);
    }
  }

  async function begin(question: HookQuestion, waitedFor: string | undefined): Promise<Begun> {
    const [row] = await explainedQuery<{ begun: Begun }>(
      pool,
      'select app_hidden.begin_hook_question($1) as begun',
      [JSON.stringify({ ...question, waited_for: waitedFor })],
    );
    return (row as { begun: Begun }).begun;
  }

  /** Each hears the text as the one before has left it. */
  async function askAll(begun: Ours, question: HookQuestion): Promise<string> {
    const endsAt = performance.now() + begun.ask_within_ms;
    const asked: Asked[] = [];
    let decision: Decision = { verdict: 'allow', content: null, reason: null, code: null };
    for (const hook of begun.hooks) {
      const { content } = question.message;
      const message = { ...question.message, content: decision.content ?? content };
      const body = JSON.stringify({
        type: `before_${question.event}`,
        room: begun.room,
        author: begun.author,
        message,
      });
      const { answer, ...row } = await askOne(hook, begun.id, body, endsAt);
      asked.push({ ...row, webhook_id: hook.id, verdict: answer?.verdict ?? hook.default_verdict });
      decision = combine(decision, answer ?? hook.default_verdict);
      if (decision.verdict === null || decision.verdict === 'refuse') {
        break;
      }
    }
    // Only what is sent again with its nonce has to hear the same.
    const isKept = question.nonce !== null || decision.verdict !== 'refuse';
    const kept = isKept ? decision : { ...decision, verdict: null };
    await settle(begun.id, question.hooks_version, kept, asked);
    if (!isKept) {
      throw new TrumpetError('FORBIDDEN', sentence(decision.reason ?? ''), {
        ...(decision.code !== null && { hookCode: decision.code }),
      });
    }
    if (decision.verdict === null) {
      throw notChecked();
    }
    return begun.id;
  }

  async function askOne(
    hook: Hook,
    id: string,
    body: string,
    endsAt: number,
  ): Promise<Omit<Asked, 'webhook_id' | 'verdict'> & { answer?: HookAnswer | undefined }> {
    const beganAt = performance.now();
    if (!hook.is_asked || beganAt >= endsAt || !hooksInUse.take(hook.id)) {
      hookMetrics.asked.inc({ outcome: 'not_asked', verdict: hook.default_verdict });
      return { outcome: 'not_asked', duration_ms: 0 };
    }
    try {
      const secrets = hook.secrets.map((secret) => Buffer.from(secret, 'base64'));
      const message = { id, url: hook.url, body, secrets };
      let told = await deliver(client, { ...message, timeoutMs: endsAt - performance.now() });
      if (isLost(told) && performance.now() < endsAt) {
        // An idle connection that was just being closed, say. To be asked twice does a hook no harm.
        told = await deliver(client, { ...message, timeoutMs: endsAt - performance.now() });
      }
      const answer = told.outcome === 'delivered' ? readHookAnswer(told.body ?? '') : undefined;
      const outcome =
        told.outcome === 'delivered' && answer === undefined ? 'wrong_answer' : told.outcome;
      const tookMs = performance.now() - beganAt;
      hookMetrics.asked.inc({ outcome, verdict: answer?.verdict ?? hook.default_verdict });
      hookMetrics.duration.observe(tookMs / 1_000);
      return { outcome, status: told.status, duration_ms: Math.round(tookMs), answer };
    } finally {
      hooksInUse.giveBack(hook.id);
    }
  }

  async function settle(
    id: string,
    hooksVersion: string,
    { verdict, content, reason, code }: Decision,
    asked: readonly Asked[],
  ): Promise<void> {
    const { rows } = await pool.query<{ stopped: string[] }>(
      'select app_hidden.settle_hook_question($1, $2, $3, $4, $5, $6, $7) as stopped',
      [id, hooksVersion, verdict, content, reason, code, JSON.stringify(asked)],
    );
    for (const webhook of rows[0]?.stopped ?? []) {
      log.warn({ event: 'webhook.disabled', webhook });
    }
  }

  return { decide, close: () => client.close() };
}

function notChecked(): TrumpetError {
  return new TrumpetError('FORBIDDEN', 'This could not be checked: try again later.', {
    hookCode: 'NOT_CHECKED',
  });
}

/** What counts after a hook has answered, or its default in place of an answer. */
export function combine(
  earlier: Decision,
  answer: HookAnswer | 'allow' | 'refuse' | 'hold',
): Decision {
  if (answer === 'refuse') {
    return { ...earlier, verdict: null };
  }
  if (answer === 'hold') {
    return combine(earlier, { verdict: 'hold', reason: 'A hook did not answer.' });
  }
  if (answer === 'allow' || answer.verdict === 'allow') {
    return earlier;
  }
  switch (answer.verdict) {
    case 'refuse':
      return { verdict: 'refuse', content: null, reason: answer.reason, code: answer.code };
    case 'change':
      return { ...earlier, content: answer.content };
    case 'hold':
      return { ...earlier, verdict: 'hold', reason: earlier.reason ?? answer.reason };
  }
}

/** Whether there was no answer for another reason than the time. */
function isLost({ outcome }: Outcome): boolean {
  return outcome === 'not_reached' || outcome === 'not_answered';
}

interface Places {
  /** Whether there was one. */
  take(key: string): boolean;
  giveBack(key: string): void;
}

function createPlaces(most: number): Places {
  const taken = new Map<string, number>();
  return {
    take(key) {
      const count = taken.get(key) ?? 0;
      if (count >= most) {
        return false;
      }
      taken.set(key, count + 1);
      return true;
    },
    giveBack(key) {
      const count = (taken.get(key) ?? 0) - 1;
      if (count > 0) {
        taken.set(key, count);
      } else {
        taken.delete(key);
      }
    },
  };
}
