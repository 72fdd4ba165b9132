import { moderateMessages, setModerationHook } from '../../src/worker/moderate-messages.ts';
import { uploadFile } from './support/upload.ts';
import { createAttachmentsWorld } from './support/world.ts';

const world = await createAttachmentsWorld({}, { worker: false });
afterAll(() => world.close());
const { database, server } = world;
const ada = await database.createUser();
const bob = await database.createUser();
const room = await database.createRoom(ada, { members: [bob] });

async function upload(filename = 'note.txt'): Promise<string> {
  return (await uploadFile(server.url, ada, Buffer.from('a file'), { filename })).id;
}

/** Sends by GraphQL and gives the message, or the code of the refusal. */
async function send(input: Record<string, unknown>) {
  const { data, errors } = await server.graphql(
    `mutation ($input: SendMessageInput!) {
      sendMessage(input: $input) { message { id content attachments { filename } } }
    }`,
    { input: { roomId: room.id, ...input } },
    ada.token,
  );
  return errors === undefined ? data.sendMessage.message : errors[0]?.extensions?.code;
}

async function edit(messageId: string, content: string) {
  const { data, errors } = await server.graphql(
    `mutation ($messageId: UUID!, $content: String!) {
      editMessage(input: { messageId: $messageId, content: $content }) { message { content } }
    }`,
    { messageId, content },
    ada.token,
  );
  return errors === undefined ? data.editMessage.message.content : errors[0]?.extensions?.code;
}

test.each([['none'], [''], [' \n\t '], [null]])(
  'a file is sent with %j for a text',
  async (content) => {
    const attachmentIds = [await upload()];
    const text = content === 'none' ? {} : { content };
    await expect(send({ attachmentIds, ...text })).resolves.toMatchObject({
      content: '',
      attachments: [{ filename: 'note.txt' }],
    });
  },
);

test.each([[{}], [{ content: '' }], [{ content: ' ' }], [{ content: '', attachmentIds: [] }]])(
  '%j alone is no message',
  async (input) => {
    await expect(send(input)).resolves.toBe('BAD_INPUT');
  },
);

test('a file that cannot be bound does not stand in for a text', async () => {
  const used = await upload();
  await send({ attachmentIds: [used] });
  const { rows } = await database.owner.query('select count(*)::int from app_public.messages');
  await expect(send({ attachmentIds: [used] })).resolves.toBe('CONFLICT');
  const after = await database.owner.query('select count(*)::int from app_public.messages');
  expect(after.rows).toEqual(rows);
});

test('a text can be taken back where there are files, and only there', async () => {
  const withFile = await send({ content: 'words', attachmentIds: [await upload()] });
  const withoutFile = await send({ content: 'words' });

  await expect(edit(withFile.id, ' ')).resolves.toBe('');
  await expect(edit(withFile.id, 'words again')).resolves.toBe('words again');
  await expect(edit(withoutFile.id, ' ')).resolves.toBe('BAD_INPUT');
});

test('notifications name the files of a message without text', async () => {
  const other = await database.createRoom(ada, { members: [bob] });
  await send({
    roomId: other.id,
    attachmentIds: [await upload('one.txt'), await upload('two.txt')],
  });

  const { rows } = await database.owner.query('select * from app_private.compose_push($1, $2)', [
    bob.id,
    other.id,
  ]);
  expect(rows).toMatchObject([{ content: '📎 one.txt, two.txt' }]);
});

test('it is found among the messages with files', async () => {
  const { id } = await send({ attachmentIds: [await upload()] });
  await database.indexMessages();
  const { data } = await server.graphql(
    `query ($roomId: UUID!) {
      searchMessages(query: "from:${ada.username}", hasAttachment: true, roomId: $roomId, first: 50) {
        nodes { headline message { id } }
      }
    }`,
    { roomId: room.id },
    bob.token,
  );
  expect(data.searchMessages.nodes).toContainEqual({ headline: '', message: { id } });
});

test('files without a word one after the other are no repetition', async () => {
  // Moderators are above the rules.
  const strict = await database.createRoom(bob, { members: [ada] });
  await database.owner.query(
    `insert into app_public.room_rules (room_id, kind, action, max_count, window_seconds)
    values ($1, 'repeats', 'refuse', 1, 60)`,
    [strict.id],
  );
  const sendIn = async (input: object) => send({ roomId: strict.id, ...input });
  for (let count = 0; count < 3; count++) {
    await expect(sendIn({ attachmentIds: [await upload()] })).resolves.toHaveProperty('id');
  }
});

test('a moderation service is not asked about no text', async () => {
  await setModerationHook(database.owner, true);
  const asked: string[] = [];
  const { id } = await send({ attachmentIds: [await upload()] });
  await send({ content: 'words' });

  await moderateMessages(
    database.owner,
    async (texts) => {
      asked.push(...texts);
      return texts.map(() => ({ action: 'hold', reason: 'all of it' }));
    },
    5_000,
  );

  expect(asked).toEqual(['words']);
  const { rows } = await database.owner.query(
    'select held_at, (select count(*)::int from app_private.moderation_queue) as waiting from app_public.messages where id = $1',
    [id],
  );
  expect(rows).toEqual([{ held_at: null, waiting: 0 }]);
  await setModerationHook(database.owner, false);
});
