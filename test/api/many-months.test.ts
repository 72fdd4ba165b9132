import pg from 'pg';
import { createTestDatabase } from '../../testing/database.ts';
import { startTestServer } from '../../testing/server.ts';

/*
 * An installation of six and a half years has 79 months of messages, and a statement over all of them locks each with all
 * of its indexes. Who reads one message or one page needs a month or two.
 */
const MONTHS = 79;
const MOST_OF_A_MESSAGE = 16;
const MOST_OF_A_PAGE = 60;

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner } = database;
const ada = await database.createUser();
const { id: roomId } = await database.createRoom(ada);
await owner.query(
  `select app_private.make_month_partition(parent::regclass, month::date)
    from unnest(array['app_public.messages', 'app_private.message_search']) as parent,
      generate_series(
        app_private.this_month() - make_interval(months => $1), app_private.this_month(), interval '1 month') as month`,
  [MONTHS - 7],
);
const server = await startTestServer(database);

/** The locks that each transaction of the API had before it was committed. */
const locks: Promise<number>[] = [];
const { query } = pg.Client.prototype;
beforeAll(() => {
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    if (args[0] === 'commit') {
      const count: Promise<{ rows: { count: number }[] }> = Reflect.apply(query, this, [
        `select count(*)::int - 1 as count from pg_locks where pid = pg_backend_pid() and locktype = 'relation'`,
      ]);
      locks.push(count.then(({ rows }) => rows[0]?.count ?? Number.NaN));
    }
    return Reflect.apply(query, this, args);
  } as typeof query;
});
afterAll(() => {
  pg.Client.prototype.query = query;
});

async function ask(document: string, variables: Record<string, unknown>) {
  locks.length = 0;
  const { data, errors } = await server.graphql(document, variables, ada.token);
  expect(errors).toBeUndefined();
  return { data, most: Math.max(...(await Promise.all(locks))) };
}

const PAGE = `query ($id: UUID!, $after: Cursor, $around: BigInt) { room(id: $id) {
  messages(first: 50, after: $after, aroundSeq: $around) {
    nodes { id seq content createdAt author { id username } } pageInfo { hasNextPage endCursor } } } }`;

/** 120 messages a month, of the last ten months. */
async function fill(): Promise<void> {
  await owner.query(
    `insert into app_public.messages (id, room_id, author_id, content)
      select uuidv7(sent_at - clock_timestamp()), $1, $2, 'Message ' || to_char(sent_at, 'YYYY-MM')
        from (
          select month + number * interval '5 hours' as sent_at
            from generate_series(
                app_private.this_month() - interval '10 months', app_private.this_month() - interval '1 month', interval '1 month') as month,
              generate_series(1, 120) as number
        ) as moments
        order by sent_at`,
    [roomId, ada.id],
  );
}

test('a message is read with the locks of one month', async () => {
  const { id } = await database.sendMessage(ada, roomId, 'one');
  const document = 'query ($id: UUID!) { message(id: $id) { id seq content } }';
  // A connection that reads for the first time plans who may.
  await ask(document, { id });
  for (let time = 0; time < 3; time += 1) {
    const { data, most } = await ask(document, { id });
    expect(data.message.content).toBe('one');
    expect(most).toBeLessThanOrEqual(MOST_OF_A_MESSAGE);
  }
});

test('a page of history is read with the locks of the months that it is in', async () => {
  await fill();
  await database.indexMessages();
  await database.sendMessage(ada, roomId, 'the last');
  const seen: string[] = [];
  const counts: number[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const { data, most }: Awaited<ReturnType<typeof ask>> = await ask(PAGE, { id: roomId, after });
    const { nodes, pageInfo } = data.room.messages;
    seen.push(...nodes.map(({ seq }: { seq: string }) => seq));
    counts.push(most);
    after = pageInfo.endCursor;
    more = pageInfo.hasNextPage;
  }
  expect(seen).toEqual(Array.from({ length: 1202 }, (_, index) => String(1202 - index)));
  expect(counts.filter((count) => count > MOST_OF_A_PAGE)).toEqual([]);
  const { data, most } = await ask(PAGE, { id: roomId, around: '600' });
  expect(data.room.messages.nodes[0].seq).toBe('624');
  expect(most).toBeLessThanOrEqual(MOST_OF_A_PAGE);
});
