import { parse } from 'postgraphile/graphql';
import { TrumpetError } from '../../../errors/codes.ts';
import type { Viewer } from '../../../identity/viewer.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Client } from './client.ts';
import { errorFrame, type ServerFrame } from './server-frames.ts';

const INTERACTIONS_QUERY = /* GraphQL */ `
  subscription InteractionFrames($after: String) {
    userEvents(after: $after, interactionsOnly: true) {
      cursor
      event {
        __typename
        roomId
        occurredAt
        ... on InteractionEvent {
          event
          interactionId
          interaction {
            id kind state roomId botId commandName arguments messageId componentId selectedValues parentMessageId
            answer answerMessageId waitsUntil dismissedAt
            user { id username displayName }
          }
        }
      }
    }
  }
`;

const INTERACTIONS_SUBSCRIPTION = {
  document: parse(INTERACTIONS_QUERY),
  operationName: 'InteractionFrames',
} as const;

interface Result {
  readonly data: {
    readonly userEvents: {
      readonly cursor: string;
      readonly event: {
        readonly __typename: string;
        readonly roomId: string | null;
        readonly occurredAt: string;
        readonly event?: string;
        readonly interactionId?: string;
        readonly interaction?: object | null;
      };
    };
  } | null;
}

/** Beside the rooms: no room has this id. */
const KEY = 'interactions';

/** Begins to tell what is asked of the viewer, as a bot, and what they are answered. */
export async function hearInteractions(
  hub: Hub,
  client: Client,
  viewer: Viewer,
  after: string | null,
): Promise<void> {
  client.rooms.get(KEY)?.(); // Hearing again begins anew.
  client.rooms.delete(KEY);
  let hasEnded = false;
  const stop = await hub.subscribe(
    { viewer, ...INTERACTIONS_SUBSCRIPTION, variables: { after } },
    {
      transport: 'json',
      isWanted: () => client.isOpen,
      next(batch, cursor) {
        for (const result of batch.results) {
          client.send(frameOf(JSON.parse(result.json(cursor).toString()) as Result));
        }
      },
      drained: client.connection.outbox.drained,
      end(error) {
        hasEnded = true;
        client.rooms.delete(KEY);
        if (error !== undefined) {
          client.send(errorFrame(error));
        }
      },
    },
  );
  if (!client.isOpen) {
    stop();
  } else if (!hasEnded) {
    client.rooms.set(KEY, stop);
  }
}

function frameOf({ data }: Result): ServerFrame {
  if (data === null) {
    return errorFrame(new TrumpetError('BUSY'));
  }
  const { cursor, event } = data.userEvents;
  return event.__typename === 'ReadyEvent'
    ? { type: 'hearing', cursor }
    : {
        type: 'interaction_event',
        event: event.event,
        interaction_id: event.interactionId,
        room_id: event.roomId,
        occurred_at: event.occurredAt,
        cursor,
        interaction: event.interaction,
      };
}
