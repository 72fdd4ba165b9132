import { createTestDatabase } from '../../testing/database.ts';
import { startTestServer, type TestServer } from '../../testing/server.ts';
import { startTranslationService } from '../../testing/translation-service.ts';

const database = await createTestDatabase();
const alice = await database.createUser();
const bob = await database.createUser();
const room = await database.createRoom(alice);

const service = await startTranslationService();

let server: TestServer;
beforeEach(async () => {
  service.questions.length = 0;
  service.status = 200;
  service.isBroken = false;
  service.answer = undefined;
  server = await startTestServer(database, {
    TRANSLATION_URL: `${service.url}/`,
    TRANSLATION_API_KEY: 'of the operator',
  });
});
afterEach(() => server.close());
afterAll(async () => {
  service.close();
  await database.close();
});

const TRANSLATE = `mutation ($id: UUID!, $language: String!) {
  translateMessage(input: { messageId: $id, language: $language }) {
    translation { messageId language sourceLanguage content original }
  }
}`;
const ENGLISH =
  'This is a message which everybody in the room can read, @bob: see https://example.org 🎺';

const ask = async (id: string, language: string, who = alice) => {
  const { data, errors } = await server.graphql(TRANSLATE, { id, language }, who.token);
  return errors === undefined
    ? data.translateMessage.translation
    : { code: errors[0]?.extensions?.code, message: errors[0]?.message };
};

it('translates what somebody can read, and keeps what is no language', async () => {
  const { id } = await database.sendMessage(alice, room.id, ENGLISH);
  expect(await ask(id, 'de')).toEqual({
    messageId: id,
    language: 'de',
    sourceLanguage: 'en',
    original: ENGLISH,
    content:
      'sihT si a egassem hcihw ydobyreve ni eht moor nac daer, @bob: ees https://example.org 🎺',
  });
  expect(service.questions).toEqual([
    {
      q: ['This is a message which everybody in the room can read, {{0}}: see {{1}} {{2}}'],
      source: 'en',
      target: 'de',
      format: 'text',
      api_key: 'of the operator',
    },
  ]);
});

it('asks once for all who want the same', async () => {
  const { id } = await database.sendMessage(alice, room.id, `${ENGLISH} once`);
  const answers = await Promise.all(Array.from({ length: 8 }, () => ask(id, 'de')));
  expect(new Set(answers.map(({ content }) => content)).size).toBe(1);
  expect(service.questions).toHaveLength(1);
});

it('takes a language of a country as the language', async () => {
  const { id } = await database.sendMessage(alice, room.id, ENGLISH);
  expect(await ask(id, 'DE-at')).toMatchObject({ language: 'de-at', sourceLanguage: 'en' });
  expect(service.questions).toMatchObject([{ target: 'de' }]);
});

it('gives back what is in the language already', async () => {
  const { id } = await database.sendMessage(alice, room.id, ENGLISH);
  expect(await ask(id, 'en')).toMatchObject({ sourceLanguage: 'en', content: ENGLISH });
  expect(service.questions).toEqual([]);
});

it.each([
  [
    'a stranger',
    async () => [await database.sendMessage(alice, room.id, ENGLISH), 'de', bob],
    'NOT_FOUND',
  ],
  [
    'an unknown language',
    async () => [await database.sendMessage(alice, room.id, ENGLISH), 'tlh'],
    'BAD_INPUT',
  ],
  [
    'no code of a language',
    async () => [await database.sendMessage(alice, room.id, ENGLISH), 'x; drop'],
    'BAD_INPUT',
  ],
  [
    'too little text',
    async () => [await database.sendMessage(alice, room.id, 'ok :+1:'), 'de'],
    'CONFLICT',
  ],
  [
    'a language that nothing translates from',
    async () => [
      await database.sendMessage(
        alice,
        room.id,
        'これは日本語で書かれたメッセージです。みんなが読めます。',
      ),
      'de',
    ],
    'CONFLICT',
  ],
] as [string, () => Promise<[{ id: string }, string, typeof bob?]>, string][])(
  'refuses %s',
  async (_name, prepare, code) => {
    const [{ id }, language, who] = await prepare();
    expect(await ask(id, language, who ?? alice)).toMatchObject({ code });
    expect(service.questions).toEqual([]);
  },
);

it('says BUSY while the service does not answer, leaves it alone for a while, and harms nothing else', async () => {
  const sent = [];
  for (let number = 0; number < 8; number += 1) {
    sent.push(await database.sendMessage(alice, room.id, `${ENGLISH} ${number}`));
  }
  expect(await languages()).toEqual(['de', 'en', 'es']);
  service.isBroken = true;
  for (const { id } of sent) {
    expect(await ask(id, 'de')).toMatchObject({ code: 'BUSY' });
  }
  expect(service.questions).toHaveLength(5);
  expect(await database.sendMessage(alice, room.id, 'still here')).toMatchObject({});
});

it('reads no answer that does not end, or is not what was asked for', async () => {
  const { id } = await database.sendMessage(alice, room.id, `${ENGLISH} at length`);
  expect(await languages()).toEqual(['de', 'en', 'es']);
  for (const answer of ['{"translatedText": ["', '{"translatedText": []}', 'null', '[]']) {
    service.answer = answer === '{"translatedText": ["' ? answer + 'x'.repeat(3_000_000) : answer;
    expect(await ask(id, 'de')).toMatchObject({ code: 'BUSY' });
  }
  service.answer = undefined;
  expect(await ask(id, 'de')).toMatchObject({ sourceLanguage: 'en' });
});

it('says which languages there are, and none while the service is away', async () => {
  service.status = 503;
  expect(await languages()).toEqual([]);
  service.status = 200;
  expect(await languages()).toEqual(['de', 'en', 'es']);
});

it('translates nothing where no service is named', async () => {
  await using plain = await without();
  const { id } = await database.sendMessage(alice, room.id, ENGLISH);
  const { errors } = await plain.server.graphql(TRANSLATE, { id, language: 'de' }, alice.token);
  expect(errors?.[0]?.extensions?.code).toBe('CONFLICT');
  const { data } = await plain.server.graphql('{ translationLanguages }', {}, alice.token);
  expect(data).toEqual({ translationLanguages: [] });
});

async function without() {
  const plain = await startTestServer(database);
  return { server: plain, [Symbol.asyncDispose]: () => plain.close() };
}

async function languages() {
  const { data } = await server.graphql('{ translationLanguages }', {}, alice.token);
  return data.translationLanguages;
}
