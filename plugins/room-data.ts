import {
  type PgSelectQueryBuilder,
  type PgSelectStep,
  sqlValueWithCodec,
  TYPES,
} from '@dataplan/pg';
import { connection, type FieldArgs, lambda, type Step } from 'grafast';
import { type SQL, sql } from 'pg-sql2';
import { extendSchema, gql } from 'postgraphile/utils';
import { TrumpetError } from '../src/errors/codes.ts';

/** How many conditions a list takes, and how many values one of them. */
const CONDITIONS_ALLOWED = 20;
const VALUES_ALLOWED = 100;

type Comparison =
  | 'equalTo'
  | 'notEqualTo'
  | 'in'
  | 'greaterThan'
  | 'greaterThanOrEqualTo'
  | 'lessThan'
  | 'lessThanOrEqualTo'
  | 'startsWith'
  | 'isMissing';

/** A RoomFieldCondition, as a query gives it. */
type Condition = { readonly field: string } & { readonly [comparison in Comparison]?: unknown };

/** A RoomFieldOrder, as a query gives it. */
interface FieldOrder {
  readonly field: string;
  readonly descending?: boolean | null;
}

/** What a list of rooms is asked for. */
interface Given {
  readonly where: readonly Condition[];
  readonly dataContains: unknown;
  readonly orderBy: FieldOrder | null;
  readonly after: unknown;
}

/** One of the lists of rooms. */
interface RoomList {
  /** The column that has the id of the room. */
  readonly room: string;
  /** Where the keys of a field are: `field_id` is asked for if it is a table. */
  keys(field: SQL): { readonly from: SQL; readonly only: readonly SQL[] };
  /** Whether they are those of whoever asks, and not those that all see. */
  readonly mine: boolean;
  /** Their order where none is asked for. */
  order(alias: SQL): readonly Key[];
}

/** By what a list is ordered: all of it in one direction, so that one comparison of rows says where a page goes on. */
interface Key {
  readonly fragment: SQL;
  // biome-ignore lint/suspicious/noExplicitAny: as @dataplan/pg types the codecs of any value
  readonly codec: any;
  readonly direction: 'ASC' | 'DESC';
}

/** By the functions that give them. */
const LISTS: Readonly<Record<string, RoomList>> = {
  public_rooms: {
    room: 'id',
    // A table, so that the order of its indexes is that of the list: what comes after a page is not read.
    keys: (field) => ({
      from: sql`app_public.room_field_keys`,
      only: [sql`field_id = (select app_hidden.room_field_of(${field}))`],
    }),
    mine: false,
    order: (alias) => [
      { fragment: sql`${alias}.name collate "und-x-icu"`, codec: TYPES.text, direction: 'ASC' },
      { fragment: sql`${alias}.id`, codec: TYPES.uuid, direction: 'ASC' },
    ],
  },
  user_conversations: {
    room: 'room_id',
    keys: (field) => ({ from: sql`app_hidden.my_room_field_keys(${field})`, only: [] }),
    mine: true,
    order: (alias) => [
      { fragment: sql`${alias}.last_activity_at`, codec: TYPES.timestamptz, direction: 'DESC' },
      { fragment: sql`${alias}.room_id`, codec: TYPES.uuid, direction: 'DESC' },
    ],
  },
};

/** The functions whose lists have their order from here. */
export const LISTS_OF_ROOMS: ReadonlySet<string> = new Set(Object.keys(LISTS));

const COMPARISONS: Readonly<Record<Comparison, (key: SQL, field: SQL, value: unknown) => SQL>> = {
  equalTo: (key, field, value) => sql`${key} = ${keyOf(field, value)}`,
  notEqualTo: (key, field, value) => sql`${key} <> ${keyOf(field, value)}`,
  in: (key, field, values) =>
    sql`${key} in (${sql.join(
      given(values).map((value) => keyOf(field, value)),
      ', ',
    )})`,
  greaterThan: (key, field, value) => sql`${key} > ${keyOf(field, value)}`,
  greaterThanOrEqualTo: (key, field, value) => sql`${key} >= ${keyOf(field, value)}`,
  lessThan: (key, field, value) => sql`${key} < ${keyOf(field, value)} and ${key} <> ''`,
  lessThanOrEqualTo: (key, field, value) => sql`${key} <= ${keyOf(field, value)} and ${key} <> ''`,
  startsWith: (key, field, value) => {
    const beginning = sql`split_part(${keyOf(field, value)}, chr(1), 1)`;
    return sql`${key} >= (select ${beginning}) and ${key} < (select ${beginning} || chr(1114111))`;
  },
  isMissing: (key, _field, value) => (value === true ? sql`${key} = ''` : sql`${key} <> ''`),
};

/** By what a value of a field is found. Postgres is asked once, before it reads rooms. */
function keyOf(field: SQL, value: unknown): SQL {
  return sql`(select app_hidden.key_of_room_field(${field}, ${json(value)}))`;
}

function json(value: unknown): SQL {
  return sqlValueWithCodec(value, TYPES.jsonb);
}

function given(values: unknown): readonly unknown[] {
  if (!Array.isArray(values) || values.length === 0 || values.length > VALUES_ALLOWED) {
    throw new TrumpetError('BAD_INPUT', `\`in\` takes 1 to ${VALUES_ALLOWED} values.`);
  }
  return values;
}

const typeDefs = gql`
  """
  Which rooms are listed, by a field of \`roomFields\`. Of several comparisons, all hold. A room that has nothing in the
  field is given by \`isMissing\` and \`notEqualTo\` alone.
  """
  input RoomFieldCondition {
    """The \`key\` of the field."""
    field: String!
    """It is this, to the letter."""
    equalTo: JSON
    """It is something else, or nothing."""
    notEqualTo: JSON
    """It is one of these: 1 to 100."""
    in: [JSON!]
    """It comes after this."""
    greaterThan: JSON
    """It is this or comes after it."""
    greaterThanOrEqualTo: JSON
    """It comes before this."""
    lessThan: JSON
    """It is this or comes before it."""
    lessThanOrEqualTo: JSON
    """It is a text that begins with this, whatever its capitals and accents."""
    startsWith: String
    """Whether the room has nothing in the field."""
    isMissing: Boolean
  }

  """In which order rooms are listed. Those that have nothing in the field come last."""
  input RoomFieldOrder {
    """The \`key\` of the field."""
    field: String!
    """The greatest first. Default: the smallest."""
    descending: Boolean = false
  }
`;

const inputTypes = extendSchema({ typeDefs });

/** The lists of rooms by what applications keep about them. */
export const RoomDataPlugin: GraphileConfig.Plugin = {
  name: 'RoomDataPlugin',
  version: '1.0.0',
  description: 'Lists rooms by their custom data, and in the order of it',
  schema: {
    ...inputTypes.schema,
    hooks: {
      ...inputTypes.schema?.hooks,
      GraphQLObjectType_fields_field_args(args, build, { scope }) {
        if (listOf(scope) === undefined) {
          return args;
        }
        const { GraphQLList, GraphQLNonNull } = build.graphql;
        const inputType = (name: string) => build.getInputTypeByName(name);
        return build.extend(
          args,
          {
            where: {
              type: new GraphQLList(new GraphQLNonNull(inputType('RoomFieldCondition'))),
              description: `Only rooms for which all of this holds: ${CONDITIONS_ALLOWED} conditions at most.`,
            },
            dataContains: {
              type: inputType('JSON'),
              description:
                'Only rooms whose custom data contains this, as `{"tags": ["urgent"]}`: keys that it has, members of arrays.',
            },
            orderBy: {
              type: inputType('RoomFieldOrder'),
              description:
                'By which field. Rooms that have the same in it are in an order of their own.',
            },
          },
          'Adding conditions and an order to lists of rooms',
        );
      },
      GraphQLObjectType_fields_field(field, build, { scope }) {
        const list = listOf(scope);
        const { plan } = field;
        if (list === undefined || plan === undefined) {
          return field;
        }
        return {
          ...field,
          plan($parent: Step, args: FieldArgs, info) {
            const $given = lambda(
              [
                args.getRaw('where'),
                args.getRaw('dataContains'),
                args.getRaw('orderBy'),
                args.getRaw('after'),
              ],
              ([where, dataContains, orderBy, after]): Given => ({
                where: (where ?? []) as readonly Condition[],
                dataContains: dataContains ?? null,
                orderBy: (orderBy ?? null) as FieldOrder | null,
                after,
              }),
            );
            if (list.mine) {
              const $connection = plan($parent, args, info) as Step & {
                getSubplan(): PgSelectStep;
              };
              ask($connection.getSubplan(), list, $given);
              return $connection;
            }
            // The table itself, and not the function: what comes after a page is not read.
            const $rooms = build.input.pgRegistry.pgResources.rooms?.find() as PgSelectStep;
            $rooms.where(sql`${$rooms.alias}.type = 'public'`);
            $rooms.where(sql`not ${$rooms.alias}.is_archived`);
            $rooms.where(
              sql`${$rooms.alias}.workspace_id = (select app_hidden.current_workspace_id())`,
            );
            ask($rooms, list, $given);
            return connection($rooms);
          },
        };
      },
    },
  },
};

function listOf(scope: object): RoomList | undefined {
  const { isPgFieldConnection, pgFieldResource } = scope as {
    readonly isPgFieldConnection?: boolean;
    readonly pgFieldResource?: {
      readonly extensions?: { readonly pg?: { readonly name: string } };
    };
  };
  return isPgFieldConnection ? LISTS[pgFieldResource?.extensions?.pg?.name ?? ''] : undefined;
}

function ask($list: PgSelectStep, list: RoomList, $given: Step<Given>): void {
  $list.apply(
    lambda($given, (asked: Given) => (query: PgSelectQueryBuilder) => {
      const id = sql`${query.alias}.${sql.identifier(list.room)}`;
      for (const condition of conditionsOf(asked, list, id)) {
        query.where(condition);
      }
      const keys =
        asked.orderBy === null ? list.order(query.alias) : joinKeys(query, list, id, asked.orderBy);
      for (const key of keys) {
        query.orderBy({ ...key, nullable: false });
      }
      query.setOrderIsUnique();
      // What counts a list counts all of its pages.
      const bound = query.mode === 'aggregate' ? null : boundOf(asked, keys);
      if (bound !== null) {
        query.where(bound);
      }
    }),
  );
}

function conditionsOf(asked: Given, list: RoomList, id: SQL): readonly SQL[] {
  if (asked.where.length > CONDITIONS_ALLOWED) {
    throw new TrumpetError('BAD_INPUT', `\`where\` has at most ${CONDITIONS_ALLOWED} conditions.`);
  }
  const conditions = asked.where.map((condition) => {
    const { field: key, ...comparisons } = condition;
    const field = sqlValueWithCodec(key, TYPES.text);
    const alias = sql.identifier(Symbol('keys'));
    const { from, only } = list.keys(field);
    const wanted = Object.entries(comparisons)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) =>
        COMPARISONS[name as Comparison](sql`${alias}.sort_key`, field, value),
      );
    if (wanted.length === 0) {
      throw new TrumpetError('BAD_INPUT', 'A condition compares the field with something.');
    }
    return sql`${id} in (select ${alias}.room_id from ${from} as ${alias} where ${sql.join(
      [...only, ...wanted],
      ' and ',
    )})`;
  });
  return asked.dataContains === null
    ? conditions
    : [
        ...conditions,
        sql`${id} in (select app_hidden.rooms_with_data(${json(asked.dataContains)}, ${list.mine ? sql`true` : sql`false`}))`,
      ];
}

/** Joins the keys of the field by which a list is ordered. Every room of the list has one. */
function joinKeys(
  query: PgSelectQueryBuilder,
  list: RoomList,
  id: SQL,
  { field: key, descending }: FieldOrder,
): readonly Key[] {
  const alias = sql.identifier(Symbol('ordered'));
  const { from, only } = list.keys(sqlValueWithCodec(key, TYPES.text));
  query.join({
    type: 'inner',
    from,
    alias,
    conditions: [
      sql`${alias}.room_id = ${id}`,
      ...only.map((condition) => sql`${alias}.${condition}`),
    ],
  });
  const direction = descending === true ? 'DESC' : 'ASC';
  const last = descending === true ? sql`<>` : sql`=`;
  return [
    { fragment: sql`(${alias}.sort_key ${last} '')`, codec: TYPES.boolean, direction },
    { fragment: sql`${alias}.sort_key`, codec: TYPES.text, direction },
    { fragment: sql`${alias}.room_id`, codec: TYPES.uuid, direction },
  ];
}

/**
 * Where a page begins, as one comparison of rows: by it an index goes there at once. PostGraphile compares one key after
 * the other, which an index cannot follow, and says what is no cursor of this list.
 */
function boundOf({ after }: Given, keys: readonly Key[]): SQL | null {
  const values = valuesOf(after);
  if (values?.length !== keys.length) {
    return null;
  }
  const row = sql.join(
    keys.map(({ fragment }) => fragment),
    ', ',
  );
  const given = sql.join(
    keys.map(
      ({ codec }, index) => sql`${sqlValueWithCodec(values[index], codec)}::${codec.sqlType}`,
    ),
    ', ',
  );
  return keys[0]?.direction === 'DESC' ? sql`(${row}) <= (${given})` : sql`(${row}) >= (${given})`;
}

/** What a cursor says after how its list is ordered. */
function valuesOf(cursor: unknown): readonly unknown[] | null {
  if (typeof cursor !== 'string') {
    return null;
  }
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64').toString('utf8'));
    return Array.isArray(parsed) ? parsed.slice(1) : null;
  } catch {
    return null;
  }
}
