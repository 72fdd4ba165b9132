import { TrumpetError } from '../../../errors/codes.ts';
import type { Viewer } from '../../../identity/viewer.ts';
import type { Hub } from '../../hub/hub.ts';
import { writeBatch } from '../batches.ts';
import { textFrames } from '../outbox.ts';
import type { Client } from './client.ts';
import { errorFrame, frameOfResult, ROOM_SUBSCRIPTION } from './server-frames.ts';

/** Rooms that one socket may listen to at a time. */
export const MAX_ROOMS = 100;

/** Begins to listen to a room, behind a change or from now on. */
export async function joinRoom(
  hub: Hub,
  client: Client,
  viewer: Viewer,
  { roomId, cursor }: { readonly roomId: string; readonly cursor: string | null },
): Promise<void> {
  stopListening(client, roomId); // Joining again begins anew.
  if (client.rooms.size >= MAX_ROOMS) {
    throw new TrumpetError('CONFLICT', `At most ${MAX_ROOMS} rooms a connection: leave one first.`);
  }
  const { outbox } = client.connection;
  let hasEnded = false;
  const stop = await hub.subscribe(
    { viewer, ...ROOM_SUBSCRIPTION, variables: { roomId, cursor } },
    {
      transport: 'json',
      isWanted: () => client.isOpen,
      next(batch) {
        writeBatch(outbox, batch, 'json', (results) =>
          textFrames(results.map((result) => [frameOfResult(result).json])),
        );
      },
      drained: outbox.drained,
      end(error) {
        hasEnded = true;
        client.rooms.delete(roomId);
        if (error !== undefined) {
          client.send(errorFrame(error, { room_id: roomId }));
        }
        client.send({ type: 'left', room_id: roomId });
      },
    },
  );
  if (!client.isOpen) {
    stop();
  } else if (!hasEnded) {
    client.rooms.set(roomId, stop);
  }
}

export function leaveRoom(client: Client, roomId: string): void {
  stopListening(client, roomId);
  client.send({ type: 'left', room_id: roomId });
}

export function leaveAllRooms({ rooms }: Client): void {
  for (const stop of rooms.values()) {
    stop();
  }
  rooms.clear();
}

function stopListening({ rooms }: Client, roomId: string): void {
  rooms.get(roomId)?.();
  rooms.delete(roomId);
}
