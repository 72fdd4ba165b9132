import type { PgSelectStep } from '@dataplan/pg';
import { TYPES } from '@dataplan/pg';
import { type FieldArgs, lambda, type Step } from 'grafast';
import { sql } from 'pg-sql2';

const FUNCTION = 'search_messages';
/** Where a result stands, best first: `app_public.message_match` has these attributes. */
const ORDER = [
  { attribute: 'is_approximate', codec: TYPES.boolean, direction: 'ASC' },
  { attribute: 'rank', codec: TYPES.float, direction: 'DESC' },
  { attribute: 'message_id', codec: TYPES.uuid, direction: 'DESC' },
] as const;

interface SearchConnection extends Step {
  getSubplan(): PgSelectStep;
}

/**
 * The pages of a search have cursors that say where they end, instead of how many rows came before: messages that
 * arrive meanwhile move nothing from one page to another.
 *
 * Results that were found by taking words for misspelt come when few others were found. A page that ends
 * among them says so in its cursor, and the next page goes on with them, however many have come to be found since.
 */
export const SearchOrderPlugin: GraphileConfig.Plugin = {
  name: 'SearchOrderPlugin',
  version: '1.0.0',
  description: 'Gives the pages of a message search cursors of rank and id',
  schema: {
    hooks: {
      GraphQLObjectType_fields_field(field, _build, context) {
        const { isPgFieldConnection, pgFieldResource } = context.scope;
        const plan = field.plan;
        if (!isPgFieldConnection || pgFieldResource?.extensions?.pg?.name !== FUNCTION || !plan) {
          return field;
        }
        return {
          ...field,
          plan($parent: Step, args: FieldArgs, info) {
            const $connection = plan($parent, stayingApproximate(args), info) as SearchConnection;
            const $select = $connection.getSubplan();
            for (const { attribute, codec, direction } of ORDER) {
              $select.orderBy({
                fragment: sql`${$select.alias}.${sql.identifier(attribute)}`,
                codec,
                direction,
                nullable: false,
              });
            }
            $select.setOrderIsUnique();
            return $connection;
          },
        };
      },
    },
  },
};

/** The arguments, with `approximate` taken from the cursor where the query leaves it out. */
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
