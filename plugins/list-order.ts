import { type PgCodec, type PgSelectSingleStep, type PgSelectStep, TYPES } from '@dataplan/pg';
import { type FieldArgs, lambda, type Step } from 'grafast';
import { type SQL, sql } from 'pg-sql2';
import { LISTS_OF_ROOMS } from './room-data.ts';

/** A value by which a list is ordered. Its entries have it, so that a cursor can hold it. */
interface Key {
  readonly fragment: SQL;
  // biome-ignore lint/suspicious/noExplicitAny: as @dataplan/pg types the codecs of any value
  readonly codec: PgCodec<any, any, any, any>;
  readonly direction: 'ASC' | 'DESC';
}

/** What a key may be made of. */
interface Entry {
  /** A column of the entry. */
  column(name: string): SQL;
  /** An argument that the query gave to the list. */
  argument(name: string): SQL;
  /** A column of what the list belongs to. */
  ofParent(name: string, codec: Key['codec']): SQL;
}

type Order = (entry: Entry) => readonly Key[];

const by = (fragment: SQL, codec: Key['codec'], direction: Key['direction'] = 'ASC'): Key => ({
  fragment,
  codec,
  direction,
});
const byId: Order = ({ column }) => [by(column('id'), TYPES.uuid)];
const byNewestId: Order = ({ column }) => [by(column('id'), TYPES.uuid, 'DESC')];
/** Usernames are unique whatever their case. */
const byUsername: Order = ({ column }) => [
  by(sql`lower(${column('username')}::text) collate "C"`, TYPES.text),
];
/** Of fields of profiles: as the administrators have ordered them. */
const byPlace: Order = ({ column }) => [
  by(column('place'), TYPES.int),
  by(sql`${column('key')} collate "C"`, TYPES.text),
];
/** The newest by a time first; by which id where two have the same. */
const byNewest =
  (time: string, id: string): Order =>
  ({ column }) => [by(column(time), TYPES.timestamptz, 'DESC'), by(column(id), TYPES.uuid, 'DESC')];

/**
 * The order of each list that a function gives. The last key is unique in the list.
 *
 * Names are ordered as people are used to (`Äpfel` beside `apple`), whatever the database was made with.
 */
const ORDERS: Readonly<Record<string, Order>> = {
  blocked_users: byUsername,
  messages_read_by: byId,
  my_saved_messages: byNewest('saved_at', 'message_id'),
  messages_thread_receipts: ({ column }) => [by(column('user_id'), TYPES.uuid)],
  status_texts: ({ column }) => [by(column('user_id'), TYPES.uuid)],
  profile_fields: byPlace,
  users_profile: byPlace,
  my_reminders: ({ column }) => [
    by(column('remind_at'), TYPES.timestamptz),
    by(column('id'), TYPES.uuid),
  ],
  my_scheduled_messages: ({ column }) => [
    by(column('send_at'), TYPES.timestamptz),
    by(column('id'), TYPES.uuid),
  ],
  my_drafts: byNewest('written_at', 'id'),
  my_threads: ({ column }) => [
    by(sql`(${column('unread_count')} > 0)`, TYPES.boolean, 'DESC'),
    by(column('last_activity_at'), TYPES.timestamptz, 'DESC'),
    by(column('message_id'), TYPES.uuid, 'DESC'),
  ],
  passkeys: byNewest('created_at', 'id'),
  poll_answer_voters: ({ column, ofParent }) => [
    by(
      sql`app_hidden.chosen_at(${ofParent('message_id', TYPES.uuid)}, ${column('id')})`,
      TYPES.timestamptz,
    ),
    by(column('id'), TYPES.uuid),
  ],
  room_arrangements: ({ column }) => [by(column('room_id'), TYPES.uuid)],
  push_subscriptions: byNewest('renewed_at', 'id'),
  reaction_summary_users: ({ column, ofParent }) => [
    by(
      sql`app_hidden.reacted_at(${ofParent('message_id', TYPES.uuid)}, ${ofParent('emoji', TYPES.text)}, ${column('id')})`,
      TYPES.timestamptz,
    ),
    by(column('id'), TYPES.uuid),
  ],
  custom_emoji: ({ column }) => [by(column('version'), TYPES.bigint)],
  user_groups: ({ column }) => [by(sql`lower(${column('name')}::text) collate "C"`, TYPES.text)],
  roles_people: byId,
  rooms_bans: byNewest('created_at', 'user_id'),
  rooms_commands: ({ column }) => [
    by(sql`${column('name')} collate "C"`, TYPES.text),
    by(column('id'), TYPES.uuid),
  ],
  rooms_held_messages: ({ column }) => [
    by(column('seq'), TYPES.bigint),
    by(column('id'), TYPES.uuid),
  ],
  rooms_interactions: byNewestId,
  rooms_moderation_log: byNewestId,
  rooms_online_users: byUsername,
  rooms_pinned_messages: byNewest('pinned_at', 'id'),
  rooms_reports: byNewestId,
  rooms_search_members: (entry) => [
    by(
      sql`app_hidden.name_wholeness(${entry.column('username')}::text, ${entry.column('display_name')}, ${entry.argument('query')}, '@')`,
      TYPES.int,
      'DESC',
    ),
    ...byUsername(entry),
  ],
  rooms_typing_users: byUsername,
  webhooks: ({ column }) => [by(sql`${column('name')} collate "C"`, TYPES.text)],
  webhooks_deliveries: byNewestId,
  search_messages: ({ column }) => [
    by(column('is_approximate'), TYPES.boolean),
    by(column('rank'), TYPES.float, 'DESC'),
    by(column('message_id'), TYPES.uuid, 'DESC'),
  ],
  search_rooms: ({ column, argument }) => [
    by(
      sql`app_hidden.name_rank(${column('slug')}::text, ${column('name')}, ${argument('query')}, '#')`,
      TYPES.float,
      'DESC',
    ),
    by(column('id'), TYPES.uuid),
  ],
  search_users: ({ column, argument }) => [
    by(
      sql`app_hidden.name_rank(${column('username')}::text, ${column('display_name')}, ${argument('query')}, '@')`,
      TYPES.float,
      'DESC',
    ),
    by(column('id'), TYPES.uuid),
  ],
  sessions: byNewest('refreshed_at', 'id'),
};

interface Connection extends Step {
  getSubplan(): PgSelectStep;
}

/**
 * The pages of a list have cursors that say where they end, instead of how many entries came before: what comes and goes
 * meanwhile moves nothing from one page to another.
 *
 * PostGraphile gives such cursors where a list is a table's. Where a function gives it, it counts, unless it is told the
 * order. The functions have the same order, for whoever calls them in SQL.
 */
export const ListOrderPlugin: GraphileConfig.Plugin = {
  name: 'ListOrderPlugin',
  version: '1.0.0',
  description: 'Gives the lists of functions cursors of what they are ordered by',
  schema: {
    hooks: {
      GraphQLObjectType_fields_field(field, _build, context) {
        const { isPgFieldConnection, pgFieldResource } = context.scope;
        const plan = field.plan;
        if (!isPgFieldConnection || pgFieldResource?.parameters === undefined || !plan) {
          return field;
        }
        const name = pgFieldResource.extensions?.pg?.name ?? '';
        if (LISTS_OF_ROOMS.has(name)) {
          return field;
        }
        const order = ORDERS[name];
        if (order === undefined) {
          throw new Error(`The list of ${name} has no order: give it one in plugins/list-order.ts`);
        }
        return {
          ...field,
          plan($parent: Step, args: FieldArgs, info) {
            const given = name === 'search_messages' ? stayingApproximate(args) : args;
            const $connection = plan($parent, given, info) as Connection;
            const $select = $connection.getSubplan();
            const keys = order({
              column: (column) => sql`${$select.alias}.${sql.identifier(column)}`,
              argument: (argument) => $select.placeholder(args.getRaw(argument), TYPES.text),
              ofParent: (column, codec) =>
                $select.placeholder(($parent as PgSelectSingleStep).get(column), codec),
            });
            for (const key of keys) {
              $select.orderBy({ ...key, nullable: false });
            }
            $select.setOrderIsUnique();
            return $connection;
          },
        };
      },
    },
  },
};

/**
 * The arguments, with `approximate` taken from the cursor where the query leaves it out.
 *
 * Messages that were found by taking words for misspelt come when few others were found. A page that ends among them
 * says so in its cursor, and the next page goes on with them, however many have come to be found since.
 */
function stayingApproximate(args: FieldArgs): FieldArgs {
  const $approximate = lambda(
    [args.getRaw('approximate'), args.getRaw('after')],
    ([approximate, after]) => approximate ?? (isApproximate(after) ? true : null),
  );
  const getRaw = (path: string | readonly (string | number)[]) =>
    String(path) === 'approximate' ? $approximate : args.getRaw(path as string);
  return Object.create(args, { getRaw: { value: getRaw } });
}

/** Whether a cursor stands on an approximate result. One that is no cursor is told of where cursors are read. */
function isApproximate(cursor: unknown): boolean {
  if (typeof cursor !== 'string') {
    return false;
  }
  try {
    const [, value] = JSON.parse(Buffer.from(cursor, 'base64').toString('utf8'));
    return value === true;
  } catch {
    return false;
  }
}
