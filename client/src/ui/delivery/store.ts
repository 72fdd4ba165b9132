import type { Client } from '../../client.ts';
import type { View } from '../../views.ts';
import { createAsking } from '../asking.ts';
import { FEW_MEMBERS } from '../room-size.ts';
import { DeliveriesDocument } from './generated.ts';

/** Up to which `seq` the messages of a room are on a device of each member, by the member's id. */
export type DeliveredSeqs = ReadonlyMap<string, number>;

const NONE: DeliveredSeqs = new Map();

/** Asked for when somebody looks at it, and again when the server tells that more has arrived. */
export function deliveriesOf(client: Client, roomId: string): View<DeliveredSeqs> {
  const listeners = new Set<() => void>();
  let known = NONE;
  let stop = () => {};

  const ask = createAsking(client, async () => {
    const { room } = await client.ask(DeliveriesDocument, { roomId, first: FEW_MEMBERS });
    known = new Map(
      room?.members.nodes.map(({ userId, lastDeliveredSeq }) => [userId, Number(lastDeliveredSeq)]),
    );
    listeners.forEach((listener) => {
      listener();
    });
  });

  function watch(): () => void {
    const looks = [
      client.news('DeliveryReceiptEvent').subscribe(() => void ask()),
      client.state.subscribe(() => {
        if (client.state.get() === 'live') {
          void ask();
        }
      }),
    ];
    void ask();
    return () => looks.forEach((end) => void end());
  }

  return {
    get: () => known,
    subscribe(listener) {
      if (listeners.size === 0) {
        stop = watch();
      }
      const call = () => listener();
      listeners.add(call);
      return () => {
        listeners.delete(call);
        if (listeners.size === 0) {
          stop();
        }
      };
    },
  };
}
