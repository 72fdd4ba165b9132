import { InMemoryCache } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';

/** The kinds of events, for fragments on them: the interface has no other types. */
const ROOM_EVENTS = [
  'CustomEmojiEvent',
  'InteractionEvent',
  'MemberEvent',
  'MessageEvent',
  'PersonalEvent',
  'PresenceEvent',
  'ReactionEvent',
  'ReadReceiptEvent',
  'ReadyEvent',
  'RoomChangedEvent',
  'TypingEvent',
];

/** An entity where a document selects its `id`; else it stays in the result that it came with. */
export function trumpetCache() {
  return new InMemoryCache({
    possibleTypes: { RoomEvent: ROOM_EVENTS },
    typePolicies: {
      Room: { fields: { messages: relayStylePagination(['orderBy', 'topLevelOnly']) } },
      Message: { fields: { reactions: { merge: false }, attachments: { merge: false } } },
      UserSession: { keyFields: false },
    },
  });
}
