import { type GraphQLObjectType, isObjectType } from 'grafast/graphql';

/*
 * What GraphiQL lists first is what people need first. The rest follows by name.
 */
const FIRST: Record<string, readonly string[]> = {
  Query: [
    'currentUser',
    'userConversations',
    'publicRooms',
    'room',
    'roomBySlug',
    'message',
    'searchMessages',
    'searchRooms',
    'searchUsers',
    'user',
    'userByUsername',
  ],
  Mutation: [
    'signUp',
    'signIn',
    'refreshSession',
    'signOut',
    'createRoom',
    'joinRoom',
    'createDirectConversation',
    'createGroupConversation',
    'sendMessage',
    'editMessage',
    'deleteMessage',
    'addMessageReaction',
    'removeMessageReaction',
    'markRoomRead',
    'markRoomUnread',
    'setTyping',
    'updateUserPresence',
    'updateProfile',
  ],
  Room: ['id', 'name', 'slug', 'type', 'description', 'messages', 'members', 'memberCount'],
  Message: ['id', 'seq', 'content', 'author', 'createdAt', 'reactions', 'attachments', 'replies'],
  User: ['id', 'username', 'displayName', 'avatarUrl', 'status', 'lastSeenAt'],
};

/** Orders fields for those who read the schema. */
export const FieldOrderPlugin: GraphileConfig.Plugin = {
  name: 'FieldOrderPlugin',
  version: '1.0.0',
  description: 'Puts the fields that people need first before the others',
  schema: {
    hooks: {
      finalize(schema) {
        for (const [typeName, first] of Object.entries(FIRST)) {
          const type = schema.getType(typeName);
          if (!isObjectType(type)) {
            throw new Error(`There is no type ${typeName}.`);
          }
          reorder(type, first);
        }
        return schema;
      },
    },
  },
};

/** GraphQL keeps a type's fields in one object, and tells of them in the order of its keys. */
function reorder(type: GraphQLObjectType, first: readonly string[]): void {
  const fields = type.getFields();
  const others = Object.keys(fields).filter((name) => !first.includes(name));
  for (const name of [...first, ...others.sort()]) {
    const field = fields[name];
    if (field === undefined) {
      throw new Error(`There is no field ${type.name}.${name}.`);
    }
    delete fields[name];
    fields[name] = field;
  }
}
