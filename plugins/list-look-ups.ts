import type { PgClient, PgClientQuery } from '@dataplan/pg';

/*
 * Where a document goes from many rows to what belongs to each, PostGraphile joins the list of their ids, as JSON, with
 * the table: `from (select (ids.value->>0)::uuid as id0 …) as ids, lateral (select … where id = ids.id0) as found`.
 *
 * Postgres makes one join of it, and under row-level security a bad one: `->>` is not leakproof, so the condition may
 * not be tried before the policy, no index can serve it, and the whole table is read, whatever its size
 * (github.com/graphile/crystal/issues/3041). With `offset 0` the inner query stays by itself: it runs once an id, which
 * it takes for a parameter, and looks it up by the index, as it would for one id alone.
 */

/** Begins every query over a list of ids. */
const LIST = /^select \S+\.\*\nfrom \(select ids\.ordinality/;
/** The inner query is limited already: then it stays by itself. */
const LIMITED = /\b(?:limit|offset) \S+\) as \S+;$/;
const END = /\) as (\S+);$/;

/** The same query, looking up one id after the other where it is over a list of ids. */
export function lookUpEach(text: string): string {
  return LIST.test(text) && !LIMITED.test(text) ? text.replace(END, '\noffset 0) as $1;') : text;
}

/** A client whose queries over lists use indexes. */
export function withListLookUps<Client extends PgClient>(client: Client): Client {
  return {
    ...client,
    query: (query: PgClientQuery) => client.query({ ...query, text: lookUpEach(query.text) }),
    withTransaction: (callback: (inner: Client) => Promise<unknown>) =>
      client.withTransaction((inner) => callback(withListLookUps(inner))),
  };
}
