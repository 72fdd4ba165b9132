/*
 * Where each table would lie if Citus spread the database over several nodes. What a table is distributed by is a
 * decision, and so it is written here; what stands in the way of it, page.ts reads from the catalogue.
 */

/**
 * - `room`: distributed by the room's id, so that a room is on one node with all that is in it;
 * - `person`: distributed by a person's id;
 * - `reference`: a copy on each node. Reading costs nothing, writing is a commit on all of them;
 * - `local`: on the coordinator alone.
 */
export type Group = 'room' | 'person' | 'reference' | 'local';

export interface Key {
  readonly group: Group;
  /** The column that it would be distributed by, whether it has it today or not. */
  readonly column?: string;
}

const rooms = (column: string, ...tables: readonly string[]) =>
  of({ group: 'room', column }, tables);
const people = (column: string, ...tables: readonly string[]) =>
  of({ group: 'person', column }, tables);
const everywhere = (...tables: readonly string[]) => of({ group: 'reference' }, tables);
const coordinator = (...tables: readonly string[]) => of({ group: 'local' }, tables);

function of(key: Key, tables: readonly string[]): [string, Key][] {
  return tables.map((table) => [table, key]);
}

export const KEYS: ReadonlyMap<string, Key> = new Map([
  ...rooms('id', 'app_public.rooms'),
  ...rooms(
    'room_id',
    'app_private.answer_runs',
    'app_private.archived_reply_counts',
    'app_private.archived_rooms',
    'app_private.closed_rooms',
    'app_private.direct_rooms',
    'app_private.disappearing_messages',
    'app_private.group_conversations',
    'app_private.gone_places',
    'app_private.hook_questions',
    'app_private.interaction_deliveries',
    'app_private.member_preferences',
    'app_private.message_deletions',
    'app_private.message_links',
    'app_private.message_group_mentions',
    'app_private.message_mentions',
    'app_private.message_nonces',
    'app_private.message_search',
    'app_private.messages_to_index',
    'app_private.moderation_queue',
    'app_private.push_notices',
    'app_private.room_changes',
    'app_private.room_days',
    'app_private.room_heads',
    'app_private.room_languages',
    'app_private.typed_rooms',
    'app_private.room_months',
    'app_private.room_histories',
    'app_private.room_mutes',
    'app_private.room_rollups',
    'app_private.room_writers',
    'app_private.rule_words',
    'app_private.search_cursors',
    'app_private.thread_followers',
    'app_private.room_deliveries',
    'app_private.token_buckets',
    'app_private.typing_indicators',
    'app_private.webhook_notes',
    'app_private.webhook_rooms',
    'app_public.incoming_webhooks',
    'app_public.interactions',
    'app_public.link_previews',
    'app_public.message_attachments',
    'app_public.message_edits',
    'app_public.message_reactions',
    'app_public.message_reports',
    'app_public.messages',
    'app_public.moderation_log',
    'app_private.message_sources',
    'app_private.polls_to_count',
    'app_public.poll_ballots',
    'app_public.room_bans',
    'app_public.room_invitations',
    'app_public.room_members',
    'app_public.room_rules',
    'app_public.webhook_deliveries',
  ),
  ...people('blocker_id', 'app_private.user_blocks'),
  ...people('owner', 'app_private.rate_buckets'),
  ...people(
    'user_id',
    'app_public.drafts',
    'app_public.scheduled_messages',
    'app_public.saved_messages',
    'app_public.reminders',
  ),
  ...coordinator('app_private.alarms', 'app_private.reminder_pushes'),
  ...people('person_id', 'app_private.interaction_news', 'app_private.personal_news'),
  ...people('subject', 'app_private.failed_proofs'),
  ...people('uploader_id', 'app_private.uploads'),
  ...people(
    'user_id',
    'app_private.data_export_chunks',
    'app_private.data_export_files',
    'app_private.email_codes',
    'app_private.email_digests',
    'app_private.erasures',
    'app_private.identities',
    'app_private.identity_sessions',
    'app_private.interaction_nonces',
    'app_private.key_sessions',
    'app_private.known_addresses',
    'app_private.known_devices',
    'app_private.last_seen',
    'app_private.passkey_setups',
    'app_private.passkeys',
    'app_private.presence_sessions',
    'app_private.push_devices',
    'app_private.push_marks',
    'app_private.recovery_codes',
    'app_private.refresh_tokens',
    'app_private.sessions',
    'app_private.profile_values',
    'app_private.keyword_alerts',
    'app_private.status_texts',
    'app_private.totp_secrets',
    'app_private.totp_setups',
    'app_private.user_days',
    'app_private.user_secrets',
    'app_public.data_exports',
    'app_public.notification_settings',
    'app_public.privacy_settings',
    'app_public.push_subscriptions',
  ),
  // Settings, and what is small or read by every room's node.
  ...everywhere(
    'app_private.account_rules',
    'app_private.archived_months',
    'app_private.auditors',
    'app_private.change_log_floor',
    'app_private.common_passwords',
    'app_private.custom_emoji_names',
    'app_private.custom_emoji_sets',
    'app_private.emoji_managers',
    'app_private.emoji_shortcodes',
    'app_private.guests',
    'app_private.incoming_webhook_secrets',
    'app_private.interaction_rules',
    'app_private.map_rules',
    'app_private.legal_holds',
    'app_private.lifecycle_settings',
    'app_private.limits',
    'app_private.upload_limits',
    'app_private.nonces_kept',
    'app_private.push_identity',
    'app_private.permission_exceptions',
    'app_private.rates',
    'app_private.released_names',
    'app_private.reserved_names',
    'app_private.revocations',
    'app_private.role_assignments',
    'app_private.server_keys',
    'app_private.suspensions',
    'app_private.top_level_domains',
    'app_private.version_floor',
    'app_private.webhook_rules',
    'app_private.webhook_secrets',
    'app_private.webhook_states',
    'app_private.workspace_hosts',
    'app_private.workspaces',
    'app_public.commands',
    'app_public.custom_emoji',
    'app_public.custom_room_types',
    'app_public.profile_fields',
    'app_public.room_data',
    'app_public.room_field_keys',
    'app_public.room_fields',
    'app_public.roles',
    'app_public.user_group_members',
    'app_public.user_groups',
    'app_public.users',
    'app_public.webhooks',
  ),
  // What the worker and the administrator use, and what has neither a room nor a person.
  ...coordinator(
    'app_private.admin_actions',
    'app_private.audit_checkpoints',
    'app_private.audit_entries',
    'app_private.audit_head',
    'app_private.audit_links',
    'app_private.audit_pending',
    'app_private.audit_rules',
    'app_private.compliance_export_chunks',
    'app_private.compliance_exports',
    'app_private.database_runs',
    'app_private.delivery_delays',
    'app_private.imported_ids',
    'app_private.imports',
    'app_private.link_thumbnails',
    'app_private.links',
    'app_private.partition_moves',
    'app_private.passkey_challenges',
    'app_private.search_words',
    'app_private.words_to_forget',
  ),
]);

/** Counters that nearly every mutation writes to, by person: told once, and not of each function. */
export const COUNTERS: ReadonlySet<string> = new Set([
  'app_private.rate_buckets',
  'app_private.failed_proofs',
]);
