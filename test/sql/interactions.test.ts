import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';

/* What people ask of bots: commands, buttons and menus, and what only the two of them see. */

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner, call } = database;

let count = 0;

async function createBot(): Promise<TestUser> {
  const bot = await database.createUser(`bot-${++count}`);
  await owner.query('update app_public.users set is_bot = true where id = $1', [bot.id]);
  return bot;
}

const ROLL = {
  name: 'roll',
  description: 'Rolls dice',
  arguments: [
    { name: 'dice', description: 'How many', type: 'integer', isRequired: true },
    { name: 'kind', description: 'Which', type: 'choice', choices: ['fair', 'loaded'] },
    { name: 'for', description: 'Whom for', type: 'user' },
  ],
};

async function setCommands(bot: TestUser, commands: unknown) {
  return await database.commitAs(bot, async (client) => {
    const { rows } = await client.query<{ id: string; name: string; arguments: unknown }>(
      'select * from app_public.set_commands($1)',
      [JSON.stringify(commands)],
    );
    return rows;
  });
}

/** A room of Ada's with Bob and a bot that rolls dice. */
async function makeRoom() {
  const [ada, bob, bot] = [
    await database.createUser(),
    await database.createUser(),
    await createBot(),
  ];
  const { id: roomId } = await database.createRoom(ada, { type: 'private', members: [bob, bot] });
  const { id: commandId } = single(await setCommands(bot, [ROLL]));
  const roll = (who: TestUser, given: object = { dice: 2 }, ...more: unknown[]) =>
    call(who, 'use_command', roomId, commandId, given, ...more);
  return { ada, bob, bot, roomId, commandId, roll };
}

async function commandsOf(who: TestUser, roomId: string): Promise<string[]> {
  return await database.asUser(who, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      'select (app_public.rooms_commands(rooms)).name from app_public.rooms where id = $1',
      [roomId],
    );
    return rows.map(({ name }) => name);
  });
}

async function seen(who: TestUser, id: string) {
  return await database.asUser(who, async (client) => {
    const { rows } = await client.query(
      'select interactions.*, app_public.interactions_state(interactions) as state from app_public.interactions where id = $1',
      [id],
    );
    return rows[0];
  });
}

const later = (seconds: number) =>
  owner.query(
    `update app_public.interactions set
      waits_until = waits_until - make_interval(secs => $1), expires_at = expires_at - make_interval(secs => $1)`,
    [seconds],
  );

describe('commands', () => {
  test('are listed for the members of the rooms that their bot is in, and for nobody else', async () => {
    const { ada, bob, bot, roomId } = await makeRoom();
    const stranger = await database.createUser();
    expect(await commandsOf(bob, roomId)).toEqual(['roll']);
    expect(await commandsOf(stranger, roomId)).toEqual([]);
    const { rows } = await database.asUser(stranger, (client) =>
      client.query('select from app_public.commands where bot_id = $1', [bot.id]),
    );
    expect(rows).toEqual([]);
    await call(ada, 'kick_member', roomId, bot.id);
    expect(await commandsOf(bob, roomId)).toEqual([]);
  });

  test('that are told again keep their ids, and those left out are gone', async () => {
    const { bot, commandId } = await makeRoom();
    const again = await setCommands(bot, [
      { ...ROLL, description: 'Rolls' },
      { name: 'Würfeln', description: 'Würfelt' },
    ]);
    expect(again.map(({ name }) => name)).toEqual(['roll', 'würfeln']);
    expect(again[0]?.id).toBe(commandId);
    expect((await setCommands(bot, [])).length).toBe(0);
  });

  test.each(['würfeln', 'サイコロ', 'नमस्ते', 'زهر', 'a_b-2'])('may be called %s', async (name) => {
    const rows = await setCommands(await createBot(), [{ name, description: name }]);
    expect(rows[0]?.name).toBe(name.normalize('NFC'));
  });

  test.each([
    ['a name with a space', [{ name: 'two words', description: 'x' }]],
    ['a name that is too long', [{ name: 'x'.repeat(33), description: 'x' }]],
    ['no name', [{ description: 'x' }]],
    ['no description', [{ name: 'x' }]],
    ['two of a name', [ROLL, { ...ROLL, name: 'ROLL' }]],
    ['something else in it', [{ ...ROLL, url: 'https://example.org' }]],
    ['no list', { roll: ROLL }],
    ['51', Array.from({ length: 51 }, (_, n) => ({ name: `c${n}`, description: 'x' }))],
    [
      'a type that there is not',
      [{ ...ROLL, arguments: [{ name: 'a', description: 'x', type: 'date' }] }],
    ],
    [
      'a choice without choices',
      [{ ...ROLL, arguments: [{ name: 'a', description: 'x', type: 'choice' }] }],
    ],
    [
      'a needed argument behind one that is not',
      [
        {
          ...ROLL,
          arguments: [
            { name: 'a', description: 'x' },
            { name: 'b', description: 'x', isRequired: true },
          ],
        },
      ],
    ],
  ])('are refused with %s', async (_, commands) => {
    await expect(setCommands(await createBot(), commands)).rejects.toMatchObject({ code: 'TR400' });
  });

  test('belong to bots alone; at psql an administrator gives them', async () => {
    const [ada, bot] = [await database.createUser(), await createBot()];
    await expect(setCommands(ada, [ROLL])).rejects.toMatchObject({ code: 'TR403' });
    await owner.query('select app_admin.set_commands($1, $2)', [
      bot.username,
      JSON.stringify([ROLL]),
    ]);
    const { rows } = await owner.query('select name from app_admin.commands where bot = $1', [
      bot.username,
    ]);
    expect(rows).toEqual([{ name: 'roll' }]);
  });

  test.each([
    ['nothing where something is needed', {}],
    ['a text for a number', { dice: 'two' }],
    ['a part of a number', { dice: 1.5 }],
    ['a number that JavaScript would change', { dice: 2 ** 53 }],
    ['a choice that there is not', { dice: 1, kind: 'crooked' }],
    ['somebody who is not here', { dice: 1, for: '00000000-0000-0000-0000-000000000000' }],
    ['an argument that there is not', { dice: 1, sides: 6 }],
  ])('take no %s', async (_, given) => {
    const { bob, roll } = await makeRoom();
    await expect(roll(bob, given)).rejects.toMatchObject({ code: 'TR400' });
  });

  test('take what fits', async () => {
    const { ada, bob, roll } = await makeRoom();
    const given = { dice: 2, kind: 'loaded', for: ada.id };
    expect((await roll(bob, given)).arguments).toEqual(given);
  });

  test('are called once for each nonce, whatever has become of them since', async () => {
    const { ada, bob, bot, roomId, roll } = await makeRoom();
    const first = await roll(bob, { dice: 2, kind: null }, null, 'n-1');
    await setCommands(bot, [{ name: 'roll', description: 'Rolls', arguments: [] }]);
    expect(await roll(bob, { dice: 2 }, null, 'n-1')).toMatchObject({ id: first.id });
    await setCommands(bot, []);
    expect(await roll(bob, { dice: 2 }, null, 'n-1')).toMatchObject({ id: first.id });
    await expect(roll(bob, { dice: 3 }, null, 'n-1')).rejects.toMatchObject({ code: 'TR409' });
    await expect(roll(bob, { dice: 2 }, null, 'n-2')).rejects.toMatchObject({ code: 'TR404' });
    await call(ada, 'kick_member', roomId, bob.id);
    await expect(roll(bob, { dice: 2 }, null, 'n-1')).rejects.toMatchObject({ code: 'TR404' });
  });

  test('are called once for each nonce', async () => {
    const { bob, bot, roll } = await makeRoom();
    const first = await roll(bob, { dice: 2 }, null, 'n-1');
    expect((await roll(bob, { dice: 2 }, null, 'n-1')).id).toBe(first.id);
    await expect(roll(bob, { dice: 3 }, null, 'n-1')).rejects.toMatchObject({ code: 'TR409' });
    const { rows } = await owner.query('select from app_public.interactions where bot_id = $1', [
      bot.id,
    ]);
    expect(rows).toHaveLength(1);
  });
});

describe('who may write may ask', () => {
  test.each<[string, string, (room: Awaited<ReturnType<typeof makeRoom>>) => Promise<unknown>]>([
    ['muted', 'TRMUT', ({ ada, bob, roomId }) => call(ada, 'mute_member', roomId, bob.id, 60)],
    ['banned', 'TRBAN', ({ ada, bob, roomId }) => call(ada, 'ban_member', roomId, bob.id)],
    ['gone', 'TR404', ({ bob, roomId }) => call(bob, 'leave_room', roomId)],
    ['in a locked room', 'TR403', ({ ada, roomId }) => call(ada, 'set_room_locked', roomId, true)],
    ['in an archived room', 'TRARC', ({ ada, roomId }) => call(ada, 'archive_room', roomId)],
  ])('nobody who is %s', async (_, code, forbid) => {
    const room = await makeRoom();
    const { id } = await ask(room);
    await forbid(room);
    await expect(room.roll(room.bob)).rejects.toMatchObject({ code });
    await expect(call(room.bob, 'use_component', id, 'yes')).rejects.toMatchObject({ code });
  });

  test('as often as slow mode lets them write', async () => {
    const { ada, bob, roomId, roll } = await makeRoom();
    await call(ada, 'set_slow_mode', roomId, 60);
    await roll(bob);
    await expect(roll(bob)).rejects.toMatchObject({ code: 'TRSLO' });
    await expect(database.sendMessage(bob, roomId, 'then')).rejects.toMatchObject({
      code: 'TRSLO',
    });
  });

  test.each(['refuse', 'hold'])('and nothing that a rule would %s', async (action) => {
    const { ada, bob, bot, roomId } = await makeRoom();
    const { id: commandId } = single(
      await setCommands(bot, [
        { name: 'say', description: 'x', arguments: [{ name: 'what', description: 'x' }] },
      ]),
    );
    await call(ada, 'set_room_rule', roomId, 'words', action, ['dubious']);
    await expect(
      call(bob, 'use_command', roomId, commandId, { what: 'a dubious thing' }),
    ).rejects.toMatchObject({ code: 'TR403' });
  });

  test('and only bots that are in the room', async () => {
    const { ada, bob, bot, roomId, roll } = await makeRoom();
    const { id } = await ask({ bot, roomId });
    await call(ada, 'kick_member', roomId, bot.id);
    await expect(roll(bob)).rejects.toMatchObject({ code: 'TR404' });
    await expect(call(bob, 'use_component', id, 'yes')).rejects.toMatchObject({ code: 'TR409' });
  });
});

const COMPONENTS = [
  { type: 'button', id: 'yes', label: 'Yes', style: 'primary' },
  { type: 'button', id: 'no', label: 'No', isDisabled: true },
  { type: 'link', label: 'More', url: 'https://example.org/more' },
  {
    type: 'menu',
    id: 'when',
    label: 'When?',
    maxSelected: 2,
    options: ['mon', 'tue', 'wed'].map((value) => ({ value, label: value })),
  },
];

function ask({ bot, roomId }: { bot: TestUser; roomId: string }, components: unknown = COMPONENTS) {
  return call(bot, 'send_message', roomId, 'Well?', 'text', { components });
}

describe('buttons and menus', () => {
  test('ask the bot whose message they are in', async () => {
    const { bob, bot, roomId } = await makeRoom();
    const { id } = await ask({ bot, roomId });
    expect(await call(bob, 'use_component', id, 'yes')).toMatchObject({
      kind: 'component',
      bot_id: bot.id,
      user_id: bob.id,
      message_id: id,
      component_id: 'yes',
      selected_values: null,
    });
    expect((await call(bob, 'use_component', id, 'when', ['mon', 'wed'])).selected_values).toEqual([
      'mon',
      'wed',
    ]);
  });

  test.each<[string, string, unknown[]]>([
    ['one that there is not', 'TR404', ['maybe']],
    ['one that is disabled', 'TR409', ['no']],
    ['a button with values', 'TR400', ['yes', ['x']]],
    ['a menu without any', 'TR400', ['when']],
    ['a menu with too many', 'TR400', ['when', ['mon', 'tue', 'wed']]],
    ['a menu with one twice', 'TR400', ['when', ['mon', 'mon']]],
    ['a menu with one that it has not', 'TR400', ['when', ['sun']]],
  ])('refuse %s', async (_, code, given) => {
    const { bob, bot, roomId } = await makeRoom();
    const { id } = await ask({ bot, roomId });
    await expect(call(bob, 'use_component', id, ...given)).rejects.toMatchObject({ code });
  });

  test('are used once for each nonce, also once their bot has taken them away', async () => {
    const { bob, bot, roomId } = await makeRoom();
    const { id } = await ask({ bot, roomId });
    const press = () => call(bob, 'use_component', id, 'yes', null, 'n-1');
    const choose = (value: string) => call(bob, 'use_component', id, 'when', [value], 'n-2');
    const [pressed, chosen] = [await press(), await choose('mon')];
    const button = { type: 'button', id: 'yes', label: 'Yes', isDisabled: true };
    await call(bot, 'set_components', id, JSON.stringify([button]));
    expect(await press()).toMatchObject({ id: pressed.id });
    await call(bot, 'set_components', id, null);
    expect(await press()).toMatchObject({ id: pressed.id });
    expect(await choose('mon')).toMatchObject({ id: chosen.id });
    await expect(choose('wed')).rejects.toMatchObject({ code: 'TR409' });
    await call(bot, 'delete_message', id);
    expect(await press()).toMatchObject({ id: pressed.id });
  });

  test('are for bots, incoming webhooks and servers, and for no person', async () => {
    const { ada, bob, roomId } = await makeRoom();
    await expect(ask({ bot: bob, roomId })).rejects.toMatchObject({ code: 'TR403' });
    const { id } = await database.sendMessage(bob, roomId, 'mine');
    await expect(call(bob, 'set_components', id, JSON.stringify(COMPONENTS))).rejects.toMatchObject(
      { code: 'TR403' },
    );
    await expect(call(ada, 'set_components', id, JSON.stringify(COMPONENTS))).rejects.toMatchObject(
      { code: 'TR403' },
    );
  });

  test('are changed by their bot', async () => {
    const { bob, bot, roomId } = await makeRoom();
    const { id } = await ask({ bot, roomId });
    const { metadata } = await call(
      bot,
      'set_components',
      id,
      JSON.stringify([{ type: 'button', id: 'undo', label: 'Undo' }]),
    );
    expect(metadata.components).toHaveLength(1);
    await expect(call(bob, 'use_component', id, 'yes')).rejects.toMatchObject({ code: 'TR404' });
    expect((await call(bot, 'set_components', id)).metadata).toEqual({});
  });

  const button = { type: 'button', id: 'a', label: 'A' };
  const menu = { type: 'menu', id: 'a', label: 'A', options: [{ value: '1', label: 'One' }] };
  test.each<[string, unknown]>([
    ['none', []],
    ['no list', button],
    ['11', Array.from({ length: 11 }, (_, n) => ({ ...button, id: `b${n}` }))],
    ['a type that there is not', [{ ...button, type: 'slider' }]],
    ['two of an id', [button, menu]],
    ['no label', [{ type: 'button', id: 'a' }]],
    ['a label that is too long', [{ ...button, label: 'x'.repeat(81) }]],
    ['a label of two lines', [{ ...button, label: 'one\ntwo' }]],
    ['a label that reads backwards', [{ ...button, label: 'a\u202Eb' }]],
    ['a style that there is not', [{ ...button, style: 'huge' }]],
    ['something else in it', [{ ...button, onClick: 'x' }]],
    ['a link to a script', [{ type: 'link', label: 'A', url: 'javascript:alert(1)' }]],
    ['a menu without options', [{ ...menu, options: [] }]],
    ['a menu with two of a value', [{ ...menu, options: [...menu.options, ...menu.options] }]],
    ['a menu of which more are to be chosen than it has', [{ ...menu, maxSelected: 2 }]],
    ['a menu of which none is to be chosen', [{ ...menu, minSelected: 0 }]],
    [
      '26 options',
      [
        {
          ...menu,
          options: Array.from({ length: 26 }, (_, n) => ({ value: `${n}`, label: `${n}` })),
        },
      ],
    ],
  ])('are refused with %s', async (_, components) => {
    const { bot, roomId } = await makeRoom();
    await expect(ask({ bot, roomId }, components)).rejects.toMatchObject({ code: 'TR400' });
  });

  test('hide nothing from the rules of a room', async () => {
    const { ada, bot, roomId } = await makeRoom();
    await call(ada, 'set_room_rule', roomId, 'words', 'refuse', ['dubious']);
    await expect(
      ask({ bot, roomId }, [{ ...button, label: 'A dubious one' }]),
    ).rejects.toMatchObject({ code: 'TR403' });
    await expect(
      ask({ bot, roomId }, [
        { ...menu, options: [{ value: '1', label: 'One', description: 'dubious' }] },
      ]),
    ).rejects.toMatchObject({ code: 'TR403' });
    const { id } = await ask({ bot, roomId });
    await expect(
      call(bot, 'set_components', id, JSON.stringify([{ ...button, label: 'dubious' }])),
    ).rejects.toMatchObject({ code: 'TR403' });
  });

  test('are found by what is on them, as it is now', async () => {
    const { bob, bot, roomId } = await makeRoom();
    const { id } = await ask({ bot, roomId }, [{ ...button, label: 'Xylophone' }]);
    const find = async (query: string) => {
      await database.indexMessages();
      return await database.asUser(bob, async (client) => {
        const { rows } = await client.query(
          'select message_id from app_public.search_messages($1)',
          [query],
        );
        return rows.map(({ message_id }) => message_id);
      });
    };
    expect(await find('xylophone')).toEqual([id]);
    await call(bot, 'set_components', id, JSON.stringify([{ ...button, label: 'Marimba' }]));
    expect(await find('xylophone')).toEqual([]);
    expect(await find('marimba')).toEqual([id]);
  });
});

describe('an answer', () => {
  test('for the caller alone is seen by the two and by nobody else', async () => {
    const { ada, bob, bot, roomId, roll } = await makeRoom();
    const { id } = await roll(bob);
    await call(bot, 'answer_interaction', id, 'Two sixes, for you alone.');
    for (const who of [bob, bot]) {
      expect(await seen(who, id)).toMatchObject({
        answer: 'Two sixes, for you alone.',
        state: 'answered',
      });
    }
    expect(await seen(ada, id)).toBeUndefined();
    for (const look of [
      database.asBroadcast(roomId, (client) =>
        client.query('select * from app_public.interactions'),
      ),
      database.asVisitor((client) => client.query('select * from app_public.interactions')),
      database.asUser(ada, (client) => client.query('select * from app_public.interactions')),
      owner.query(
        "select * from app_private.personal_data($1) as row where row::text like '%sixes%'",
        [ada.id],
      ),
      database.asUser(ada, (client) =>
        client.query("select * from app_public.search_messages('sixes')"),
      ),
    ]) {
      expect((await look).rows).toEqual([]);
    }
    const { rows } = await owner.query(
      "select from app_private.personal_data($1) as row where row::text like '%sixes%'",
      [bob.id],
    );
    expect(rows).toHaveLength(1);
  });

  test('leaves no trace in the log of the room', async () => {
    const { bob, bot, roomId, roll } = await makeRoom();
    const head = async () =>
      single(
        (
          await owner.query(
            'select last_change_seq from app_private.room_heads where room_id = $1',
            [roomId],
          )
        ).rows,
      );
    const before = await head();
    const { id } = await roll(bob);
    await call(bot, 'answer_interaction', id, 'For you alone.');
    expect(await head()).toEqual(before);
  });

  test('for the room is one message of the bot, however often it is told', async () => {
    const { ada, bob, bot, roomId, roll } = await makeRoom();
    const { id } = await roll(bob);
    const first = await call(bot, 'answer_interaction', id, 'Two sixes.', true);
    const again = await call(bot, 'answer_interaction', id, 'Two sixes.', true);
    expect(again.answer_message_id).toBe(first.answer_message_id);
    const { rows } = await database.asUser(ada, (client) =>
      client.query('select author_id, content from app_public.messages where room_id = $1', [
        roomId,
      ]),
    );
    expect(rows).toEqual([{ author_id: bot.id, content: 'Two sixes.' }]);
    expect(first.answer).toBeNull();
  });

  test('in a thread stays in it', async () => {
    const { ada, bob, bot, roomId, roll } = await makeRoom();
    const { id: parent } = await database.sendMessage(ada, roomId, 'Roll here');
    const { id } = await roll(bob, { dice: 1 }, parent);
    const { answer_message_id: messageId } = await call(
      bot,
      'answer_interaction',
      id,
      'Six.',
      true,
    );
    const { rows } = await owner.query(
      'select parent_message_id from app_public.messages where id = $1',
      [messageId],
    );
    expect(rows).toEqual([{ parent_message_id: parent }]);
  });

  test('may be no word, and may be replaced', async () => {
    const { bob, bot, roll } = await makeRoom();
    const { id } = await roll(bob);
    expect(await call(bot, 'answer_interaction', id)).toMatchObject({ answer: null });
    expect(await seen(bob, id)).toMatchObject({ state: 'answered' });
    await call(bot, 'answer_interaction', id, 'Wait …');
    await call(bot, 'answer_interaction', id, 'Six.');
    expect(await seen(bob, id)).toMatchObject({ answer: 'Six.' });
  });

  test('is the bot’s that was asked, and nobody else’s', async () => {
    const { ada, bob, bot, roomId, roll } = await makeRoom();
    const other = await createBot();
    await call(ada, 'add_room_member', roomId, other.id);
    const { id } = await roll(bob);
    for (const who of [ada, bob, other]) {
      await expect(call(who, 'answer_interaction', id, 'me')).rejects.toMatchObject({
        code: 'TR404',
      });
    }
    await call(ada, 'mute_member', roomId, bot.id, 60);
    await expect(call(bot, 'answer_interaction', id, 'All hear', true)).rejects.toMatchObject({
      code: 'TRMUT',
    });
  });

  test('is waited for a minute, may be late, and is gone after a day', async () => {
    const { bob, bot, roll } = await makeRoom();
    const { id } = await roll(bob);
    expect(await seen(bob, id)).toMatchObject({ state: 'waiting' });
    await later(61);
    expect(await seen(bob, id)).toMatchObject({ state: 'unanswered' });
    await call(bot, 'answer_interaction', id, 'Late.');
    expect(await seen(bob, id)).toMatchObject({ state: 'answered' });
    await later(86_400);
    expect(await seen(bob, id)).toBeUndefined();
    await expect(call(bot, 'answer_interaction', id, 'Later.')).rejects.toMatchObject({
      code: 'TR404',
    });
    await owner.query('select app_private.expire_interactions()');
    expect(
      (await owner.query('select from app_public.interactions where id = $1', [id])).rows,
    ).toEqual([]);
  });
});

test.each<['bob' | 'bot']>([['bob'], ['bot']])('the account of %s takes it along', async (who) => {
  const room = await makeRoom();
  const { id } = await room.roll(room.bob);
  await call(room.bot, 'answer_interaction', id, 'For you alone.');
  await owner.query('select app_private.begin_erasure($1)', [room[who].id]);
  expect(
    (await owner.query('select from app_public.interactions where id = $1', [id])).rows,
  ).toEqual([]);
  const { rows } = await owner.query('select from app_public.commands where bot_id = $1', [
    room.bot.id,
  ]);
  expect(rows).toHaveLength(who === 'bot' ? 0 : 1);
});
