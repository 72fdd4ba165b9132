import type { Readable } from 'node:stream';
import type pg from 'pg';
import type { AttachmentStorage } from '../attachments/storage.ts';

const ROWS_AT_ONCE = 1_000;

export interface ExportedPerson {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly email?: string;
  readonly avatarUrl?: string;
  readonly deactivated?: boolean;
  readonly bot?: boolean;
}

export interface ExportedRoom {
  readonly id: string;
  readonly type: 'public' | 'private' | 'direct';
  readonly slug?: string;
  readonly name?: string;
  readonly description?: string;
  readonly createdAt: string;
  readonly archived?: boolean;
  readonly members: readonly { readonly id: string; readonly role: string }[];
}

export interface ExportedMessage {
  readonly id: string;
  readonly author: string;
  readonly at: string;
  readonly content: string | null;
  readonly type: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly parent?: string;
  /** It stands in the history of the room as well. */
  readonly alsoSentToRoom?: true;
  readonly editedAt?: string;
  readonly deletedAt?: string;
  readonly pinnedAt?: string;
  readonly reactions?: readonly {
    readonly emoji: string;
    readonly by: string;
    readonly at: string;
  }[];
  readonly edits?: readonly { readonly content: string; readonly until: string }[];
  readonly files?: readonly {
    readonly id: string;
    readonly name: string;
    readonly type: string;
    readonly bytes: number;
    readonly rewritten: boolean;
  }[];
}

/** ISO 8601 in UTC, to the microsecond. */
const time = (column: string) =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** The rooms to export: all, or one by slug or id. */
export async function readRooms(
  client: pg.ClientBase,
  room: string | undefined,
): Promise<ExportedRoom[]> {
  const { rows } = await client.query<{ room: ExportedRoom }>(
    `select jsonb_strip_nulls(jsonb_build_object(
        'id', rooms.id, 'type', rooms.type, 'slug', rooms.slug, 'name', rooms.name, 'description', rooms.description,
        'createdAt', ${time('rooms.created_at')}, 'archived', nullif(rooms.is_archived, false),
        'members', coalesce((
          select jsonb_agg(jsonb_build_object('id', user_id, 'role', role) order by joined_at, user_id)
            from app_public.room_members where room_id = rooms.id), '[]'))) as room
      from app_public.rooms
      where rooms.workspace_id = app_hidden.current_workspace_id()
        and ($1::text is null or rooms.id::text = $1 or rooms.slug = $1::citext)
      order by rooms.created_at, rooms.id`,
    [room ?? null],
  );
  return rows.map((row) => row.room);
}

/** Everybody, or whoever is in one of the rooms or has left something there. */
export async function* readPeople(
  client: pg.ClientBase,
  roomIds: readonly string[] | undefined,
): AsyncGenerator<ExportedPerson> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const { rows } = await client.query<{ person: ExportedPerson }>(
      `select jsonb_strip_nulls(jsonb_build_object(
          'id', users.id, 'username', users.username, 'displayName', users.display_name, 'email', user_secrets.email,
          'avatarUrl', users.avatar_url, 'bot', nullif(users.is_bot, false),
          'deactivated', nullif(users.deleted_at is not null or app_private.is_suspended(users.id), false))) as person
        from app_public.users left join app_private.user_secrets on user_secrets.user_id = users.id
        where users.id > $1
          and (users.workspace_id = app_hidden.current_workspace_id() or users.id = app_private.ghost_id())
          and ($2::uuid[] is null
          or exists (select from app_public.room_members where room_members.user_id = users.id and room_id = any ($2))
          or exists (select from app_public.messages where messages.author_id = users.id and room_id = any ($2))
          or exists (select from app_public.message_reactions where message_reactions.user_id = users.id and room_id = any ($2)))
        order by users.id limit $3`,
      [after, roomIds ?? null, ROWS_AT_ONCE],
    );
    yield* rows.map((row) => row.person);
    const last = rows.at(-1);
    if (last === undefined) {
      return;
    }
    after = last.person.id;
  }
}

/** How much was written. */
export interface ExportResult {
  readonly rooms: number;
  readonly messages: number;
  readonly files: number;
  /** Reactions that the format has no name for. */
  readonly leftOut: number;
  /** Files whose bytes went while it was written, with their messages, say. */
  readonly gone: number;
}

/** A message, and what is to be known of others for a format that has threads and names people by ids. */
export interface ThreadedMessage {
  readonly message: ExportedMessage;
  /** How many answers it has, deleted ones among them. */
  readonly replyCount: number;
  /** What it answers, if that is in the export too. */
  readonly parent: { readonly id: string; readonly at: string } | null;
  /** Whom it mentions: their ids by username in lower case. */
  readonly mentions: Readonly<Record<string, string>> | null;
}

/** The messages of a room in their order, without those that are held. */
export async function* readMessages(
  client: pg.ClientBase,
  roomId: string,
): AsyncGenerator<ExportedMessage> {
  for await (const { message } of readRows<{ message: ExportedMessage }>(client, roomId, '')) {
    yield message;
  }
}

/** The same, with what threads need. */
export function readThreadedMessages(
  client: pg.ClientBase,
  roomId: string,
): AsyncGenerator<ThreadedMessage> {
  return readRows(
    client,
    roomId,
    `, (
        select count(*)::integer from app_public.messages as reply
          where reply.parent_message_id = messages.id and reply.held_at is null) as "replyCount",
      (
        select jsonb_build_object('id', parent.id, 'at', ${time('parent.created_at')}) from app_public.messages as parent
          where parent.id = messages.parent_message_id and parent.held_at is null) as parent,
      (
        select jsonb_object_agg(lower(users.username::text), users.id)
          from app_private.message_mentions as mention join app_public.users on users.id = mention.user_id
          where mention.message_id = messages.id) as mentions`,
  );
}

/** @param more columns beside the message, each with a comma before it */
async function* readRows<Row>(
  client: pg.ClientBase,
  roomId: string,
  more: string,
): AsyncGenerator<Awaited<Row>> {
  for (let after = '0'; ; ) {
    const { rows } = await client.query<Awaited<Row> & { seq: string }>(
      `select messages.seq, jsonb_strip_nulls(jsonb_build_object(
          'id', messages.id, 'author', messages.author_id, 'at', ${time('messages.created_at')}, 'type', messages.message_type,
          'parent', messages.parent_message_id,
          'alsoSentToRoom', nullif(messages.also_sent_to_room, false), 'editedAt', ${time('messages.edited_at')},
          'deletedAt', ${time('messages.deleted_at')}, 'pinnedAt', ${time('messages.pinned_at')},
          'reactions', (
            select jsonb_agg(jsonb_build_object('emoji', emoji, 'by', user_id, 'at', ${time('reaction.created_at')})
                order by reaction.created_at, emoji, user_id)
              from app_public.message_reactions as reaction where reaction.message_id = messages.id),
          'edits', (
            select jsonb_agg(jsonb_build_object('content', previous_content, 'until', ${time('edit.edited_at')}) order by edit.id)
              from app_public.message_edits as edit where edit.message_id = messages.id and not was_held),
          'files', (
            select jsonb_agg(jsonb_build_object('id', file.id, 'name', file.filename, 'type', file.mime_type, 'bytes', file.byte_size,
                'rewritten', uploads.is_rewritten) order by ordinal)
              from app_public.message_attachments as file join app_private.uploads on uploads.id = file.id
              where file.message_id = messages.id)
        )) || jsonb_build_object('content', messages.content)
          || case when messages.metadata = '{}' then '{}' else jsonb_build_object('metadata', messages.metadata) end as message
          ${more}
        from app_public.messages
        where messages.room_id = $1 and messages.seq > $2 and messages.held_at is null
        order by messages.seq limit $3`,
      [roomId, after, ROWS_AT_ONCE],
    );
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) {
      return;
    }
    after = last.seq;
  }
}

/** The bytes of a file; undefined when they are not there any more: people go on meanwhile. */
export async function readBytes(
  storage: AttachmentStorage,
  { id, rewritten }: { readonly id: string; readonly rewritten: boolean },
): Promise<Readable | undefined> {
  try {
    return await storage.read(id, rewritten ? 'rewritten' : 'original');
  } catch (error) {
    const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
    if (code === 'ENOENT' || name === 'NoSuchKey') {
      return undefined;
    }
    throw error;
  }
}

/** The files of a room's messages that have been looked at, by id. */
export async function* readFiles(
  client: pg.ClientBase,
  roomId: string,
): AsyncGenerator<{ readonly id: string; readonly name: string; readonly rewritten: boolean }> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const { rows } = await client.query<{ id: string; name: string; rewritten: boolean }>(
      `select file.id, file.filename as name, uploads.is_rewritten as rewritten
        from app_public.message_attachments as file
        join app_private.uploads on uploads.id = file.id
        join app_public.messages on messages.id = file.message_id
        where messages.room_id = $1 and messages.held_at is null and file.status = 'ready' and file.id > $2
        order by file.id limit $3`,
      [roomId, after, ROWS_AT_ONCE],
    );
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) {
      return;
    }
    after = last.id;
  }
}

/** Which installation it is of: where messages are brought in, these are the same things whenever they are exported. */
export async function readSource(client: pg.ClientBase): Promise<string> {
  const { rows } = await client.query<{ source: string }>(
    `select 'trumpet ' || system_identifier || '/' || (select oid from pg_database where datname = current_database()) as source
      from pg_control_system()`,
  );
  return (rows[0] as { source: string }).source;
}
