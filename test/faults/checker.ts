/*
 * What the writers and the readers recorded, compared with the table, in the manner of Jepsen's set and
 * log tests (https://github.com/jepsen-io/jepsen, https://github.com/jepsen-io/redpanda). Pure: the
 * faults happen elsewhere.
 */

/** One message that somebody wanted to send, over all its attempts under one nonce. */
export interface Send {
  readonly nonce: string;
  readonly roomId: string;
  /** Unknown: no attempt was answered. It may have happened or not. */
  readonly outcome: 'acknowledged' | 'refused' | 'unknown';
  /** What the acknowledgement said. */
  readonly messageId?: string;
  /** Epoch milliseconds of the first attempt. */
  readonly startedAt: number;
  /** Epoch milliseconds of the last answer. */
  readonly endedAt: number;
  readonly attempts: number;
}

/** One durable event as a reader got it. */
export interface Sight {
  readonly changeSeq: number;
  readonly messageId: string | null;
  /** Epoch milliseconds: when it was written into the log, and when the reader had it. */
  readonly occurredAt: number;
  readonly receivedAt: number;
}

/** What a reader saw of one room, in the order of arrival, over all its connections. */
export interface Reading {
  readonly reader: string;
  readonly roomId: string;
  /** The last change before the first that the reader was promised. */
  readonly after: number;
  readonly sights: readonly Sight[];
  /** Delivered at least once: the reader drops what it has by (room, changeSeq), as it is told to. */
  readonly mayRepeat: boolean;
}

/** A room as the database has it in the end. */
export interface RoomTable {
  readonly roomId: string;
  /** app_private.room_changes by change_seq. */
  readonly changes: readonly {
    readonly changeSeq: number;
    readonly kind: string;
    readonly op: string;
    readonly messageId: string | null;
  }[];
  /** app_public.messages by seq. The text begins with the nonce. */
  readonly messages: readonly {
    readonly id: string;
    readonly seq: number;
    readonly nonce: string;
  }[];
}

/** What somebody's device has of a room in the end, by seq. */
export interface Shown {
  readonly reader: string;
  readonly roomId: string;
  readonly messages: RoomTable['messages'];
}

export interface Finding {
  readonly kind: 'lost' | 'doubled' | 'reordered' | 'invented';
  readonly what: string;
}

/** Everything that is wrong. Nothing is left out: an empty list is the promise kept. */
export function check(
  tables: readonly RoomTable[],
  sends: readonly Send[],
  readings: readonly Reading[],
): Finding[] {
  const byRoom = new Map(tables.map((table) => [table.roomId, table]));
  return [
    ...tables.flatMap(checkTable),
    ...checkSends(tables, sends),
    ...readings.flatMap((reading) => {
      const table = byRoom.get(reading.roomId);
      return table === undefined
        ? [{ kind: 'lost' as const, what: `room ${reading.roomId} is not in the table` }]
        : checkReading(table, reading);
    }),
  ];
}

/** The table against itself: numbers without gap, each message logged once, in the order of its seq. */
export function checkTable({ roomId, changes, messages }: RoomTable): Finding[] {
  const findings: Finding[] = [];
  for (const [index, { changeSeq }] of changes.entries()) {
    if (changeSeq !== index + 1) {
      findings.push({
        kind: 'lost',
        what: `log of ${roomId}: ${changeSeq} stands at ${index + 1}`,
      });
      break;
    }
  }
  for (const [index, { seq }] of messages.entries()) {
    if (seq !== index + 1) {
      findings.push({ kind: 'lost', what: `messages of ${roomId}: ${seq} stands at ${index + 1}` });
      break;
    }
  }
  const logged = changes
    .filter(({ kind, op }) => kind === 'message' && op === 'insert')
    .map(({ messageId }) => messageId);
  const sent = messages.map(({ id }) => id);
  if (logged.length !== sent.length || logged.some((id, index) => id !== sent[index])) {
    findings.push({
      kind: 'reordered',
      what: `${roomId} logs ${logged.length} messages and holds ${sent.length}, or in another order`,
    });
  }
  return findings;
}

/** The set test: what was acknowledged is there, once; and what one waited for comes before what followed. */
export function checkSends(tables: readonly RoomTable[], sends: readonly Send[]): Finding[] {
  const findings: Finding[] = [];
  const rows = new Map<string, { id: string; roomId: string; seq: number }[]>();
  for (const { roomId, messages } of tables) {
    for (const { nonce, id, seq } of messages) {
      rows.set(nonce, [...(rows.get(nonce) ?? []), { id, roomId, seq }]);
    }
  }
  const placed: { send: Send; roomId: string; seq: number }[] = [];
  for (const send of sends) {
    const [row, ...more] = rows.get(send.nonce) ?? [];
    rows.delete(send.nonce);
    if (more.length > 0) {
      findings.push({ kind: 'doubled', what: `${send.nonce} is there ${more.length + 1} times` });
    }
    if (row === undefined) {
      if (send.outcome === 'acknowledged') {
        findings.push({ kind: 'lost', what: `${send.nonce} was acknowledged and is not there` });
      }
    } else if (send.outcome === 'refused') {
      findings.push({ kind: 'invented', what: `${send.nonce} was refused and is there` });
    } else if (row.roomId !== send.roomId) {
      findings.push({ kind: 'invented', what: `${send.nonce} is in another room` });
    } else if (send.outcome === 'acknowledged') {
      if (send.messageId !== row.id) {
        findings.push({
          kind: 'invented',
          what: `${send.nonce} was acknowledged as another message`,
        });
      }
      placed.push({ send, roomId: row.roomId, seq: row.seq });
    }
  }
  for (const nonce of rows.keys()) {
    findings.push({ kind: 'invented', what: `${nonce} was sent by nobody` });
  }
  return [...findings, ...checkRealTime(placed)];
}

/** A send that was answered before another began has the lower number. */
function checkRealTime(placed: readonly { send: Send; roomId: string; seq: number }[]): Finding[] {
  const findings: Finding[] = [];
  for (const room of Map.groupBy(placed, ({ roomId }) => roomId).values()) {
    let latestStart: Send | undefined;
    for (const { send } of room.toSorted((a, b) => a.seq - b.seq)) {
      if (latestStart !== undefined && send.endedAt < latestStart.startedAt) {
        findings.push({
          kind: 'reordered',
          what: `${latestStart.nonce} began after ${send.nonce} was acknowledged, and stands before it`,
        });
      }
      if (latestStart === undefined || send.startedAt > latestStart.startedAt) {
        latestStart = send;
      }
    }
  }
  return findings;
}

/** The log test: from `after` to the end, each change once, in order, and as the table has it. */
export function checkReading(table: RoomTable, reading: Reading): Finding[] {
  const findings: Finding[] = [];
  const name = `${reading.reader} in ${reading.roomId}`;
  const changes = new Map(table.changes.map((change) => [change.changeSeq, change]));
  const seen = new Set<number>();
  let latest = reading.after;
  for (const { changeSeq, messageId } of reading.sights) {
    const change = changes.get(changeSeq);
    if (change === undefined || change.messageId !== messageId || changeSeq <= reading.after) {
      findings.push({ kind: 'invented', what: `${name}: ${changeSeq} is not what the table says` });
    }
    if (seen.has(changeSeq)) {
      if (!reading.mayRepeat) {
        findings.push({ kind: 'doubled', what: `${name}: ${changeSeq} came again` });
      }
      continue;
    }
    if (changeSeq < latest) {
      findings.push({ kind: 'reordered', what: `${name}: ${changeSeq} came after ${latest}` });
    }
    seen.add(changeSeq);
    latest = Math.max(latest, changeSeq);
  }
  for (const { changeSeq } of table.changes) {
    if (changeSeq > reading.after && !seen.has(changeSeq)) {
      findings.push({ kind: 'lost', what: `${name}: ${changeSeq} never came` });
    }
  }
  return findings;
}

/** What a device has against the table: each message once, in its place, and no other. */
export function checkShown(
  tables: readonly RoomTable[],
  { reader, roomId, messages: shown }: Shown,
): Finding[] {
  const name = `${reader} in ${roomId}`;
  const there = tables.find((table) => table.roomId === roomId)?.messages ?? [];
  const places = new Map(there.map(({ id }, index) => [id, index]));
  const findings: Finding[] = [];
  const seen = new Set<string>();
  let latest = -1;
  for (const { id, seq } of shown) {
    const place = places.get(id);
    if (place === undefined) {
      findings.push({ kind: 'invented', what: `${name}: ${id} is not in the table` });
    } else if (seen.has(id)) {
      findings.push({ kind: 'doubled', what: `${name}: ${id} is there twice` });
    } else if (place < latest || there[place]?.seq !== seq) {
      findings.push({ kind: 'reordered', what: `${name}: ${id} is at another place` });
    }
    seen.add(id);
    latest = Math.max(latest, place ?? latest);
  }
  for (const { id, seq } of there) {
    if (!seen.has(id)) {
      findings.push({ kind: 'lost', what: `${name}: ${seq} is not there` });
    }
  }
  return findings;
}

/** How many of each kind, for a table. */
export function summarise(findings: readonly Finding[]): string {
  const counts = Object.entries(Object.groupBy(findings, ({ kind }) => kind));
  return counts.length === 0
    ? '0 lost, doubled, reordered or invented'
    : counts.map(([kind, list]) => `${list?.length} ${kind}`).join(', ');
}
