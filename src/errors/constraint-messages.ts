import type { Sentence } from './sentence.ts';

/**
 * What to tell the caller whose input broke a constraint. A constraint that is not named here gives the sentence of its
 * error code: its name would tell about tables.
 */
export const CONSTRAINT_MESSAGES: Readonly<Record<string, Sentence>> = {
  users_username_is_unique: 'This username is taken.',
  users_username_looks_like_no_other: 'This username looks like one that is taken.',
  users_username_is_well_formed:
    'A username has 2 to 32 letters, digits, "_", "." or "-", and begins and ends with no sign but "_".',
  users_display_name_length: 'A display name has 1 to 80 characters.',
  users_avatar_url_is_a_web_address:
    'avatarUrl is an http or https address of at most 2,048 characters.',
  user_secrets_email_is_well_formed: 'This is no e-mail address.',
  rooms_public_slug_is_unique: 'A public room with this slug exists.',
  rooms_slug_is_well_formed: 'A slug has letters, digits and single dashes, at most 64.',
  room_fields_have_a_key_each: 'Rooms have a field with this key.',
  room_fields_key_is_well_formed:
    'The key of a field has 1 to 30 letters, digits and underscores, and begins with a letter.',
  room_fields_label_length: 'The label of a field has 1 to 60 characters.',
  profile_fields_have_a_key_each: 'Profiles have a field with this key.',
  profile_fields_key_is_well_formed:
    'The key of a field has 1 to 30 small letters, digits and underscores, and begins with a letter.',
  profile_fields_label_length: 'The label of a field has 1 to 60 characters.',
  profile_fields_max_length_range: 'A field holds 1 to 5,000 characters.',
  profile_fields_of_choices_have_some: 'A field of kind choice has choices, and no other has.',
  profile_fields_choices_range: 'A field has at most 100 choices.',
  profile_fields_searched_are_seen: 'What others do not see, or names a person, is not searched.',
  status_texts_length: 'A status text has at most 100 characters.',
  rooms_name_length: 'A name has 1 to 80 characters.',
  rooms_description_length: 'A description has at most 1,000 characters.',
  rooms_max_members_range: 'maxMembers is between 2 and 1,000,000.',
  rooms_retention_days_range: 'days is between 0 and 36500, a hundred years.',
  rooms_only_direct_ones_are_nameless: 'A room needs a name and a slug.',
  room_invitations_max_uses_range: 'maxUses is between 1 and 100,000.',
  messages_are_whole:
    'A message has a text of at most 8,000 characters, and metadata of at most 8,192 bytes.',
  messages_content_length: 'A message has at most 8,000 characters.',
  messages_metadata_is_an_object: 'metadata is a JSON object.',
  messages_metadata_size: 'metadata has at most 8,192 bytes.',
  message_nonces_length: 'A nonce has 1 to 200 characters.',
  message_deletions_reason_length: 'A reason has at most 500 characters.',
  rooms_group_mention_warning_range: 'warnAbove is between 1 and 5,000 people.',
  rooms_disappear_after_seconds_range:
    'afterSeconds is between 5 and 31,536,000, a year; without it messages stay.',
  roles_names_are_unique: 'A role has this name.',
  roles_name_length: 'The name of a role has 1 to 50 characters.',
  custom_room_types_names_are_unique: 'A type of rooms has this name.',
  custom_room_types_name_is_well_formed:
    'The name of a type of rooms has 1 to 40 small letters and digits, and single dashes and underscores between them.',
  custom_room_types_title_length: 'The title of a type of rooms has 1 to 80 characters.',
  custom_room_types_description_length: 'A description has at most 1,000 characters.',
  custom_room_types_have_members: 'Direct conversations are of no type.',
  custom_room_types_roles_range: 'At most 100 roles make or join rooms of a type.',
  custom_room_types_slow_mode_range: 'slowModeSeconds is between 0 and 21600, six hours.',
  custom_room_types_retention_days_range: 'retentionDays is between 0 and 36500, a hundred years.',
  custom_emoji_names_are_unique: 'An emoji has this name.',
  custom_emoji_names_are_well_formed:
    'The name of an emoji has 1 to 30 letters, digits, underscores, dashes and plus signs, and begins with a letter or digit.',
  user_groups_name_is_unique: 'A group has this name.',
  user_groups_name_looks_like_no_other: 'This name looks like that of another group.',
  user_groups_name_is_well_formed:
    'The name of a group has 2 to 32 letters, digits, "_", "." or "-", and begins and ends with no sign but "_".',
  compliance_exports_reason_is_given: 'Say why: 1 to 500 characters.',
  compliance_exports_word_length: 'A word to look for has at most 200 characters.',
  compliance_exports_people_limit: 'An export is of at most 1,000 people, or of all.',
  compliance_exports_rooms_limit: 'An export is of at most 1,000 rooms, or of all.',
  compliance_exports_time_has_an_order: 'The time of an export ends after it begins.',
  user_groups_title_length: 'The title of a group has 1 to 80 characters.',
  rooms_slow_mode_range: 'seconds is between 0 and 21600, six hours.',
  presence_sessions_key_length: 'sessionId has 1 to 100 characters.',
  room_bans_reason_length: 'A reason has at most 500 characters.',
  moderation_log_reason_length: 'A reason has at most 500 characters.',
  message_reports_reason_length: 'A reason has 1 to 500 characters.',
  message_reports_resolution_note_length: 'A note has at most 500 characters.',
  room_rules_words: 'A list has 1 to 1,000 words.',
  room_rules_allowed_hosts: 'At most 200 hosts can be allowed.',
  room_rules_max_count: 'maxCount is between 0 and 1,000; of REPEATS at least 1.',
  room_rules_window: 'windowSeconds is between 1 and 86400, a day.',
  room_rules_account_age: 'accountAgeSeconds is between 1 and 31536000, a year.',
  passkeys_credential_id_is_unique: 'This passkey is kept already.',
  passkeys_name_length: 'A name has 1 to 80 characters.',
  server_keys_of_bots_are_theirs_alone: 'A bot has no scope over others.',
  incoming_webhooks_have_a_bot_each: 'An incoming webhook has a bot of its own.',
  commands_have_a_name_each: 'A bot has one command of each name.',
  webhooks_name_is_unique: 'A webhook of this name exists.',
  webhooks_name_length: 'A name has 1 to 80 characters.',
  webhooks_url_is_an_address: 'url is an https address of at most 2,000 plain characters.',
  webhooks_of_bots_hear_interactions:
    'Only the webhook of a bot hears INTERACTION, and it hears nothing else.',
  webhooks_are_one_a_bot: 'A bot has one webhook.',
  webhooks_hear_something: 'A webhook hears at least one kind of event.',
  webhooks_are_asked_something: 'A hook is asked about messages, edits, or both.',
  webhooks_contact_is_an_address: 'contactEmail is no e-mail address.',
};

/** The sentence for a broken constraint, or undefined when there is none of its own. */
export function constraintMessage(constraint: string | undefined): Sentence | undefined {
  return constraint !== undefined && Object.hasOwn(CONSTRAINT_MESSAGES, constraint)
    ? CONSTRAINT_MESSAGES[constraint]
    : undefined;
}
