import { signToken } from '../../../testing/access-token.ts';
import type { TestDatabase, TestUser } from '../../../testing/database.ts';
import { doInRoom } from '../../../testing/room-deeds.ts';
import type { TestServer } from '../../../testing/server.ts';
import { type Action, type Client, NetworkError, openClient } from '../../src/index.ts';
import type { Link } from '../link.ts';
import { copyableStorage, copyOf, dropLog, type SupervisedServer, until } from '../support.ts';
import { expectEquivalent } from './compare.ts';
import type { Step } from './steps.ts';

/** What all sequences share. */
export interface Ground {
  readonly database: TestDatabase;
  /** Whom the result is compared with. */
  readonly server: TestServer;
  /** The one that the clients speak with, and that is killed. */
  readonly supervised: SupervisedServer;
  /** Between the clients and that one. */
  readonly link: Link;
  /** Counts what has really happened. */
  readonly note: (what: string) => void;
}

/** A person with some tabs, two rooms and other people in them, to whom things happen. */
export interface Sequence {
  take(step: Step): Promise<void>;
  /** Lets everything come to rest, and compares. */
  finish(): Promise<void>;
  close(): Promise<void>;
  /** Where it stands, for who has to find out why. */
  describe(): unknown;
}

/** The nonces of what the person sent to a room. */
interface Sent {
  readonly texts: string[];
  /** Answers, and messages with files: other ones may overtake them. */
  readonly others: string[];
}

const TABS_LIMIT = 3;
/** More than a page of the client. */
const MANY = 60;

export async function beginSequence(ground: Ground, seed: number): Promise<Sequence> {
  const { database, server, supervised, link, note } = ground;
  const [viewer, ...others] = (await Promise.all(
    [1, 2, 3, 4].map(() => database.createUser()),
  )) as [TestUser, TestUser, TestUser, TestUser];
  /** Who acts in each room, its owner first. The fourth person does nothing: the last to leave archives a room. */
  const actors = [
    [viewer, others[0], others[1]],
    [others[0], viewer, others[1]],
  ] as const;
  const roomIds = await Promise.all(
    actors.map(async ([owner]) => {
      const members = [viewer, ...others].filter((person) => person !== owner);
      return (await database.createRoom(owner, { members })).id;
    }),
  );

  let storage = copyableStorage({ isShared: true });
  let random = seed;
  let isLossy = true;
  let restarting: Promise<void> = Promise.resolve();

  /** Every fifth answer is lost: what was asked for was done. */
  async function lossyFetch(url: string, init: RequestInit): Promise<Response> {
    const answer = await globalThis.fetch(url, init);
    random = (random * 48_271) % 2_147_483_647;
    if (isLossy && random % 5 === 0) {
      await answer.arrayBuffer();
      note('answer lost');
      throw new TypeError('The answer was lost.');
    }
    return answer;
  }

  const open = () => openClient({ url: link.url, storage, fetch: lossyFetch });
  /** The tabs; the person looks at the last. */
  let tabs: Client[] = [await open()];
  const client = () => tabs.at(-1) as Client;
  const impatience = setInterval(() => client()?.hurry(), 50);

  const sent: readonly Sent[] = roomIds.map(() => ({ texts: [], others: [] }));
  /** Nonces of messages that may have been deleted as too old. */
  const mayBeGone = new Set<string>();
  const refused = new Set<string>();

  async function closeTabs(): Promise<void> {
    await Promise.all(tabs.splice(0).map((tab) => tab.close()));
  }

  async function openAgain(): Promise<void> {
    const count = tabs.length;
    await closeTabs();
    tabs = await Promise.all(Array.from({ length: count }, open));
  }

  /** Live once more: now with all that was committed before. */
  async function catchUp(): Promise<void> {
    link.comeBack();
    await restarting;
    await Promise.all(tabs.map((tab) => until(tab.state, (state) => state === 'live')));
    const comingBack = tabs.map(async (tab) => {
      await until(tab.state, (state) => state === 'offline');
      await until(tab.state, (state) => state === 'live');
    });
    link.cut();
    await Promise.all(comingBack);
  }

  /** Resolves when all tabs have heard of what was done in one: it takes a person longer to look at another. */
  let told: Promise<unknown> = Promise.resolve();

  function act(deed: Parameters<Client['act']>[0]): string {
    note('action');
    const id = client().act(deed);
    const isClosed = (tab: Client) => tab.viewerId.get() === null;
    const hears = (tab: Client) =>
      until(tab.queue, (actions) => isClosed(tab) || actions.some((action) => action.id === id));
    const isGone = until(client().queue, (actions) => actions.every((action) => action.id !== id));
    told = Promise.all([told, Promise.race([Promise.all(tabs.map(hears)), isGone])]);
    return id;
  }

  async function asOther(sql: string, ...values: unknown[]): Promise<void> {
    note('action');
    await database
      .commitAs(others[0], (session) => session.query(sql, values))
      .catch(expectRefusal);
  }

  /** The person, by their app: shown at once. */
  function actOn(now: Step, roomId: string, target: string): void {
    switch (now.kind) {
      case 'answer':
        sent[now.at]?.others.push(
          act({
            kind: 'send',
            roomId,
            content: `answer ${now.pick}`,
            parentMessageId: target,
            ...(now.pick % 3 === 0 && { alsoSendToRoom: true }),
          }),
        );
        break;
      case 'edit':
        act({ kind: 'edit', roomId, messageId: target, content: `edit ${now.pick}` });
        break;
      case 'delete':
        act({ kind: 'delete', roomId, messageId: target });
        break;
      case 'react':
      case 'unreact':
        act({ kind: 'react', roomId, messageId: target, emoji: '👍', isOn: now.kind === 'react' });
        break;
      case 'pin':
        act({ kind: 'pin', roomId, messageId: target, isOn: now.pick % 2 === 0 });
        break;
      case 'read':
        act({ kind: 'read', roomId, messageId: target });
        break;
      case 'thread':
        client().thread(target).get();
        break;
    }
  }

  async function take(now: Step): Promise<void> {
    const roomId = roomIds[now.at] as string;
    const timeline = client().timeline(roomId);
    const { messages } = timeline.get();
    const target = messages[now.pick % Math.max(1, messages.length)]?.id;
    switch (now.kind) {
      case 'others':
        note('action');
        await doInRoom(database, actors[now.at] ?? [], roomId, now.deed);
        break;
      case 'send':
        sent[now.at]?.texts.push(act({ kind: 'send', roomId, content: `mine ${now.pick}` }));
        break;
      case 'send file': {
        const files = [new File([`text ${now.pick}`], 'file.txt', { type: 'text/plain' })];
        sent[now.at]?.others.push(act({ kind: 'send', roomId, content: 'with a file', files }));
        break;
      }
      case 'leave':
      case 'join':
        act({ kind: now.kind, roomId });
        break;
      case 'block':
      case 'unblock':
        note('action');
        await client()
          .block(others[1].id, now.kind === 'block')
          .catch(() => {});
        break;
      case 'type':
        note('action');
        client().type(roomId);
        break;
      case 'older':
        await timeline.loadOlder().catch(() => {});
        break;
      case 'members':
        client().members(roomId).get();
        break;
      case 'they type':
        await asOther('select app_public.set_typing($1, true)', roomId);
        break;
      case 'mention':
        await asOther(
          'select app_public.send_message(room_id => $1, content => $2)',
          ...[roomId, `@${viewer.username} look`],
        );
        break;
      case 'kick':
        await asOther('select app_public.kick_member($1, $2)', roomId, viewer.id);
        break;
      case 'ban':
        await asOther('select app_public.ban_member($1, $2)', roomId, viewer.id);
        break;
      case 'unban':
        await asOther('select app_public.unban_member($1, $2)', roomId, viewer.id);
        break;
      case 'many':
        await asOther(
          'select app_public.send_message(room_id => $1, content => text(i)) from generate_series(1, $2) as i',
          ...[roomId, MANY],
        );
        break;
      case 'history trimmed':
        note('action');
        await trim(roomId, now.pick);
        break;
      case 'cut':
        link.cut();
        break;
      case 'live':
        link.comeBack();
        await restarting;
        await until(client().state, (state) => state === 'live');
        break;
      case 'away':
        link.goAway();
        break;
      case 'back':
        link.comeBack();
        break;
      case 'kill':
        // It comes back while other things happen. Not in each sequence: to start takes seconds.
        if (seed % 3 === 0) {
          note('server killed');
          restarting = restarting.then(supervised.kill).then(supervised.start);
        }
        break;
      case 'log lost':
        // None that the server has not read yet.
        await catchUp();
        link.goAway();
        await Promise.all(tabs.map((tab) => until(tab.state, (to) => to === 'offline')));
        await dropLog(database, roomId);
        link.comeBack();
        break;
      case 'reload':
        await openAgain();
        break;
      case 'crash':
        await Promise.all(tabs.map((tab) => tab.kept()));
        storage = await copyOf(storage);
        await openAgain();
        break;
      case 'open tab':
        if (tabs.length < TABS_LIMIT) {
          tabs.push(await open());
        }
        break;
      case 'close tab':
        if (tabs.length > 1) {
          await tabs.shift()?.close();
        }
        break;
      case 'other tab':
        await told;
        tabs.unshift(tabs.pop() as Client);
        break;
      default:
        if (target !== undefined) {
          actOn(now, roomId, target);
        }
    }
    note(now.kind);
  }

  const textsSent = async (roomId: string) =>
    (
      await database.owner.query<{ nonce: string }>(
        `select nonce from app_private.message_nonces
          join app_public.messages on messages.id = message_nonces.message_id
          where messages.room_id = $1 order by messages.seq`,
        [roomId],
      )
    ).rows.map(({ nonce }) => nonce);

  async function trim(roomId: string, count: number): Promise<void> {
    // Of what waits or is on its way nobody knows whether it comes before.
    const { texts, others: unordered } = sent[roomIds.indexOf(roomId)] as Sent;
    for (const nonce of [...(await textsSent(roomId)), ...texts, ...unordered]) {
      mayBeGone.add(nonce);
    }
    await trimHistory(database, roomId, count);
  }

  /** What was not refused is there; texts in the order in which they were sent. */
  async function expectSent(): Promise<void> {
    for (const [index, roomId] of roomIds.entries()) {
      const there = await textsSent(roomId);
      const isThere = new Set(there);
      const { texts, others: unordered } = sent[index] as Sent;
      const isText = new Set(texts);
      expect(there.filter((nonce) => isText.has(nonce))).toEqual(
        texts.filter((nonce) => isThere.has(nonce)),
      );
      const lost = [...texts, ...unordered].filter(
        (nonce) => !isThere.has(nonce) && !refused.has(nonce) && !mayBeGone.has(nonce),
      );
      expect(lost).toEqual([]);
    }
  }

  async function signIn(): Promise<void> {
    for (;;) {
      try {
        await client().signIn({ username: viewer.username, password: viewer.username });
        return;
      } catch (error) {
        if (!(error instanceof NetworkError)) {
          throw error;
        } // The answer was lost.
      }
    }
  }

  await signIn();
  await until(client().state, (state) => state === 'live');
  await Promise.all(
    roomIds.map((roomId) =>
      client()
        .timeline(roomId)
        .jumpToNewest()
        .catch(() => {}),
    ),
  );

  return {
    take,
    async finish() {
      link.comeBack();
      await until(client().queue, isAtRest);
      for (const { id, state } of client().queue.get()) {
        refused.add(id);
        if (state === 'refused') {
          client().drop(id);
        }
      }
      await until(client().queue, (actions) => actions.length === 0);
      isLossy = false;
      await catchUp();
      const token = await signToken({ sub: viewer.id, sid: viewer.sessionId });
      for (const tab of tabs) {
        await expectEquivalent(tab, server, { ...viewer, token }, roomIds);
      }
      await expectSent();
    },
    async close() {
      clearInterval(impatience);
      link.comeBack();
      await restarting;
      await closeTabs();
    },
    describe: () =>
      tabs.map((tab) => ({
        state: tab.state.get(),
        queue: tab.queue.get(),
        rooms: tab.rooms
          .get()
          .map(({ id, unreadCount, lastSeq }) => ({ id, unreadCount, lastSeq })),
      })),
  };
}

/** Whether all that is left was refused, or is about something that was. */
function isAtRest(actions: readonly Action[]): boolean {
  const ids = new Set(actions.map(({ id }) => id));
  return actions.every(({ state, deed }) => {
    const target = 'messageId' in deed ? deed.messageId : undefined;
    const parent = deed.kind === 'send' ? deed.parentMessageId : undefined;
    return state === 'refused' || ids.has(target ?? parent ?? '');
  });
}

/** Deletes the oldest messages, as retention does. */
async function trimHistory({ owner }: TestDatabase, roomId: string, count: number): Promise<void> {
  const session = await owner.connect();
  try {
    await session.query('begin');
    await session.query('select app_private.lock_room($1)', [roomId]);
    await session.query('select app_private.begin_bulk()');
    await session.query(
      `select app_private.delete_messages(array(
        select id from app_public.messages where room_id = $1 order by seq limit $2))`,
      [roomId, count],
    );
    await session.query('select app_private.note_history_start($1)', [roomId]);
    await session.query('commit');
  } finally {
    session.release();
  }
}

function expectRefusal({ code = '' }: { code?: string }): void {
  if (!/^(TR|23|22)/.test(code)) {
    throw new Error(`Not a refusal: ${code}.`);
  }
}
