import { constant, type FieldArg, type FieldArgs, lambda, type Step } from 'grafast';
import { TrumpetError } from '../src/errors/codes.ts';

/** How many rows a connection or list gives when the query does not say. */
export const DEFAULT_PAGE_SIZE = 20;
/** The same of lists that come by the hundred on one page: a few names beside each reaction. */
const SHORT_PAGE_SIZES: Readonly<Record<string, number>> = { 'ReactionSummary.users': 5 };
/** The most that `first` or `last` may ask for. */
export const MAX_PAGE_SIZE = 100;
/** How far into a list `offset` may reach. */
export const MAX_OFFSET = 10_000;

const PAGE_ARGUMENTS = ['first', 'last', 'offset', 'before', 'after'] as const;

/** A page's bounds as they reach Grafast; null where the query says nothing. */
interface PageableStep extends Step {
  setFirst(first: Step): void;
  setLast?(last: Step): void;
  setOffset?(offset: Step): void;
}

/** How a query asks for a page. */
interface PageRequest {
  readonly first: unknown;
  readonly last?: unknown;
  readonly offset?: unknown;
  readonly before?: unknown;
  readonly after?: unknown;
}

/**
 * How many rows to read from the start of a list, and how many from its end: one of the two is null.
 *
 * @throws TrumpetError BAD_INPUT for a page that there cannot be.
 */
export function pageOf(
  { first, last, offset, before, after }: PageRequest,
  defaultSize = DEFAULT_PAGE_SIZE,
): { readonly first: number | null; readonly last: number | null } {
  if (first != null && last != null) {
    throw new TrumpetError('BAD_INPUT', 'Give either first or last, not both.');
  }
  const isFromEnd = last != null || (before != null && first == null && after == null);
  if (isFromEnd && offset != null) {
    throw new TrumpetError('BAD_INPUT', 'A page that is read from the end has no offset.');
  }
  return isFromEnd
    ? { first: null, last: bounded('last', last ?? defaultSize, MAX_PAGE_SIZE) }
    : { first: bounded('first', first ?? defaultSize, MAX_PAGE_SIZE), last: null };
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
            const $size = lambda(
              PAGE_ARGUMENTS.map((name) => rawOf(args, name)),
              ([first, last, offset, before, after]) =>
                pageOf({ first, last, offset, before, after }, defaultPageSize),
            );
            $page.setFirst(lambda($size, ({ first }) => limitOf(first)));
            if (args.getRaw('last') !== undefined) {
              $page.setLast?.(lambda($size, ({ last }) => limitOf(last)));
            }
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
                applyPlan: undefined,
                description: `How many to read from the end, instead of \`first\`: at most ${MAX_PAGE_SIZE}.`,
              };
            case 'offset':
              return {
                ...arg,
                // Plain lists give themselves back from it, which Grafast does not take for an answer.
                applyPlan(_: Step, $page: PageableStep, input: FieldArg) {
                  $page.setOffset?.(
                    lambda(input.getRaw(), (value) => bounded('offset', value, MAX_OFFSET)),
                  );
                },
                description: `How many to skip, at most ${MAX_OFFSET}. Cursors are steadier.`,
              };
            case 'before':
              return {
                ...arg,
                description: 'A `cursor` that this list gave: read what comes before it.',
              };
            case 'after':
              return {
                ...arg,
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

/** What a query gives for an argument. Not every list has each. */
function rawOf(args: FieldArgs, name: string): Step {
  return (args.getRaw(name) as Step | undefined) ?? constant(null);
}

/**
 * A number of rows as @dataplan/pg takes it. Asked for none, it says that none come next, without a look; a zero that is
 * an object counts as one and is not equal to it, so that it looks.
 */
function limitOf(count: number | null): number | null {
  return count === 0 ? (Object(0) as number) : count;
}
