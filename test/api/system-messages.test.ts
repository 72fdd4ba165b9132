import { createTestWorld } from '../../testing/world.ts';

/* What happened in a room, as a client asks for it. What is told when is in test/sql/system-messages.test.ts. */
const { database, server, close } = await createTestWorld();
afterAll(close);

test('a system message says what happened as data, and no other message does', async () => {
  const ada = await database.createUser();
  const { id: roomId } = await database.createRoom(ada);
  await database.call(ada, 'set_system_messages', roomId, 'changes');
  await database.call(ada, 'update_room', roomId, 'Den', 'Talk');
  await database.sendMessage(ada, roomId, 'hello');
  const { data, errors } = await server.graphql(
    `query ($roomId: UUID!) {
      room(id: $roomId) {
        systemMessages
        messages(first: 5) {
          nodes {
            messageType
            systemMessage { kind name description retentionDays disappearAfterSeconds messageId }
          }
        }
      }
    }`,
    { roomId },
    ada.token,
  );
  expect(errors).toBeUndefined();
  const nothing = {
    name: null,
    description: null,
    retentionDays: null,
    disappearAfterSeconds: null,
    messageId: null,
  };
  expect(data).toMatchObject({ room: { systemMessages: 'CHANGES' } });
  const { nodes } = (data as { room: { messages: { nodes: unknown[] } } }).room.messages;
  expect(new Set(nodes)).toEqual(
    new Set([
      { messageType: 'SYSTEM', systemMessage: { ...nothing, kind: 'RENAMED', name: 'Den' } },
      {
        messageType: 'SYSTEM',
        systemMessage: { ...nothing, kind: 'DESCRIPTION_CHANGED', description: 'Talk' },
      },
      { messageType: 'TEXT', systemMessage: null },
    ]),
  );
});
