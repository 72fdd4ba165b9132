import type pg from 'pg';
import type { RoomTable } from '../checker.ts';

/** The rooms as the database has them, read above every policy. */
export async function readTables(owner: pg.Pool, roomIds: readonly string[]): Promise<RoomTable[]> {
  const { rows: changes } = await owner.query<
    RoomTable['changes'][number] & { readonly roomId: string }
  >(
    `select room_id as "roomId", change_seq::int as "changeSeq", kind, op, message_id as "messageId"
      from app_private.room_changes where room_id = any ($1) order by room_id, change_seq`,
    [roomIds],
  );
  const { rows: messages } = await owner.query<
    RoomTable['messages'][number] & { readonly roomId: string }
  >(
    `select room_id as "roomId", id, seq::int as seq, split_part(content, ' ', 1) as nonce
      from app_public.messages where room_id = any ($1) order by room_id, seq`,
    [roomIds],
  );
  const changesOf = Map.groupBy(changes, ({ roomId }) => roomId);
  const messagesOf = Map.groupBy(messages, ({ roomId }) => roomId);
  return roomIds.map((roomId) => ({
    roomId,
    changes: changesOf.get(roomId) ?? [],
    messages: messagesOf.get(roomId) ?? [],
  }));
}

/** Each room's last change. */
export async function readHeads(
  owner: pg.Pool,
  roomIds: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await owner.query<{ room_id: string; head: number }>(
    'select room_id, last_change_seq::int as head from app_private.room_heads where room_id = any ($1)',
    [roomIds],
  );
  return new Map(rows.map(({ room_id, head }) => [room_id, head]));
}
