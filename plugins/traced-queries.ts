import type { PgClient, PgClientQuery } from '@dataplan/pg';
import { carryTraces, inSpan } from '../src/process/tracing.ts';

/** What is written out in a statement: usually names of types and formats. Values are parameters. */
const LITERAL = /'(?:[^']|'')*'/g;
const FUNCTION = /"?(app_(?:public|hidden))"?\."?(\w+)"?\(/;

/**
 * A client whose queries are spans, where what they are for is traced.
 *
 * @param connection what it runs on: the bells that ring there are for the same traces
 */
export function withTracedQueries<Client extends PgClient>(
  client: Client,
  connection: object,
): Client {
  return {
    ...client,
    query: (query: PgClientQuery) =>
      inSpan(
        nameOf(query.text),
        { kind: 'client', attributes: attributesOf(query.text) },
        (span) => {
          carryTraces(connection, span?.traces);
          return client.query(query);
        },
      ),
    withTransaction: (callback: (inner: Client) => Promise<unknown>) =>
      client.withTransaction((inner) => callback(withTracedQueries(inner, connection))),
  };
}

function attributesOf(text: string) {
  return { 'db.system.name': 'postgresql', 'db.query.text': withoutLiterals(text) };
}

function withoutLiterals(text: string): string {
  return text.replaceAll(LITERAL, "'?'");
}

/** The word that a statement begins with, and what it calls. */
function nameOf(text: string): string {
  const [, schema, name] = FUNCTION.exec(text) ?? [];
  return name === undefined ? 'SELECT' : `SELECT ${schema}.${name}`;
}
