import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';

/* Questions with answers: who may vote, what counts, who sees what, and that nobody waits for another's vote. */

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner, call } = database;

interface PollSettings {
  readonly answers?: readonly string[];
  readonly maxChoices?: number;
  readonly isAnonymous?: boolean;
  readonly closesAt?: string;
}

interface Results {
  readonly counts?: readonly number[];
  readonly voterCount?: number;
  readonly closedAt?: string;
}

const ask = (who: TestUser, roomId: string, settings: PollSettings = {}) => {
  const { answers = ['Monday', 'Tuesday', 'Never'], maxChoices, isAnonymous, closesAt } = settings;
  return call(
    ...([who, 'create_poll', roomId, 'When?', answers] as const),
    ...[maxChoices ?? 1, isAnonymous ?? false, closesAt ?? null],
  );
};

const vote = (who: TestUser, id: string, ...choices: number[]) =>
  call(who, 'vote_in_poll', id, choices);

async function makePoll(settings: PollSettings = {}) {
  const [ada, bob, eve] = [
    await database.createUser(),
    await database.createUser(),
    await database.createUser(),
  ];
  const { id: roomId } = await database.createRoom(ada, { type: 'private', members: [bob, eve] });
  const { id } = await ask(ada, roomId, settings);
  return { ada, bob, eve, roomId, id: id as string };
}

/** As the worker does it, for polls whose results are a second old. */
async function countAll(): Promise<void> {
  await owner.query(
    `update app_public.messages set metadata = metadata #- '{poll,countedAt}'
      where id in (select poll_id from app_private.polls_to_count)`,
  );
  let isGoingOn = true;
  while (isGoingOn) {
    const { rows } = await owner.query<{ is: boolean }>(
      'select app_private.count_next_poll() as is',
    );
    isGoingOn = single(rows).is;
  }
}

async function resultsOf(id: string): Promise<Results> {
  const { rows } = await owner.query<{ poll: Results }>(
    `select metadata -> 'poll' as poll from app_public.messages where id = $1`,
    [id],
  );
  return single(rows).poll;
}

/** What the API says to somebody. */
const answersFor = (who: TestUser, id: string) =>
  database.asUser(who, async (client) => {
    const { rows } = await client.query<{ text: string; mine: boolean; voters: string[] }>(
      `select answer.text, app_public.poll_answer_viewer_has_chosen(answer) as mine,
          array(select id from app_public.poll_answer_voters(answer)) as voters
        from app_public.messages, app_public.poll_answers(app_public.messages_poll(messages)) as answer
        where messages.id = $1`,
      [id],
    );
    return rows;
  });

const ballotsSeenBy = (who: TestUser, id: string) =>
  database.asUser(who, async (client) => {
    const { rows } = await client.query<{ user_id: string }>(
      'select user_id from app_public.poll_ballots where message_id = $1',
      [id],
    );
    return rows.map((row) => row.user_id);
  });

describe('a poll', () => {
  test('is a message with the question for its text', async () => {
    const { ada, roomId } = await makePoll();
    const closesAt = new Date(Date.now() + 60_000).toISOString();
    const message = await ask(ada, roomId, {
      answers: ['  Yes ', 'No'],
      maxChoices: 2,
      isAnonymous: true,
      closesAt,
    });
    expect(message).toMatchObject({
      content: 'When?',
      metadata: { poll: { answers: ['Yes', 'No'], maxChoices: 2, isAnonymous: true, closesAt } },
    });
  });

  test('is asked once with a nonce', async () => {
    const { ada, roomId } = await makePoll();
    const again = () =>
      call(
        ...([ada, 'create_poll', roomId, 'Again?', ['a', 'b'], 1, false, null, null] as const),
        'n1',
      );
    expect((await again()).id).toBe((await again()).id);
  });

  test.each([
    ['one answer', { answers: ['a'] }, '2 to 20 answers'],
    ['21 answers', { answers: Array.from({ length: 21 }, (_, n) => `${n}`) }, '2 to 20 answers'],
    ['the same answer twice', { answers: ['a', 'a '] }, 'Two answers are the same: a.'],
    ['an empty answer', { answers: ['a', ' '] }, 'An answer has 1 to 80 characters.'],
    ['a long answer', { answers: ['a', 'b'.repeat(81)] }, 'An answer has 1 to 80 characters.'],
    ['no choice', { maxChoices: 0 }, 'maxChoices is 1 to the number of answers.'],
    ['more choices than answers', { maxChoices: 4 }, 'maxChoices is 1 to the number of answers.'],
    ['a time that is over', { closesAt: '2020-01-01T00:00:00Z' }, 'over already'],
  ])('with %s is refused', async (_, settings: PollSettings, sentence) => {
    const { ada, roomId } = await makePoll();
    await expect(ask(ada, roomId, settings)).rejects.toThrow(sentence);
  });

  test.each([
    ['results of its sender', { answers: ['a', 'b'], counts: [7, 0] }, 'and nothing else'],
    ['answers that are none', { answers: 'a' }, '2 to 20 answers'],
    ['an answer of two lines', { answers: ['a\nb', 'c'] }, 'one line'],
    ['a time that is none', { answers: ['a', 'b'], closesAt: '2030-02-31T00:00:00Z' }, 'closesAt'],
    ['no shape', 3, 'and nothing else'],
  ])('in the metadata of a message with %s is refused', async (_, poll, sentence) => {
    const { ada, roomId } = await makePoll();
    await expect(call(ada, 'send_message', roomId, 'When?', 'text', { poll })).rejects.toThrow(
      sentence,
    );
  });

  test('has a question', async () => {
    const { ada, roomId } = await makePoll();
    await expect(call(ada, 'create_poll', roomId, ' ', ['a', 'b'])).rejects.toMatchObject({
      code: 'TR400',
    });
  });

  test('keeps its question, so that nobody has answered another', async () => {
    const { ada, id } = await makePoll();
    await expect(call(ada, 'edit_message', id, 'Never again?')).rejects.toMatchObject({
      code: 'TR409',
    });
  });

  test('holds twenty answers of eighty letters that take four bytes each, and their results', async () => {
    const answers = Array.from({ length: 20 }, (_, n) => '😀'.repeat(78) + String(10 + n));
    const { bob, id } = await makePoll({ answers, maxChoices: 20 });
    await vote(bob, id, ...answers.map((_, n) => n + 1));
    expect(await resultsOf(id)).toMatchObject({ counts: answers.map(() => 1), voterCount: 1 });
  });

  test.each([
    ['with more answers than a poll has', Array.from({ length: 21 }, (_, n) => `Answer ${n}`)],
    ['without room for its results', Array.from({ length: 20 }, (_, n) => `${n}`.padEnd(380))],
  ])('that an import has brought %s is none, and holds up no other', async (_, answers) => {
    const { bob, eve, id } = await makePoll();
    const { bob: zoe, roomId, id: brought } = await makePoll();
    await owner.query(
      `update app_public.messages set metadata = jsonb_build_object('poll', jsonb_build_object('answers', $2::jsonb)) where id = $1`,
      [brought, JSON.stringify(answers)],
    );
    await expect(vote(zoe, brought, 1)).rejects.toMatchObject({ code: 'TR404' });
    await owner.query('insert into app_private.polls_to_count (poll_id, room_id) values ($1, $2)', [
      brought,
      roomId,
    ]);
    await vote(bob, id, 1);
    await vote(eve, id, 2);
    await countAll();
    expect(await resultsOf(id)).toMatchObject({ counts: [1, 1, 0], voterCount: 2 });
  });

  test('is found by its question and by its answers', async () => {
    const { ada, id, roomId } = await makePoll({ answers: ['Zugspitze', 'Watzmann'] });
    await database.indexMessages();
    for (const query of ['When', 'Watzmann']) {
      const found = await database.asUser(ada, async (client) => {
        const { rows } = await client.query<{ message_id: string }>(
          'select message_id from app_public.search_messages(query => $1, room_id => $2)',
          [query, roomId],
        );
        return rows.map((row) => row.message_id);
      });
      expect(found).toEqual([id]);
    }
  });

  test('is read by the rules of its room, its answers too', async () => {
    const { ada, bob, roomId } = await makePoll();
    await call(ada, 'set_room_rule', roomId, 'words', 'refuse', ['darn']);
    await expect(ask(bob, roomId, { answers: ['darn', 'no'] })).rejects.toMatchObject({
      code: 'TR403',
    });
  });
});

describe('a vote', () => {
  test('counts, is changed and is taken back', async () => {
    const { bob, eve, id } = await makePoll();
    await vote(bob, id, 1);
    await vote(eve, id, 1);
    await countAll();
    expect(await resultsOf(id)).toMatchObject({ counts: [2, 0, 0], voterCount: 2 });
    await vote(bob, id, 3);
    await countAll();
    expect(await resultsOf(id)).toMatchObject({ counts: [1, 0, 1], voterCount: 2 });
    await vote(eve, id);
    await countAll();
    expect(await resultsOf(id)).toMatchObject({ counts: [0, 0, 1], voterCount: 1 });
  });

  test('of one person at leisure is counted at once, and told', async () => {
    const { bob, id, roomId } = await makePoll();
    const message = await vote(bob, id, 2);
    expect(message.metadata.poll).toMatchObject({ counts: [0, 1, 0], voterCount: 1 });
    const { rows } = await owner.query(
      `select kind, op, message_id, actor_id from app_private.room_changes
        where room_id = $1 order by change_seq desc limit 1`,
      [roomId],
    );
    expect(rows).toEqual([{ kind: 'message', op: 'update', message_id: id, actor_id: null }]);
  });

  test('the same again changes nothing', async () => {
    const { bob, id } = await makePoll();
    await vote(bob, id, 2);
    await vote(bob, id, 2, 2);
    const { rows } = await owner.query(
      'select from app_private.polls_to_count where poll_id = $1',
      [id],
    );
    expect(rows).toEqual([]);
  });

  test('names several answers where the poll lets it', async () => {
    const { bob, eve, id } = await makePoll({ maxChoices: 2 });
    await vote(bob, id, 3, 1);
    await vote(eve, id, 3);
    await countAll();
    expect(await resultsOf(id)).toMatchObject({ counts: [1, 0, 2], voterCount: 2 });
    await expect(vote(eve, id, 1, 2, 3)).rejects.toMatchObject({ code: 'TR400' });
  });

  test.each([[0], [4], [-1], [2_147_483_647]])('for an answer %d is refused', async (choice) => {
    const { bob, id } = await makePoll();
    await expect(vote(bob, id, choice)).rejects.toMatchObject({ code: 'TR400' });
  });

  test('in a message without a poll finds none', async () => {
    const { ada, bob, roomId } = await makePoll();
    const { id } = await database.sendMessage(ada, roomId, 'no poll');
    await expect(vote(bob, id, 1)).rejects.toMatchObject({ code: 'TR404' });
    await expect(call(ada, 'close_poll', id)).rejects.toMatchObject({ code: 'TR404' });
  });

  test('of a stranger finds no message', async () => {
    const { id } = await makePoll();
    await expect(vote(await database.createUser(), id, 1)).rejects.toMatchObject({ code: 'TR404' });
  });

  test.each([
    ['archived', 'TRARC', ({ ada, roomId }) => call(ada, 'archive_room', roomId)],
    ['locked', 'TR403', ({ ada, roomId }) => call(ada, 'set_room_locked', roomId, true)],
    ['muted', 'TRMUT', ({ ada, roomId, bob }) => call(ada, 'mute_member', roomId, bob.id, 60)],
    ['banned', 'TRBAN', ({ ada, roomId, bob }) => call(ada, 'ban_member', roomId, bob.id)],
    ['kicked', 'TR404', ({ ada, roomId, bob }) => call(ada, 'kick_member', roomId, bob.id)],
    ['deleted', 'TR404', ({ ada, id }) => call(ada, 'delete_message', id)],
    ['closed', 'TR409', ({ ada, id }) => call(ada, 'close_poll', id)],
  ] as const satisfies readonly [
    string,
    string,
    (scene: Awaited<ReturnType<typeof makePoll>>) => Promise<unknown>,
  ][])('is refused once %s', async (_, code, happen) => {
    const scene = await makePoll();
    await vote(scene.bob, scene.id, 1);
    await happen(scene);
    await expect(vote(scene.bob, scene.id, 2)).rejects.toMatchObject({ code });
  });

  test('is refused when the time of the poll is over, without anybody closing it', async () => {
    const { bob, eve, id } = await makePoll({
      closesAt: new Date(Date.now() + 60_000).toISOString(),
    });
    await vote(bob, id, 1);
    await owner.query(
      `update app_public.messages set metadata = jsonb_set(metadata, '{poll,closesAt}', '"2020-01-01T00:00:00Z"')
        where id = $1`,
      [id],
    );
    await expect(vote(eve, id, 1)).rejects.toMatchObject({ code: 'TR409' });
    expect(await resultsOf(id)).toMatchObject({ counts: [1, 0, 0], voterCount: 1 });
  });

  test('is refused in a direct conversation with somebody who has blocked', async () => {
    const [ada, bob] = [await database.createUser(), await database.createUser()];
    const { id: roomId } = await call(ada, 'create_direct_conversation', bob.id);
    const { id } = await ask(ada, roomId);
    await call(ada, 'block_user', bob.id);
    await expect(vote(bob, id, 1)).rejects.toMatchObject({ code: 'TRBLK' });
  });
});

describe('closing', () => {
  test('is for the author and for moderators, once, and final', async () => {
    const { ada, bob, eve, roomId } = await makePoll();
    const { id } = await ask(bob, roomId);
    await vote(eve, id, 2);
    await expect(call(eve, 'close_poll', id)).rejects.toMatchObject({ code: 'TR403' });
    const closed = await call(bob, 'close_poll', id);
    expect(closed.metadata.poll).toMatchObject({ counts: [0, 1, 0], closedAt: expect.any(String) });
    expect((await call(ada, 'close_poll', id)).metadata).toEqual(closed.metadata);
  });

  test('counts who is voting at this moment, and nobody after', async () => {
    const { ada, bob, eve, id } = await makePoll();
    await vote(ada, id, 1); // From here on votes leave a note.
    let closing: Promise<{ metadata: { poll: Results } }> | undefined;
    let late: Promise<unknown> | undefined;
    await database.commitAs(bob, async (client) => {
      await client.query('select app_public.vote_in_poll($1, $2)', [id, [2]]);
      closing = call(ada, 'close_poll', id);
      await waitingFor('close_poll', 1);
      late = vote(eve, id, 3);
      await waitingFor('vote_in_poll', 1);
    });
    expect((await closing)?.metadata.poll).toMatchObject({ counts: [1, 1, 0], voterCount: 2 });
    await expect(late).rejects.toMatchObject({ code: 'TR409' });
  });

  test.each([
    ['archiving', 'TRARC', 'archive_room', () => []],
    ['locking', 'TR403', 'set_room_locked', () => [true]],
    ['muting', 'TRMUT', 'mute_member', (bob: TestUser) => [bob.id, 60]],
    ['kicking', 'TR404', 'kick_member', (bob: TestUser) => [bob.id]],
    ['banning', 'TR404', 'ban_member', (bob: TestUser) => [bob.id]],
  ])(
    '%s takes the right to vote from those who ask while it is under way',
    async (_, code, name, more) => {
      const { ada, bob, id, roomId } = await makePoll();
      await vote(ada, id, 1);
      let late: Promise<unknown> | undefined;
      await database.commitAs(ada, async (client) => {
        const values = [roomId, ...more(bob)];
        await client.query(
          `select app_public.${name}(${values.map((_value, at) => `$${at + 1}`)})`,
          values,
        );
        late = vote(bob, id, 2);
        await waitingFor('vote_in_poll', 1);
      });
      await expect(late).rejects.toMatchObject({ code });
      expect(await ballotsSeenBy(ada, id)).toEqual([ada.id]);
    },
  );
});

/** Until so many calls of this function wait for a lock. */
async function waitingFor(name: string, count: number): Promise<void> {
  const text = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like $1`;
  while ((await owner.query(text, [`%${name}%`])).rowCount !== count) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('many voters', () => {
  test('wait for nobody: neither for a vote under way nor for the head of the room', async () => {
    const { ada, bob, eve, roomId, id } = await makePoll();
    const voteQuickly = (who: TestUser, choice: number) =>
      database.commitAs(who, async (client) => {
        await client.query("set local lock_timeout = '1ms'");
        await client.query('select app_public.vote_in_poll($1, $2)', [id, [choice]]);
      });
    await database.commitAs(ada, async (client) => {
      await client.query('select app_public.vote_in_poll($1, $2)', [id, [1]]); // It holds the head.
      await voteQuickly(bob, 2);
      await voteQuickly(eve, 3);
      await voteQuickly(bob, 3);
    });
    const holder = await owner.connect();
    try {
      await holder.query('begin');
      await holder.query('select app_private.lock_room($1)', [roomId]);
      await voteQuickly(ada, 2);
      await holder.query('commit');
    } finally {
      holder.release();
    }
    await countAll();
    expect(await resultsOf(id)).toMatchObject({ counts: [0, 1, 2], voterCount: 3 });
  });

  test('make one event a second and not one a vote', async () => {
    const { ada, id, roomId } = await makePoll();
    const eventsOf = async () => {
      const { rows } = await owner.query<{ count: number }>(
        'select last_change_seq::int as count from app_private.room_heads where room_id = $1',
        [roomId],
      );
      return single(rows).count;
    };
    const before = await eventsOf();
    const from = performance.now();
    for (let round = 0; round < 30; round += 1) {
      await vote(ada, id, 1 + (round % 2));
    }
    const seconds = (performance.now() - from) / 1000;
    expect((await eventsOf()) - before).toBeLessThanOrEqual(1 + Math.ceil(seconds));
  });

  test('in random histories end in results that are the sum of what each chose last', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, () => database.createUser()));
    const [ada] = people;
    if (ada === undefined) {
      throw new Error('Nobody is there.');
    }
    const { id: roomId } = await database.createRoom(ada, {
      type: 'private',
      members: people.slice(1),
    });
    for (let history = 0; history < 20; history += 1) {
      const maxChoices = 1 + (history % 3);
      const { id } = await ask(ada, roomId, { maxChoices, isAnonymous: history % 2 === 0 });
      const last = new Map<string, readonly number[]>();
      await Promise.all(
        people.map(async (who) => {
          for (let round = 0; round < 5; round += 1) {
            const choices = [1, 2, 3]
              .sort(() => Math.random() - 0.5)
              .slice(0, Math.floor(Math.random() * (maxChoices + 1)));
            await vote(who, id, ...choices);
            last.set(who.id, choices);
          }
        }),
      );
      if (history % 4 === 0) {
        await call(ada, 'close_poll', id);
      } else {
        await countAll();
      }
      const all = [...last.values()];
      expect(await resultsOf(id)).toMatchObject({
        counts: [1, 2, 3].map((number) => all.filter((one) => one.includes(number)).length),
        voterCount: all.filter(({ length }) => length > 0).length,
      });
    }
    expect((await owner.query('select from app_private.polls_to_count')).rows).toEqual([]);
  });
});

describe('who has chosen what', () => {
  test('is seen by the room in an open poll', async () => {
    const { ada, bob, eve, id } = await makePoll();
    await vote(bob, id, 1);
    await vote(eve, id, 1);
    expect(await answersFor(ada, id)).toMatchObject([
      { text: 'Monday', mine: false, voters: [bob.id, eve.id] },
      { voters: [] },
      { voters: [] },
    ]);
    expect(await answersFor(bob, id)).toMatchObject([
      { mine: true },
      { mine: false },
      { mine: false },
    ]);
    expect(await ballotsSeenBy(await database.createUser(), id)).toEqual([]);
  });

  test('is seen by nobody in a anonymous poll but by themselves', async () => {
    const { ada, bob, id, roomId } = await makePoll({ isAnonymous: true });
    await vote(bob, id, 2);
    expect(await ballotsSeenBy(ada, id)).toEqual([]);
    expect(await ballotsSeenBy(bob, id)).toEqual([bob.id]);
    for (const who of [ada, bob]) {
      expect((await answersFor(who, id)).map(({ voters }) => voters)).toEqual([[], [], []]);
    }
    const shared = await database.asBroadcast(roomId, (client) =>
      client.query('select from app_public.poll_ballots'),
    );
    expect(shared.rows).toEqual([]);
  });
});

describe('an export', () => {
  const exportOf = async (who: TestUser) => {
    const { rows } = await owner.query<{ row: object }>(
      `select data -> 'row' as row from app_private.personal_data($1) as data where data ->> 'table' = 'poll_ballots'`,
      [who.id],
    );
    return rows.map(({ row }) => row);
  };

  test('has what a person has chosen in open polls', async () => {
    const { bob, id } = await makePoll();
    await vote(bob, id, 2);
    expect(await exportOf(bob)).toMatchObject([{ message_id: id, choices: [2] }]);
  });

  test('has neither what nor when in anonymous ones: the administrator can have one made', async () => {
    const { bob, id, roomId } = await makePoll({ isAnonymous: true });
    await vote(bob, id, 2);
    expect(await exportOf(bob)).toEqual([
      { message_id: id, room_id: roomId, user_id: bob.id, is_anonymous: true },
    ]);
  });
});

describe('what is left', () => {
  test('of a message that is deleted is no ballot, also of one cast meanwhile', async () => {
    const { ada, bob, eve, id } = await makePoll();
    await vote(bob, id, 1);
    let deleting: Promise<unknown> | undefined;
    await database.commitAs(eve, async (client) => {
      await client.query('select app_public.vote_in_poll($1, $2)', [id, [2]]);
      deleting = call(ada, 'delete_message', id);
      await waitingFor('delete_message', 1);
    });
    await deleting;
    const { rows } = await owner.query(
      'select from app_public.poll_ballots where message_id = $1',
      [id],
    );
    expect(rows).toEqual([]);
  });

  test('of an account that is erased is no vote, and results of what is over stay', async () => {
    const { ada, bob, eve, id, roomId } = await makePoll();
    const { id: over } = await ask(ada, roomId);
    for (const who of [bob, eve]) {
      await vote(who, id, 1);
      await vote(who, over, 2);
    }
    await call(ada, 'close_poll', over);
    const { rows } = await owner.query<{ count: number }>(
      'select app_private.erase_ballots($1, 100) as count',
      [bob.id],
    );
    expect(rows).toEqual([{ count: 2 }]);
    await countAll();
    expect(await resultsOf(id)).toMatchObject({ counts: [1, 0, 0], voterCount: 1 });
    expect(await resultsOf(over)).toMatchObject({ counts: [0, 2, 0], voterCount: 2 });
  });
});
