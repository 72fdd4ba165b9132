import pg from 'pg';
import { isDatabaseError } from '../errors/from-sqlstate.ts';
import { inSpan, type Traces, togetherTraces, tracing, workFor } from '../process/tracing.ts';
import type { Arguments, SendStatement } from './send-statement.ts';

/*
 * A room's head is locked until commit: one transaction after another, each as long as a flush of the log, whatever the
 * number of connections. So while a transaction of a room is under way here, the messages that come for it wait, and go
 * in the next one, together. One that comes alone goes at once, as it would without this.
 *
 * What is acknowledged is committed. What a message is refused for is told to its sender and touches no other; where a
 * whole transaction fails, each of its messages is sent by itself.
 */

/** Postgres keeps so many subtransactions of a transaction in memory that all can read: 64, and a message takes one. */
const MOST_TOGETHER = 50;
/** A bucket or row that someone else has locked, a deadlock that was ended, a hook that is asked first: by themselves. */
const BY_ITSELF = ['55P03', '40P01', '40001', 'TRHKS'];
/** The lock of the room itself was not had in time: it will not be had by each alone. */
const NOT_HAD = '55P03';

const COLUMNS = ['state', 'error', 'detail', 'hint', 'broken'] as const;

type Outcome = Readonly<Record<(typeof COLUMNS)[number], string | null>>;

export interface Answer {
  readonly rows: readonly unknown[];
  readonly rowCount: number | null;
}

export interface Send {
  readonly settings: Readonly<Record<string, string | undefined>>;
  readonly statement: SendStatement;
  readonly values: readonly unknown[];
  readonly given: Arguments;
  /** Whether rows are lists of their columns. */
  readonly arrayMode: boolean;
}

export interface Query {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
  readonly arrayMode: boolean;
}

export interface RoomTransactions {
  /** One transaction for one message, with its own settings. */
  alone(send: Send): Promise<Answer>;
  /** One transaction of the login itself, for messages of several people. */
  together(query: Query): Promise<Answer>;
  /** Takes a connection for a transaction of a room when there is one. */
  withConnection(roomId: string, work: () => Promise<void>): Promise<void>;
}

interface Waiting {
  readonly send: Send;
  /** Of whoever sends it. */
  readonly traces: Traces | undefined;
  readonly resolve: (answer: SentAnswer) => void;
  readonly reject: (error: unknown) => void;
  isByItself: boolean;
}

/** An answer, and how much of the database's time it took. */
export interface SentAnswer {
  readonly answer: Answer;
  /** The row of a message whose answer has still to be asked for, as its sender; then there are no rows. */
  readonly message: string | undefined;
  readonly usedMs: number;
}

/** Sends each message with those that came for its room while the one before was under way. */
export function createSendsTogether(
  transactions: RoomTransactions,
): (send: Send) => Promise<SentAnswer> {
  const rooms = new Map<string, Waiting[]>();

  async function serve(roomId: string, waiting: Waiting[]): Promise<void> {
    while (waiting.length > 0) {
      try {
        await transactions.withConnection(roomId, () => sendNext(waiting));
      } catch (error) {
        // No connection was to be had: that is for those who have waited for it.
        for (const { reject } of waiting.splice(0)) {
          reject(error);
        }
      }
    }
    rooms.delete(roomId);
  }

  async function sendNext(waiting: Waiting[]): Promise<void> {
    const batch = takeAlike(waiting);
    const [first] = batch;
    if (first !== undefined && batch.length === 1) {
      await sendAlone(first);
    } else {
      waiting.unshift(...(await sendAll(batch)));
    }
  }

  async function sendAlone({ send, traces, resolve, reject }: Waiting): Promise<void> {
    const beganAt = performance.now();
    try {
      const answer = await workFor(traces, () => transactions.alone(send));
      resolve({ answer, message: undefined, usedMs: performance.now() - beganAt });
    } catch (error) {
      reject(error);
    }
  }

  /** @returns those that are to be sent by themselves */
  async function sendAll(batch: readonly Waiting[]): Promise<Waiting[]> {
    const beganAt = performance.now();
    let rows: readonly unknown[];
    try {
      const query = queryFor(batch.map(({ send }) => send));
      const traces = tracing && togetherTraces(batch.map((one) => one.traces));
      ({ rows } = await workFor(traces, () => transactions.together(query)));
    } catch (error) {
      if (isDatabaseError(error) && error.code !== NOT_HAD) {
        return batch.map(byItself);
      }
      for (const { reject } of batch) {
        reject(error);
      }
      return [];
    }
    const usedMs = (performance.now() - beganAt) / batch.length;
    return batch.flatMap((one, index) => {
      const { outcome, row, message } = readRow(rows[index], one.send);
      if (outcome.state === null) {
        const answer = { rows: message === undefined ? [row] : [], rowCount: 1 };
        one.resolve({ answer, message, usedMs });
        return [];
      }
      if (BY_ITSELF.includes(outcome.state)) {
        return [byItself(one)];
      }
      one.reject(refusal(outcome));
      return [];
    });
  }

  const enter = (send: Send) =>
    new Promise<SentAnswer>((resolve, reject) => {
      const roomId = send.given.room_id ?? '';
      const one = { send, traces: tracing?.current(), resolve, reject, isByItself: false };
      const waiting = rooms.get(roomId);
      if (waiting !== undefined) {
        waiting.push(one);
        return;
      }
      const begun = [one];
      rooms.set(roomId, begun);
      void serve(roomId, begun);
    });

  // From here it waits for the transaction of its room that is under way.
  return (send) => inSpan('send', {}, () => enter(send));
}

function byItself(one: Waiting): Waiting {
  one.isByItself = true;
  return one;
}

/** The first, and those behind it that ask the same of their messages; the first alone if it goes by itself. */
function takeAlike(waiting: Waiting[]): Waiting[] {
  const first = waiting[0];
  if (first === undefined || first.isByItself) {
    return waiting.splice(0, 1);
  }
  const senders = new Set<string | undefined>();
  const taken = waiting
    .filter(({ send, isByItself }) => {
      const sender = send.settings['trumpet.user_id'];
      const isAlike =
        !isByItself &&
        send.statement.shape === first.send.statement.shape &&
        send.arrayMode === first.send.arrayMode &&
        !senders.has(sender);
      senders.add(sender); // Whoever has two waiting sends them one after the other.
      return isAlike;
    })
    .slice(0, MOST_TOGETHER);
  const isTaken = new Set(taken);
  waiting.splice(0, waiting.length, ...waiting.filter((one) => !isTaken.has(one)));
  return taken;
}

/** One statement for all: what each asks of its message, beside why there is none. */
function queryFor(sends: readonly Send[]): Query {
  const { statement, arrayMode } = sends[0] as Send;
  const asked = statement.isPlain ? statement.asked : 'sends.message::text as "message"';
  const setting = (name: string) => sends.map(({ settings }) => settings[name] ?? '');
  const argument = (name: keyof Arguments) => sends.map(({ given }) => given[name]);
  return {
    name: `together ${statement.shape}`,
    text: `select ${COLUMNS.map((column) => `sends.${column}`).join(', ')}, ${asked}
      from app_hidden.send_together($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as sends,
        lateral (select (sends.message).*) as ${statement.alias}`,
    values: [
      sends[0]?.given.room_id,
      setting('trumpet.user_id'),
      setting('trumpet.session_id'),
      setting('trumpet.key_id'),
      setting('trumpet.hook_question'),
      argument('content'),
      argument('message_type'),
      argument('metadata'),
      argument('parent_message_id'),
      argument('nonce'),
      argument('attachment_ids'),
      argument('read_up_to_message_id'),
    ],
    arrayMode,
  };
}

function readRow(row: unknown, { statement, arrayMode }: Send) {
  let outcome: Outcome;
  let answer: unknown;
  let message: unknown;
  if (arrayMode) {
    const columns = row as (string | null)[];
    const [state, error, detail, hint, broken] = columns as [string | null, ...(string | null)[]];
    outcome = { state, error, detail, hint, broken } as Outcome;
    answer = columns.slice(COLUMNS.length);
    message = columns[COLUMNS.length];
  } else {
    const { state, error, detail, hint, broken, ...columns } = row as Outcome & { message: string };
    outcome = { state, error, detail, hint, broken };
    answer = columns;
    message = columns.message;
  }
  return { outcome, row: answer, message: statement.isPlain ? undefined : (message as string) };
}

/** The error that node-postgres would have thrown, had the message been sent alone. */
function refusal({ state, error, detail, hint, broken }: Outcome): Error {
  return Object.assign(new pg.DatabaseError(error ?? '', 0, 'error'), {
    severity: 'ERROR',
    code: state,
    detail: detail || undefined,
    hint: hint || undefined,
    constraint: broken || undefined,
  });
}
