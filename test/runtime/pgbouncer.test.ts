import { checkRequirements } from '../../src/database/requirements.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts';
import { openEventStream } from '../../testing/event-stream.ts';
import { hasPgBouncer, type PgBouncer, startPgBouncer } from '../../testing/pgbouncer.ts';
import { startTestServer } from '../../testing/server.ts';

/* The API's login through PgBouncer in transaction mode, the owner directly: docs/running.md. */
const wherePgBouncerIs = hasPgBouncer ? describe : describe.skip;
/** What docs/running.md says, and few sessions, so that each is used by many. */
const SETTINGS = [
  'ignore_startup_parameters = extra_float_digits,options',
  'max_prepared_statements = 200',
  'default_pool_size = 3',
];
const SEND =
  'mutation ($roomId: UUID!, $content: String!) { sendMessage(input: { roomId: $roomId, content: $content }) { message { id } } }';

wherePgBouncerIs('through PgBouncer', () => {
  let database: TestDatabase;
  let pooler: PgBouncer | undefined;
  const start = async (settings: readonly string[]) => {
    pooler = await startPgBouncer([database.databaseUrl, database.authDatabaseUrl], settings);
    return pooler;
  };

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await pooler?.close();
    pooler = undefined;
  });
  afterAll(() => database.close());

  test('people write at once and hear everything in order, by bells without NOTIFY', async () => {
    const { through } = await start(SETTINGS);
    const server = await startTestServer(
      database,
      {},
      { databaseUrl: database.databaseUrl, authDatabaseUrl: through(database.authDatabaseUrl) },
    );
    const people = await Promise.all(Array.from({ length: 8 }, () => database.createUser()));
    const [olga] = people as [(typeof people)[0]];
    const { id: roomId } = await database.createRoom(olga, { members: people.slice(1) });
    const notified: string[] = [];
    const listener = await database.owner.connect();
    listener.on('notification', ({ payload = '' }) => notified.push(payload));
    await listener.query('listen trumpet_bell');
    const stream = await openEventStream(`${server.url}/events/${roomId}`, {
      authorization: `Bearer ${olga.token}`,
    });
    expect(await stream.next()).toMatchObject({ event: 'joined' });
    await Promise.all(
      people.map(async (who) => {
        for (let number = 0; number < 10; number += 1) {
          const { errors } = await server.graphql(
            SEND,
            { roomId, content: `${number}` },
            who.token,
          );
          expect(errors).toBeUndefined();
        }
      }),
    );
    const seqs: number[] = [];
    while (seqs.length < 80) {
      seqs.push((await stream.next()).data.change_seq);
    }
    expect(seqs).toEqual(seqs.map((_, index) => Number(seqs[0]) + index));
    await listener.query('select 1');
    // What the server passes to other nodes is one for many; a session without its setting would send one a change.
    expect(notified.filter((payload) => payload === `c:${roomId}`)).toEqual([]);
    listener.release(true);
    stream.close();
    await server.close();
  });

  test('the owner is refused at the start, with what to do', async () => {
    const { through } = await start(SETTINGS);
    await expect(checkRequirements(through(database.databaseUrl))).rejects.toThrow(
      /behind a pooler in transaction mode.*DATABASE_URL must go to Postgres itself/,
    );
    await checkRequirements(database.databaseUrl);
  });

  test.each([
    ['options', SETTINGS.slice(1), 'ignore_startup_parameters = extra_float_digits,options'],
    [
      'prepared statements',
      [SETTINGS[0] ?? '', 'max_prepared_statements = 0'],
      'max_prepared_statements = 200',
    ],
  ])(
    'a pooler that does not take %s is told of at the start, with what to set',
    async (_what, settings, advice) => {
      const { through } = await start(settings);
      await expect(
        startTestServer(
          database,
          {},
          { databaseUrl: database.databaseUrl, authDatabaseUrl: through(database.authDatabaseUrl) },
        ),
      ).rejects.toThrow(advice);
    },
  );
});
