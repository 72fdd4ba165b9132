import { randomUUID } from 'node:crypto';
import type { Finding, Send, Shown } from '../../../test/faults/checker.ts';
import { textOf } from '../../../test/faults/support/writer.ts';
import { epochMs } from '../../../testing/clock.ts';
import type { Person } from '../../../testing/population.ts';
import { MESSAGES_OF_A_PAGE } from '../../src/fetcher.ts';
import {
  openClient,
  type SessionMethod,
  type ShownMessage,
  type Timeline,
} from '../../src/index.ts';
import type { Message } from '../../src/replica/model.ts';
import { MOST_SHOWN } from '../../src/timeline.ts';
import { openLink } from '../link.ts';
import { copyableStorage, copyOf, until } from '../support.ts';

/** A person with the client, to whom things happen while they write and read. */
export interface Player {
  /** How many of the sends are acknowledged or refused. */
  readonly endedCount: number;
  /** What was wrong in a state that they were shown. */
  readonly findings: readonly Finding[];
  /** Sends so many messages, typing before each. */
  write(count: number): Promise<void>;
  /** Resolves when nothing is left to be sent. */
  sentAll(): Promise<void>;
  /** Whether they see up to these messages, by the room's id. */
  hasReached(newest: ReadonlyMap<string, number>): boolean;
  /** Ends it. @returns what was sent, and what the device keeps of each room */
  leave(): Promise<{ readonly sends: readonly Send[]; readonly kept: readonly Shown[] }>;
}

/** What has happened to all of them. */
export interface Counts {
  lostAnswers: number;
  cuts: number;
  crashes: number;
  /** How often somebody was shown something new. */
  states: number;
}

const LOST_SHARE = 0.2;
const SENDS_PER_CUT = 15;
const SENDS_PER_CRASH = 40;
const PAUSE_MS = 40;
const IMPATIENCE_MS = 100;
const TOKEN_LASTS_MS = 3_600_000;

interface Underway {
  readonly nonce: string;
  readonly roomId: string;
  readonly startedAt: number;
}

export async function enter(
  url: string,
  person: Person,
  roomIds: readonly string[],
  counts: Counts,
): Promise<Player> {
  const link = await openLink(url);
  const underway = new Map<string, Underway>();
  const ended: Send[] = [];
  const findings: Finding[] = [];
  let storage = copyableStorage();
  /** Ends the watching: an app that ends is not looked at. */
  let watches: readonly (() => void)[] = [];

  async function lossyFetch(address: string, init: RequestInit): Promise<Response> {
    const answer = await globalThis.fetch(address, init);
    if (Math.random() < LOST_SHARE) {
      counts.lostAnswers += 1;
      await answer.arrayBuffer();
      throw new TypeError('The answer was lost.');
    }
    return answer;
  }

  const open = () => openClient({ url: link.url, storage, fetch: lossyFetch, session: by(person) });
  let client = await open();

  /** Notes what is not in the queue any more, or was refused. */
  function look(): void {
    const actions = new Map(client.queue.get().map((action) => [action.id, action]));
    for (const [id, { nonce, roomId, startedAt }] of underway) {
      const state = actions.get(id)?.state;
      if (state !== 'waiting') {
        underway.delete(id);
        const outcome = state === 'refused' ? 'refused' : 'acknowledged';
        ended.push({ nonce, roomId, outcome, startedAt, endedAt: epochMs(), attempts: 1 });
      }
    }
  }

  function watchRoom(roomId: string): () => void {
    const timeline = client.timeline(roomId);
    let before: readonly ShownMessage[] = [];
    void showNewest(timeline);
    return timeline.subscribe(() => {
      const { messages } = timeline.get();
      counts.states += 1;
      findings.push(...checkState(`${person.id} in ${roomId}`, before, messages));
      before = messages;
    });
  }

  function watch(): void {
    look();
    watches = [client.queue.subscribe(look), ...roomIds.map(watchRoom)];
  }

  function endWatching(): void {
    for (const end of watches) {
      end();
    }
  }

  /** What an app comes back from after a crash. */
  async function crash(): Promise<void> {
    counts.crashes += 1;
    await client.kept();
    endWatching();
    storage = await copyOf(storage);
    await client.close();
    client = await open();
    watch();
  }

  await client.signIn({ username: '', password: '' });
  const impatience = setInterval(() => client.hurry(), IMPATIENCE_MS);
  await until(client.state, (state) => state === 'live');
  watch();

  return {
    get endedCount() {
      return ended.length;
    },
    findings,
    async write(count) {
      for (let number = 1; number <= count; number += 1) {
        const roomId = roomIds[number % roomIds.length] as string;
        const nonce = randomUUID();
        client.type(roomId);
        const startedAt = epochMs();
        const id = client.act({ kind: 'send', roomId, content: textOf(nonce) });
        underway.set(id, { nonce, roomId, startedAt });
        if (number % SENDS_PER_CUT === 0) {
          counts.cuts += 1;
          link.cut();
        }
        if (number % SENDS_PER_CRASH === 0) {
          await crash();
        }
        await new Promise((resolve) => setTimeout(resolve, 2 * PAUSE_MS * Math.random()));
      }
    },
    async sentAll() {
      await until(client.queue, (actions) => actions.every(({ state }) => state !== 'waiting'));
      look();
    },
    hasReached: (newest) =>
      roomIds.every((roomId) => {
        const { messages } = client.timeline(roomId).get();
        // What is acknowledged and has not come by the log yet is kept as a deed, not as a message.
        const come = messages.findLast(({ seq, actionId }) => seq !== null && actionId === null);
        const last = come?.seq ?? 0;
        return last >= (newest.get(roomId) ?? 0);
      }),
    async leave() {
      clearInterval(impatience);
      await client.kept();
      endWatching();
      const snapshots = await Promise.all(
        [...storage.names].map(async (name) => (await storage.open(name)).load()),
      );
      await client.close();
      await link.close();
      const kept = snapshots
        .flatMap(({ messages }) => [...messages.values()] as Message[])
        .map(({ id, roomId, seq, content }) => ({ id, roomId, seq, nonce: nonceOf(content) }))
        .sort((a, b) => a.seq - b.seq);
      const ids = new Map(kept.map(({ nonce, id }) => [nonce, id]));
      return {
        sends: ended.map((send) => ({ ...send, messageId: ids.get(send.nonce) })),
        kept: roomIds.map((roomId) => ({
          reader: person.id,
          roomId,
          messages: kept.filter((message) => message.roomId === roomId),
        })),
      };
    },
  };
}

/** What is wrong with a state of a room that was shown after another. */
function checkState(
  where: string,
  before: readonly ShownMessage[],
  messages: readonly ShownMessage[],
): Finding[] {
  const findings: Finding[] = [];
  const nonces = new Set(messages.map(({ content }) => nonceOf(content)));
  if (nonces.size < messages.length) {
    findings.push({ kind: 'doubled', what: `${where}: a message is shown twice` });
  }
  // What is acknowledged stands behind the others until all before it have come.
  const seqs = messages.filter(({ actionId }) => actionId === null).map(({ seq }) => seq as number);
  const wrong = seqs.findIndex((seq, index) => index > 0 && seq !== (seqs[index - 1] ?? 0) + 1);
  if (wrong >= 0) {
    const kind = (seqs[wrong] ?? 0) > (seqs[wrong - 1] ?? 0) ? 'lost' : 'reordered';
    findings.push({ kind, what: `${where}: ${seqs[wrong]} stands behind ${seqs[wrong - 1]}` });
  }
  // Of a timeline that is full the oldest go.
  const [first] = seqs;
  const mayGo = ({ seq }: ShownMessage) =>
    messages.length >= MOST_SHOWN - MESSAGES_OF_A_PAGE && seq !== null && seq < (first ?? 0);
  const gone = before.find((message) => !nonces.has(nonceOf(message.content)) && !mayGo(message));
  if (gone !== undefined) {
    findings.push({ kind: 'lost', what: `${where}: ${gone.seq ?? gone.id} is shown no more` });
  }
  return findings;
}

const nonceOf = (content: string | null) => content?.split(' ')[0] ?? '';

async function showNewest(timeline: Timeline): Promise<void> {
  await timeline.jumpToNewest().catch(() => {}); // Looked at, it is asked for again.
}

/** Signed in from the start: signing in is not what is tried here. */
function by({ id, token }: Person): SessionMethod {
  const tokens = async () => ({
    userId: id,
    accessToken: token,
    refreshToken: null,
    expiresAt: Date.now() + TOKEN_LASTS_MS,
  });
  return { keepsTokens: true, signIn: tokens, signUp: tokens, refresh: tokens, async signOut() {} };
}
