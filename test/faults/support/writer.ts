import { randomUUID } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { epochMs } from '../../../testing/clock.ts';
import type { Person } from '../../../testing/population.ts';
import type { Send } from '../checker.ts';

/*
 * Writers over HTTP at a bounded rate. A send without an answer is tried again with the same nonce until it has one.
 */

const SEND = `mutation ($roomId: UUID!, $content: String!, $nonce: String!) {
  sendMessage(input: { roomId: $roomId, content: $content, nonce: $nonce }) { message { id seq } }
}`;
const ATTEMPT_TIMEOUT_MS = 4_000;
const RETRY_DELAY_MS = 100;
const GIVE_UP_MS = 60_000;
const MAX_IN_FLIGHT = 64;
const TICK_MS = 5;
/** While the database is away a send is tried again under its nonce, be it done or not. */
const AWAY = new Set([undefined, 'BUSY', 'INTERRUPTED']);

export interface Author {
  readonly person: Person;
  readonly roomIds: readonly string[];
}

export interface Writers {
  /** Those that have ended. */
  readonly sends: readonly Send[];
  /** Sends that were answered at the first attempt or later, since the start. */
  acknowledged(): number;
  /** Begins no more, and waits for an answer to all that were begun. */
  stop(): Promise<void>;
}

type Answer =
  | { readonly outcome: 'acknowledged'; readonly messageId: string }
  | { readonly outcome: 'refused' | 'unknown' };

/** A text that carries its nonce, for the checker to find in the table. */
export function textOf(nonce: string): string {
  return `${nonce} and some more words, as people write them`;
}

export function createSender(url: () => string) {
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_IN_FLIGHT });

  function attempt(person: Person, roomId: string, nonce: string): Promise<Answer> {
    const body = JSON.stringify({
      query: SEND,
      variables: { roomId, nonce, content: textOf(nonce) },
    });
    return new Promise((resolve) => {
      const unknown = () => resolve({ outcome: 'unknown' });
      const request = httpRequest(
        `${url()}/graphql`,
        {
          method: 'POST',
          agent,
          timeout: ATTEMPT_TIMEOUT_MS,
          headers: {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
            authorization: `Bearer ${person.token}`,
          },
        },
        (response) => {
          let text = '';
          response.on('data', (chunk) => {
            text += chunk;
          });
          response.once('error', unknown);
          response.once('close', unknown); // After `end` it says nothing new.
          response.once('end', () => resolve(readAnswer(text)));
        },
      );
      request.once('timeout', () => request.destroy());
      request.once('error', unknown);
      request.once('close', unknown);
      request.end(body);
    });
  }

  return {
    /** Tries until there is an answer, or for a minute. */
    async send(person: Person, roomId: string): Promise<Send> {
      const nonce = randomUUID();
      const startedAt = epochMs();
      for (let attempts = 1; ; attempts += 1) {
        const answer = await attempt(person, roomId, nonce);
        const endedAt = epochMs();
        if (answer.outcome !== 'unknown' || endedAt - startedAt > GIVE_UP_MS) {
          return { nonce, roomId, startedAt, endedAt, attempts, ...answer };
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
      }
    },
    close: () => agent.destroy(),
  };
}

/** An error with a code says that nothing was written, but for the one that says that it may have been. */
function readAnswer(text: string): Answer {
  try {
    const { data, errors } = JSON.parse(text);
    if (data?.sendMessage?.message) {
      return { outcome: 'acknowledged', messageId: data.sendMessage.message.id };
    }
    const code = errors?.[0]?.extensions?.code;
    if (code === undefined) {
      console.log(`  without a code: ${text.slice(0, 300)}`);
    }
    return { outcome: AWAY.has(code) ? 'unknown' : 'refused' };
  } catch {
    return { outcome: 'unknown' };
  }
}

/**
 * @param urls each writer takes the next: one a server node.
 */
export function startWriters(
  urls: readonly (() => string)[],
  authors: readonly Author[],
  perSecond: number,
): Writers {
  const senders = urls.map(createSender);
  const sends: Send[] = [];
  const inFlight = new Set<Promise<void>>();
  const startedAt = performance.now();
  let begun = 0;
  let skipped = 0;

  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond);
    while (begun + skipped < due) {
      if (inFlight.size >= MAX_IN_FLIGHT) {
        skipped = due - begun; // As fast as the machine holds: no debt is carried on.
        return;
      }
      const { person, roomIds } = authors[begun % authors.length] as Author;
      const roomId = roomIds[Math.floor(begun / authors.length) % roomIds.length] as string;
      const sender = senders[begun % senders.length] as ReturnType<typeof createSender>;
      begun += 1;
      const sending = sender
        .send(person, roomId)
        .then((send) => void sends.push(send))
        .finally(() => inFlight.delete(sending));
      inFlight.add(sending);
    }
  }, TICK_MS);

  return {
    sends,
    acknowledged: () => sends.filter(({ outcome }) => outcome === 'acknowledged').length,
    async stop() {
      clearInterval(timer);
      await Promise.all(inFlight);
      for (const sender of senders) {
        sender.close();
      }
    },
  };
}
