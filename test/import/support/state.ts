import type { Queryable } from '../../../testing/database.ts';

/**
 * Everything that people see of a database, by names and places and not by ids: equal for two that hold the same. Rooms
 * without a slug are named by who is in them.
 */
export async function readState(
  database: Queryable,
  { withChanges = true } = {},
): Promise<unknown> {
  const { rows } = await database.query(
    `select jsonb_build_object(
      'people', (
        select jsonb_agg(jsonb_build_object(
            'username', username, 'name', display_name, 'email', user_secrets.email, 'holds', holds_email,
            'suspended', app_private.is_suspended(users.id)) order by username)
          from app_public.users left join app_private.user_secrets on user_id = users.id),
      'rooms', (
        select jsonb_agg(jsonb_build_object(
            'type', rooms.type, 'slug', slug, 'name', name, 'description', description, 'archived', is_archived,
            'created', rooms.created_at, 'last', last_message_at, 'lastSeq', last_message_seq, 'count', member_count,
            'changes', case when $1 then last_change_seq end,
            'members', members.list,
            'messages', (
              select jsonb_agg(jsonb_build_object(
                  'seq', messages.seq, 'author', author.username, 'content', content, 'type', message_type, 'metadata', metadata,
                  'isInRoom', messages.also_sent_to_room,
                  'answers', app_private.answers_through(messages.room_id, messages.seq),
                  'parent', (select parent.seq from app_public.messages as parent where parent.id = messages.parent_message_id),
                  'replies', reply_count, 'at', messages.created_at, 'edited', edited_at, 'deleted', messages.deleted_at, 'pinned', pinned_at,
                  'reactions', (
                    select jsonb_agg(jsonb_build_object('emoji', emoji, 'by', reactor.username, 'at', reaction.created_at)
                        order by reaction.created_at, emoji, reactor.username)
                      from app_public.message_reactions as reaction join app_public.users as reactor on reactor.id = reaction.user_id
                      where reaction.message_id = messages.id),
                  'edits', (
                    select jsonb_agg(jsonb_build_object('said', previous_content, 'until', edit.edited_at) order by edit.edited_at)
                      from app_public.message_edits as edit where edit.message_id = messages.id),
                  'files', (
                    select jsonb_agg(jsonb_build_object('name', filename) order by ordinal)
                      from app_public.message_attachments as file where file.message_id = messages.id),
                  'mentions', (
                    select jsonb_agg(mentioned.username order by mentioned.username)
                      from app_private.message_mentions as mention join app_public.users as mentioned on mentioned.id = mention.user_id
                      where mention.message_id = messages.id)
                ) order by messages.seq)
                from app_public.messages join app_public.users as author on author.id = messages.author_id
                where messages.room_id = rooms.id)
          ) order by slug, members.list::text)
          from app_public.rooms join app_private.room_heads on room_heads.room_id = rooms.id,
            lateral (
              select jsonb_agg(jsonb_build_object('username', username, 'role', role, 'read', last_read_seq) order by username) as list
                from app_public.room_members join app_public.users on users.id = user_id where room_members.room_id = rooms.id
            ) as members)
    ) as state`,
    [withChanges],
  );
  return rows[0]?.state;
}
