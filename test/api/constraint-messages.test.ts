import { CONSTRAINT_MESSAGES } from '../../src/errors/constraint-messages.ts';
import { createTestDatabase } from '../../testing/database.ts';

/** Constraints that no input of a caller can break: functions see to it before, and say so in their own words. */
const BROKEN_BY_NOBODY = new Set([
  'custom_emoji_has_a_picture',
  'room_data_is_an_object',
  'custom_emoji_have_a_version_each',
  'link_previews_are_one_a_link',
  'users_have_one_picture',
  'webhook_deliveries_outcome_is_known',
  'data_exports_are_finished_when_not_pending',
  'data_exports_one_pending',
  'message_reactions_emoji_is_one',
  'message_reports_end_has_a_time',
  'message_reports_one_a_person',
  'messages_content_is_gone_once_deleted',
  'notification_settings_quiet_hours_have_two_ends',
  'reminders_one_a_message',
  'scheduled_messages_have_a_nonce_each',
  'drafts_have_a_revision_each',
  'drafts_place',
  'status_texts_say_something',
  'push_subscriptions_endpoint_is_unique',
  'push_subscriptions_endpoint_length',
  'push_subscriptions_user_agent_length',
  'room_invitations_are_not_overused',
  'room_invitations_code_is_unique',
  'room_members_one_owner',
  'room_rules_one_a_kind_and_action',
]);

/** Check constraints, and what is unique beside the primary keys, with the schema of their table. */
const CONSTRAINTS = `
  select conname as name, connamespace::regnamespace::text as schema
    from pg_constraint
    where contype in ('c', 'u', 'x') and conparentid = 0 and coninhcount = 0
  union
  select class.relname, class.relnamespace::regnamespace::text
    from pg_index
    join pg_class as class on class.oid = pg_index.indexrelid
    where pg_index.indisunique and not pg_index.indisprimary and not class.relispartition`;

const database = await createTestDatabase();
afterAll(() => database.close());

const { rows } = await database.owner.query<{ name: string; schema: string }>(CONSTRAINTS);
const names = new Set(rows.map(({ name }) => name));

test('whoever breaks a constraint of the API is told what is wrong', () => {
  const forgotten = rows
    .filter(({ schema }) => schema === 'app_public')
    .filter(({ name }) => !(name in CONSTRAINT_MESSAGES) && !BROKEN_BY_NOBODY.has(name))
    .map(
      ({ name }) =>
        `Nobody is told what breaking ${name} means: add a sentence to src/errors/constraint-messages.ts, ` +
        'or its name to BROKEN_BY_NOBODY in test/api/constraint-messages.test.ts when no caller can break it.',
    );
  expect(forgotten).toEqual([]);
});

test('every sentence belongs to a constraint that there is', () => {
  const stray = [...Object.keys(CONSTRAINT_MESSAGES), ...BROKEN_BY_NOBODY]
    .filter((name) => !names.has(name))
    .map(
      (name) =>
        `There is no constraint ${name}: rename or remove it in src/errors/constraint-messages.ts ` +
        'and test/api/constraint-messages.test.ts.',
    );
  expect(stray).toEqual([]);
});
