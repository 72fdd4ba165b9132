import { Agent } from 'node:http';
import { epochMs } from '../../testing/clock.ts';
import { type PostAnswer, post } from './post.ts';

/*
 * Messages over HTTP, evenly spread over time, whether or not earlier ones have been answered: who has to wait, waits in
 * the figures. Each text carries the time that it was due, for the listeners to take delays from.
 */
export interface SteadyLoadRequest {
  readonly type: 'run';
  readonly url: string;
  /** Sent in turn, again and again. */
  readonly sends: readonly { readonly token: string; readonly roomId: string }[];
  readonly perSecond: number;
  readonly seconds: number;
  /** How long to wait for answers after the last one was sent, in milliseconds. */
  readonly patienceMs: number;
}

export interface SteadyLoad {
  /** From when it was due until it was answered; what was not answered has waited until now. */
  readonly delaysMs: number[];
  readonly sent: number;
  readonly failed: number;
}

const MUTATION = `mutation ($roomId: UUID!, $content: String!) {
  sendMessage(input: { roomId: $roomId, content: $content }) { message { id seq } }
}`;

/** Whether a message was sent: who has no answer, or a refusal, does not have it. */
function isAnswered(answer: Promise<PostAnswer>): Promise<boolean> {
  return answer.then(
    ({ text }) => text.includes('"seq"'),
    () => false,
  );
}

/** People who send are connected already. */
const agent = new Agent({ keepAlive: true, maxSockets: 100 });

async function run(load: SteadyLoadRequest): Promise<SteadyLoad> {
  const { url, sends, perSecond, seconds, patienceMs } = load;
  const delaysMs: number[] = [];
  const pending = new Map<Promise<void>, number>();
  const total = perSecond * seconds;
  let failed = 0;
  const startedAt = epochMs();
  for (let turn = 0; turn < total; turn += 1) {
    const dueAt = startedAt + (turn * 1_000) / perSecond;
    await sleep(Math.max(0, dueAt - epochMs()));
    const { token, roomId } = sends[turn % sends.length] as (typeof sends)[number];
    const content = `t=${dueAt.toFixed(4)}; and some more words, as people write them`;
    const body = JSON.stringify({ query: MUTATION, variables: { roomId, content } });
    const answered = isAnswered(post(agent, url, token, body)).then((isSent) => {
      pending.delete(answered);
      delaysMs.push(epochMs() - dueAt);
      failed += isSent ? 0 : 1;
    });
    pending.set(answered, dueAt);
  }
  const abort = new AbortController();
  await Promise.race([Promise.all(pending.keys()), sleep(patienceMs, abort.signal)]);
  abort.abort();
  const unanswered = [...pending.values()];
  const result = {
    delaysMs: [...delaysMs, ...unanswered.map((dueAt) => epochMs() - dueAt)],
    sent: total,
    failed: failed + unanswered.length,
  };
  return result;
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => clearTimeout(timer));
  });
}

process.on('message', async (request: SteadyLoadRequest) => {
  try {
    process.send?.(await run(request));
  } catch (error) {
    process.send?.({ error: String(error) });
  }
});
process.on('disconnect', () => process.exit());
