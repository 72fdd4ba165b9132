import {
  type PgSelectQueryBuilder,
  type PgSelectStep,
  sqlValueWithCodec,
  TYPES,
} from '@dataplan/pg';
import { type FieldArgs, lambda, type Step } from 'grafast';
import { type SQL, sql } from 'pg-sql2';
import { TrumpetError } from '../src/errors/codes.ts';
import { pageOf } from './page-size.ts';

const SEQS = ['aroundSeq', 'beforeSeq', 'afterSeq'] as const;
const ARGUMENTS = [...SEQS, 'topLevelOnly'] as const;

interface Window {
  readonly aroundSeq: string | null;
  readonly beforeSeq: string | null;
  readonly afterSeq: string | null;
  readonly topLevelOnly: boolean;
  readonly oldestFirst: boolean;
  /** Messages on the side of `aroundSeq` where the page begins, that one included. */
  readonly half: number;
}

interface MessagesConnection extends Step {
  getSubplan(): PgSelectStep;
}

/**
 * `Room.messages` by numbers: clients know a message's `seq` (from a link, an unread mark, a gap after a lost connection)
 * and have no cursor of it.
 */
export const MessageWindowPlugin: GraphileConfig.Plugin = {
  name: 'MessageWindowPlugin',
  version: '1.0.0',
  description: 'Gives the messages of a room arguments about seq, and one that leaves out answers',
  schema: {
    hooks: {
      GraphQLObjectType_fields_field_args(args, build, { Self, scope }) {
        if (!isMessagesOfRoom(Self.name, scope)) {
          return args;
        }
        const seq = build.getInputTypeByName('BigInt');
        return build.extend(
          args,
          {
            ...Object.fromEntries(SEQS.map((name) => [name, { type: seq }])),
            topLevelOnly: { type: build.graphql.GraphQLBoolean },
          },
          'Adding a window to Room.messages',
        );
      },
      GraphQLObjectType_fields_field(field, _build, { Self, scope }) {
        const { plan } = field;
        if (!isMessagesOfRoom(Self.name, scope) || plan === undefined) {
          return field;
        }
        return {
          ...field,
          plan($room: Step, args: FieldArgs, info) {
            const $connection = plan($room, args, info) as MessagesConnection;
            const $messages = $connection.getSubplan();
            const roomId = $messages.placeholder(
              ($room as Step & { get(name: string): Step }).get('id') as never,
            );
            $messages.apply(
              lambda(
                [...ARGUMENTS, 'first', 'last', 'orderBy'].map((name) => args.getRaw(name)),
                (values) => {
                  const window = windowOf(values);
                  return (query: PgSelectQueryBuilder) => {
                    for (const condition of conditionsOf(window, query.alias, roomId)) {
                      query.where(condition);
                    }
                  };
                },
              ),
            );
            return $connection;
          },
        };
      },
    },
  },
};

function isMessagesOfRoom(typeName: string, scope: { readonly fieldName: string }): boolean {
  return typeName === 'Room' && scope.fieldName === 'messages';
}

/** @throws TrumpetError BAD_INPUT for what does not go together. */
function windowOf([
  aroundSeq,
  beforeSeq,
  afterSeq,
  topLevelOnly,
  first,
  last,
  orderBy,
]: readonly unknown[]): Window {
  if (aroundSeq != null && (beforeSeq != null || afterSeq != null || last != null)) {
    throw new TrumpetError(
      'BAD_INPUT',
      'aroundSeq goes with first, and not with last, beforeSeq or afterSeq.',
    );
  }
  return {
    aroundSeq: (aroundSeq ?? null) as string | null,
    beforeSeq: (beforeSeq ?? null) as string | null,
    afterSeq: (afterSeq ?? null) as string | null,
    topLevelOnly: topLevelOnly === true,
    oldestFirst: String(orderBy).endsWith('SEQ_ASC'),
    half: Math.max(1, Math.ceil((pageOf({ first, last }).first ?? 0) / 2)),
  };
}

function conditionsOf(window: Window, alias: SQL, roomId: SQL): SQL[] {
  const seq = sql`${alias}.seq`;
  const conditions: SQL[] = [];
  if (window.topLevelOnly) {
    conditions.push(sql`${alias}.parent_message_id is null`);
  }
  if (window.beforeSeq !== null) {
    conditions.push(sql`${seq} < ${bigint(window.beforeSeq)}`);
  }
  if (window.afterSeq !== null) {
    conditions.push(sql`${seq} > ${bigint(window.afterSeq)}`);
  }
  if (window.aroundSeq !== null) {
    conditions.push(
      window.oldestFirst
        ? sql`${seq} >= ${farthest(window, window.aroundSeq, roomId, sql`<=`, sql`desc`, sql`min`)}`
        : sql`${seq} <= ${farthest(window, window.aroundSeq, roomId, sql`>=`, sql`asc`, sql`max`)}`,
    );
  }
  return conditions;
}

/** Where the page has to begin so that half of it lies before the message in question. Asked once, of the index. */
function farthest(
  { topLevelOnly, half }: Window,
  around: string,
  roomId: SQL,
  beside: SQL,
  direction: SQL,
  last: SQL,
): SQL {
  return sql`(
    select coalesce(${last}(beside.seq), ${bigint(around)}) from (
      select messages.seq from app_public.messages
        where messages.room_id = ${roomId} and messages.seq ${beside} ${bigint(around)}
          ${topLevelOnly ? sql`and messages.parent_message_id is null` : sql.blank}
        order by messages.seq ${direction} limit ${sql.literal(half)}
    ) as beside
  )`;
}

function bigint(value: string): SQL {
  return sqlValueWithCodec(value, TYPES.bigint);
}
