import type { ShownMessage } from '../../shown.ts';
import { namedSender } from './sender.ts';

/** A message, and what stands above it. */
export interface Row {
  readonly message: ShownMessage;
  /** Those who came and went before it, one after the other, that one included: they are told together. */
  readonly crowd?: readonly ShownMessage[];
  /** It begins a group: its author and time are shown. */
  readonly isFirst: boolean;
  /** It is the first of its day. */
  readonly hasDay: boolean;
  /** It is the first that had not been read. */
  readonly hasUnreadLine: boolean;
}

/** After this long, the same author begins a new group. */
const GROUP_LASTS_MS = 5 * 60_000;

interface Moment {
  /** In milliseconds of the clock. */
  readonly at: number;
  /** Of this device. */
  readonly day: string;
}

/** Of each message once: a list has thousands, and is laid out again with each that comes. */
const moments = new WeakMap<ShownMessage, Moment>();

function momentOf(message: ShownMessage): Moment {
  const known = moments.get(message);
  if (known !== undefined) {
    return known;
  }
  const date = new Date(message.createdAt);
  const moment = { at: date.getTime(), day: date.toDateString() };
  moments.set(message, moment);
  return moment;
}

export interface LayOut {
  /** The `seq` up to which everything had been read; null when there is no unread line. */
  readonly readUpTo: number | null;
  /** There are older messages than these. */
  readonly hasOlder: boolean;
  readonly viewerId: string | null;
}

export function layOut(messages: readonly ShownMessage[], options: LayOut): readonly Row[] {
  const lineAt = unreadLineAt(messages, options);
  const rows: Row[] = [];
  let crowd: ShownMessage[] = [];
  messages.forEach((message, at) => {
    const before = messages[at - 1];
    const hasDay =
      before === undefined ? !options.hasOlder : momentOf(before).day !== momentOf(message).day;
    const hasUnreadLine = at === lineAt;
    const last = rows.at(-1);
    if (
      last !== undefined &&
      !hasDay &&
      !hasUnreadLine &&
      isOfCrowd(message) &&
      isOfCrowd(last.message)
    ) {
      crowd = last.crowd === undefined ? [last.message] : crowd;
      crowd.push(message);
      rows[rows.length - 1] = { ...last, message, crowd };
      return;
    }
    rows.push({
      message,
      hasDay,
      hasUnreadLine,
      isFirst: hasDay || hasUnreadLine || before === undefined || beginsGroup(before, message),
    });
  });
  return rows;
}

/** Somebody came or went, and nobody has done anything with that. */
function isOfCrowd({
  messageType,
  metadata,
  deletedAt,
  reactions,
  replyCount,
}: ShownMessage): boolean {
  const kind = (metadata as { readonly system?: { readonly kind?: unknown } } | null)?.system?.kind;
  return (
    messageType === 'SYSTEM' &&
    (kind === 'MEMBER_JOINED' || kind === 'MEMBER_LEFT') &&
    deletedAt === null &&
    reactions.length === 0 &&
    replyCount === 0
  );
}

/** Where the first message is that had not been read; -1 when it is not among these. */
function unreadLineAt(
  messages: readonly ShownMessage[],
  { readUpTo, hasOlder, viewerId }: LayOut,
): number {
  if (readUpTo === null) {
    return -1;
  }
  const at = messages.findIndex(
    ({ seq, authorId }) => seq !== null && seq > readUpTo && authorId !== viewerId,
  );
  return at === 0 && hasOlder ? -1 : at;
}

function beginsGroup(before: ShownMessage, message: ShownMessage): boolean {
  return (
    before.authorId !== message.authorId ||
    namedSender(before)?.name !== namedSender(message)?.name ||
    before.messageType === 'SYSTEM' ||
    message.messageType === 'SYSTEM' ||
    message.parentMessageId !== null ||
    momentOf(message).at - momentOf(before).at > GROUP_LASTS_MS
  );
}

/** The rows of before, where they are the same; so that those are not rendered again. */
export function keepRows(before: readonly Row[], now: readonly Row[]): readonly Row[] {
  const known = new Map(before.map((row) => [row.message.key, row]));
  return now.map((row) => {
    const was = known.get(row.message.key);
    return was !== undefined &&
      was.message === row.message &&
      was.isFirst === row.isFirst &&
      was.hasDay === row.hasDay &&
      was.hasUnreadLine === row.hasUnreadLine &&
      isSameCrowd(was.crowd, row.crowd)
      ? was
      : row;
  });
}

function isSameCrowd(was: Row['crowd'], is: Row['crowd']): boolean {
  return was?.length === is?.length && (was?.every((message, at) => message === is?.[at]) ?? true);
}

/** Whether rows came or went before those that both have: the list then keeps its place from the end on. */
export function isMovedAtStart(before: readonly Row[], now: readonly Row[]): boolean {
  const [was, is] = [before[0]?.message.key, now[0]?.message.key];
  const has = (rows: readonly Row[], key: string) =>
    rows.some(({ message }) => message.key === key);
  return was !== undefined && is !== undefined && was !== is && (has(now, was) || has(before, is));
}
