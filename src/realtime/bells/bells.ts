import type { Pool } from 'pg';
import { UUID_PATTERN as UUID } from '../../database/uuid.ts';
import { MOST_TRACES, tracesOf, tracing, workFor } from '../../process/tracing.ts';

/*
 * A bell says where something new is, never what. It may come twice, too early or not at all: the log
 * is the truth, the bell only says when to look. The server's own connections ring by NOTICE, which
 * costs nothing; everyone else by NOTIFY (listener.ts). See app_private.ring.
 */

export type Bell =
  /** The room has new durable changes. */
  | { readonly kind: 'changes'; readonly roomId: string }
  | {
      readonly kind: 'typing';
      readonly roomId: string;
      readonly userId: string;
      readonly event: 'insert' | 'delete';
    }
  | { readonly kind: 'presence'; readonly userId: string; readonly status: string }
  /** The session has ended: its tokens and sockets too. */
  | { readonly kind: 'session'; readonly sessionId: string }
  /** Something was asked of the person as a bot, or answered to them. */
  | { readonly kind: 'interactions'; readonly userId: string }
  /** The person's status text has changed. */
  | { readonly kind: 'statusText'; readonly userId: string }
  /** What the person says in the fields of their profile has changed. */
  | { readonly kind: 'profile'; readonly userId: string }
  /** Something is news for all people of the workspace. */
  | { readonly kind: 'workspace'; readonly workspaceId: string }
  /** What the person tells others of themselves has changed, and so what they are told. */
  | { readonly kind: 'privacy'; readonly userId: string }
  /** The bell of the room's changes rings for a trace that is recorded: whoever delivers them goes on from this span. */
  | {
      readonly kind: 'trace';
      readonly roomId: string;
      readonly traceId: string;
      readonly spanId: string;
    };

/** NOTIFY channel of the bells. */
export const BELL_CHANNEL = 'trumpet_bell';

const NOTICE_PREFIX = 'trumpet.bell ';
const BELL = new RegExp(
  `^(?:c:(${UUID})|t:(${UUID}):(${UUID}):(insert|delete)|p:(${UUID}):(online|away|busy|offline)|s:(${UUID})|i:(${UUID})|v:(${UUID})|u:(${UUID})|f:(${UUID})|g:(${UUID})|w:(${UUID}):([0-9a-f]{32}):([0-9a-f]{16}))$`,
);
const SENDER = /^n:([0-9a-z]+)$/;

/** What arrived on the channel: bells, and the node that sent them when it was one of ours. */
export interface BellMessage {
  readonly sender: string | undefined;
  readonly bells: readonly Bell[];
}

/** Reads a payload; words that are no bells are left out, since anyone may NOTIFY on the channel. */
export function parseBells(payload: string): BellMessage {
  let sender: string | undefined;
  const bells: Bell[] = [];
  for (const word of payload.split(' ')) {
    const bell = parseBell(word);
    if (bell !== undefined) {
      bells.push(bell);
    } else {
      sender = SENDER.exec(word)?.[1] ?? sender;
    }
  }
  return { sender, bells };
}

function parseBell(word: string): Bell | undefined {
  const match = BELL.exec(word);
  if (match === null) {
    return undefined;
  }
  const [
    ,
    changed,
    typingRoom,
    typingUser,
    event,
    presentUser,
    status,
    sessionId,
    toldUser,
    hidingUser,
    sayingUser,
    describedUser,
    workspaceId,
  ] = match;
  const [tracedRoom, traceId, spanId] = match.slice(13);
  if (changed !== undefined) {
    return { kind: 'changes', roomId: changed };
  }
  if (typingRoom !== undefined && typingUser !== undefined) {
    return {
      kind: 'typing',
      roomId: typingRoom,
      userId: typingUser,
      event: event === 'insert' ? 'insert' : 'delete',
    };
  }
  if (presentUser !== undefined && status !== undefined) {
    return { kind: 'presence', userId: presentUser, status };
  }
  if (toldUser !== undefined) {
    return { kind: 'interactions', userId: toldUser };
  }
  if (hidingUser !== undefined) {
    return { kind: 'privacy', userId: hidingUser };
  }
  if (sayingUser !== undefined) {
    return { kind: 'statusText', userId: sayingUser };
  }
  if (describedUser !== undefined) {
    return { kind: 'profile', userId: describedUser };
  }
  if (workspaceId !== undefined) {
    return { kind: 'workspace', workspaceId };
  }
  if (tracedRoom !== undefined && traceId !== undefined && spanId !== undefined) {
    return { kind: 'trace', roomId: tracedRoom, traceId, spanId };
  }
  return sessionId === undefined ? undefined : { kind: 'session', sessionId };
}

/** The inverse of `parseBells` for one bell. */
export function formatBell(bell: Bell): string {
  switch (bell.kind) {
    case 'changes':
      return `c:${bell.roomId}`;
    case 'typing':
      return `t:${bell.roomId}:${bell.userId}:${bell.event}`;
    case 'presence':
      return `p:${bell.userId}:${bell.status}`;
    case 'session':
      return `s:${bell.sessionId}`;
    case 'interactions':
      return `i:${bell.userId}`;
    case 'privacy':
      return `v:${bell.userId}`;
    case 'statusText':
      return `u:${bell.userId}`;
    case 'profile':
      return `f:${bell.userId}`;
    case 'workspace':
      return `g:${bell.workspaceId}`;
    case 'trace':
      return `w:${bell.roomId}:${bell.traceId}:${bell.spanId}`;
  }
}

/**
 * Packs bells into as few payloads as a NOTIFY's limit of 8,000 bytes allows, each naming its sender.
 * Bells that say the same are sent once.
 */
export function packBells(nodeId: string, bells: Iterable<Bell>, limitBytes = 7_900): string[] {
  const payloads: string[] = [];
  let payload = `n:${nodeId}`;
  for (const word of new Set(Array.from(bells, formatBell))) {
    if (payload.length + 1 + word.length > limitBytes) {
      payloads.push(payload);
      payload = `n:${nodeId}`;
    }
    payload += ` ${word}`;
  }
  payloads.push(payload);
  return payloads;
}

/** The part of a node-postgres client that it does not declare. */
interface WireClient {
  readonly connection: {
    on(event: 'readyForQuery', listener: (message: { status: string }) => void): void;
    on(event: 'end', listener: () => void): void;
  };
}

export type OnBells = (bells: readonly Bell[]) => void;

/**
 * Hears the NOTICEs of every connection that the pool makes from now on, and hands over a connection's
 * bells when it is idle again, that is after commit or rollback. A connection that dies in between
 * hands over what it has: it may have committed.
 *
 * @returns where to say who listens; bells before then are nobody's.
 */
export function attachBells(pool: Pool): (onBells: OnBells) => void {
  let listener: OnBells | undefined;
  pool.on('connect', (client) => {
    const { connection } = client as unknown as WireClient;
    let words = new Set<string>();
    const deliver = () => {
      if (words.size > 0) {
        const { bells } = parseBells([...words].join(' '));
        words = new Set();
        // What follows is nobody's request, whoever's this connection was opened in.
        workFor(undefined, () => listener?.(withTraces(bells, client)));
      }
    };
    client.on('notice', ({ message }) => {
      if (message?.startsWith(NOTICE_PREFIX)) {
        words.add(message.slice(NOTICE_PREFIX.length));
      }
    });
    connection.on('readyForQuery', ({ status }) => {
      if (status === 'I') {
        deliver();
      }
    });
    connection.on('end', deliver);
  });
  return (onBells) => {
    listener = onBells;
  };
}

/** The bells of a connection, and before them those that say which traces the changes are of. */
function withTraces(bells: readonly Bell[], connection: object): readonly Bell[] {
  const traces = tracesOf([connection]);
  const roomIds = bells.flatMap((bell) => (bell.kind === 'changes' ? [bell.roomId] : []));
  if (tracing === undefined || traces === undefined || roomIds.length === 0) {
    return bells;
  }
  const rung = tracing.follow(traces, 'bell', { kind: 'producer' });
  rung.end();
  const traced = roomIds.flatMap((roomId) =>
    rung.traces.map(({ traceId, spanId }) => ({ kind: 'trace', roomId, traceId, spanId }) as const),
  );
  return [...traced.slice(0, MOST_TRACES), ...bells];
}
