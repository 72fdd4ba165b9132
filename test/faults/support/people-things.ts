import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { epochMs } from '../../../testing/clock.ts';
import type { Person } from '../../../testing/population.ts';
import { type Claim, report } from './claim.ts';
import { createPopulation } from './population.ts';
import { pause, until } from './traffic.ts';

/*
 * What people have beside messages: drafts on two devices each, messages that are sent later, polls, and threads with what
 * is unread in them. Everybody goes on until it is over, and tries again what got no answer, as a client does. Some answers
 * are lost on their way, whatever else breaks.
 */

const PEOPLE = 12;
const ROOMS = 1;
const CHOICES = ['this', 'that', 'neither'] as const;
const DROPPED_SHARE = 0.2;
const ATTEMPT_TIMEOUT_MS = 4_000;
const RETRY_DELAY_MS = 100;
const GIVE_UP_MS = 60_000;
/** Jobs of a worker that was killed are given to others at their next look, 30 s later at most: nothing is lost by then. */
const SETTLE_LIMIT_MS = 120_000;
const PACE_MS = 40;
/** While the database is away a call is made again, be it done or not. */
const AWAY = new Set([undefined, 'BUSY', 'INTERRUPTED']);

const CREATE_POLL = `mutation ($input: CreatePollInput!) { createPoll(input: $input) { message { id } } }`;
const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id seq } } }`;
const SAVE_DRAFT = `mutation ($input: SaveDraftInput!) { saveDraft(input: $input) { draft { id } } }`;
const SCHEDULE = `mutation ($input: ScheduleMessageInput!) {
  scheduleMessage(input: $input) { scheduledMessage { id } }
}`;
const VOTE = `mutation ($input: VoteInPollInput!) { voteInPoll(input: $input) { message { id } } }`;
const READ_THREAD = `mutation ($input: MarkThreadReadInput!) { markThreadRead(input: $input) { message { id } } }`;
const DRAFTS = `{ myDrafts(first: 100) { nodes { roomId content isSetAside } } }`;
const POLL = `query ($id: UUID!) { message(id: $id) { poll { answers { number count } } } }`;
const THREADS = `{
  myThreads(first: 100) { nodes { messageId unreadCount mentionCount readSeq } }
  myThreadSummary { unreadCount mentionCount }
}`;

interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: each document has its own
  readonly data?: any;
  readonly code?: string | undefined;
  readonly attempts: number;
}

interface Later {
  readonly content: string;
  readonly sendAt: number;
  readonly isAcknowledged: boolean;
}

export interface PeoplesThings extends AsyncDisposable {
  /** How many calls were answered since the start. */
  answered(): number;
  /** Ends the doing, waits until the worker is done, and compares what is there with what was acknowledged. */
  finish(): Promise<Claim[]>;
}

export async function startPeoplesThings({
  owner,
  jwtSecret,
  url,
}: {
  readonly owner: pg.Pool;
  readonly jwtSecret: string;
  readonly url: () => string;
}): Promise<PeoplesThings> {
  await owner.query('update app_private.rates set burst = 1000000');
  const { people, roomIds } = await createPopulation(owner, jwtSecret, PEOPLE, ROOMS);
  const { rows: named } = await owner.query<{ id: string; username: string }>(
    'select id, username from app_public.users where id = any ($1)',
    [people.map(({ id }) => id)],
  );
  const usernames = new Map(named.map(({ id, username }) => [id, username]));
  const person = (index: number) => people[index % PEOPLE] as Person;
  const roomId = roomIds[0] as string;

  let isOver = false;
  let answered = 0;
  let dropped = 0;
  let again = 0;

  async function attempt(
    who: Person,
    query: string,
    variables: object,
  ): Promise<Answer | undefined> {
    try {
      const response = await fetch(`${url()}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${who.token}` },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS),
      });
      const { data, errors } = (await response.json()) as {
        data?: unknown;
        errors?: { extensions?: { code?: string }; message: string }[];
      };
      if (Math.random() < DROPPED_SHARE) {
        dropped += 1;
        return undefined;
      }
      if (errors === undefined) {
        return { data, attempts: 1 };
      }
      const code = errors[0]?.extensions?.code;
      return AWAY.has(code) ? undefined : { code, attempts: 1 };
    } catch {
      return undefined;
    }
  }

  /** Until there is an answer. */
  async function call(who: Person, query: string, variables: object = {}): Promise<Answer> {
    const startedAt = epochMs();
    for (let attempts = 1; ; attempts += 1) {
      const answer = await attempt(who, query, variables);
      if (answer !== undefined) {
        answered += 1;
        again += attempts > 1 ? 1 : 0;
        return { ...answer, attempts };
      }
      if (epochMs() - startedAt > GIVE_UP_MS) {
        throw new Error(`No answer for ${GIVE_UP_MS / 1_000} s: ${query.slice(0, 60)}`);
      }
      await pause(RETRY_DELAY_MS);
    }
  }

  async function must(who: Person, query: string, variables: object = {}) {
    const { data, code } = await call(who, query, variables);
    if (data === undefined) {
      throw new Error(`${code}: ${query.slice(0, 60)}`);
    }
    return data;
  }

  const send = (who: Person, input: object) =>
    must(who, SEND, { input: { roomId, nonce: randomUUID(), ...input } }).then(
      ({ sendMessage }) => sendMessage.message as { id: string; seq: string },
    );

  const polls = await Promise.all(
    [false, true].map((isAnonymous) =>
      must(person(0), CREATE_POLL, {
        input: { roomId, question: 'Which?', answers: CHOICES, isAnonymous, nonce: randomUUID() },
      }).then(({ createPoll }) => createPoll.message.id as string),
    ),
  );
  const roots = await Promise.all(
    [0, 1, 2].map((index) => send(person(index), { content: `Question ${index}` })),
  );

  /** What each device wrote last. */
  const lastDrafts = new Map<string, { readonly who: Person; readonly content: string }>();
  const later: Later[] = [];
  /** What each person chose last, of each poll. */
  const choices = new Map<string, number>();
  const replies: string[] = [];
  const readUpTo: { readonly who: Person; readonly threadId: string; readonly seq: number }[] = [];

  async function writeDrafts(who: Person, device: string): Promise<void> {
    const seen: string[] = [];
    let content = `On the ${device}:`;
    for (let number = 1; !isOver; number += 1) {
      const revision = randomUUID();
      // At last it is as long as a draft may be, and saved as it is.
      content += content.length < 7_000 ? ` ${number}` : '';
      await must(who, SAVE_DRAFT, {
        input: { roomId, content, revision, basedOn: seen.slice(-100) },
      });
      seen.push(revision);
      lastDrafts.set(`${who.id} ${device}`, { who, content });
      await pause(PACE_MS);
    }
  }

  async function sendLater(who: Person): Promise<void> {
    while (!isOver) {
      const content = `Later: ${randomUUID()}`;
      const sendAt = epochMs() + 1_000 + Math.random() * 2_000;
      const input = {
        roomId,
        content,
        nonce: randomUUID(),
        sendAt: new Date(sendAt).toISOString(),
      };
      const { data } = await call(who, SCHEDULE, { input });
      // Behind an outage its time may be over: then it was refused, or made by an attempt whose answer was lost.
      later.push({ content, sendAt, isAcknowledged: data !== undefined });
      await pause(PACE_MS * 4);
    }
  }

  async function vote(who: Person): Promise<void> {
    while (!isOver) {
      for (const messageId of polls) {
        const choice = 1 + Math.floor(Math.random() * CHOICES.length);
        await must(who, VOTE, { input: { messageId, choices: [choice] } });
        choices.set(`${messageId} ${who.id}`, choice);
        await pause(PACE_MS);
      }
    }
  }

  async function reply(who: Person): Promise<void> {
    for (let number = 0; !isOver; number += 1) {
      const root = roots[number % roots.length] as { id: string };
      const content = `${randomUUID()} @${usernames.get(person(number).id)}`;
      await send(who, { content, parentMessageId: root.id });
      replies.push(content);
      await pause(PACE_MS * 2);
    }
  }

  async function readThreads(who: Person): Promise<void> {
    for (let number = 0; !isOver; number += 1) {
      const { id: threadId } = roots[number % roots.length] as { id: string };
      const { id, seq } = await send(who, { content: 'I see.', parentMessageId: threadId });
      await must(who, READ_THREAD, { input: { messageId: threadId, upToMessageId: id } });
      readUpTo.push({ who, threadId, seq: Number(seq) });
      await pause(PACE_MS * 10);
    }
  }

  const doing = [
    ...people.slice(0, 4).flatMap((who) => ['phone', 'desk'].map((on) => writeDrafts(who, on))),
    ...people.slice(4, 8).map(sendLater),
    ...people.map(vote),
    ...people.slice(6, 12).map(reply),
    ...people.slice(0, 2).map(readThreads),
  ];
  const done = Promise.all(doing);
  done.catch(() => {}); // `finish` tells it.

  async function ofDrafts(): Promise<Claim> {
    const findings: string[] = [];
    let count = 0;
    for (const who of people.slice(0, 4)) {
      const { myDrafts } = await must(who, DRAFTS);
      const there: string[] = myDrafts.nodes.map(({ content }: { content: string }) => content);
      const wanted = [...lastDrafts.values()]
        .filter((draft) => draft.who === who)
        .map(({ content }) => content);
      count += wanted.length;
      findings.push(
        ...wanted.filter((content) => !there.includes(content)).map((text) => `lost: ${text}`),
        ...there.filter((content) => !wanted.includes(content)).map((text) => `back: ${text}`),
        ...there
          .filter((content, index) => there.indexOf(content) !== index)
          .map((text) => `doubled: ${text}`),
      );
    }
    return claim(
      'drafts: what each of two devices wrote last is there: 0 lost, 0 doubled, none that was gone on from',
      findings,
      `${count} texts`,
    );
  }

  async function ofLater(): Promise<Claim> {
    const sent = async () =>
      (
        await owner.query<{ content: string; at: number }>(
          `select content, extract(epoch from created_at)::float8 * 1000 as at
            from app_public.messages where room_id = $1 and content like 'Later: %'`,
          [roomId],
        )
      ).rows;
    const acknowledged = later.filter(({ isAcknowledged }) => isAcknowledged);
    await until(async () => {
      const there = new Set((await sent()).map(({ content }) => content));
      return acknowledged.every(({ content }) => there.has(content));
    }, SETTLE_LIMIT_MS).catch(() => {}); // What is missing is found below.
    const rows = await sent();
    const findings = later.flatMap(({ content, sendAt, isAcknowledged }) => {
      const times = rows.filter((row) => row.content === content);
      return [
        ...(isAcknowledged && times.length === 0 ? [`lost: ${content}`] : []),
        ...(times.length > 1 ? [`doubled: ${content}`] : []),
        ...(times.some(({ at }) => at < sendAt - 1) ? [`too early: ${content}`] : []),
      ];
    });
    return claim(
      'scheduled messages: 0 lost, 0 doubled, 0 too early',
      findings,
      `${acknowledged.length} messages`,
    );
  }

  async function ofPolls(): Promise<Claim> {
    const wanted = polls.map((id) =>
      CHOICES.map(
        (_, index) => people.filter((who) => choices.get(`${id} ${who.id}`) === index + 1).length,
      ),
    );
    const counted = () =>
      Promise.all(
        polls.map(async (id) => {
          const { message } = await must(person(0), POLL, { id });
          return message.poll.answers.map(({ count }: { count: number }) => count);
        }),
      );
    let results: number[][] = [];
    await until(async () => {
      results = await counted();
      return JSON.stringify(results) === JSON.stringify(wanted);
    }, SETTLE_LIMIT_MS).catch(() => {});
    const findings =
      JSON.stringify(results) === JSON.stringify(wanted)
        ? []
        : [`counted ${JSON.stringify(results)}, chosen ${JSON.stringify(wanted)}`];
    return claim(
      'polls: everybody is counted once, for what they chose last',
      findings,
      `${choices.size} votes`,
    );
  }

  async function ofThreads(): Promise<Claim> {
    const findings: string[] = [];
    const { rows } = await owner.query<{ content: string; count: number }>(
      `select content, count(*)::int as count from app_public.messages
        where room_id = $1 and parent_message_id is not null group by content`,
      [roomId],
    );
    const times = new Map(rows.map(({ content, count }) => [content, count]));
    for (const content of replies) {
      const count = times.get(content) ?? 0;
      findings.push(...(count === 1 ? [] : [`${count === 0 ? 'lost' : 'doubled'}: ${content}`]));
    }
    let unread = 0;
    for (const who of people) {
      const { myThreads, myThreadSummary } = await must(who, THREADS);
      const sum = { unread: 0, mentions: 0 };
      for (const { messageId, unreadCount, mentionCount, readSeq } of myThreads.nodes) {
        const { rows: truth } = await owner.query<{ unread: number; mentions: number }>(
          `select count(*)::int as unread, count(*) filter (where exists (
              select from app_private.message_mentions
                where message_mentions.message_id = messages.id and user_id = $2))::int as mentions
            from app_public.messages
            where parent_message_id = $1 and author_id <> $2 and seq > $3 and deleted_at is null`,
          [messageId, who.id, readSeq],
        );
        const told = { unread: unreadCount, mentions: mentionCount };
        if (JSON.stringify(told) !== JSON.stringify(truth[0])) {
          findings.push(`${JSON.stringify(told)} told, ${JSON.stringify(truth[0])} there`);
        }
        const read = readUpTo.filter((mark) => mark.who === who && mark.threadId === messageId);
        if (Number(readSeq) < Math.max(0, ...read.map(({ seq }) => seq))) {
          findings.push(`reading lost: up to ${readSeq}`);
        }
        sum.unread += unreadCount;
        sum.mentions += mentionCount;
      }
      if (
        sum.unread !== myThreadSummary.unreadCount ||
        sum.mentions !== myThreadSummary.mentionCount
      ) {
        findings.push(`badge ${JSON.stringify(myThreadSummary)}, sum ${JSON.stringify(sum)}`);
      }
      unread += sum.unread;
    }
    return claim(
      'threads: 0 answers and readings lost, 0 doubled; unread and mentions are what comes after what was read, the badge their sum',
      findings,
      `${replies.length} answers, ${unread} unread of ${PEOPLE} people`,
    );
  }

  function claim(promise: string, findings: readonly string[], of: string): Claim {
    report(findings.map((what) => ({ kind: 'wrong', what })));
    return { promise, measured: `${findings.length} wrong, ${of}`, holds: findings.length === 0 };
  }

  return {
    answered: () => answered,
    async finish() {
      isOver = true;
      await done;
      const claims = [await ofDrafts(), await ofLater(), await ofPolls(), await ofThreads()];
      return claims.map((each, index) =>
        index === 0
          ? {
              ...each,
              measured: `${each.measured}; of ${answered} calls ${again} were made again, ${dropped} answers dropped`,
            }
          : each,
      );
    },
    async [Symbol.asyncDispose]() {
      isOver = true;
      await done.catch(() => {});
    },
  };
}
