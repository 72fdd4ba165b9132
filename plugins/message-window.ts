import {
  type PgSelectArgumentDigest,
  type PgSelectQueryBuilder,
  type PgSelectStep,
  type PgTypedStep,
  pgSelect,
  sqlValueWithCodec,
  TYPES,
} from '@dataplan/pg';
import { connection, type FieldArgs, lambda, type Step } from 'grafast';
import { type SQL, sql } from 'pg-sql2';
import { TrumpetError } from '../src/errors/codes.ts';
import { pageOf } from './page-size.ts';

const SEQS = ['aroundSeq', 'beforeSeq', 'afterSeq'] as const;
const ARGUMENTS = [...SEQS, 'topLevelOnly'] as const;
const GIVEN = [...ARGUMENTS, 'first', 'last', 'orderBy', 'offset', 'before', 'after'] as const;

interface Window {
  readonly aroundSeq: string | null;
  readonly beforeSeq: string | null;
  readonly afterSeq: string | null;
  readonly topLevelOnly: boolean;
  readonly oldestFirst: boolean;
  /** Messages on the side of `aroundSeq` where the page begins, that one included. */
  readonly half: number;
}

/** What app_hidden.room_page is asked for. */
interface Page {
  readonly size: number;
  readonly newestFirst: boolean;
  readonly topLevelOnly: boolean;
  readonly above: string | null;
  readonly below: string | null;
  readonly around: string | null;
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
            const $plain = plan($room, args, info) as MessagesConnection;
            const $given = lambda(
              GIVEN.map((name) => args.getRaw(name)),
              (values) => ({ window: windowOf(values), page: pageIn(values) }),
            );
            const $roomId = ($room as Step & { get(name: string): PgTypedStep }).get('id');
            const $messages = pgSelect({
              resource: $plain.getSubplan().resource,
              identifiers: [
                { step: $roomId, codec: TYPES.uuid, matches: (alias) => sql`${alias}.room_id` },
              ],
              from: fromPage,
              args: [
                { step: $roomId, pgCodec: TYPES.uuid },
                { step: lambda($given, ({ page }) => page), pgCodec: TYPES.json },
              ],
            });
            $messages.apply(
              lambda($given, ({ window }) => (query: PgSelectQueryBuilder) => {
                for (const condition of conditionsOf(window, query.alias)) {
                  query.where(condition);
                }
              }),
            );
            return connection($messages);
          },
        };
      },
    },
  },
};

/** The messages of a page: see app_hidden.room_page. One function for all queries, which are compared by it. */
function fromPage(...[roomId, page]: readonly PgSelectArgumentDigest[]): SQL {
  return sql`app_hidden.room_page(${(roomId as PgSelectArgumentDigest).placeholder}, ${(page as PgSelectArgumentDigest).placeholder})`;
}

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

/** Which part of the room is read: the page, and one message more, by which it is known whether there are others. */
function pageIn(values: readonly unknown[]): Page {
  const window = windowOf(values);
  const [first, last, , offset, before, after] = values.slice(ARGUMENTS.length);
  const page = pageOf({ first, last, offset, before, after });
  const [newer, older] = window.oldestFirst ? [before, after] : [after, before];
  return {
    size: (page.first ?? page.last ?? 0) + 1 + (typeof offset === 'number' ? offset : 0),
    newestFirst: window.oldestFirst === (page.last !== null),
    topLevelOnly: window.topLevelOnly,
    above: farther([window.afterSeq, seqOf(older)], (one, other) => one > other),
    below: farther([window.beforeSeq, seqOf(newer)], (one, other) => one < other),
    around: window.aroundSeq,
    half: window.half,
  };
}

function farther(
  seqs: readonly (string | null)[],
  isFarther: (one: bigint, other: bigint) => boolean,
): string | null {
  return seqs.reduce((one, other) =>
    one === null || (other !== null && isFarther(BigInt(other), BigInt(one))) ? other : one,
  );
}

/** Where a cursor stands; null for what is none, which PostGraphile refuses. */
function seqOf(cursor: unknown): string | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(String(cursor), 'base64').toString());
    const seq = Array.isArray(parts) ? String(parts[1]) : '';
    return /^\d{1,18}$/.test(seq) ? seq : null;
  } catch {
    return null;
  }
}

function conditionsOf(window: Window, alias: SQL): SQL[] {
  const conditions: SQL[] = [];
  if (window.topLevelOnly) {
    conditions.push(sql`(${alias}.parent_message_id is null or ${alias}.also_sent_to_room)`);
  }
  if (window.beforeSeq !== null) {
    conditions.push(sql`${alias}.seq < ${bigint(window.beforeSeq)}`);
  }
  if (window.afterSeq !== null) {
    conditions.push(sql`${alias}.seq > ${bigint(window.afterSeq)}`);
  }
  return conditions;
}

function bigint(value: string): SQL {
  return sqlValueWithCodec(value, TYPES.bigint);
}
