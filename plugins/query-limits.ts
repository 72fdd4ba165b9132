import { TrumpetError } from '../src/errors/codes.ts';

/** What one request may ask for. */
export interface QueryLimits {
  /** Words and signs; graphql-js stops reading there. */
  readonly tokens: number;
  /** Fields written in the document, fragments counted once: checking them for conflicts takes time by the square. */
  readonly fields: number;
  /** Fields at the top of one operation, by whatever alias. */
  readonly rootFields: number;
  /** Fields below one another. */
  readonly depth: number;
  /** Fields below one another in `__schema` and `__type`; GraphiQL's own question has 15. */
  readonly introspectionDepth: number;
  /** Fields that are objects, pages not counted: each takes the planner about a millisecond. */
  readonly objects: number;
  /** Values in the answer, estimated by page sizes. A page of 100 messages with all their parts costs about 30,000. */
  readonly cost: number;
  /** Values in variables, and in the lists that arguments are given, as often as they are given. */
  readonly values: number;
  /** Values below one another in a variable. */
  readonly valueDepth: number;
  /** Items of a list of names, such as `orderBy`: each is a part of the plan. */
  readonly listedNames: number;
}

export const QUERY_LIMITS: QueryLimits = {
  tokens: 2_000,
  fields: 500,
  rootFields: 10,
  depth: 12,
  introspectionDepth: 16,
  objects: 60,
  cost: 35_000,
  values: 5_000,
  valueDepth: 20,
  listedNames: 4,
};

/** For servers, which send a thousand entries at once. */
export const SERVER_LIMITS: QueryLimits = { ...QUERY_LIMITS, values: 20_000 };

/** For those who have not signed in: they sign up and in, and look the schema up. */
export const VISITOR_LIMITS: QueryLimits = {
  ...QUERY_LIMITS,
  tokens: 1_000,
  fields: 150,
  // Ten sign-ins that stand in one document are planned in one turn of the event loop, for which everybody waits.
  rootFields: 3,
  objects: 12,
  cost: 2_000,
  values: 100,
  valueDepth: 5,
};

type LimitName = Exclude<keyof QueryLimits, 'tokens' | 'cost'>;

const LIMIT_NAMES: Readonly<Record<LimitName, string>> = {
  fields: 'fields written in one document',
  rootFields: 'fields at the top',
  depth: 'fields below one another',
  introspectionDepth: 'fields of introspection below one another',
  objects: 'fields that are objects',
  values: 'values in variables and lists',
  valueDepth: 'values below one another in a variable',
  listedNames: 'names in a list',
};

/** @throws TrumpetError QUERY_TOO_COMPLEX that names the limit, and how much was asked for. */
export function refuseAbove(limits: QueryLimits, name: LimitName, amount: number): void {
  if (amount > limits[name]) {
    throw new TrumpetError(
      'QUERY_TOO_COMPLEX',
      `This query has ${whole(amount)} ${LIMIT_NAMES[name]}: at most ${whole(limits[name])} are allowed.`,
    );
  }
}

export function whole(amount: number): string {
  return amount.toLocaleString('en');
}
