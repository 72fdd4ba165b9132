import {
  access,
  constant,
  context,
  type ExecutableStep,
  get,
  lambda,
  listen,
  SafeError,
} from 'postgraphile/grafast';
import { extendSchema } from 'postgraphile/utils';
import { ROOM_EVENT_TYPES } from './room-event-types.ts';

/**
 * The GraphQL side of live events: the interface RoomEvent, its types, and the two subscriptions.
 *
 * Nothing here listens to anything. The hub (src/realtime/hub/hub.ts) runs a subscriber's document over
 * events that it has read from the log. An event arrives as `{ __typename, [its type's name]: fields }`;
 * `message`, `user` and `room` are the same types as in queries, read when the event is executed.
 */
export const RoomEventsPlugin = extendSchema((build) => {
  const { messages, rooms, users, interactions, conversations } = build.pgResources;
  if (!messages || !rooms || !users || !interactions || !conversations) {
    throw new Error(
      'RoomEventsPlugin needs the tables messages, rooms, users and interactions, and the view conversations',
    );
  }
  const message = ($event: ExecutableStep) => messages.get({ id: get($event, 'messageId') });
  const user = ($event: ExecutableStep) => users.get({ id: get($event, 'userId') });
  const room = ($event: ExecutableStep) => rooms.get({ id: get($event, 'roomId') });

  return {
    typeDefs: ROOM_EVENT_TYPES,
    enums: {
      ChangeKind: { values: { INSERT: 'insert', UPDATE: 'update', DELETE: 'delete' } },
    },
    interfaces: {
      RoomEvent: {
        // An event stands under its type's name, so that no step of one type equals a step of another: Grafast
        // would make them one, and where one of the types then asks for more, the others get null.
        planType: ($event) => ({
          $__typename: get($event, '__typename'),
          planForType: (type) => access($event, type.name),
        }),
      },
    },
    objects: {
      MessageEvent: { plans: { message } },
      ReactionEvent: { plans: { message, user } },
      MemberEvent: { plans: { user } },
      ReadReceiptEvent: { plans: { user } },
      DeliveryReceiptEvent: { plans: { user } },
      ThreadReceiptEvent: { plans: { user } },
      RoomChangedEvent: { plans: { room } },
      TypingEvent: { plans: { user } },
      PresenceEvent: { plans: { user } },
      StatusTextEvent: { plans: { user } },
      ProfileEvent: { plans: { user } },
      InteractionEvent: {
        plans: {
          interaction: ($event: ExecutableStep) =>
            interactions.get({ id: get($event, 'interactionId') }),
        },
      },
      UserEvent: {
        plans: {
          event: ($userEvent: ExecutableStep) => access($userEvent, 'event'),
          conversation($userEvent: ExecutableStep) {
            const $viewerId = access(context(), ['pgSettings', 'trumpet.user_id']);
            const $roomId = lambda(
              [access($userEvent, 'event'), $viewerId],
              roomWhoseNumbersChange,
            );
            return conversations.get({ room_id: $roomId });
          },
        },
      },
      Subscription: {
        plans: {
          roomEvents: {
            subscribePlan: onlyOverWebSocket,
            plan: ($event: ExecutableStep) => $event,
          },
          userEvents: {
            subscribePlan: onlyOverWebSocket,
            plan: ($event: ExecutableStep) => $event,
          },
        },
      },
    },
  };
}, 'RoomEventsPlugin');

/** The kinds of events that change what an inbox shows; `own` of them only when they are about the viewer. */
const CHANGES_NUMBERS: Record<string, 'always' | 'own'> = {
  MessageEvent: 'always',
  RoomChangedEvent: 'always',
  MemberEvent: 'own',
  ReadReceiptEvent: 'own',
  PersonalEvent: 'always',
};

/** @returns null when the viewer's inbox shows the same after the event as before */
function roomWhoseNumbersChange([event, viewerId]: readonly unknown[]): string | null {
  const { __typename: kind, ...body } = event as { __typename: string };
  const { roomId, userId } =
    (body as Record<string, { roomId: string; userId?: string }>)[kind] ?? {};
  const changes = CHANGES_NUMBERS[kind];
  return changes === 'always' || (changes === 'own' && userId === viewerId)
    ? (roomId ?? null)
    : null;
}

/** The hub answers subscriptions. Whoever executes one without it is told so instead of waiting for ever. */
function onlyOverWebSocket() {
  return listen(
    constant(
      {
        subscribe(): never {
          throw new SafeError('Subscribe over a WebSocket (graphql-transport-ws).', {
            code: 'BAD_INPUT',
          });
        },
      },
      false,
    ),
    constant('room events'),
  );
}
