import { readPayload } from '../../src/incoming/slack-payload.ts';
import type { TestUser } from '../../testing/database.ts';
import { createTestWorld } from '../../testing/world.ts';

const { database, server, close } = await createTestWorld();
afterAll(close);
const ada = await database.createUser('ada');
const bob = await database.createUser('bob');

const CREATE = `mutation ($input: CreateIncomingWebhookInput!) {
  createIncomingWebhook(input: $input) { incomingWebhookAddress { incomingWebhookId url } }
}`;

async function ask(person: TestUser, query: string, variables: Record<string, unknown> = {}) {
  const { data, errors } = await server.graphql(query, variables, person.token);
  return errors === undefined ? data : errors[0]?.extensions?.code;
}

async function createHook(name = 'Alarms') {
  const room = await database.createRoom(ada, { members: [bob] });
  const { createIncomingWebhook } = await ask(ada, CREATE, {
    input: { roomId: room.id, name, avatarUrl: 'https://example.org/alarm.png' },
  });
  const { incomingWebhookId: id, url } = createIncomingWebhook.incomingWebhookAddress;
  return { id: id as string, url: url as string, roomId: room.id };
}

async function post(url: string, body: string | object, type = 'application/json') {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': type, connection: 'close' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return [response.status, await response.text()] as const;
}

async function latest(roomId: string) {
  const { rows } = await database.owner.query(
    `select content, metadata, author_id as "authorId", held_at as "heldAt" from app_public.messages
       where room_id = $1 order by seq desc limit 1`,
    [roomId],
  );
  return rows[0];
}

test('buttons and menus of its own come along, checked, and ask the server of its bot', async () => {
  const { url, roomId } = await createHook();
  const components = [{ type: 'button', id: 'ack', label: 'I am on it' }];
  expect(await post(url, { text: 'The disk is full.', components })).toEqual([200, 'ok']);
  const { authorId, metadata } = await latest(roomId);
  expect(metadata).toEqual({ components });
  expect(await post(url, { text: 'x', components: [{ type: 'button' }] })).toEqual([
    400,
    'invalid_payload',
  ]);
  const { rows } = await database.owner.query(
    'select id from app_public.messages where room_id = $1 order by seq desc limit 1',
    [roomId],
  );
  expect(await database.call(bob, 'use_component', rows[0].id, 'ack')).toMatchObject({
    bot_id: authorId,
    component_id: 'ack',
  });
});

/** What a payload becomes. */
function contentOf(payload: object | string): string {
  const posting = readPayload(typeof payload === 'string' ? payload : JSON.stringify(payload));
  return typeof posting === 'string' ? posting : posting.content;
}

test('an admin of a room makes an address, and what is posted there is a message of a bot', async () => {
  const { id, url, roomId } = await createHook();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/hooks\/[0-9a-f-]{36}\/[\w-]{43}$/);
  expect(await post(url, { text: 'The *disk* is full. <https://example.org/d|Look>' })).toEqual([
    200,
    'ok',
  ]);
  const seen = await ask(
    bob,
    `query ($roomId: UUID!) { room(id: $roomId) { messages(last: 1) { nodes {
      content author { id displayName isBot avatarUrl(size: SMALL) }
    } } } }`,
    { roomId },
  );
  expect(seen.room.messages.nodes).toMatchObject([
    {
      content: 'The **disk** is full. [Look](<https://example.org/d>)',
      author: { displayName: 'Alarms', isBot: true, avatarUrl: 'https://example.org/alarm.png' },
    },
  ]);
  const list = `query ($roomId: UUID!) { room(id: $roomId) { incomingWebhooks { nodes {
    id lastUsedAt bot { displayName } creator { username }
  } } } }`;
  expect((await ask(ada, list, { roomId })).room.incomingWebhooks.nodes).toEqual([
    {
      id,
      lastUsedAt: expect.any(String),
      bot: { displayName: 'Alarms' },
      creator: { username: ada.username },
    },
  ]);
  expect((await ask(bob, list, { roomId })).room.incomingWebhooks.nodes).toEqual([]);
});

test('a new address ends the one before, and nothing is posted once the webhook is deleted', async () => {
  const { id, url, roomId } = await createHook();
  const member = { incomingWebhookId: id };
  const rotate = `mutation ($incomingWebhookId: UUID!) {
    rotateIncomingWebhook(input: { incomingWebhookId: $incomingWebhookId }) { incomingWebhookAddress { url } }
  }`;
  const remove = `mutation ($incomingWebhookId: UUID!) {
    deleteIncomingWebhook(input: { incomingWebhookId: $incomingWebhookId }) { room { id memberCount } }
  }`;
  const rename = `mutation ($incomingWebhookId: UUID!) {
    updateIncomingWebhook(input: { incomingWebhookId: $incomingWebhookId, name: "Weather" }) { incomingWebhook { bot { displayName avatarUrl(size: SMALL) } } }
  }`;
  for (const change of [rotate, remove, rename]) {
    expect(await ask(bob, change, member)).toBe('NOT_FOUND');
  }
  expect(await ask(bob, CREATE, { input: { roomId, name: 'Mine' } })).toBe('FORBIDDEN');
  expect((await ask(ada, rename, member)).updateIncomingWebhook.incomingWebhook.bot).toEqual({
    displayName: 'Weather',
    avatarUrl: 'https://example.org/alarm.png',
  });

  const { rotateIncomingWebhook } = await ask(ada, rotate, member);
  const next = rotateIncomingWebhook.incomingWebhookAddress.url;
  expect(await post(url, { text: 'old' })).toEqual([404, 'no_service']);
  expect(await post(next, { text: 'new' })).toEqual([200, 'ok']);
  expect((await ask(ada, remove, member)).deleteIncomingWebhook.room.memberCount).toBe(2);
  expect(await post(next, { text: 'gone' })).toEqual([404, 'no_service']);
  expect(await latest(roomId)).toMatchObject({ content: 'new' });
});

test('an administrator makes, renews and ends one at psql', async () => {
  const room = await database.createRoom(ada);
  const call = async (text: string, values: readonly string[]) =>
    Object.values((await database.owner.query(`select ${text}`, [...values])).rows[0])[0] as string;
  const path = await call('app_admin.create_incoming_webhook($1, $2)', [room.id, 'Backup']);
  const [, , id = ''] = path.split('/');
  expect(await post(server.url + path, { text: 'done' })).toEqual([200, 'ok']);
  const next = await call('app_admin.rotate_incoming_webhook($1)', [id]);
  expect(await post(server.url + path, { text: 'done' })).toEqual([404, 'no_service']);
  expect(await post(server.url + next, { text: 'done' })).toEqual([200, 'ok']);
  const { rows } = await database.owner.query(
    'select name, last_used_at from app_admin.incoming_webhooks where id = $1',
    [id],
  );
  expect(rows).toEqual([{ name: 'Backup', last_used_at: expect.anything() }]);
  await call('app_admin.delete_incoming_webhook($1)', [id]);
  expect(await post(server.url + next, { text: 'done' })).toEqual([404, 'no_service']);
});

describe('what is wrong is told as Slack tells it', () => {
  test('of bodies', async () => {
    const { url } = await createHook();
    expect(await post(url, 'nothing')).toEqual([400, 'invalid_payload']);
    expect(await post(url, '{"text":')).toEqual([400, 'invalid_payload']);
    expect(await post(url, '[]')).toEqual([400, 'invalid_payload']);
    expect(await post(url, '')).toEqual([400, 'invalid_payload']);
    expect(await post(url, { text: { a: 1 } })).toEqual([400, 'invalid_payload']);
    expect(await post(url, { text: ' ' })).toEqual([400, 'no_text']);
    expect(await post(url, {})).toEqual([400, 'no_text']);
    expect(await post(url, { attachments: Array(101).fill({ text: 'a' }) })).toEqual([
      400,
      'too_many_attachments',
    ]);
    expect(await post(url, { blocks: Array(51).fill({ type: 'divider' }) })).toEqual([
      400,
      'invalid_blocks',
    ]);
    expect(await post(url, { text: 'a'.repeat(300_000) })).toEqual([413, 'invalid_payload']);
    const deep = '['.repeat(90_000) + ']'.repeat(90_000);
    expect(await post(url, `{"text":"x","components":${deep}}`)).toEqual([400, 'invalid_payload']);
    const nul = { text: 'x', username: 'a\0b', icon_url: 'https://example.org/\0' };
    expect(await post(url, nul)).toEqual([200, 'ok']);
    expect(await post(url, '{"text":"x"}', 'text/plain; charset=nonsense')).toEqual([
      415,
      'invalid_payload',
    ]);
  });

  test('of addresses that are none, which cannot be told apart', async () => {
    const { url, id } = await createHook();
    const secret = url.split('/').at(-1) ?? '';
    const wrong = [
      `${server.url}/hooks/${id}/${'A'.repeat(43)}`,
      `${server.url}/hooks/00000000-0000-7000-8000-000000000000/${secret}`,
      `${server.url}/hooks/${id}/${secret}x`,
      `${server.url}/hooks/none/${secret}`,
      `${server.url}/hooks/${id}/%00`,
    ];
    for (const address of wrong) {
      expect(await post(address, { text: 'x' })).toEqual([404, 'no_service']);
    }
  });

  test('of rooms: archived, locked, or one where it is muted, banned or no member', async () => {
    const { url, roomId, id } = await createHook();
    const { rows } = await database.owner.query(
      'select bot_id from app_public.incoming_webhooks where id = $1',
      [id],
    );
    const botId: string = rows[0].bot_id;
    const call = (name: string, ...values: unknown[]) => database.call(ada, name, ...values);
    await call('set_room_locked', roomId, true);
    expect(await post(url, { text: 'x' })).toEqual([403, 'action_prohibited']);
    await call('set_room_locked', roomId, false);
    await call('mute_member', roomId, botId, 60);
    expect(await post(url, { text: 'x' })).toEqual([403, 'action_prohibited']);
    await call('unmute_member', roomId, botId);
    await call('set_slow_mode', roomId, 60);
    expect(await post(url, { text: 'x' })).toEqual([200, 'ok']);
    expect(await post(url, { text: 'x' })).toEqual([429, 'rate_limited']);
    await call('set_slow_mode', roomId, 0);
    await call('archive_room', roomId);
    expect(await post(url, { text: 'x' })).toEqual([410, 'channel_is_archived']);
    await call('unarchive_room', roomId);
    await call('ban_member', roomId, botId);
    expect(await post(url, { text: 'x' })).toEqual([403, 'action_prohibited']);
  });
});

test('an address has a rate of its own, and says when to come again', async () => {
  const { url } = await createHook();
  await database.owner.query(
    "update app_private.rates set burst = 2 where kind = 'incoming_webhook'",
  );
  try {
    expect(await post(url, { text: '1' })).toEqual([200, 'ok']);
    expect(await post(url, { text: '2' })).toEqual([200, 'ok']);
    const refused = await fetch(url, { method: 'POST', body: '{"text":"3"}' });
    expect([refused.status, await refused.text()]).toEqual([429, 'rate_limited']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  } finally {
    await database.owner.query(
      "update app_private.rates set burst = 60 where kind = 'incoming_webhook'",
    );
  }
});

test('rules of the room count: what one holds waits for a moderator', async () => {
  const { url, roomId } = await createHook();
  await database.call(ada, 'set_room_rule', roomId, 'words', 'hold', ['secret']);
  expect(await post(url, { text: 'a secret' })).toEqual([200, 'ok']);
  expect((await latest(roomId)).heldAt).not.toBeNull();
});

test('a payload may name its sender, but not after who speaks for the installation', async () => {
  const { url, roomId } = await createHook();
  await post(url, { text: 'x', username: 'Build 7', icon_url: 'https://example.org/7.png' });
  expect((await latest(roomId)).metadata).toEqual({
    sender: { name: 'Build 7', picture: 'https://example.org/7.png' },
  });
  await post(url, { text: 'x', username: 'Аdmin', icon_url: 'https://example.org/7.png' });
  expect((await latest(roomId)).metadata).toEqual({});
  await post(url, { text: 'x', icon_url: 'javascript:alert(1)' });
  expect((await latest(roomId)).metadata).toEqual({});
});

test('nobody is mentioned by <!everyone>, and a member is by name', async () => {
  const { url, roomId } = await createHook();
  const mentioned = async () =>
    (
      await database.owner.query(
        'select user_id from app_private.message_mentions where room_id = $1',
        [roomId],
      )
    ).rows;
  await post(url, { text: '<!everyone> <!here> <!channel> @everyone' });
  expect(await mentioned()).toEqual([]);
  await post(url, { text: `@${bob.username} look` });
  expect(await mentioned()).toEqual([{ user_id: bob.id }]);
});

test('the secret stands nowhere in the database', async () => {
  const { url } = await createHook();
  await post(url, { text: 'x' });
  const secret = url.split('/').at(-1) ?? '';
  const { rows } = await database.owner.query(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('app_public', 'app_private')`,
  );
  for (const { name } of rows) {
    const found = await database.owner.query(
      `select 1 from ${name} as whole where whole::text like '%' || $1 || '%'`,
      [secret],
    );
    expect({ name, found: found.rowCount }).toEqual({ name, found: 0 });
  }
});

test('nobody signs in as the bot of one', async () => {
  const { id } = await createHook();
  await expect(
    database.owner.query(
      `insert into app_private.user_secrets (user_id, email)
         select bot_id, 'bot@example.org' from app_public.incoming_webhooks where id = $1`,
      [id],
    ),
  ).rejects.toMatchObject({ code: 'TR403' });
});

describe('the payloads of tools', () => {
  test('Alertmanager', () => {
    expect(
      contentOf({
        channel: '#alerts',
        username: 'Alertmanager',
        attachments: [
          {
            title: '[FIRING:1] InstanceDown (node prod)',
            title_link: 'http://alertmanager.example.org/#/alerts?receiver=slack',
            text: '*Instance* node1 is down',
            fallback: '[FIRING:1] InstanceDown | http://alertmanager.example.org',
            callback_id: '',
            footer: '',
            color: 'danger',
            mrkdwn_in: ['fallback', 'pretext', 'text'],
            fields: [{ title: 'Severity', value: 'critical', short: true }],
            actions: [{ type: 'button', text: 'Runbook', url: 'https://example.org/runbook' }],
          },
        ],
      }),
    ).toBe(
      [
        '🔴 **[\\[FIRING:1\\] InstanceDown (node prod)](<http://alertmanager.example.org/#/alerts?receiver=slack>)**',
        '**Instance** node1 is down',
        '**Severity**: critical',
        '[Runbook](<https://example.org/runbook>)',
      ].join('\n'),
    );
  });

  test('Grafana', () => {
    expect(
      contentOf({
        username: 'Grafana',
        attachments: [
          {
            title: '[FIRING:1] High load',
            title_link: 'http://grafana.example.org/alerting/list',
            text: '**Firing**\n\nValue: A=95',
            fallback: '[FIRING:1] High load',
            fields: null,
            footer: 'Grafana v11.0.0',
            footer_icon: 'https://grafana.com/static/assets/img/fav32.png',
            color: '#D63232',
            ts: 1_700_000_000,
          },
        ],
      }),
    ).toBe(
      '🔴 **[\\[FIRING:1\\] High load](<http://grafana.example.org/alerting/list>)**\n**Firing**\n\nValue: A=95\nGrafana v11.0.0',
    );
  });

  test('Jenkins, by a form', () => {
    const payload = {
      attachments: [
        {
          fallback: 'app - #7 Success after 3 sec (<http://jenkins.example.org/job/app/7/|Open>)',
          color: 'good',
          text: 'app - #7 Success after 3 sec (<http://jenkins.example.org/job/app/7/|Open>)',
          mrkdwn_in: ['pretext', 'text', 'fields'],
        },
      ],
      channel: '#builds',
    };
    expect(contentOf(new URLSearchParams({ payload: JSON.stringify(payload) }).toString())).toBe(
      '🟢 app - #7 Success after 3 sec ([Open](<http://jenkins.example.org/job/app/7/>))',
    );
  });

  test('GitHub, by slack-github-action', () => {
    expect(
      contentOf({
        text: '*GitHub Action build result*: success\nhttps://github.com/o/r/pull/1',
        blocks: [
          { type: 'header', text: { type: 'plain_text', text: 'Build #1' } },
          {
            type: 'section',
            text: {
              type: 'mrkdwn',
              text: 'GitHub Action build result: *success*\n<https://github.com/o/r/pull/1>',
            },
            fields: [{ type: 'mrkdwn', text: '*Branch:* main' }],
            accessory: {
              type: 'button',
              text: { type: 'plain_text', text: 'Open' },
              url: 'https://github.com/o/r',
            },
          },
          { type: 'divider' },
          {
            type: 'context',
            elements: [
              { type: 'plain_text', text: 'by *ada*' },
              { type: 'image', image_url: 'https://example.org/a.png', alt_text: 'ada' },
            ],
          },
        ],
      }),
    ).toBe(
      [
        '**Build #1**',
        'GitHub Action build result: **success**\nhttps://github.com/o/r/pull/1\n**Branch:** main\n[Open](<https://github.com/o/r>)',
        '---',
        'by \\*ada\\* · [ada](<https://example.org/a.png>)',
      ].join('\n\n'),
    );
  });

  test('rich text', () => {
    expect(
      contentOf({
        blocks: [
          {
            type: 'rich_text',
            elements: [
              {
                type: 'rich_text_section',
                elements: [
                  { type: 'text', text: 'Look ', style: { bold: true } },
                  { type: 'link', url: 'https://example.org', text: 'here' },
                  { type: 'emoji', name: 'tada' },
                ],
              },
              {
                type: 'rich_text_list',
                style: 'ordered',
                elements: [
                  { type: 'rich_text_section', elements: [{ type: 'text', text: 'one' }] },
                ],
              },
              { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'a ``` b' }] },
            ],
          },
        ],
      }),
    ).toBe("**Look** [here](<https://example.org>)🎉\n1. one\n```\na ''' b\n```");
  });
});

test('no address of a payload leads anywhere but to the web', () => {
  const bad = 'javascript:alert(1)';
  const content = contentOf({
    text: `<${bad}|click>`,
    attachments: [
      {
        title: 'x',
        title_link: bad,
        author_name: 'y',
        author_link: bad,
        image_url: bad,
        actions: [{ type: 'button', text: 'z', url: bad }],
      },
      {
        title: 'a](javascript:alert(1)) [b',
        title_link: 'https://example.org/>)[c](javascript:alert(1))',
      },
    ],
  });
  expect(content).not.toMatch(/(?<!\\)\]\(<?javascript:/);
});

test('odd payloads become text or a refusal, in no time', () => {
  const values = [
    null,
    0,
    true,
    '',
    'x',
    [],
    {},
    [[]],
    { type: 'section', text: {} },
    { type: 'rich_text', elements: [{ type: 'rich_text_list', elements: [null] }] },
  ];
  for (const value of values) {
    for (const name of ['text', 'blocks', 'attachments', 'username', 'icon_url']) {
      readPayload(JSON.stringify({ text: 'a', [name]: value }));
      readPayload(JSON.stringify({ [name]: [value, value] }));
      readPayload(
        JSON.stringify({
          attachments: [
            { fields: [value], actions: [value], blocks: [value], title: value, color: value },
          ],
        }),
      );
    }
  }
  for (const piece of ['*a ', '`', '<', '<a|', '~a ', '```', '[', '_*', ':a', '* a', '\\']) {
    readPayload(JSON.stringify({ text: piece.repeat(120_000 / piece.length) }));
  }
  // A minute, if it were the square of the length.
  for (const inside of [' ', '\n', '\u00a0', 'a ', '*', '`', '<']) {
    const long = `a${inside.repeat(120_000 / inside.length)}b`;
    for (const style of [{ bold: true }, { italic: true, strike: true }, { code: true }]) {
      const section = {
        type: 'rich_text_section',
        elements: [{ type: 'text', text: long, style }],
      };
      readPayload(JSON.stringify({ blocks: [{ type: 'rich_text', elements: [section] }] }));
    }
    const texts = { text: long, fallback: long, title: long, pretext: long, footer: long };
    readPayload(JSON.stringify({ attachments: [{ ...texts, fields: [{ title: long }] }] }));
    readPayload(
      JSON.stringify({ blocks: [{ type: 'header', text: { type: 'plain_text', text: long } }] }),
    );
    readPayload(JSON.stringify({ username: long, text: 'a', icon_url: `https://a/${long}` }));
  }
  expect(Array.from(contentOf({ text: '😀'.repeat(9_000) }))).toHaveLength(8_000);
  expect(contentOf({ text: 'a\0b\ue000' })).toBe('ab');
});
