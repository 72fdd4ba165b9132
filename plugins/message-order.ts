import type { PgCodec } from '@dataplan/pg';

/**
 * A room's messages, and the answers to a message, come in the order of their `seq` and in no other.
 *
 * `seq` is unique within either list, so a cursor holds it alone and a page is `seq < $1 order by seq desc limit 51`: a
 * range of the index (room_id, seq). PostGraphile's own ordering by a column adds the primary key to tell equal values
 * apart, and `seq < $1 or (seq = $1 and id < $2)` reads the list from its beginning.
 */
const TABLE = 'messages';
const COLUMN = 'seq';
const DIRECTIONS = ['ASC', 'DESC'] as const;

/** What Grafast hands to an orderBy value's `apply`; see PgOrderByPrimaryKeyPlugin. */
interface OrderableQuery {
  orderBy(order: { attribute: string; direction: 'ASC' | 'DESC' }): void;
  setOrderIsUnique(): void;
}

export const MessageOrderPlugin: GraphileConfig.Plugin = {
  name: 'MessageOrderPlugin',
  version: '1.0.0',
  description: 'Orders messages by seq, with a cursor of seq alone',
  after: ['PgOrderByPrimaryKeyPlugin', 'PgConnectionArgOrderByDefaultValuePlugin'],
  schema: {
    entityBehavior: {
      pgCodec: {
        override(behavior, codec) {
          // Counting a room's messages reads them all, and the `seq` of the newest says it.
          return isMessages(codec) ? [behavior, '-totalCount'] : behavior;
        },
      },
    },
    hooks: {
      GraphQLEnumType_values: {
        after: ['PgOrderByPrimaryKeyPlugin'],
        callback(values, _build, context) {
          const { isPgRowSortEnum, pgCodec } = context.scope;
          if (!isPgRowSortEnum) {
            return values;
          }
          if (!isMessages(pgCodec)) {
            // "Natural" order has cursors that count rows: they skip and repeat when rows come and go.
            const { NATURAL: _natural, ...others } = values;
            return others;
          }
          return Object.fromEntries(
            DIRECTIONS.map((direction) => [
              `${COLUMN.toUpperCase()}_${direction}`,
              {
                description: direction === 'ASC' ? 'The oldest first.' : 'The newest first.',
                extensions: {
                  grafast: {
                    apply(query: OrderableQuery) {
                      query.orderBy({ attribute: COLUMN, direction });
                      query.setOrderIsUnique();
                    },
                  },
                },
              },
            ]),
          );
        },
      },
      GraphQLObjectType_fields_field_args_arg: {
        after: ['PgConnectionArgOrderByDefaultValuePlugin'],
        callback(arg, build, context) {
          const { argName, pgFieldResource } = context.scope;
          if (
            argName !== 'orderBy' ||
            pgFieldResource === undefined ||
            !isMessages(pgFieldResource.codec)
          ) {
            return arg;
          }
          const type = build.getTypeByName(
            build.inflection.orderByType(build.inflection.tableType(pgFieldResource.codec)),
          );
          const newestFirst = build.graphql.isEnumType(type)
            ? type.getValue('SEQ_DESC')
            : undefined;
          return { ...arg, defaultValue: newestFirst && [newestFirst.value] };
        },
      },
    },
  },
};

function isMessages(codec: PgCodec | undefined): boolean {
  return codec?.extensions?.pg?.name === TABLE;
}
