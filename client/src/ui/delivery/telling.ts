import type { Client } from '../../client.ts';
import { createAsking } from '../asking.ts';
import { MarkDeliveredDocument } from './generated.ts';

/** What came within this time is told together. */
const GATHER_MS = 1_000;
/** As many as the server takes at once. */
const ROOMS_AT_ONCE = 100;

/**
 * Tells the rooms that want it (`Room.hasDeliveryReceipts`) which messages are on this device: once they are written down,
 * so that they are there without a network. Where the device keeps nothing, nothing is told.
 *
 * @returns ends it
 */
export function tellDeliveries(client: Client): () => void {
  /** Up to where each room was told. */
  const told = new Map<string, number>();
  let viewerId = client.viewerId.get();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isEnded = false;

  const due = () =>
    client.rooms
      .get()
      .filter(
        ({ id, hasDeliveryReceipts, lastSeq, membership }) =>
          hasDeliveryReceipts && lastSeq > Math.max(told.get(id) ?? 0, membership.lastReadSeq),
      )
      .slice(0, ROOMS_AT_ONCE)
      .map(({ id, lastSeq }) => ({ roomId: id, seq: lastSeq }));

  const tell = createAsking(client, async () => {
    const teller = viewerId;
    const positions = due();
    if (positions.length === 0 || isEnded || !client.isKept || client.state.get() !== 'live') {
      return;
    }
    await client.kept();
    await client.ask(MarkDeliveredDocument, {
      input: { positions: positions.map(({ roomId, seq }) => ({ roomId, seq: String(seq) })) },
    });
    if (teller === viewerId) {
      for (const { roomId, seq } of positions) {
        told.set(roomId, seq);
      }
      look(); // There may be more than are told at once.
    }
  });

  function look(): void {
    if (timer === undefined && !isEnded && due().length > 0) {
      timer = setTimeout(() => {
        timer = undefined;
        void tell();
      }, GATHER_MS);
    }
  }

  const looks = [
    client.rooms.subscribe(look),
    client.state.subscribe(look),
    client.viewerId.subscribe(() => {
      viewerId = client.viewerId.get();
      told.clear();
      look();
    }),
  ];
  look();
  return () => {
    isEnded = true;
    clearTimeout(timer);
    looks.forEach((end) => void end());
  };
}
