import { type CacheExchangeOpts, cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';

/** What stands in the result that it came with: parts of one answer, without an identity of their own. */
const EMBEDDED = ['MessageMatch', 'ReactionSummary', 'RoomEngagement', 'UserEvent', 'UserSession'];

type Introspection = Extract<CacheExchangeOpts['schema'], { __schema: unknown }>;
type Keys = NonNullable<CacheExchangeOpts['keys']>;

/** The key that some columns make; null, so that a thing stays in its result, where a document leaves one out. */
function keyOf(...columns: string[]): Keys[string] {
  return (data) => {
    const values = columns.map((column) => data[column]);
    return values.includes(undefined) ? null : values.join(':');
  };
}

/** @param schema as `__schema` gives it, or `minifyIntrospectionQuery` of @urql/introspection */
export function trumpetCache(schema: Introspection, options: Partial<CacheExchangeOpts> = {}) {
  const keys: Keys = {};
  for (const { name, kind } of schema.__schema.types ?? []) {
    if (kind !== 'OBJECT' || name.startsWith('__')) {
      continue;
    }
    keys[name] =
      /(?:Connection|Edge|Payload|Event)$/.test(name) || EMBEDDED.includes(name)
        ? () => null
        : keyOf('id');
  }
  return cacheExchange({
    schema,
    keys: {
      ...keys,
      Conversation: keyOf('roomId'),
      NotificationSetting: keyOf('userId'),
      RoomBan: keyOf('roomId', 'userId'),
      RoomMember: keyOf('roomId', 'userId'),
    },
    resolvers: { Room: { messages: relayPagination() } },
    ...options,
  });
}
