import type { ChangeKind, PersonPartsFragment, ViewedMessagePartsFragment } from '../generated.ts';
import type { Change, Snapshot, Table } from '../store/store.ts';
import type {
  FetchedConversation,
  FetchedMember,
  FetchedRoom,
  HistoryRequest,
  Input,
  RoomEvent,
} from './inputs.ts';
import type { Member, Message, Person, Room, RoomLog } from './model.ts';
import { createPatches } from './patches.ts';
import {
  reactedBy,
  readMembership,
  readMessage,
  readPerson,
  readReactions,
  readRoomParts,
} from './read.ts';
import { addStretch, extendLive, type Stretch, stretchAt } from './stretches.ts';
import { createTimelines } from './timelines.ts';

/** What of the replica has changed: `inbox`, or a thing and its id, such as `room 0196…` or `messages 0196…`. */
export type Topic = string;

export interface Replica {
  readonly userId: string;
  /** How many inputs it has had. */
  readonly version: number;
  /** Where to resume; null when everything has to be fetched first. */
  readonly cursor: string | null;
  person(id: string): Person | undefined;
  room(id: string): Room | undefined;
  rooms(): Iterable<Room>;
  log(roomId: string): RoomLog | undefined;
  message(id: string): Message | undefined;
  /** The known messages of a room with a `seq` from `from` to `to`, in order. */
  messages(roomId: string, from: number, to: number): readonly Message[];
  members(roomId: string): ReadonlyMap<string, Member> | undefined;
  /** How many messages of each room there are, the rooms longest not looked at first. */
  messageCounts(): readonly (readonly [roomId: string, count: number])[];
  messageCount(): number;
  /** Who is typing in a room, and since when (milliseconds of the clock). */
  typing(roomId: string): ReadonlyMap<string, number>;
  presence(userId: string): string | undefined;
  /** Rooms that have to be fetched anew. */
  staleRooms(): readonly string[];
  /** Rooms whose numbers have to be asked for. */
  uncertainRooms(): readonly string[];
  apply(input: Input): void;
  /** What would be unread once everything up to a message is read; undefined when that is not known. */
  unreadAfter(
    roomId: string,
    lastReadSeq: number,
  ): Pick<Room, 'unreadCount' | 'mentionCount'> | undefined;
  /** What has changed since this was last asked. */
  takeTopics(): ReadonlySet<Topic>;
  /** What has to be written since this was last asked. Written at once, a crash leaves a state that was. */
  takeChanges(): readonly Change[];
}

/** The replica of a person as it was kept. */
export function readReplica(
  { meta, rooms, people, members, messages }: Snapshot,
  userId: string,
): Replica {
  return createReplica(userId, {
    version: versionOf({ meta }),
    cursor: (meta.get('cursor') as string | undefined) ?? null,
    rooms: [...rooms.values()] as KeptRoom[],
    people: [...people.values()] as Person[],
    members: [...members.values()] as Member[],
    messages: [...messages.values()] as Message[],
  });
}

/** How many inputs what is kept has had. */
export function versionOf({ meta }: Pick<Snapshot, 'meta'>): number {
  return (meta.get('version') as number | undefined) ?? 0;
}

interface KeptRoom {
  readonly room: Room | null;
  readonly log: RoomLog;
}

interface Kept {
  readonly version: number;
  readonly cursor: string | null;
  readonly rooms: readonly KeptRoom[];
  readonly people: readonly Person[];
  readonly members: readonly Member[];
  readonly messages: readonly Message[];
}

function createReplica(userId: string, kept: Kept): Replica {
  let { version, cursor } = kept;
  /** Where the stream is; it becomes the cursor once there is an inbox for it to advance. */
  let streamCursor = cursor;
  /** What was asked for before a stream began anew may lack what came between. */
  let beganAt = -1;
  /** The same of each room in which something is missing. */
  const staleSince = new Map<string, number>();
  const uncertain = new Set<string>();
  const uncertainSince = new Map<string, number>();
  const people = new Map(kept.people.map((person) => [person.id, person]));
  const rooms = new Map<string, Room>();
  const logs = new Map<string, RoomLog>();
  const members = new Map<string, Map<string, Member>>();
  const timelines = createTimelines(kept.messages);
  const typing = new Map<string, Map<string, number>>();
  const presence = new Map<string, string>();
  const stale = new Set<string>();
  const patches = createPatches<Message>();
  const receipts = createPatches<Member>();
  /** When members last came, went or changed their role, by room. */
  const membersChangedAt = new Map<string, number>();

  let topics = new Set<Topic>();
  let changes = new Map<string, Change>();

  for (const { room, log } of kept.rooms) {
    logs.set(log.roomId, log);
    if (room !== null) {
      rooms.set(log.roomId, room);
    }
    if (log.isStale) {
      stale.add(log.roomId);
    }
    if (log.areNumbersStale) {
      uncertain.add(log.roomId);
    }
  }
  for (const member of kept.members) {
    membersOf(member.roomId).set(member.userId, member);
  }

  function membersOf(roomId: string): Map<string, Member> {
    const known = members.get(roomId) ?? new Map<string, Member>();
    members.set(roomId, known);
    return known;
  }

  function keep(table: Table, key: string, value: unknown): void {
    changes.set(`${table} ${key}`, { table, key, value });
  }

  function setRoom(room: Room): void {
    rooms.set(room.id, room);
    keepRoom(room.id);
    topics.add('inbox').add(`room ${room.id}`);
  }

  function changeRoom(roomId: string, change: (room: Room) => Partial<Room>): void {
    const room = rooms.get(roomId);
    if (room !== undefined) {
      setRoom({ ...room, ...change(room) });
    }
  }

  function setLog(log: RoomLog): void {
    logs.set(log.roomId, log);
    if (log.isStale) {
      if (!stale.has(log.roomId)) {
        staleSince.set(log.roomId, version);
      }
      stale.add(log.roomId);
    } else {
      stale.delete(log.roomId);
    }
    if (log.areNumbersStale) {
      uncertain.add(log.roomId);
    } else {
      uncertain.delete(log.roomId);
    }
    keepRoom(log.roomId);
    topics.add(`messages ${log.roomId}`);
  }

  function keepRoom(roomId: string): void {
    const log = logs.get(roomId);
    keep('rooms', roomId, log && { room: rooms.get(roomId) ?? null, log });
  }

  function logOf(roomId: string): RoomLog {
    return (
      logs.get(roomId) ?? {
        roomId,
        changeSeq: null,
        includedSeq: 0,
        stretches: [],
        isStale: true,
        areNumbersStale: false,
        usedAt: 0,
      }
    );
  }

  function setPerson(parts: PersonPartsFragment): void {
    const person = readPerson(parts);
    const known = people.get(person.id);
    if (known === undefined || JSON.stringify(known) !== JSON.stringify(person)) {
      people.set(person.id, person);
      keep('people', person.id, person);
      topics.add(`person ${person.id}`);
    }
  }

  function setMessage(message: Message): void {
    timelines.set(message);
    keep('messages', message.id, message);
    topics.add(`messages ${message.roomId}`).add(`message ${message.id}`);
    if (rooms.get(message.roomId)?.latestMessageId === message.id) {
      topics.add('inbox');
    }
  }

  function removeMessage(message: Message): void {
    timelines.remove(message.id);
    keep('messages', message.id, undefined);
    topics.add(`messages ${message.roomId}`).add(`message ${message.id}`);
  }

  function setMember(member: Member): void {
    membersOf(member.roomId).set(member.userId, member);
    keep('members', `${member.roomId} ${member.userId}`, member);
    topics.add(`members ${member.roomId}`);
  }

  function removeMembers(roomId: string): void {
    for (const id of members.get(roomId)?.keys() ?? []) {
      keep('members', `${roomId} ${id}`, undefined);
    }
    members.delete(roomId);
    topics.add(`members ${roomId}`);
  }

  /** Forgets a room that its person may not see any more. */
  function forgetRoom(roomId: string): void {
    for (const message of timelines.range(roomId, 0, Number.POSITIVE_INFINITY)) {
      removeMessage(message);
    }
    removeMembers(roomId);
    rooms.delete(roomId);
    logs.delete(roomId);
    stale.delete(roomId);
    uncertain.delete(roomId);
    typing.delete(roomId);
    keepRoom(roomId);
    topics.add('inbox').add(`room ${roomId}`).add(`messages ${roomId}`);
  }

  /** @param since the version when it was asked for: what events changed after that is newer */
  function takeFetched(parts: ViewedMessagePartsFragment, since: number): void {
    setPerson(parts.author);
    const message = patches.over(parts.id, readMessage(parts, undefined), since);
    if (message !== null) {
      setMessage(message);
    }
  }

  function takeRoom(
    {
      room,
      latest,
    }: { room: FetchedConversation['room']; latest: ViewedMessagePartsFragment | null },
    since: number,
  ): void {
    const { changeSeq, unreadCount, mentionCount, viewerMembership, directUser, ...parts } = room;
    if (viewerMembership === null) {
      forgetRoom(room.id);
      return;
    }
    if (directUser !== null) {
      setPerson(directUser);
    }
    if (latest !== null) {
      takeFetched(latest, since);
    }
    const includedSeq = Number(changeSeq);
    const log = logOf(room.id);
    const known = rooms.get(room.id);
    if (known !== undefined && (log.changeSeq ?? 0) > includedSeq) {
      return; // Events have told more.
    }
    setRoom({
      ...readRoomParts(parts),
      membership: readMembership(viewerMembership),
      directUserId: directUser?.id ?? null,
      unreadCount: unreadCount ?? 0,
      mentionCount: mentionCount ?? 0,
      lastActivityAt: latest?.createdAt ?? viewerMembership.joinedAt,
      lastSeq: Math.max(Number(latest?.seq ?? 0), known?.lastSeq ?? 0),
      latestMessageId: latest?.id ?? null,
    });
    const isSure = since >= (uncertainSince.get(room.id) ?? 0);
    setLog({
      ...log,
      includedSeq,
      changeSeq: log.changeSeq ?? includedSeq,
      areNumbersStale: log.areNumbersStale && !isSure,
    });
    noticeRewriting(known, room.id);
  }

  function takeEvent(event: RoomEvent): void {
    const { roomId } = event;
    if (roomId === null) {
      return; // Ready.
    }
    if (event.changeSeq === null) {
      takePassing(event);
      return;
    }
    const changeSeq = Number(event.changeSeq);
    const log = logOf(roomId);
    if (log.changeSeq !== null && changeSeq <= log.changeSeq) {
      return; // Delivered again after a resume.
    }
    const isOwnRemoval =
      event.__typename === 'MemberEvent' && event.event === 'DELETE' && event.userId === userId;
    if (isOwnRemoval) {
      forgetRoom(roomId);
      return;
    }
    const isHole = log.changeSeq !== null && changeSeq !== log.changeSeq + 1;
    setLog({ ...log, changeSeq, isStale: log.isStale || isHole });
    if (isHole) {
      removeMembers(roomId);
    }
    const isIncluded = changeSeq <= log.includedSeq;
    switch (event.__typename) {
      case 'MessageEvent':
        takeMessage(event, isIncluded);
        break;
      case 'ReactionEvent':
        takeReaction(event);
        break;
      case 'MemberEvent':
        takeMember(event, isIncluded);
        break;
      case 'ReadReceiptEvent':
        takeReceipt(event, isIncluded);
        break;
      case 'RoomChangedEvent':
        if (event.room !== null && !isIncluded) {
          takeRoomChange(roomId, readRoomParts(event.room));
        }
        break;
    }
  }

  function takeMessage(
    event: Extract<RoomEvent, { __typename: 'MessageEvent' }>,
    isIncluded: boolean,
  ): void {
    const { roomId, messageId } = event;
    const known = timelines.get(messageId);
    const { message: parts } = event;
    patches.add(messageId, version, (fetched) => parts && readMessage(parts, fetched));
    if (event.message === null) {
      if (known !== undefined) {
        removeMessage(known);
      }
      if (!isIncluded) {
        doubtNumbers(roomId);
      }
      return;
    }
    setPerson(event.message.author);
    const message = readMessage(event.message, known);
    const log = logOf(roomId);
    const room = rooms.get(roomId);
    const isNew = event.event === 'INSERT' && message.seq > (room?.lastSeq ?? 0);
    const newest = log.stretches.at(-1);
    const extendsLive =
      event.event === 'INSERT' && newest?.isLive === true && message.seq > newest.to;
    const isLatest = isNew || extendsLive;
    if (isLatest) {
      setLog({ ...log, stretches: extendLive(log.stretches, message.seq) });
    }
    if (known !== undefined || isLatest || stretchAt(log.stretches, message.seq) !== undefined) {
      setMessage(message);
    }
    stopTyping(roomId, message.authorId);
    if (isNew) {
      changeRoom(roomId, () => ({
        lastSeq: message.seq,
        latestMessageId: message.id,
        lastActivityAt: message.createdAt,
      }));
    }
    if (!isIncluded) {
      countMessage(event.event, known, message);
    }
  }

  /** Whether a message counts as unread once everything up to `lastReadSeq` is read. */
  function isUnread(message: Message, lastReadSeq: number): boolean {
    return (
      message.seq > lastReadSeq &&
      message.authorId !== userId &&
      message.deletedAt === null &&
      message.heldAt === null &&
      message.messageType !== 'SYSTEM'
    );
  }

  /** What an event about a message does to the numbers of its room. */
  function countMessage(kind: ChangeKind, known: Message | undefined, message: Message): void {
    const room = rooms.get(message.roomId);
    const lastReadSeq = room?.membership.lastReadSeq ?? 0;
    if (room === undefined || message.seq <= lastReadSeq || message.authorId === userId) {
      return;
    }
    const mentions = ({ mentionedIds }: Message) => mentionedIds.includes(userId);
    const isCounted = isUnread(message, lastReadSeq);
    if (kind === 'INSERT') {
      changeRoom(room.id, ({ unreadCount, mentionCount }) => ({
        unreadCount: unreadCount + Number(isCounted),
        mentionCount: mentionCount + Number(isCounted && mentions(message) && isTold(room)),
      }));
    } else if (known === undefined || mentions(known) || mentions(message)) {
      doubtNumbers(room.id);
    } else if (isUnread(known, lastReadSeq) !== isCounted) {
      changeRoom(room.id, ({ unreadCount }) => ({
        unreadCount: unreadCount + (isCounted ? 1 : -1),
      }));
    } else if (kind === 'DELETE') {
      doubtNumbers(room.id); // It was known as deleted before the numbers were.
    }
  }

  /** At the level NONE nothing counts as a mention. */
  function isTold({ membership }: Room): boolean {
    return membership.notificationLevel !== 'NONE';
  }

  function doubtNumbers(roomId: string): void {
    uncertainSince.set(roomId, version);
    setLog({ ...logOf(roomId), areNumbersStale: true });
  }

  function takeReaction(event: Extract<RoomEvent, { __typename: 'ReactionEvent' }>): void {
    const { messageId, emoji, message } = event;
    if (message === null) {
      return;
    }
    const isMine = event.userId === userId;
    const patch = (before: Message): Message => {
      const mine = new Set(reactedBy(before));
      if (isMine && event.event === 'INSERT') {
        mine.add(emoji);
      } else if (isMine) {
        mine.delete(emoji);
      }
      return { ...before, reactions: readReactions(message.reactions, mine) };
    };
    patches.add(messageId, version, patch);
    const known = timelines.get(messageId);
    if (known !== undefined) {
      setMessage(patch(known));
    }
  }

  function takeMember(
    event: Extract<RoomEvent, { __typename: 'MemberEvent' }>,
    isIncluded: boolean,
  ): void {
    const { roomId } = event;
    if (event.user !== null) {
      setPerson(event.user);
    }
    membersChangedAt.set(roomId, version);
    const known = members.get(roomId)?.get(event.userId);
    if (members.has(roomId)) {
      if (event.event === 'DELETE') {
        membersOf(roomId).delete(event.userId);
        keep('members', `${roomId} ${event.userId}`, undefined);
        topics.add(`members ${roomId}`);
      } else {
        // What was written before someone joined counts as read by them.
        const lastReadSeq = known?.lastReadSeq ?? rooms.get(roomId)?.lastSeq ?? 0;
        setMember({ roomId, userId: event.userId, role: event.role, lastReadSeq });
      }
    }
    if (isIncluded) {
      return;
    }
    changeRoom(roomId, ({ memberCount, membership }) => ({
      memberCount: memberCount + (event.event === 'INSERT' ? 1 : event.event === 'DELETE' ? -1 : 0),
      membership: event.userId === userId ? { ...membership, role: event.role } : membership,
    }));
  }

  function takeMembers(roomId: string, fetched: readonly FetchedMember[], since: number): void {
    if (!rooms.has(roomId) || (membersChangedAt.get(roomId) ?? -1) > since) {
      return; // Asked for too early: they are fetched again.
    }
    removeMembers(roomId);
    membersOf(roomId);
    for (const { user, userId: id, role, lastReadSeq } of fetched) {
      setPerson(user);
      const member = { roomId, userId: id, role, lastReadSeq: Number(lastReadSeq) };
      setMember(receipts.over(`${roomId} ${id}`, member, since) ?? member);
    }
  }

  function takeReceipt(
    event: Extract<RoomEvent, { __typename: 'ReadReceiptEvent' }>,
    isIncluded: boolean,
  ): void {
    const { roomId } = event;
    const lastReadSeq = Number(event.lastReadSeq);
    const patch = (member: Member) => ({ ...member, lastReadSeq });
    receipts.add(`${roomId} ${event.userId}`, version, patch);
    const known = members.get(roomId)?.get(event.userId);
    if (known !== undefined) {
      setMember(patch(known));
    }
    if (event.userId === userId && !isIncluded) {
      changeRoom(roomId, ({ membership }) => ({ membership: { ...membership, lastReadSeq } }));
      const numbers = unreadAfter(roomId, lastReadSeq);
      if (numbers === undefined) {
        doubtNumbers(roomId);
      } else {
        changeRoom(roomId, () => numbers);
      }
    }
  }

  /** What is unread once everything up to a message is read; undefined when that is not known. */
  function unreadAfter(
    roomId: string,
    lastReadSeq: number,
  ): Pick<Room, 'unreadCount' | 'mentionCount'> | undefined {
    const room = rooms.get(roomId);
    if (room === undefined || lastReadSeq >= room.lastSeq) {
      return { unreadCount: 0, mentionCount: 0 };
    }
    const live = logOf(roomId).stretches.at(-1);
    if (!live?.isLive || live.from > lastReadSeq + 1) {
      return undefined;
    }
    const unread = timelines
      .range(roomId, lastReadSeq + 1, room.lastSeq)
      .filter((message) => isUnread(message, lastReadSeq));
    return {
      unreadCount: unread.length,
      mentionCount: isTold(room)
        ? unread.filter(({ mentionedIds }) => mentionedIds.includes(userId)).length
        : 0,
    };
  }

  function takeNumbers(room: FetchedConversation['room'], since: number): void {
    const log = logs.get(room.id);
    const includedSeq = Number(room.changeSeq);
    const { viewerMembership, memberCount, unreadCount, mentionCount } = room;
    if (
      log === undefined ||
      viewerMembership === null ||
      since < (uncertainSince.get(room.id) ?? 0) ||
      (log.changeSeq ?? 0) > includedSeq
    ) {
      return; // Asked for too early: they are asked for again.
    }
    changeRoom(room.id, () => ({
      membership: readMembership(viewerMembership),
      memberCount,
      unreadCount: unreadCount ?? 0,
      mentionCount: mentionCount ?? 0,
    }));
    setLog({ ...log, includedSeq, areNumbersStale: false });
  }

  function takeRoomChange(roomId: string, parts: ReturnType<typeof readRoomParts>): void {
    const { memberCount: _, ...rest } = parts; // Counted event by event.
    const before = rooms.get(roomId);
    changeRoom(roomId, () => rest);
    noticeRewriting(before, roomId);
  }

  /** Retention and deleted accounts take messages away without an event for each. */
  function noticeRewriting(before: Room | undefined, roomId: string): void {
    const room = rooms.get(roomId);
    if (before === undefined || room === undefined) {
      return;
    }
    for (const message of timelines.range(roomId, 0, room.historyStartSeq - 1)) {
      removeMessage(message);
    }
    if (before.historyRewrittenAt !== room.historyRewrittenAt) {
      setLog({ ...logOf(roomId), isStale: true });
    }
  }

  /** Typing and presence: not in the log, and not kept. */
  function takePassing(event: RoomEvent): void {
    if (event.__typename === 'TypingEvent' && event.userId !== userId) {
      if (event.user !== null) {
        setPerson(event.user);
      }
      if (event.event === 'DELETE') {
        stopTyping(event.roomId, event.userId);
      } else {
        const those = new Map(typing.get(event.roomId));
        typing.set(event.roomId, those.set(event.userId, Date.now()));
        topics.add(`typing ${event.roomId}`);
      }
    }
    if (event.__typename === 'PresenceEvent') {
      presence.set(event.userId, event.status);
      topics.add(`presence ${event.userId}`);
    }
  }

  function stopTyping(roomId: string, person: string): void {
    const those = typing.get(roomId);
    if (those?.has(person)) {
      const rest = new Map(those);
      rest.delete(person);
      typing.set(roomId, rest);
      topics.add(`typing ${roomId}`);
    }
  }

  function takeInbox(conversations: readonly FetchedConversation[], since: number): void {
    const there = new Set(conversations.map(({ room }) => room.id));
    for (const roomId of [...logs.keys()]) {
      if (!there.has(roomId) && logOf(roomId).changeSeq === null) {
        forgetRoom(roomId);
      }
    }
    for (const { room, latestMessage } of conversations) {
      takeRoom({ room, latest: latestMessage }, since);
      const log = logOf(room.id);
      // Its history is fetched when somebody looks.
      setLog({ ...log, isStale: log.isStale && log.stretches.length > 0 });
    }
  }

  function takeFetchedRoom(room: FetchedRoom, since: number): void {
    const { messages, ...rest } = room;
    const wasStale = logOf(room.id).isStale;
    if (wasStale && since < (staleSince.get(room.id) ?? 0)) {
      return; // Asked for before something was missing.
    }
    const latest = messages.nodes[0] ?? null;
    takeRoom({ room: rest, latest }, since);
    if (!rooms.has(room.id)) {
      return;
    }
    for (const message of messages.nodes) {
      takeFetched(message, since);
    }
    const log = logOf(room.id);
    if (wasStale) {
      const there = new Set(messages.nodes.map(({ id }) => id));
      for (const message of timelines.range(room.id, 0, Number.POSITIVE_INFINITY)) {
        if (!there.has(message.id) && !patches.has(message.id, since)) {
          removeMessage(message);
        }
      }
    }
    const last = log.stretches.at(-1);
    const from = messages.pageInfo.hasNextPage ? Number(messages.nodes.at(-1)?.seq ?? 1) : 1;
    const to = Math.max(Number(latest?.seq ?? 0), last?.isLive ? last.to : 0);
    setLog({
      ...log,
      // What is missing is in what was fetched.
      changeSeq: wasStale ? Math.max(log.changeSeq ?? 0, log.includedSeq) : log.changeSeq,
      isStale: false,
      stretches: addStretch(wasStale ? [] : log.stretches, { from, to, isLive: true }),
    });
  }

  function takeHistory(
    roomId: string,
    request: HistoryRequest,
    {
      nodes,
      pageInfo,
    }: { nodes: readonly ViewedMessagePartsFragment[]; pageInfo: { hasNextPage: boolean } },
    since: number,
  ): void {
    const log = logs.get(roomId);
    if (log === undefined) {
      return;
    }
    for (const message of nodes) {
      takeFetched(message, since);
    }
    const seqs = nodes.map(({ seq }) => Number(seq));
    const lowest = Math.min(...seqs);
    const live = log.stretches.at(-1)?.isLive ? log.stretches.at(-1) : undefined;
    let added: Stretch | undefined;
    if (request.kind === 'before') {
      added = { from: pageInfo.hasNextPage ? lowest : 1, to: request.seq - 1, isLive: false };
    } else if (request.kind === 'after') {
      const to = Math.max(request.seq, ...seqs);
      added = pageInfo.hasNextPage
        ? { from: request.seq + 1, to, isLive: false }
        : { from: request.seq + 1, to: Math.max(to, live?.to ?? 0), isLive: true };
    } else if (seqs.length > 0) {
      added = { from: lowest, to: Math.max(...seqs), isLive: false };
    }
    if (added !== undefined) {
      setLog({ ...log, stretches: addStretch(log.stretches, added) });
    }
  }

  function trim(roomId: string, keep: number): void {
    const live = logs.get(roomId)?.stretches.at(-1);
    const newest = live?.isLive ? timelines.range(roomId, live.from, live.to).slice(-keep) : [];
    const from = newest[0]?.seq;
    for (const message of timelines.range(roomId, 0, (from ?? Number.POSITIVE_INFINITY) - 1)) {
      if (message.id !== rooms.get(roomId)?.latestMessageId) {
        removeMessage(message);
      }
    }
    const stretches = live !== undefined && from !== undefined ? [{ ...live, from }] : [];
    setLog({ ...logOf(roomId), stretches });
  }

  function setCursor(to: string | null): void {
    if (to !== cursor) {
      cursor = to;
      keep('meta', 'cursor', to ?? undefined);
    }
  }

  function resync(): void {
    streamCursor = null;
    setCursor(null);
    for (const log of logs.values()) {
      removeMembers(log.roomId);
      setLog({ ...log, changeSeq: null, includedSeq: 0, isStale: true });
    }
  }

  return {
    userId,
    get version() {
      return version;
    },
    get cursor() {
      return cursor;
    },
    person: (id) => people.get(id),
    room: (id) => rooms.get(id),
    rooms: () => rooms.values(),
    log: (roomId) => logs.get(roomId),
    message: (id) => timelines.get(id),
    messages: (roomId, from, to) => timelines.range(roomId, from, to),
    messageCounts: () =>
      [...logs.values()]
        .sort((a, b) => a.usedAt - b.usedAt)
        .map(({ roomId }) => [roomId, timelines.count(roomId)] as const),
    messageCount: timelines.total,
    members: (roomId) => members.get(roomId),
    typing: (roomId) => typing.get(roomId) ?? NOBODY,
    presence: (id) => presence.get(id),
    staleRooms: () => [...stale],
    uncertainRooms: () => [...uncertain],
    unreadAfter,
    apply(input) {
      version += 1;
      keep('meta', 'version', version);
      if ('since' in input && input.since < beganAt) {
        return;
      }
      switch (input.kind) {
        case 'event':
          if (cursor === null && input.userEvent.event.__typename === 'ReadyEvent') {
            beganAt = version;
          }
          takeEvent(input.userEvent.event);
          streamCursor = input.userEvent.cursor;
          if (cursor !== null) {
            setCursor(streamCursor);
          }
          break;
        case 'inbox':
          takeInbox(input.conversations, input.since);
          topics.add('inbox');
          setCursor(streamCursor);
          break;
        case 'room':
          takeFetchedRoom(input.room, input.since);
          break;
        case 'numbers':
          takeNumbers(input.room, input.since);
          break;
        case 'room gone':
          forgetRoom(input.roomId);
          break;
        case 'history':
          takeHistory(input.roomId, input.request, input.messages, input.since);
          break;
        case 'members':
          takeMembers(input.roomId, input.members, input.since);
          break;
        case 'resync':
          resync();
          break;
        case 'used':
          if (logs.has(input.roomId)) {
            setLog({ ...logOf(input.roomId), usedAt: input.at });
          }
          break;
        case 'trimmed':
          trim(input.roomId, input.keep);
          break;
        case 'behind':
          for (const roomId of input.roomIds) {
            setLog({ ...logOf(roomId), isStale: true });
          }
          break;
      }
    },
    takeTopics() {
      const taken = topics;
      topics = new Set();
      return taken;
    },
    takeChanges() {
      const taken = [...changes.values()];
      changes = new Map();
      return taken;
    },
  };
}

const NOBODY: ReadonlyMap<string, number> = new Map();
