import type { Client } from '../../client.ts';
import type { View } from '../../views.ts';
import { FEW_MEMBERS } from '../room-size.ts';
import { askedAtNews } from './asked-at-news.ts';
import { DeliveriesDocument } from './generated.ts';

/** Up to which `seq` the messages of a room are on a device of each member, by the member's id. */
export type DeliveredSeqs = ReadonlyMap<string, number>;

export function deliveriesOf(client: Client, roomId: string): View<DeliveredSeqs> {
  return askedAtNews<DeliveredSeqs>(client, 'DeliveryReceiptEvent', new Map(), async () => {
    const { room } = await client.ask(DeliveriesDocument, { roomId, first: FEW_MEMBERS });
    return new Map(
      room?.members.nodes.map(({ userId, lastDeliveredSeq }) => [userId, Number(lastDeliveredSeq)]),
    );
  });
}
