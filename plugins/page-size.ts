import { constant, type FieldArg, type FieldArgs, lambda, type Step } from 'grafast';
import { TrumpetError } from '../src/errors/codes.ts';

/** How many rows a connection or list gives when the query does not say. */
export const DEFAULT_PAGE_SIZE = 20;
/** The same of lists that come by the hundred on one page: a few names beside each reaction. */
const SHORT_PAGE_SIZES: Readonly<Record<string, number>> = { 'ReactionSummary.users': 5 };
/** The most that `first` or `last` may ask for. */
export const MAX_PAGE_SIZE = 100;
/** How far into a list `offset`, or a cursor that counts rows, may reach. */
export const MAX_OFFSET = 10_000;

/** A page's bounds as they reach Grafast; null where the query says nothing. */
interface PageableStep extends Step {
  setFirst(first: Step): void;
  setLast?(last: Step): void;
  setOffset?(offset: Step): void;
  setBefore?(cursor: Step): void;
  setAfter?(cursor: Step): void;
}

/**
 * The number of rows to read from the start of a list.
 *
 * @throws TrumpetError BAD_INPUT for a number that no page can have.
 */
export function firstOf(
  first: unknown,
  last: unknown,
  defaultSize = DEFAULT_PAGE_SIZE,
): number | null {
  if (first != null && last != null) {
    throw new TrumpetError('BAD_INPUT', 'Give either first or last, not both.');
  }
  return first == null && last == null ? defaultSize : bounded('first', first, MAX_PAGE_SIZE);
}

/** How many rows a list gives when the query does not say, as the schema that was made with this plugin knows. */
export function defaultPageSizeOf({ extensions }: { readonly extensions: object }): number {
  return (extensions as { defaultPageSize?: number }).defaultPageSize ?? DEFAULT_PAGE_SIZE;
}

function bounded(name: string, value: unknown, limit: number): number | null {
  if (value == null) {
    return null;
  }
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > limit) {
    throw new TrumpetError('BAD_INPUT', `${name} must be between 0 and ${limit}.`);
  }
  return value;
}

/** Cursors of function connections are `["natural", rows before]` in base64; keyset cursors are not our concern. */
function boundedCursor(cursor: unknown): unknown {
  if (typeof cursor !== 'string') {
    return cursor;
  }
  const [kind, rows] = parseCursor(cursor);
  if (kind === 'natural') {
    bounded('The cursor', rows, MAX_OFFSET);
  }
  return cursor;
}

function parseCursor(cursor: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64').toString('utf8'));
    if (Array.isArray(parsed)) {
      return parsed;
    }
  } catch {
    // Told below, in the words of the API.
  }
  throw new TrumpetError('BAD_INPUT', 'This cursor was not given by this API.');
}

/**
 * Every connection and every list that takes `first` has a page size, asked for or not.
 *
 * PostGraphile reads all rows when a query gives no `first`. Bounds are checked while a query runs and not when it is
 * validated, because variables are known only then.
 */
export const PageSizePlugin: GraphileConfig.Plugin = {
  name: 'PageSizePlugin',
  version: '1.0.0',
  description: 'Gives every list a default page size and a largest one',
  after: ['PgFirstLastBeforeAfterArgsPlugin'],
  schema: {
    hooks: {
      GraphQLObjectType_fields_field(field, _build, context) {
        const { isPgFieldConnection, isPgFieldSimpleCollection } = context.scope;
        const plan = field.plan;
        if (!(isPgFieldConnection || isPgFieldSimpleCollection) || plan === undefined) {
          return field;
        }
        const defaultPageSize = defaultSizeIn(context);
        return {
          ...field,
          extensions: { ...field.extensions, defaultPageSize },
          plan($parent: Step, args: FieldArgs, info) {
            const $page = plan($parent, args, info) as PageableStep;
            $page.setFirst(
              lambda([args.getRaw('first'), lastOf(args)], ([first, last]) =>
                firstOf(first, last, defaultPageSize),
              ),
            );
            return $page;
          },
        };
      },
      GraphQLObjectType_fields_field_args_arg: {
        after: ['PgFirstLastBeforeAfterArgsPlugin'],
        callback(arg, _build, context) {
          const { argName, isPgFieldConnection, isPgFieldSimpleCollection } = context.scope;
          if (!(isPgFieldConnection || isPgFieldSimpleCollection)) {
            return arg;
          }
          switch (argName) {
            case 'first':
              return {
                ...arg,
                // The field's own plan does it, so that it is also done where the query leaves `first` out.
                applyPlan: undefined,
                description: `How many to read from the start: ${defaultSizeIn(context)} unless given, at most ${MAX_PAGE_SIZE}.`,
              };
            case 'last':
              return {
                ...arg,
                applyPlan: (_: Step, $page: PageableStep, input: FieldArg) =>
                  $page.setLast?.(
                    lambda(input.getRaw(), (value) => bounded('last', value, MAX_PAGE_SIZE)),
                  ),
                description: `How many to read from the end, instead of \`first\`: at most ${MAX_PAGE_SIZE}.`,
              };
            case 'offset':
              return {
                ...arg,
                applyPlan: (_: Step, $page: PageableStep, input: FieldArg) =>
                  $page.setOffset?.(
                    lambda(input.getRaw(), (value) => bounded('offset', value, MAX_OFFSET)),
                  ),
                description: `How many to skip, at most ${MAX_OFFSET}. Cursors are steadier.`,
              };
            case 'before':
              return {
                ...arg,
                applyPlan: (_: Step, $page: PageableStep, input: FieldArg) =>
                  $page.setBefore?.(lambda(input.getRaw(), boundedCursor)),
                description: 'A `cursor` that this list gave: read what comes before it.',
              };
            case 'after':
              return {
                ...arg,
                applyPlan: (_: Step, $page: PageableStep, input: FieldArg) =>
                  $page.setAfter?.(lambda(input.getRaw(), boundedCursor)),
                description: 'A `cursor` that this list gave: read what comes after it.',
              };
            default:
              return arg;
          }
        },
      },
    },
  },
};

interface FieldContext {
  readonly Self: { readonly name: string };
  readonly scope: { readonly fieldName: string };
}

function defaultSizeIn({ Self, scope: { fieldName } }: FieldContext): number {
  return SHORT_PAGE_SIZES[`${Self.name}.${fieldName}`] ?? DEFAULT_PAGE_SIZE;
}

/** Lists have no `last`. */
function lastOf(args: FieldArgs): Step {
  return (args.getRaw('last') as Step | undefined) ?? constant(null);
}
