import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';
import { runJobs } from './support.ts';

/* What law and retention take away is taken out of quotes and forwarded messages, too, and a hold keeps it there. */

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner, call } = database;

/** That an account was erased, and the log, until it is trimmed: docs/operations.md. */
const NUMBERS_ALONE = [
  'app_private.admin_actions.user_id',
  'app_private.erasures.user_id',
  'app_private.room_changes.actor_id',
  'app_private.room_changes.user_id',
];

const TEXT = 'My address is Elm Street 12';

interface Shown {
  readonly content: string | null;
  readonly quote: Record<string, unknown> | null;
}

async function shown(id: string): Promise<Shown> {
  const { rows } = await owner.query<Shown>(
    `select content, metadata -> 'quote' as quote from app_public.messages where id = $1`,
    [id],
  );
  return single(rows);
}

const quote = (who: TestUser, roomId: string, messageId: string) =>
  call(who, 'send_message', roomId, 'Noted', 'text', JSON.stringify({ quote: { messageId } }));

/** Ada says something; bob quotes and forwards it, and it is quoted and forwarded from there. */
async function spread(rule: 'erase' | 'anonymise' = 'erase') {
  const [ada, bob, eve] = [
    await database.createUser(),
    await database.createUser(),
    await database.createUser(),
  ];
  const { id: here } = await database.createRoom(bob, { type: 'private', members: [ada] });
  const { id: there } = await database.createRoom(bob, { type: 'private', members: [eve] });
  const { id: beyond } = await database.createRoom(eve, { type: 'private' });
  await owner.query('update app_public.rooms set erasure_rule = $2 where id = any ($1)', [
    [here, there, beyond],
    rule,
  ]);
  const { id } = await database.sendMessage(ada, here, TEXT);
  const { id: quoting } = await quote(bob, here, id);
  const { id: forwarded } = await call(bob, 'forward_message', id, there);
  const { id: quotingThat } = await quote(eve, there, forwarded);
  const { id: forwardedAgain } = await call(eve, 'forward_message', forwarded, beyond);
  return { ada, bob, eve, here, there, id, quoting, forwarded, quotingThat, forwardedAgain };
}

async function erase({ username }: TestUser): Promise<void> {
  await owner.query("select app_admin.erase_user($1, 'asked')", [username]);
  await runJobs(owner);
}

async function tracesOf(user: TestUser): Promise<string[]> {
  const { rows } = await owner.query<{ found_in: string }>(
    'select found_in from app_admin.traces_of_user($1, $2) order by 1',
    [user.id, ['Elm Street']],
  );
  return rows.map(({ found_in }) => found_in);
}

test('erasing an account takes what it wrote out of quotes and forwarded messages, wherever they went', async () => {
  const scene = await spread();
  await erase(scene.ada);
  await expect(shown(scene.quoting)).resolves.toEqual({
    content: 'Noted',
    quote: { messageId: scene.id, isRemoved: true },
  });
  await expect(shown(scene.forwarded)).resolves.toEqual({ content: null, quote: null });
  await expect(shown(scene.quotingThat)).resolves.toMatchObject({
    content: 'Noted',
    quote: { isRemoved: true },
  });
  await expect(shown(scene.forwardedAgain)).resolves.toEqual({ content: null, quote: null });
  await expect(tracesOf(scene.ada)).resolves.toEqual(NUMBERS_ALONE);
  const { rows } = await owner.query(
    'select finished_at is not null as is_finished from app_private.erasures where user_id = $1',
    [scene.ada.id],
  );
  expect(rows).toEqual([{ is_finished: true }]);
});

test('where a room keeps what deleted accounts wrote, quotes and forwarded messages stay without the name', async () => {
  const scene = await spread('anonymise');
  await erase(scene.ada);
  await expect(shown(scene.quoting)).resolves.toMatchObject({
    quote: { content: TEXT, authorId: '00000000-0000-7000-8000-000000000000' },
  });
  await expect(shown(scene.forwarded)).resolves.toMatchObject({ content: TEXT });
  const { rows } = await owner.query<{ found_in: string }>(
    'select found_in from app_admin.traces_of_user($1)',
    [scene.ada.id],
  );
  expect(rows.map(({ found_in }) => found_in)).toEqual(NUMBERS_ALONE);
});

test('erasing whoever forwarded it leaves the words to whoever wrote them, and no quote with the name', async () => {
  const scene = await spread();
  await erase(scene.bob);
  await expect(shown(scene.id)).resolves.toMatchObject({ content: TEXT });
  await expect(shown(scene.forwarded)).resolves.toEqual({ content: null, quote: null });
  await expect(shown(scene.quotingThat)).resolves.toMatchObject({ quote: { isRemoved: true } });
  await expect(shown(scene.forwardedAgain)).resolves.toMatchObject({ content: TEXT });
  const { rows } = await owner.query<{ found_in: string }>(
    'select found_in from app_admin.traces_of_user($1)',
    [scene.bob.id],
  );
  expect(rows.map(({ found_in }) => found_in)).toEqual(NUMBERS_ALONE);
});

test('a hold on the room that it was forwarded to keeps it there, until it is released', async () => {
  const scene = await spread();
  await owner.query("select app_admin.hold_room($1, 'a case')", [scene.there]);
  await erase(scene.ada);
  await expect(shown(scene.quoting)).resolves.toMatchObject({ quote: { isRemoved: true } });
  await expect(shown(scene.forwarded)).resolves.toMatchObject({ content: TEXT });
  await expect(shown(scene.quotingThat)).resolves.toMatchObject({ quote: { content: TEXT } });
  const { rows } = await owner.query<{ id: string }>(
    'select id from app_private.legal_holds where room_id = $1',
    [scene.there],
  );
  await owner.query('select app_admin.release_hold($1)', [single(rows).id]);
  await runJobs(owner);
  await expect(shown(scene.forwarded)).resolves.toEqual({ content: null, quote: null });
  await expect(shown(scene.quotingThat)).resolves.toMatchObject({ quote: { isRemoved: true } });
});

test('retention takes what is past its time out of younger quotes, and tells each, but not out of another room', async () => {
  const scene = await spread();
  const before = await headOf(scene.here);
  await owner.query(
    `select app_private.lock_room($1), app_private.begin_bulk(), app_private.delete_messages(array[$2::uuid])`,
    [scene.here, scene.id],
  );
  await expect(shown(scene.quoting)).resolves.toEqual({
    content: 'Noted',
    quote: { messageId: scene.id, isRemoved: true },
  });
  await expect(shown(scene.forwarded)).resolves.toMatchObject({ content: TEXT });
  await expect(headOf(scene.here)).resolves.toBe(before + 1);
});

test('a month that is dropped whole is taken out of what quotes it', async () => {
  const scene = await spread();
  await owner.query(
    `update app_private.message_sources set source_message_id = app_private.uuidv7_floor('2025-05-10') where message_id = $1`,
    [scene.quoting],
  );
  for (;;) {
    const { rows } = await owner.query<{ count: number }>(
      `select app_private.delete_month_children('2025-05-01', 100) as count`,
    );
    if (single(rows).count === 0) {
      break;
    }
  }
  await expect(shown(scene.quoting)).resolves.toMatchObject({ quote: { isRemoved: true } });
  await expect(shown(scene.quotingThat)).resolves.toMatchObject({ quote: { content: TEXT } });
});

test('an export has what its person quoted and forwarded', async () => {
  const scene = await spread();
  const { rows } = await owner.query(
    `select row -> 'row' ->> 'id' as id from app_private.personal_data($1) as row
      where row::text like '%Elm Street%' order by 1`,
    [scene.bob.id],
  );
  expect(rows).toEqual([{ id: scene.quoting }, { id: scene.forwarded }]);
});

async function headOf(roomId: string): Promise<number> {
  const { rows } = await owner.query<{ seq: string }>(
    'select last_change_seq as seq from app_private.room_heads where room_id = $1',
    [roomId],
  );
  return Number(single(rows).seq);
}
