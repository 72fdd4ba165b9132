import { jsonPgSmartTags } from 'postgraphile/utils';

/*
 * What PostGraphile is told about single tables, columns, relations and functions, kept apart from the database's own
 * comments so that those read as prose, at psql and in the API alike. Relations declared here are those of the tables
 * that carry no foreign keys (see 000009-messages.sql).
 */
export const ResourceTagsPlugin = jsonPgSmartTags({
  version: 1,
  config: {
    class: {
      'app_public.room_members': {
        tags: {
          foreignFieldName: 'members',
        },
      },
      'app_public.room_invitations': { tags: { viewerDependent: true } },
      'app_public.notification_settings': { tags: { viewerDependent: true } },
      'app_public.privacy_settings': { tags: { viewerDependent: true } },
      'app_public.incoming_webhooks': { tags: { viewerDependent: true } },
      'app_public.commands': {
        tags: { viewerDependent: true, behavior: '-query:resource:single -type:node' },
      },
      'app_public.user_groups': {
        tags: { viewerDependent: true, behavior: '-query:resource:single -type:node' },
      },
      'app_public.room_data': { tags: { behavior: '-*' } },
      'app_public.room_field_keys': { tags: { behavior: '-*' } },
      'app_public.room_fields': {
        tags: { viewerDependent: true, behavior: '-query:resource:single -type:node' },
      },
      'app_public.profile_fields': {
        tags: { viewerDependent: true, behavior: '-query:resource:single -type:node' },
      },
      'app_public.custom_emoji': {
        tags: { viewerDependent: true, behavior: '-query:resource:single -type:node' },
      },
      'app_public.roles': {
        tags: { viewerDependent: true, behavior: '-query:resource:single -type:node' },
      },
      'app_public.custom_room_types': {
        tags: { behavior: '-query:resource:single -type:node' },
      },
      'app_public.user_group_members': {
        tags: { viewerDependent: true, behavior: '-query:resource:single -type:node' },
      },
      'app_public.interactions': {
        tags: {
          viewerDependent: true,
          behavior: '-type:node',
          foreignKey: [
            '(message_id) references app_public.messages (id)|@fieldName message|@mayBeGone|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
            '(answer_message_id) references app_public.messages (id)|@fieldName answerMessage|@mayBeGone|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
          ],
        },
      },
      'app_public.saved_messages': {
        tags: {
          viewerDependent: true,
          behavior: '-query:resource:single -type:node',
          foreignKey:
            '(message_id) references app_public.messages (id)|@fieldName message|@mayBeGone|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.reminders': {
        tags: {
          viewerDependent: true,
          behavior: '-query:resource:single -type:node',
          foreignKey:
            '(message_id) references app_public.messages (id)|@fieldName message|@mayBeGone|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.scheduled_messages': {
        tags: {
          viewerDependent: true,
          behavior: '-query:resource:single -type:node',
          foreignKey:
            '(parent_message_id) references app_public.messages (id)|@fieldName parentMessage|@mayBeGone|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.drafts': {
        tags: {
          viewerDependent: true,
          behavior: '-query:resource:single -type:node',
          foreignKey:
            '(parent_message_id) references app_public.messages (id)|@fieldName parentMessage|@mayBeGone|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.messages': {
        tags: {
          foreignKey: [
            '(room_id) references app_public.rooms (id)|@fieldName room|@foreignFieldName messages',
            '(author_id) references app_public.users (id)|@fieldName author|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
            '(parent_message_id) references app_public.messages (id)|@fieldName parentMessage|@foreignFieldName replies',
          ],
        },
      },
      'app_public.message_edits': {
        tags: {
          foreignKey:
            '(message_id) references app_public.messages (id)|@fieldName message|@foreignFieldName edits',
        },
      },
      'app_public.message_reactions': {
        tags: {
          behavior: '-query:resource:single -type:node',
          foreignKey: [
            '(message_id) references app_public.messages (id)|@fieldName message|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
            '(user_id) references app_public.users (id)|@fieldName user|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
          ],
        },
      },
      'app_public.poll_ballots': {
        tags: {
          behavior: '-query:resource:single -type:node',
          foreignKey: [
            '(message_id) references app_public.messages (id)|@fieldName message|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
            '(user_id) references app_public.users (id)|@fieldName user|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
          ],
        },
      },
      'app_public.quote': {
        tags: {
          primaryKey: 'message_id',
          foreignKey: [
            '(message_id) references app_public.messages (id)|@fieldName message|@mayBeGone|@backwardBehavior -singularRelation:resource:single',
            '(author_id) references app_public.users (id)|@fieldName author|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
          ],
          behavior: '-query:resource:single',
        },
      },
      'app_public.conversations': {
        tags: {
          primaryKey: 'room_id',
          foreignKey: [
            '(room_id) references app_public.rooms (id)|@fieldName room|@backwardBehavior -singularRelation:resource:single',
            '(latest_message_id) references app_public.messages (id)|@fieldName latestMessage|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
            '(direct_user_id) references app_public.users (id)|@fieldName directUser|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
          ],
          behavior: '-query:resource:single',
        },
      },
      'app_public.followed_threads': {
        tags: {
          primaryKey: 'message_id',
          foreignKey: [
            '(message_id) references app_public.messages (id)|@fieldName message|@backwardBehavior -singularRelation:resource:single',
            '(room_id) references app_public.rooms (id)|@fieldName room|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
            '(latest_reply_id) references app_public.messages (id)|@fieldName latestReply|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
          ],
          behavior: '-query:resource:single',
        },
      },
      'app_public.message_attachments': {
        tags: {
          name: 'attachment',
          foreignKey:
            '(message_id) references app_public.messages (id)|@fieldName message|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.link_previews': {
        tags: {
          foreignKey:
            '(message_id) references app_public.messages (id)|@fieldName message|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.message_match': {
        tags: {
          foreignKey:
            '(message_id) references app_public.messages (id)|@fieldName message|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.recap_highlight': {
        tags: {
          foreignKey:
            '(message_id) references app_public.messages (id)|@fieldName message|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.recap_writer': {
        tags: {
          foreignKey:
            '(user_id) references app_public.users (id)|@fieldName user|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.webhooks': { tags: { viewerDependent: true, behavior: '-type:node' } },
      'app_public.webhook_deliveries': {
        tags: { viewerDependent: true, behavior: '-query:resource:single -type:node' },
      },
      'app_public.moderation_log': {
        tags: {
          name: 'moderation_log_entry',
          foreignKey: [
            '(room_id) references app_public.rooms (id)|@fieldName room|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
            '(moderator_id) references app_public.users (id)|@fieldName moderator|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
            '(target_user_id) references app_public.users (id)|@fieldName targetUser|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
          ],
        },
      },
      'app_public.message_reports': {
        tags: {
          foreignKey:
            '(message_id) references app_public.messages (id)|@fieldName message|@mayBeGone|@behavior -manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
    },
    attribute: {
      'app_public.permission_exception.permission': { tags: { notNull: true } },
      'app_public.permission_exception.effect': { tags: { notNull: true } },
      'app_public.permission_exception.is_everywhere': { tags: { notNull: true } },
      'app_public.room_members.history_widened_at': { tags: { behavior: '-attribute:select' } },
      'app_public.audit_entry.seq': { tags: { notNull: true } },
      'app_public.audit_entry.happened_at': { tags: { notNull: true } },
      'app_public.audit_entry.kind': { tags: { notNull: true } },
      'app_public.audit_entry.operation': { tags: { notNull: true } },
      'app_public.audit_checkpoint.seq': { tags: { notNull: true } },
      'app_public.audit_checkpoint.hash': { tags: { notNull: true } },
      'app_public.audit_checkpoint.signed_at': { tags: { notNull: true } },
      'app_public.audit_checkpoint.public_key': { tags: { notNull: true } },
      'app_public.audit_checkpoint.signature': { tags: { notNull: true } },
      'app_public.compliance_export.id': { tags: { notNull: true } },
      'app_public.compliance_export.status': { tags: { notNull: true } },
      'app_public.compliance_export.reason': { tags: { notNull: true } },
      'app_public.compliance_export.requested_by': { tags: { notNull: true } },
      'app_public.compliance_export.message_count': { tags: { notNull: true } },
      'app_public.compliance_export.rooms_done': { tags: { notNull: true } },
      'app_public.compliance_export.rooms_total': { tags: { notNull: true } },
      'app_public.compliance_export.byte_size': { tags: { notNull: true } },
      'app_public.compliance_export.requested_at': { tags: { notNull: true } },
      'app_public.compliance_export.expires_at': { tags: { notNull: true } },
      'app_public.status_text.user_id': { tags: { notNull: true } },
      'app_public.thread_receipt.user_id': { tags: { notNull: true } },
      'app_public.thread_receipt.last_read_seq': { tags: { notNull: true } },
      'app_public.delivery_position.room_id': { tags: { notNull: true } },
      'app_public.delivery_position.seq': { tags: { notNull: true } },
      'app_public.room_fields.workspace_id': { tags: { behavior: '-*' } },
      'app_public.profile_value.key': { tags: { notNull: true } },
      'app_public.profile_value.label': { tags: { notNull: true } },
      'app_public.profile_value.kind': { tags: { notNull: true } },
      'app_public.profile_value.place': { tags: { notNull: true } },
      'app_public.profile_fields.workspace_id': { tags: { behavior: '-*' } },
      // What the viewer may know of it is the function room_members_last_read_seq.
      'app_public.room_members.last_read_seq': { tags: { behavior: '-*' } },
      'app_public.privacy_settings.changed_at': { tags: { behavior: '-*' } },
      'app_public.scheduled_messages.nonce': { tags: { behavior: '-*' } },
      'app_public.drafts.user_id': { tags: { behavior: '-*' } },
      'app_public.drafts.bases': { tags: { behavior: '-*' } },
      'app_public.drafts.attachment_ids': { tags: { behavior: '-*' } },
      'app_public.draft_attachment.id': { tags: { notNull: true } },
      'app_public.draft_attachment.filename': { tags: { notNull: true } },
      'app_public.draft_attachment.mime_type': { tags: { notNull: true } },
      'app_public.draft_attachment.byte_size': { tags: { notNull: true } },
      'app_public.draft_attachment.status': { tags: { notNull: true } },
      'app_public.draft_attachment.has_thumbnail': { tags: { notNull: true } },
      'app_public.account.is_email_verified': { tags: { notNull: true } },
      'app_public.account.has_password': { tags: { notNull: true } },
      'app_public.account.is_guest': { tags: { notNull: true } },
      'app_public.session.id': { tags: { notNull: true } },
      'app_public.session.created_at': { tags: { notNull: true } },
      'app_public.session.refreshed_at': { tags: { notNull: true } },
      'app_public.session.expires_at': { tags: { notNull: true } },
      'app_public.session.is_current': { tags: { notNull: true } },
      'app_public.session.method': { tags: { notNull: true } },
      'app_public.second_factor.recovery_codes_left': { tags: { notNull: true } },
      'app_public.group_mention.name': { tags: { notNull: true } },
      'app_public.group_mention.people_count': { tags: { notNull: true } },
      'app_public.group_mention.is_allowed': { tags: { notNull: true } },
      'app_public.room_arrangement.room_id': { tags: { notNull: true } },
      'app_public.room_arrangement.is_favorite': { tags: { notNull: true } },
      'app_public.room_arrangement.is_hidden': { tags: { notNull: true } },
      'app_public.passkey.id': { tags: { notNull: true } },
      'app_public.passkey.name': { tags: { notNull: true } },
      'app_public.passkey.is_backed_up': { tags: { notNull: true } },
      'app_public.passkey.created_at': { tags: { notNull: true } },
      'app_public.totp_setup.address': { tags: { notNull: true } },
      'app_public.totp_setup.secret': { tags: { notNull: true } },
      'app_public.room_engagement.total_messages': { tags: { notNull: true } },
      'app_public.room_engagement.total_members': { tags: { notNull: true } },
      'app_public.room_engagement.average_daily_messages': { tags: { notNull: true } },
      'app_public.room_engagement.peak_daily_messages': { tags: { notNull: true } },
      'app_public.user_session.access_token': { tags: { notNull: true } },
      'app_public.user_session.refresh_token': { tags: { notNull: true } },
      'app_public.user_session.expires_at': { tags: { notNull: true } },
      'app_public.user_session.user_id': { tags: { notNull: true } },
      'app_public.followed_threads.message_id': { tags: { notNull: true } },
      'app_public.followed_threads.room_id': { tags: { notNull: true } },
      'app_public.followed_threads.read_seq': { tags: { notNull: true } },
      'app_public.followed_threads.unread_count': { tags: { notNull: true } },
      'app_public.followed_threads.mention_count': { tags: { notNull: true } },
      'app_public.followed_threads.last_activity_at': { tags: { notNull: true } },
      'app_public.translation.message_id': { tags: { notNull: true } },
      'app_public.translation.language': { tags: { notNull: true } },
      'app_public.translation.original': { tags: { notNull: true } },
      'app_public.room_recap.message_count': { tags: { notNull: true } },
      'app_public.room_recap.mention_count': { tags: { notNull: true } },
      'app_public.room_recap.people_count': { tags: { notNull: true } },
      'app_public.room_recap.file_count': { tags: { notNull: true } },
      'app_public.room_recap.poll_count': { tags: { notNull: true } },
      'app_public.room_recap.thread_count': { tags: { notNull: true } },
      'app_public.room_recap.is_partial': { tags: { notNull: true } },
      'app_public.room_recap.writers': { tags: { notNull: true } },
      'app_public.room_recap.highlights': { tags: { notNull: true } },
      'app_public.recap_writer.user_id': { tags: { notNull: true } },
      'app_public.recap_writer.message_count': { tags: { notNull: true } },
      'app_public.recap_highlight.message_id': { tags: { notNull: true } },
      'app_public.recap_highlight.reason': { tags: { notNull: true } },
      'app_public.recap_highlight.count': { tags: { notNull: true } },
      'app_public.thread_summary.thread_count': { tags: { notNull: true } },
      'app_public.thread_summary.unread_thread_count': { tags: { notNull: true } },
      'app_public.thread_summary.unread_count': { tags: { notNull: true } },
      'app_public.thread_summary.mention_count': { tags: { notNull: true } },
      'app_public.conversations.room_id': { tags: { notNull: true } },
      'app_public.conversations.unread_count': { tags: { notNull: true } },
      'app_public.conversations.mention_count': { tags: { notNull: true } },
      'app_public.conversations.last_activity_at': { tags: { notNull: true } },
      'app_public.system_message.kind': { tags: { notNull: true } },
      'app_public.location.latitude': { tags: { notNull: true } },
      'app_public.location.longitude': { tags: { notNull: true } },
      'app_public.contact.name': { tags: { notNull: true } },
      'app_public.contact.phones': { tags: { notNull: true } },
      'app_public.contact.emails': { tags: { notNull: true } },
      'app_public.quote.message_id': { tags: { notNull: true } },
      'app_public.quote.is_part': { tags: { notNull: true } },
      'app_public.quote.is_removed': { tags: { notNull: true } },
      'app_public.poll.message_id': { tags: { notNull: true } },
      'app_public.poll.max_choices': { tags: { notNull: true } },
      'app_public.poll.is_anonymous': { tags: { notNull: true } },
      'app_public.poll.voter_count': { tags: { notNull: true } },
      'app_public.poll_answer.message_id': { tags: { notNull: true } },
      'app_public.poll_answer.number': { tags: { notNull: true } },
      'app_public.poll_answer.text': { tags: { notNull: true } },
      'app_public.poll_answer.count': { tags: { notNull: true } },
      'app_public.reaction_summary.message_id': { tags: { notNull: true } },
      'app_public.reaction_summary.emoji': { tags: { notNull: true } },
      'app_public.reaction_summary.count': { tags: { notNull: true } },
      'app_public.message_match.message_id': { tags: { notNull: true } },
      'app_public.message_match.is_approximate': { tags: { notNull: true } },
      'app_public.message_match.rank': { tags: { notNull: true } },
      'app_public.web_push_subscription.endpoint': { tags: { notNull: true } },
      'app_public.web_push_subscription.keys': { tags: { notNull: true } },
      'app_public.web_push_keys.p256dh': { tags: { notNull: true } },
      'app_public.web_push_keys.auth': { tags: { notNull: true } },
      'app_public.webhook_secret.webhook_id': { tags: { notNull: true } },
      'app_public.webhook_secret.secret': { tags: { notNull: true } },
      'app_public.bot_key.bot_id': { tags: { notNull: true } },
      'app_public.bot_key.key': { tags: { notNull: true } },
      'app_public.incoming_webhook_address.incoming_webhook_id': { tags: { notNull: true } },
      'app_public.incoming_webhook_address.url': { tags: { notNull: true } },
      'app_public.custom_emoji_policy.who_adds': { tags: { notNull: true } },
      'app_public.custom_emoji_policy.most': { tags: { notNull: true } },
      'app_public.custom_emoji_policy.viewer_may_add': { tags: { notNull: true } },
      'app_public.custom_emoji_policy.viewer_is_manager': { tags: { notNull: true } },
      'app_public.custom_emoji_policy.version': { tags: { notNull: true } },
      'app_public.users.workspace_id': { tags: { behavior: '-*' } },
      'app_public.rooms.workspace_id': { tags: { behavior: '-*' } },
      'app_public.webhooks.workspace_id': { tags: { behavior: '-*' } },
      'app_public.custom_emoji.workspace_id': { tags: { behavior: '-*' } },
      'app_public.custom_room_types.workspace_id': { tags: { behavior: '-*' } },
      'app_public.custom_room_types.is_removed': { tags: { behavior: '-*' } },
      'app_public.custom_room_types.revision': { tags: { behavior: '-*' } },
      'app_public.custom_emoji.picture_id': { tags: { behavior: '-*' } },
      'app_public.users.avatar_id': {
        tags: {
          behavior: '-*',
        },
      },
      'app_public.users.avatar_url': {
        tags: {
          behavior: '-*',
        },
      },
      'app_public.link_previews.thumbnail_id': {
        tags: {
          behavior: '-*',
        },
      },
      'app_public.link_previews.ordinal': {
        tags: {
          behavior: '-attribute:select -attribute:filterBy -attribute:orderBy',
        },
      },
      'app_public.message_attachments.ordinal': {
        tags: {
          behavior: '-attribute:select -attribute:filterBy -attribute:orderBy',
        },
      },
      'app_public.message_attachments.has_thumbnail': {
        tags: {
          behavior: '-attribute:select -attribute:filterBy -attribute:orderBy',
        },
      },
      'app_public.message_match.content': {
        tags: {
          behavior: '-*',
        },
      },
      'app_public.message_match.shown': {
        tags: {
          behavior: '-*',
        },
      },
      'app_public.message_match.language': {
        tags: {
          behavior: '-*',
        },
      },
      'app_public.room_engagement.messages_last_7_days': {
        tags: {
          notNull: true,
          name: 'messagesLast7Days',
        },
      },
      'app_public.room_engagement.messages_last_30_days': {
        tags: {
          notNull: true,
          name: 'messagesLast30Days',
        },
      },
      'app_public.room_engagement.active_users_7_days': {
        tags: {
          notNull: true,
          name: 'activeUsers7Days',
        },
      },
      'app_public.room_engagement.active_users_30_days': {
        tags: {
          notNull: true,
          name: 'activeUsers30Days',
        },
      },
    },
    constraint: {
      // Within the workspace of whoever asks: user_by_username.
      'app_public.users.users_username_is_unique': { tags: { behavior: '-query:resource:single' } },
      'app_public.room_members.room_members_room_id_fkey': {
        tags: {
          fieldName: 'room',
          foreignFieldName: 'members',
        },
      },
      'app_public.room_members.room_members_user_id_fkey': {
        tags: {
          fieldName: 'user',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.room_invitations.room_invitations_room_id_fkey': {
        tags: {
          fieldName: 'room',
          foreignFieldName: 'invitations',
        },
      },
      'app_public.room_invitations.room_invitations_created_by_fkey': {
        tags: {
          fieldName: 'creator',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.room_invitations.room_invitations_code_is_unique': {
        tags: {
          behavior: '-single',
        },
      },
      'app_public.room_invitations.room_invitations_pkey': {
        tags: {
          behavior: '-single',
        },
      },
      'app_public.room_members.room_members_pkey': {
        tags: {
          behavior: '-single',
        },
      },
      'app_public.message_edits.message_edits_pkey': {
        tags: {
          behavior: '-single',
        },
      },
      'app_public.message_reactions.message_reactions_pkey': {
        tags: {
          behavior: '-single',
        },
      },
      'app_public.link_previews.link_previews_pkey': {
        tags: {
          behavior: '-single',
        },
      },
      'app_public.link_previews.link_previews_are_one_a_link': {
        tags: {
          behavior: '-single',
        },
      },
      'app_public.message_attachments.message_attachments_pkey': {
        tags: {
          behavior: '-single',
        },
      },
      'app_public.room_bans.room_bans_pkey': {
        tags: {
          behavior: '-single',
        },
      },
      'app_public.room_bans.room_bans_room_id_fkey': {
        tags: {
          fieldName: 'room',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.room_bans.room_bans_user_id_fkey': {
        tags: {
          fieldName: 'user',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.room_bans.room_bans_banned_by_fkey': {
        tags: {
          fieldName: 'moderator',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.moderation_log.moderation_log_pkey': {
        tags: {
          behavior: '-single',
        },
      },
      'app_public.message_reports.message_reports_pkey': {
        tags: {
          behavior: '-single',
        },
      },
      'app_public.message_reports.message_reports_one_a_person': {
        tags: {
          behavior: '-single',
        },
      },
      'app_public.message_reports.message_reports_room_id_fkey': {
        tags: {
          // Whoever reports a message and leaves still sees the report.
          mayBeGone: true,
          fieldName: 'room',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.message_reports.message_reports_reporter_id_fkey': {
        tags: {
          fieldName: 'reporter',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.message_reports.message_reports_resolved_by_fkey': {
        tags: {
          fieldName: 'resolver',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.room_rules.room_rules_pkey': {
        tags: {
          behavior: '-single',
        },
      },
      'app_public.room_rules.room_rules_one_a_kind_and_action': {
        tags: {
          behavior: '-single',
        },
      },
      'app_public.room_rules.room_rules_room_id_fkey': {
        tags: {
          fieldName: 'room',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.data_exports.data_exports_pkey': {
        tags: {
          fieldName: 'dataExport',
        },
      },
      'app_public.data_exports.data_exports_user_id_fkey': {
        tags: {
          fieldName: 'user',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.webhooks.webhooks_name_is_unique': {
        tags: { behavior: '-query:resource:single' },
      },
      'app_public.webhooks.webhooks_are_one_a_bot': {
        tags: { behavior: '-query:resource:single' },
      },
      'app_public.webhooks.webhooks_bot_id_fkey': {
        tags: {
          fieldName: 'bot',
          behavior:
            '-manyRelation:resource:list -manyRelation:resource:connection -singleRelation:resource:single:backward',
        },
      },
      'app_public.webhook_deliveries.webhook_deliveries_webhook_id_fkey': {
        tags: { behavior: '-manyRelation:resource:list -manyRelation:resource:connection' },
      },
      'app_public.incoming_webhooks.incoming_webhooks_pkey': {
        tags: { behavior: '-single' },
      },
      'app_public.incoming_webhooks.incoming_webhooks_have_a_bot_each': {
        tags: { behavior: '-single' },
      },
      'app_public.incoming_webhooks.incoming_webhooks_room_id_fkey': {
        tags: { fieldName: 'room', foreignFieldName: 'incomingWebhooks' },
      },
      'app_public.incoming_webhooks.incoming_webhooks_bot_id_fkey': {
        tags: {
          fieldName: 'bot',
          behavior:
            '-manyRelation:resource:list -manyRelation:resource:connection -singleRelation:resource:single:backward',
        },
      },
      'app_public.incoming_webhooks.incoming_webhooks_created_by_fkey': {
        tags: {
          fieldName: 'creator',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.commands.commands_pkey': {
        tags: { behavior: '-single' },
      },
      'app_public.commands.commands_have_a_name_each': {
        tags: { behavior: '-single' },
      },
      'app_public.commands.commands_bot_id_fkey': {
        tags: {
          fieldName: 'bot',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.rooms.rooms_custom_type_id_fkey': {
        tags: {
          fieldName: 'customType',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.custom_emoji.custom_emoji_added_by_id_fkey': {
        tags: {
          fieldName: 'addedBy',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.user_group_members.user_group_members_group_id_fkey': {
        tags: { fieldName: 'group', foreignFieldName: 'members' },
      },
      'app_public.user_group_members.user_group_members_user_id_fkey': {
        tags: {
          fieldName: 'user',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.interactions.interactions_room_id_fkey': {
        tags: {
          // Whoever leaves the room still sees what they were answered.
          mayBeGone: true,
          fieldName: 'room',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.interactions.interactions_bot_id_fkey': {
        tags: {
          fieldName: 'bot',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.interactions.interactions_user_id_fkey': {
        tags: {
          fieldName: 'user',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.drafts.drafts_pkey': {
        tags: { behavior: '-single' },
      },
      'app_public.drafts.drafts_have_a_revision_each': {
        tags: { behavior: '-single' },
      },
      'app_public.drafts.drafts_room_id_fkey': {
        tags: {
          fieldName: 'room',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.drafts.drafts_member_fkey': {
        tags: { behavior: '-*' },
      },
      'app_public.saved_messages.saved_messages_pkey': {
        tags: { behavior: '-single' },
      },
      'app_public.saved_messages.saved_messages_room_id_fkey': {
        tags: {
          // Whoever has left the room has still saved it.
          mayBeGone: true,
          fieldName: 'room',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.saved_messages.saved_messages_user_id_fkey': {
        tags: {
          fieldName: 'user',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.reminders.reminders_pkey': {
        tags: { behavior: '-single' },
      },
      'app_public.reminders.reminders_one_a_message': {
        tags: { behavior: '-single' },
      },
      'app_public.reminders.reminders_room_id_fkey': {
        tags: {
          // Whoever has left the room still has it.
          mayBeGone: true,
          fieldName: 'room',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.reminders.reminders_user_id_fkey': {
        tags: {
          fieldName: 'user',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.scheduled_messages.scheduled_messages_pkey': {
        tags: { behavior: '-single' },
      },
      'app_public.scheduled_messages.scheduled_messages_have_a_nonce_each': {
        tags: { behavior: '-single' },
      },
      'app_public.scheduled_messages.scheduled_messages_room_id_fkey': {
        tags: {
          // Whoever has left the room still sees what they meant to say there.
          mayBeGone: true,
          fieldName: 'room',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.scheduled_messages.scheduled_messages_user_id_fkey': {
        tags: {
          fieldName: 'user',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.push_subscriptions.push_subscriptions_pkey': {
        tags: {
          behavior: '-single',
        },
      },
      'app_public.push_subscriptions.push_subscriptions_user_id_fkey': {
        tags: {
          fieldName: 'user',
          behavior: '-manyRelation:resource:list -manyRelation:resource:connection',
        },
      },
      'app_public.push_subscriptions.push_subscriptions_endpoint_is_unique': {
        tags: {
          behavior: '-single',
        },
      },
      'app_public.privacy_settings.privacy_settings_pkey': {
        tags: {
          behavior: '-single',
        },
      },
      'app_public.privacy_settings.privacy_settings_user_id_fkey': {
        tags: {
          fieldName: 'user',
          behavior:
            '-manyRelation:resource:list -manyRelation:resource:connection -singleRelation:resource:single:backward',
        },
      },
      'app_public.notification_settings.notification_settings_pkey': {
        tags: {
          behavior: '-single',
        },
      },
      'app_public.notification_settings.notification_settings_user_id_fkey': {
        tags: {
          fieldName: 'user',
          behavior:
            '-manyRelation:resource:list -manyRelation:resource:connection -singleRelation:resource:single:backward',
        },
      },
    },
    procedure: {
      'app_public.webhooks_deliveries': { tags: { viewerDependent: true } },
      'app_public.rooms_commands': { tags: { viewerDependent: true } },
      'app_public.rooms_interactions': { tags: { viewerDependent: true } },
      'app_public.my_saved_messages': { tags: { viewerDependent: true } },
      'app_public.my_reminders': { tags: { viewerDependent: true } },
      'app_public.my_scheduled_messages': { tags: { viewerDependent: true } },
      'app_public.drafts_attachments': {
        tags: { viewerDependent: true, simpleCollections: 'only' },
      },
      'app_public.my_drafts': { tags: { viewerDependent: true } },
      'app_public.interactions_state': { tags: { notNull: true, viewerDependent: true } },
      'app_public.rooms_unread_count': { tags: { viewerDependent: true } },
      'app_public.rooms_mention_count': { tags: { viewerDependent: true } },
      'app_public.rooms_latest_message': { tags: { viewerDependent: true } },
      'app_public.rooms_direct_user': { tags: { viewerDependent: true } },
      'app_public.messages_nonce': { tags: { viewerDependent: true } },
      'app_public.rooms_display_name': { tags: { viewerDependent: true, notNull: true } },
      'app_public.messages_mentions_viewer': { tags: { viewerDependent: true, notNull: true } },
      'app_public.user_groups_member_count': { tags: { notNull: true, viewerDependent: true } },
      'app_public.messages_mentioned_ids': { tags: { notNull: true } },
      'app_public.messages_group_mentions': { tags: { notNull: true } },
      'app_public.group_mention_preview': {
        tags: { viewerDependent: true, simpleCollections: 'only' },
      },
      'app_public.user_groups': { tags: { viewerDependent: true } },
      'app_public.messages_is_forwarded': { tags: { notNull: true } },
      'app_public.messages_forwarded_from': { tags: { viewerDependent: true } },
      'app_public.workspace_roles': {
        tags: { viewerDependent: true, simpleCollections: 'only' },
      },
      'app_public.workspace_room_types': {
        tags: { viewerDependent: true, simpleCollections: 'only' },
      },
      'app_public.custom_room_types_viewer_may_create': {
        tags: { viewerDependent: true, notNull: true },
      },
      'app_public.custom_room_types_viewer_may_join': {
        tags: { viewerDependent: true, notNull: true },
      },
      'app_public.workspace_permissions': { tags: { viewerDependent: true, notNull: true } },
      'app_public.rooms_viewer_permissions': { tags: { viewerDependent: true, notNull: true } },
      'app_public.room_members_permissions': { tags: { notNull: true } },
      'app_public.room_members_role_ids': { tags: { notNull: true } },
      'app_public.room_members_permission_exceptions': { tags: { notNull: true } },
      'app_public.roles_people': { tags: { viewerDependent: true } },
      'app_public.custom_emoji': { tags: { viewerDependent: true } },
      'app_public.custom_emoji_policy': { tags: { viewerDependent: true } },
      'app_public.messages_mentions': { tags: { simpleCollections: 'only' } },
      'app_public.poll_answer_viewer_has_chosen': {
        tags: {
          viewerDependent: true,
          notNull: true,
          behavior: '-queryField',
          fieldName: 'viewerHasChosen',
        },
      },
      'app_public.poll_answers': {
        tags: {
          simpleCollections: 'only',
          behavior: '-queryField -query:resource:list -query:resource:connection',
          fieldName: 'answers',
        },
      },
      'app_public.poll_answer_voters': {
        tags: {
          behavior: '-queryField -query:resource:list -query:resource:connection',
          fieldName: 'voters',
        },
      },
      'app_public.reaction_summary_viewer_has_reacted': {
        tags: {
          viewerDependent: true,
          notNull: true,
          behavior: '-queryField',
          fieldName: 'viewerHasReacted',
        },
      },
      'app_public.rooms_member_count': { tags: { notNull: true } },
      'app_public.rooms_change_seq': { tags: { notNull: true } },
      'app_public.rooms_history_start_seq': { tags: { notNull: true } },
      'app_public.rooms_online_count': { tags: { notNull: true, viewerDependent: true } },
      'app_public.room_members_is_muted': { tags: { notNull: true } },
      'app_public.user_session_user': {
        tags: {
          notNull: true,
          behavior: '-queryField',
          fieldName: 'user',
        },
      },
      'app_public.issue_token': {
        tags: {
          resultFieldName: 'session',
        },
      },
      'app_public.sign_up': {
        tags: {
          resultFieldName: 'session',
        },
      },
      'app_public.sign_in': {
        tags: {
          resultFieldName: 'session',
        },
      },
      'app_public.change_password': {
        tags: {
          resultFieldName: 'isChanged',
        },
      },
      'app_public.delete_my_account': {
        tags: {
          resultFieldName: 'isDeleted',
        },
      },
      'app_public.refresh_session': {
        tags: {
          resultFieldName: 'session',
        },
      },
      'app_public.change_email': { tags: { resultFieldName: 'isSent' } },
      'app_public.verify_email': { tags: { resultFieldName: 'isVerified' } },
      'app_public.join_as_guest': { tags: { resultFieldName: 'session' } },
      'app_public.claim_guest': { tags: { resultFieldName: 'user' } },
      'app_public.begin_totp': { tags: { resultFieldName: 'totpSetup' } },
      'app_public.confirm_totp': { tags: { resultFieldName: 'recoveryCodes' } },
      'app_public.make_recovery_codes': { tags: { resultFieldName: 'recoveryCodes' } },
      'app_public.remove_totp': { tags: { resultFieldName: 'isRemoved' } },
      'app_public.begin_passkey': { tags: { resultFieldName: 'passkeyOptions' } },
      'app_public.finish_passkey': { tags: { resultFieldName: 'passkey' } },
      'app_public.room_arrangements': { tags: { viewerDependent: true } },
      'app_public.set_room_favorite': { tags: { resultFieldName: 'roomArrangement' } },
      'app_public.set_room_folder': { tags: { resultFieldName: 'roomArrangement' } },
      'app_public.set_room_hidden': { tags: { resultFieldName: 'roomArrangement' } },
      'app_public.begin_passkey_sign_in': { tags: { resultFieldName: 'passkeyOptions' } },
      'app_public.sign_in_with_passkey': { tags: { resultFieldName: 'session' } },
      'app_public.passkeys': { tags: { viewerDependent: true } },
      'app_public.second_factor': { tags: { viewerDependent: true } },
      'app_public.reset_password': { tags: { resultFieldName: 'isReset' } },
      'app_public.account': { tags: { viewerDependent: true } },
      'app_public.sessions': { tags: { viewerDependent: true } },
      'app_public.current_user': {
        tags: {
          viewerDependent: true,
        },
      },
      'app_public.rooms_viewer_membership': {
        tags: {
          viewerDependent: true,
        },
      },
      'app_public.room_members_notification_level': {
        tags: {
          viewerDependent: true,
        },
      },
      'app_public.status_texts': { tags: { simpleCollections: 'only' } },
      'app_public.profile_fields': { tags: { viewerDependent: true, simpleCollections: 'only' } },
      'app_public.room_fields': { tags: { viewerDependent: true, simpleCollections: 'only' } },
      'app_public.users_profile': { tags: { viewerDependent: true, simpleCollections: 'only' } },
      'app_public.profile_value_person': {
        tags: { behavior: '-queryField', fieldName: 'person' },
      },
      'app_public.users_status_text': { tags: { sameInEveryRoom: true } },
      'app_public.room_members_last_read_seq': { tags: { viewerDependent: true, notNull: true } },
      'app_public.messages_thread_receipts': {
        tags: { viewerDependent: true, simpleCollections: 'only' },
      },
      'app_public.mark_delivered': { tags: { resultFieldName: 'toldRoomCount' } },
      'app_public.room_members_last_delivered_seq': {
        tags: { viewerDependent: true, notNull: true },
      },
      'app_public.privacy_settings': { tags: { viewerDependent: true } },
      'app_public.messages_read_by': { tags: { viewerDependent: true } },
      'app_public.rooms_typing_users': { tags: { viewerDependent: true } },
      'app_public.room_members_read_position': { tags: { viewerDependent: true } },
      'app_public.messages_reactions': {
        tags: {
          simpleCollections: 'only',
          fieldName: 'reactions',
        },
      },
      'app_public.reaction_summary_users': {
        tags: {
          behavior: '-queryField -query:resource:list -query:resource:connection',
          fieldName: 'users',
        },
      },
      'app_public.my_threads': { tags: { viewerDependent: true } },
      'app_public.room_recap': { tags: { viewerDependent: true } },
      'app_public.my_thread_summary': { tags: { viewerDependent: true } },
      'app_public.messages_followed_thread': { tags: { viewerDependent: true } },
      'app_public.messages_thread_notification_level': { tags: { viewerDependent: true } },
      'app_public.messages_matched_keywords': { tags: { viewerDependent: true, notNull: true } },
      'app_public.notification_settings_keywords': {
        tags: { viewerDependent: true, notNull: true },
      },
      'app_public.user_conversations': {
        tags: {
          viewerDependent: true,
        },
      },
      'app_public.users_status': {
        tags: {
          notNull: true,
          viewerDependent: true,
        },
      },
      'app_public.rooms_online_users': {
        tags: {
          viewerDependent: true,
        },
      },
      'app_public.rooms_search_members': {
        tags: {
          viewerDependent: true,
        },
      },
      'app_public.users_last_seen_at': {
        tags: {
          viewerDependent: true,
        },
      },
      'app_public.messages_link_previews': {
        tags: {
          simpleCollections: 'only',
          fieldName: 'linkPreviews',
        },
      },
      'app_public.messages_attachments': {
        tags: {
          simpleCollections: 'only',
          fieldName: 'attachments',
        },
      },
      'app_public.search_messages': {
        tags: {
          viewerDependent: true,
        },
      },
      'app_public.message_match_headline': {
        tags: {
          notNull: true,
          behavior: '-queryField',
          fieldName: 'headline',
        },
      },
      'app_public.rooms_moderation_log': {
        tags: {
          viewerDependent: true,
        },
      },
      'app_public.rooms_reports': {
        tags: {
          viewerDependent: true,
        },
      },
      'app_public.rooms_bans': {
        tags: {
          viewerDependent: true,
        },
      },
      'app_public.blocked_users': {
        tags: {
          viewerDependent: true,
        },
      },
      'app_public.messages_is_author_blocked': {
        tags: {
          notNull: true,
          viewerDependent: true,
        },
      },
      'app_public.users_is_blocked': {
        tags: {
          notNull: true,
          viewerDependent: true,
        },
      },
      'app_public.rooms_rules': {
        tags: {
          viewerDependent: true,
          simpleCollections: 'only',
        },
      },
      'app_public.rooms_held_messages': {
        tags: {
          viewerDependent: true,
        },
      },
      'app_public.archived_messages': {
        tags: {
          simpleCollections: 'only',
          viewerDependent: true,
        },
      },
      'app_public.is_auditor': {
        tags: {
          viewerDependent: true,
        },
      },
      'app_public.audit_log': {
        tags: {
          simpleCollections: 'only',
          viewerDependent: true,
        },
      },
      'app_public.audit_checkpoint': {
        tags: {
          viewerDependent: true,
        },
      },
      'app_public.compliance_exports': {
        tags: {
          simpleCollections: 'only',
          viewerDependent: true,
        },
      },
      'app_public.data_exports_url': {
        tags: {
          viewerDependent: true,
        },
      },
      'app_public.push_subscriptions': {
        tags: {
          viewerDependent: true,
        },
      },
      'app_public.notification_settings': {
        tags: {
          viewerDependent: true,
        },
      },
      'app_public.room_members_silent_until': {
        tags: {
          viewerDependent: true,
        },
      },
    },
  },
});
